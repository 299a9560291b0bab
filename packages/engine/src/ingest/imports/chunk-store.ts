import { CodedError, type ClickHouse } from '../../platform/index.ts';
import { COERCION_SETTINGS, type StagedFacts } from '../../profile/index.ts';
import { insertBytes } from '../insert-bytes.ts';
import type { StagedRows } from '../staged-events.ts';
import type { BulkEvent } from './express-event.ts';
import type { BulkFact, BulkPlan } from './express-mapping.ts';
import { sqlText } from './express-value.ts';
import {
  createKeyTables,
  identityColumn,
  identityOf,
  keyedOwners,
  lookUpIdentity,
  personAndKey,
  type KeyTables,
} from './owner-keys.ts';
import { BROKEN_MARK, CELL_MARK, LINE_MARK, ROW_MARK, type LineChunk } from './split-chunks.ts';

/** Tables of one chunk. They live in ClickHouse's memory only, because rows may hold personal data in the clear. */
export interface ChunkTables {
  readonly stage: string;
  /** Numbers of the rows that go the way of single rows. */
  readonly single: string;
}

/** One thread: lines keep their order and get their numbers. */
const IN_ORDER = { max_threads: 1, max_insert_threads: '1', input_format_parallel_parsing: 0 } as const;

/**
 * Without short circuits ClickHouse computes each of our many common expressions once a block instead of in each
 * branch anew: ten times as fast. None of them throws.
 */
const STAGING_SETTINGS = {
  ...IN_ORDER,
  ...COERCION_SETTINGS,
  short_circuit_function_evaluation: 'disable',
} as const;

const PREFIX = 'import_';

/** Makes the tables of some chunks (one is written on while the next ones are read) and of the keys. */
export async function createTables(
  clickhouse: ClickHouse,
  name: string,
  plan: BulkPlan,
  chunks: number,
): Promise<{ chunks: ChunkTables[]; keys: KeyTables }> {
  const owners = keyedOwners(plan);
  const columns = [
    ...plan.columns.map((column) => `${column.name} ${column.type}`),
    ...owners.map(({ value }) => `${identityColumn(value)} UInt128`),
  ].join(', ');
  const create = async (turn: number): Promise<ChunkTables> => {
    const tables = { stage: `${PREFIX}stage_${name}_${turn}`, single: `${PREFIX}single_${name}_${turn}` };
    await clickhouse.command(
      `create or replace table ${tables.stage} (row UInt64, sure UInt8, sure_ids UInt8, ${columns}) engine = Memory`,
    );
    await clickhouse.command(`create or replace table ${tables.single} (row UInt64) engine = Memory`);
    return tables;
  };
  const made: ChunkTables[] = [];
  for (let turn = 0; turn < chunks; turn++) made.push(await create(turn));
  return { chunks: made, keys: await createKeyTables(clickhouse, `${PREFIX}key_${name}`, owners) };
}

/** Drops the tables of runs that are not among those under way, e.g. those that a killed process left. */
export async function dropTables(clickhouse: ClickHouse, isLeft: (name: string) => boolean): Promise<void> {
  const tables = await clickhouse.query<{ name: string }>(
    `select name from system.tables where database = currentDatabase() and match(name, '^${PREFIX}(stage|single|key)_')`,
  );
  for (const { name } of tables) {
    const run = /^import_[a-z]+_([0-9a-f]+_\d+)_/.exec(name)?.[1];
    if (run && isLeft(run)) await clickhouse.command(`drop table if exists ${name}`);
  }
}

/**
 * Reads the lines of a chunk into its table, in the order of ids (they need not be sorted for each table again) and
 * of rows, so that of two states of one time the later row counts. `before`: rows of the file in front of it; `keys`:
 * what is known of owners is written beside them. Returns the counts.
 */
export async function stageChunk(
  clickhouse: ClickHouse,
  tables: ChunkTables,
  plan: BulkPlan,
  file: { chunk: LineChunk; delimiter: string; before: number; keys: KeyTables | undefined },
): Promise<{ rows: number; unsure: number }> {
  const { chunk, delimiter, before, keys } = file;
  const bare = `splitByChar(${sqlText(delimiter)}, if(endsWith(line, '\\r'), substring(line, 1, length(line) - 1), line))`;
  const marked = `splitByChar('${CELL_MARK}', replaceAll(substring(line, 2), '${LINE_MARK}', '\\n'))`;
  const whole = chunk.hasMarks ? `if(startsWith(line, '${ROW_MARK}'), ${marked}, ${bare})` : bare;
  // No cells are never as many as the header has: the row is not sure, and goes by itself.
  const cells = chunk.hasBroken ? `if(startsWith(line, '${BROKEN_MARK}'), [], ${whole})` : whole;
  const columns = [
    ...plan.columns.map((column) => `${column.sql} as ${column.name}`),
    ...keyedOwners(plan).map((owner) => (keys ? lookUpIdentity(keys, owner) : 'toUInt128(0)')),
  ].join(', ');
  await clickhouse.command(`truncate table ${tables.stage}`);
  await clickhouse.command(`truncate table ${tables.single}`);
  await insertBytes(
    clickhouse,
    `insert into ${tables.stage}
      select row, ${plan.sure} as sure, ${plan.sureIds} as sure_ids, ${columns}
      from (select rowNumberInAllBlocks() + ${before + 1} as row, ${cells} as cells
            from (select line from input('line String') where line not in ('', '\\r')))
      order by ${plan.facts[0] ? `${plan.facts[0].id}, ` : ''}row
      format LineAsString`,
    [chunk.lines],
    { clickhouse_settings: STAGING_SETTINGS },
  );
  const [counts] = await clickhouse.query<{ rows: number; unsure: number }>(
    `select count() as rows, countIf(not sure) as unsure from ${tables.stage}`,
  );
  return counts!;
}

