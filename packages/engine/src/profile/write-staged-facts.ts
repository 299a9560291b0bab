import type { ClickHouse } from '../platform/index.ts';
import type { Row } from './row.ts';
import { detailTable, entityTable, historyTable, columnOf } from './name-columns.ts';
import { detailStates, entityStates, hasPartialStates, layLateStates } from './write-states.ts';

/**
 * Entities or details that lie in a ClickHouse table already, each a whole state, checked and coerced
 * (`coerceInSql`). All members but `kind` and `type` are SQL expressions over the rows of `from`.
 */
export interface StagedFacts {
  readonly kind: 'entity' | 'detail';
  readonly type: string;
  /** What follows FROM. Of two rows with one id and one time the later one counts. */
  readonly from: string;
  readonly id: string;
  /** Epoch ms at which the state was said. */
  readonly at: string;
  /** Details: epoch ms at which the business fact happened. */
  readonly time?: string | undefined;
  /** Details: whose they are. */
  readonly owner?:
    | { readonly type: 'person'; readonly personId: string; readonly keyNumber: string }
    | { readonly type: string; readonly id: string }
    | undefined;
  /** By name of a declared field. */
  readonly fields: ReadonlyMap<string, string>;
}

const SETTINGS = {
  // One thread keeps the order of the rows; the two tables of a detail are written side by side.
  max_threads: 1,
  max_insert_threads: '1',
  // Two states of one id in a part are told apart by FINAL and by merges, as in two parts: looking for them here too
  // costs a third of the insert.
  optimize_on_insert: 0,
} as const;

/** Empty maps. A column's own default, written row by row, costs several times as much as all the other columns. */
const EMPTY_MAP = "cast((emptyArrayString(), emptyArrayString()), 'Map(LowCardinality(String), String)')";
const EMPTY_TIMES = "cast((emptyArrayString(), emptyArrayUInt64()), 'Map(LowCardinality(String), UInt64)')";

/** Copies staged facts into their tables; may be repeated, rows are replaced by version. */
export async function writeStagedFacts(clickhouse: ClickHouse, facts: StagedFacts): Promise<void> {
  const values = valuesOf(facts);
  const tables =
    facts.kind === 'entity' ? [entityTable(facts.type)] : [historyTable(facts.type), detailTable(facts.type)];
  const names = [...values.keys()].join(', ');
  const expressions = [...values.values()].join(', ');
  await Promise.all(
    tables.map((table) =>
      clickhouse.command(
        `insert into ${table} (${names}) select ${expressions} from ${facts.from}`,
        {},
        SETTINGS,
      ),
    ),
  );
}

/** Lays staged facts under parts of them that were said later and came earlier; see `layLateStates`. */
export async function layStagedFacts(clickhouse: ClickHouse, facts: StagedFacts): Promise<void> {
  const table = facts.kind === 'entity' ? entityStates(facts.type) : detailStates(facts.type);
  // Of most types nothing is ever told in part: the staged rows need not be gone through.
  if (!(await hasPartialStates(clickhouse, table))) return;
  const [first] = await clickhouse.query<{ oldest: number }>(
    `select toUInt64(min(${facts.at})) as oldest from ${facts.from}`,
  );
  const columns = [...valuesOf(facts)].map(([column, value]) => `${value} as ${column}`);
  await layLateStates(clickhouse, table, first?.oldest ?? 0, (ids) =>
    clickhouse
      .query<Row>(
        `select * from (select ${columns.join(', ')} from ${facts.from}) where ${table.idColumn} in {ids:Array(String)}`,
        { ids },
      )
      .then((rows) => rows.map((row) => ({ ...row, deleted: 0, field_times: {} }))),
  );
}

/** Expression of each column. */
function valuesOf(facts: StagedFacts): Map<string, string> {
  const values = new Map<string, string>();
  if (facts.kind === 'entity') values.set('entity_id', facts.id);
  else {
    const owner = facts.owner!;
    const isPerson = 'personId' in owner;
    values.set('detail_id', facts.id);
    values.set('owner_type', `'${owner.type}'`);
    values.set('owner_id', isPerson ? `toString(${owner.keyNumber})` : owner.id);
    values.set('person_id', isPerson ? owner.personId : '0');
    values.set('key_number', isPerson ? owner.keyNumber : '0');
    values.set('time', `fromUnixTimestamp64Milli(${facts.time ?? facts.at}, 'UTC')`);
  }
  values.set('version', `toUInt64(${facts.at})`);
  values.set('sealed', EMPTY_MAP);
  values.set('field_times', EMPTY_TIMES);
  for (const [name, value] of facts.fields) values.set(columnOf(name), value);
  return values;
}
