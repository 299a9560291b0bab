import type { Transaction } from '../platform/index.ts';
import { MAXIMUM_PARTNERS } from './find-shared.ts';
import type { KeyRules } from './key-rules.ts';
import type { StoredKey } from './key-store.ts';
import { plainArray } from './sql-array.ts';

/** A key found to be shared by counting over the whole log. */
export interface Hub {
  readonly keyNumber: number;
  readonly count: number;
  readonly maximum: number;
}

/**
 * Keys that are shared by the count of their partners, over all statements in force. Keys of types that
 * cannot be shared are counted too: beyond a limit any key is a hub.
 */
export async function readHubs(
  transaction: Transaction,
  rules: KeyRules,
  blocked: ReadonlySet<number>,
): Promise<Map<number, Hub>> {
  const types = [...rules.byType.values()];
  const limited = types.filter((type) => type.sharedAbove !== undefined);
  const rows = await transaction.query<{ key_number: number; count: number; maximum: number }>(
    `with link as (
       select key_numbers from identity.assertion
       where kind in ('bind', 'seen', 'sign_up') and not retracted and not held
     ), pair as (
       select distinct mine.key_number, other.key_number as partner
       from link
       cross join unnest(link.key_numbers) as mine (key_number)
       cross join unnest(link.key_numbers) as other (key_number)
       where mine.key_number <> other.key_number
         and not mine.key_number = any($4::bigint[]) and not other.key_number = any($4::bigint[])
     ), counted as (
       select pair.key_number, count(*) as count, given.shared_above as maximum
       from pair
       join identity.key as key on key.key_number = pair.key_number
       join unnest($1::text[], $2::bigint[]) as given (type, shared_above) on given.type = key.type
       join identity.key as partner on partner.key_number = pair.partner and partner.type = any($3::text[])
       group by pair.key_number, partner.type, given.shared_above
       having count(*) > given.shared_above
       union all
       select key_number, count(*), $5 from pair group by key_number having count(*) > $5
     )
     select key_number, max(count) as count, max(maximum) as maximum from counted group by key_number`,
    [
      plainArray(limited.map((type) => type.type)),
      plainArray(limited.map((type) => type.sharedAbove!)),
      plainArray(types.filter((type) => type.cardinality === 'one').map((type) => type.type)),
      plainArray(blocked),
      MAXIMUM_PARTNERS,
    ],
  );
  return new Map(
    rows.map((row) => [
      row.key_number,
      { keyNumber: row.key_number, count: row.count, maximum: row.maximum },
    ]),
  );
}

/** Calls back with pages of a query's rows, through a server-side cursor. */
async function forEachPage<Row>(
  transaction: Transaction,
  cursor: string,
  sql: string,
  rowsPerPage: number,
  onPage: (rows: Row[]) => void | Promise<void>,
): Promise<void> {
  await transaction.execute(`declare ${cursor} no scroll cursor for ${sql}`);
  for (;;) {
    const rows = await transaction.query<Row>(`fetch ${rowsPerPage} from ${cursor}`);
    if (rows.length === 0) break;
    await onPage(rows);
  }
  await transaction.execute(`close ${cursor}`);
}

/**
 * Connected components over all statements in force, into the temporary table `refold_component`: every
 * key that some statement names or that is not a person of its own now. Keys for which `stops` is true
 * connect nothing. Memory: 4 bytes a key (key numbers are dense).
 */
