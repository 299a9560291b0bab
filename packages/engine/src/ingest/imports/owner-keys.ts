import type { ClickHouse } from '../../platform/index.ts';
import { insertBytes } from '../insert-bytes.ts';
import type { RowRejection } from './draft.ts';
import type { BulkEvent } from './express-event.ts';
import type { BulkFact, BulkPlan } from './express-mapping.ts';
import type { StagedKey } from './staged-record.ts';

/**
 * Who the keys of owners are, as far as this run has met them, by key type: tables in ClickHouse's memory. A key's number
 * and its person are one value, their identity, 0 where they are not known: finding one means some walks through
 * memory, and finding two twice as many.
 */
export type KeyTables = ReadonlyMap<string, string>;

/** An owner by a key, and the rows of the chunk that name it at a time. */
export interface KeyedOwner extends StagedKey {
  /** Staged columns. */
  readonly holds: string;
  readonly at: string;
}

/** The owners by a key of all records of a plan. */
export const keyedOwners = ({ facts, events }: BulkPlan): KeyedOwner[] =>
  [...facts, ...events].flatMap(({ owner, holds, at }) =>
    owner && 'keyType' in owner ? [{ ...owner, holds, at }] : [],
  );

/** Makes the tables of the key types that owners have. */
export async function createKeyTables(
  clickhouse: ClickHouse,
  name: string,
  owners: readonly KeyedOwner[],
): Promise<KeyTables> {
  const keys = new Map<string, string>();
  for (const keyType of new Set(owners.map((owner) => owner.keyType))) {
    const table = `${name}_${keys.size}`;
    keys.set(keyType, table);
    await clickhouse.command(
      `create or replace table ${table} (value String, identity UInt128, refused String, known UInt8)
       engine = Join(any, left, value) settings persistent = 0`,
    );
  }
  return keys;
}

/** The staged column beside an owner's key that says who it is. */
export const identityColumn = (value: string): string => `${value}_identity`;

/** The identity of an owner in the key table, whatever is staged. */
export const lookUpIdentity = (keys: KeyTables, { keyType, value }: StagedKey): string =>
  `joinGet('${keys.get(keyType)}', 'identity', ${value})`;

/** The identity of an owner: as it was found while the chunk was staged, or since. */
export const identityOf = (keys: KeyTables, owner: StagedKey): string => {
  const column = identityColumn(owner.value);
  return `if(${column} = 0, ${lookUpIdentity(keys, owner)}, ${column})`;
};

/** The parts of an identity. */
export const personAndKey = (identity: string): { personId: string; keyNumber: string } => ({
  personId: `toUInt64(${identity})`,
  keyNumber: `toUInt64(bitShiftRight(${identity}, 64))`,
});

/** Key values that were not met before, and for each the earliest time (epoch ms) it is said at. */
export interface NewKeys {
  readonly values: readonly string[];
  readonly times: readonly number[];
}

/** The key values of a chunk that this run has not met; `single`: without those of its single rows. */
export async function newKeys(
  clickhouse: ClickHouse,
  { stage, single }: { readonly stage: string; readonly single?: string },
  keyTable: string,
  owners: readonly KeyedOwner[],
): Promise<NewKeys> {
  const without = single === undefined ? '' : ` and row not in ${single}`;
  const selects = owners.map(
    ({ value, holds, at }) =>
      `select ${value} as value, ${at} as at from ${stage}
       where sure and ${holds} and ${identityColumn(value)} = 0${without}`,
  );
  // Two arrays in one row: a row for each key would be parsed one by one.
  const [found] = await clickhouse.query<NewKeys>(
    `select groupArray(value) as values, groupArray(at) as times from (
       select value, min(at) as at from (${selects.join(' union all ')}) group by value)
     where joinGet('${keyTable}', 'known', value) = 0`,
    {},
    // Asked once for each value, not for each row before they are grouped.
    { query_plan_filter_push_down: 0, enable_optimize_predicate_expression: 0 },
  );
  return found!;
}

/** Remembers who the keys are; a refused one has neither number nor person, but a reason. */
export async function keepKeys(
  clickhouse: ClickHouse,
  keyTable: string,
  rows: readonly { value: string; keyNumber: number; personId: number; rejected?: string }[],
): Promise<void> {
  const lines = rows.map(
    ({ value, keyNumber, personId, rejected = '' }) =>
      `"${value.replaceAll('"', '""')}",${keyNumber},${personId},"${rejected}"\n`,
  );
  await insertBytes(
    clickhouse,
    `insert into ${keyTable} select value, bitOr(bitShiftLeft(toUInt128(key_number), 64), person_id), refused, 1
     from input('value String, key_number UInt64, person_id UInt64, refused String') format CSV`,
    [Buffer.from(lines.join(''))],
  );
}

/** Rows of a fact that do not go single and whose owner was refused. */
export async function refusedOwners(
  clickhouse: ClickHouse,
  { stage, single }: { readonly stage: string; readonly single: string },
  keys: KeyTables,
  { index, holds, owner }: BulkFact | BulkEvent,
  hasSingles: boolean,
): Promise<RowRejection[]> {
  if (!owner || !('keyType' in owner)) return [];
  const refused = `joinGet('${keys.get(owner.keyType)}', 'refused', ${owner.value})`;
  const singles = hasSingles ? ` and row not in ${single}` : '';
  const rows = await clickhouse.query<{ row: number; detail: string }>(
    `select row, ${refused} as detail from ${stage} where ${holds} and detail != ''${singles} order by row`,
  );
  return rows.map((each) => ({ ...each, record: index, code: 'owner_missing' }));
}