/** Rows of events with some names. */
export interface NamedEvents {
  readonly event: BulkEvent;
  readonly names: readonly string[];
}

/** Notes the rows that go the way of single rows: those that are not sure, and those of some events. */
export async function noteSingleRows(
  clickhouse: ClickHouse,
  tables: ChunkTables,
  doubtful: readonly NamedEvents[],
): Promise<number[]> {
  const named = doubtful.map(
    ({ event, names }) => ` or ${event.holds} and ${event.event} in (${names.map(sqlText).join(', ')})`,
  );
  await clickhouse.command(
    `insert into ${tables.single} select row from ${tables.stage} where not sure${named.join('')}`,
  );
  const rows = await clickhouse.query<{ row: number }>(`select row from ${tables.single} order by row`);
  return rows.map(({ row }) => row);
}

/** Whether a single row may name the same entity or detail as another row: then their order counts. */
export async function singleRowsMeetOthers(
  clickhouse: ClickHouse,
  { stage, single }: ChunkTables,
  records: readonly BulkFact[],
): Promise<boolean> {
  const isSingle = `row in ${single}`;
  const shared = records.map(
    ({ id, holds }) =>
      `(select count() from ${stage} where not ${isSingle} and ${holds}
        and ${id} in (select ${id} from ${stage} where ${isSingle} and ${holds}))`,
  );
  if (shared.length === 0) return false;
  const [row] = await clickhouse.query<{ met: number }>(
    `select (select countIf(not sure_ids) from ${stage} where ${isSingle}) + ${shared.join(' + ')} as met`,
  );
  return row!.met > 0;
}

/** Notes more rows that go the way of single rows. */
export async function addSingleRows(
  clickhouse: ClickHouse,
  { single }: ChunkTables,
  rows: readonly number[],
): Promise<void> {
  await clickhouse.command(`insert into ${single} select arrayJoin({rows:Array(UInt64)})`, { rows });
}

/** The sure rows of an event, before its persons are known. */
export const sureEvents = (tables: ChunkTables, event: BulkEvent): StagedRows =>
  eventsFrom(event, `${tables.stage} where ${event.holds} and sure`, '0');

/** The rows of an event whose persons are known and that do not go single. */
export function stagedEvents(
  tables: ChunkTables,
  keys: KeyTables,
  event: BulkEvent,
  hasSingles: boolean,
): StagedRows {
  const singles = hasSingles ? ` and row not in ${tables.single}` : '';
  return eventsFrom(event, `${tables.stage} where ${event.holds}${singles}`, identityOf(keys, event.owner));
}

function eventsFrom({ event, at, properties }: BulkEvent, from: string, identity: string): StagedRows {
  return { from, row: 'row', event, at, ...personAndKey(identity), properties };
}

/** The rows of a record as the profile takes them, and a query of how many. */
export function stagedFacts(
  tables: ChunkTables,
  keys: KeyTables,
  record: BulkFact,
  hasSingles: boolean,
): StagedFacts {
  const { owner } = record;
  const identity = owner && 'keyType' in owner ? identityOf(keys, owner) : undefined;
  const singles = hasSingles ? ` and row not in ${tables.single}` : '';
  return {
    kind: record.kind,
    type: record.type,
    from: `${tables.stage} where ${record.holds}${singles}${identity ? ` and ${identity} != 0` : ''}`,
    id: record.id,
    at: record.at,
    time: record.time,
    owner: owner && ('keyType' in owner ? { type: 'person', ...personAndKey(identity!) } : owner),
    fields: record.fields,
  };
}

/** Rows of a chunk that give a fact and do not go single. */
export async function countRowsOf(
  clickhouse: ClickHouse,
  { stage, single }: ChunkTables,
  { holds }: BulkFact,
  hasSingles: boolean,
): Promise<number> {
  const singles = hasSingles ? ` and row not in ${single}` : '';
  const [row] = await clickhouse.query<{ rows: number }>(
    `select count() as rows from ${stage} where ${holds}${singles}`,
  );
  return row!.rows;
}

/**
 * Makes sure that a chunk still lies in memory with all its rows: a ClickHouse that was started anew has the tables,
 * but nothing in them, and copying nothing fails nowhere. @throws CodedError engine_unavailable
 */
export async function checkStaged(
  clickhouse: ClickHouse,
  { stage }: ChunkTables,
  rows: number,
): Promise<void> {
  const [row] = await clickhouse.query<{ rows: number }>(`select count() as rows from ${stage}`);
  if (row!.rows !== rows)
    throw new CodedError('engine_unavailable', { details: { engine: 'clickhouse', reason: 'restarted' } });
}