export async function writeComponents(
  transaction: Transaction,
  stops: (keyNumber: number) => boolean,
): Promise<void> {
  const [row] = await transaction.query<{ maximum: number | null }>(
    'select max(key_number) as maximum from identity.key',
  );
  // parent[key]: 0 for keys that occur nowhere, else another key of the component, or the key itself.
  const parent = new Uint32Array((row!.maximum ?? 0) + 1);
  const find = (key: number): number => {
    let root = key;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[key] !== root) [key, parent[key]] = [parent[key]!, root];
    return root;
  };
  await forEachPage<{ key_numbers: string }>(
    transaction,
    'refold_statement',
    `select key_numbers::text from identity.assertion where not retracted and not held
     union all select array[key_number]::text from identity.key
     where person_id <> key_number or shared or ordered or bound_at is not null`,
    50_000,
    (rows) => {
      for (const { key_numbers } of rows) {
        let first = 0;
        for (const key of key_numbers.slice(1, -1).split(',').map(Number)) {
          if (parent[key] === 0) parent[key] = key;
          if (stops(key)) continue;
          if (first === 0) first = find(key);
          else parent[find(key)] = first;
        }
      }
    },
  );
  await transaction.execute('drop table if exists refold_component');
  await transaction.execute(
    'create temporary table refold_component (component bigint, key_number bigint) on commit drop',
  );
  await storeComponents(transaction, parent, find);
  await transaction.execute('analyze refold_component');
}

async function storeComponents(
  transaction: Transaction,
  parent: Uint32Array,
  find: (key: number) => number,
): Promise<void> {
  const pageKeys = 50_000;
  let components: number[] = [];
  let keys: number[] = [];
  const flush = async (): Promise<void> => {
    await transaction.execute(
      'insert into refold_component select * from unnest($1::bigint[], $2::bigint[])',
      [plainArray(components), plainArray(keys)],
    );
    components = [];
    keys = [];
  };
  for (let key = 1; key < parent.length; key++) {
    if (parent[key] === 0) continue;
    components.push(find(key));
    keys.push(key);
    if (keys.length === pageKeys) await flush();
  }
  if (keys.length > 0) await flush();
}

/** Calls back with the keys of whole components, about `keysPerRound` at a time. */
export async function forEachComponentRound(
  transaction: Transaction,
  keysPerRound: number,
  onRound: (keys: StoredKey[]) => Promise<void>,
): Promise<void> {
  let pending: (StoredKey & { component: number })[] = [];
  await forEachPage<StoredKey & { component: number }>(
    transaction,
    'refold_key',
    `select component, key.key_number, person_id, type, fingerprint, bound_at, shared, blocked, ordered
     from refold_component join identity.key as key using (key_number) order by component`,
    keysPerRound,
    async (rows) => {
      pending.push(...rows);
      const open = pending.at(-1)!.component;
      const complete = pending.filter((key) => key.component !== open);
      if (complete.length === 0) return;
      pending = pending.filter((key) => key.component === open);
      await onRound(complete);
    },
  );
  if (pending.length > 0) await onRound(pending);
}

/** Values of all keys of a type, decrypted by the caller, a page at a time. */
export async function forEachValue(
  transaction: Transaction,
  type: string,
  onValue: (keyNumber: number, valueEncrypted: string, blocked: boolean) => void,
): Promise<void> {
  // The name was declared by us (letters, digits, underscores); a cursor takes no bound values.
  const quoted = `'${type.replaceAll("'", "''")}'`;
  await forEachPage<{ key_number: number; value_encrypted: string; blocked: boolean }>(
    transaction,
    'key_value',
    `select key_number, value_encrypted, blocked from identity.key where type = ${quoted}`,
    20_000,
    (rows) => {
      for (const row of rows) onValue(row.key_number, row.value_encrypted, row.blocked);
    },
  );
}

/** Notes which keys are blocked by the new rules. */
export async function writeBlocked(
  transaction: Transaction,
  keyNumbers: Iterable<number>,
  blocked: boolean,
): Promise<void> {
  await transaction.execute('update identity.key set blocked = $2 where key_number = any($1::bigint[])', [
    plainArray(keyNumbers),
    blocked,
  ]);
}

/** Numbers of all blocked keys. */
export async function readBlocked(transaction: Transaction): Promise<Set<number>> {
  const rows = await transaction.query<{ key_number: number }>(
    'select key_number from identity.key where blocked',
  );
  return new Set(rows.map((row) => row.key_number));
}
