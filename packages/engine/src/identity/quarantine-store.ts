import { createHash } from 'node:crypto';
import type { Transaction } from '../platform/index.ts';
import { arrayOfArrays, plainArray } from './sql-array.ts';
import { uuidOf } from './assertion-store.ts';
import type { FoldResult } from './assertion.ts';

export type QuarantineReason = 'cardinality' | 'limit' | 'window' | 'shared' | 'linkage' | 'size';
export type QuarantineState = 'open' | 'accepted' | 'rejected' | 'obsolete';

export interface QuarantineRow {
  readonly item_id: string;
  readonly reason: QuarantineReason;
  readonly state: QuarantineState;
  readonly key_numbers: number[];
  readonly evidence: Record<string, unknown>;
  readonly found_at: number;
  readonly decided_at: number | null;
  readonly decided_by: string | null;
  readonly decision_reason: string | null;
}

/** Something that waits for a decision. */
export interface FoundItem {
  readonly itemId: string;
  readonly reason: QuarantineReason;
  readonly keyNumbers: readonly number[];
  readonly evidence: object;
}

/** The same reason and keys are the same item, in whatever database. */
export function itemIdOf(reason: QuarantineReason, fingerprints: readonly string[]): string {
  return uuidOf(
    createHash('md5')
      .update(`${reason} ${[...fingerprints].sort().join(' ')}`)
      .digest('hex'),
  );
}

/** Stores what a fold found; returns the ids of all items found, new or known. */
export async function writeFoundItems(
  transaction: Transaction,
  result: Pick<FoldResult, 'refusals' | 'shared'>,
  fingerprintOf: (keyNumber: number) => string,
  at: number,
): Promise<string[]> {
  const items: FoundItem[] = result.refusals.map((refusal) => ({
    itemId: itemIdOf(refusal.reason, [fingerprintOf(refusal.anchor), fingerprintOf(refusal.other)]),
    reason: refusal.reason,
    keyNumbers: [refusal.anchor, refusal.other],
    evidence: {
      assertionId: refusal.assertionId,
      assertedAt: refusal.at,
      keyType: refusal.type,
      count: refusal.count,
      maximum: refusal.maximum,
      countedKeys: refusal.keys,
    },
  }));
  for (const key of result.shared.values()) {
    if (key.count === 0) continue; // Known from an earlier fold, or declared by somebody.
    items.push({
      itemId: itemIdOf('shared', [fingerprintOf(key.keyNumber)]),
      reason: 'shared',
      keyNumbers: [key.keyNumber],
      evidence: { count: key.count, maximum: key.maximum, countedKeys: key.partners },
    });
  }
  await writeItems(transaction, items, at);
  return items.map((item) => item.itemId);
}

/** Opens items; decided ones stay decided, vanished ones come back, and a pair found by linking again is the newer run's. */
export async function writeItems(
  transaction: Transaction,
  items: readonly FoundItem[],
  at: number,
): Promise<void> {
  if (items.length === 0) return;
  await transaction.execute(
    `insert into identity.quarantine_item as item (item_id, reason, key_numbers, evidence, found_at)
     select item_id, reason, key_numbers::bigint[], evidence, $5
     from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[]) as given (item_id, reason, key_numbers, evidence)
     on conflict (item_id) do update set state = 'open', evidence = excluded.evidence
     where item.state = 'obsolete' or (item.state = 'open' and item.reason = 'linkage')`,
    [
      plainArray(items.map((item) => item.itemId)),
      plainArray(items.map((item) => item.reason)),
      arrayOfArrays(items.map((item) => item.keyNumbers)),
      items.map((item) => JSON.stringify(item.evidence)),
      at,
    ],
  );
}

/** Open items over the folded keys that the fold did not find again have settled themselves. */
export async function closeVanishedItems(
  transaction: Transaction,
  foldedKeys: readonly number[],
  found: readonly string[],
): Promise<void> {
  await transaction.execute(
    `update identity.quarantine_item set state = 'obsolete'
     where state = 'open' and reason in ('cardinality', 'limit', 'window', 'shared')
       and key_numbers && $1::bigint[] and key_numbers <@ $1::bigint[] and not item_id = any($2::uuid[])`,
    [plainArray(foldedKeys), plainArray(found)],
  );
}

export async function readItem(transaction: Transaction, itemId: string): Promise<QuarantineRow | undefined> {
  const [row] = await transaction.query<QuarantineRow>(
    `select ${ITEM_COLUMNS} from identity.quarantine_item where item_id = $1 for update`,
    [itemId],
  );
  return row && numbered(row);
}

/** Newest first. `before`: the last row of the page before. */
export async function listItems(
  transaction: Transaction,
  page: {
    state: QuarantineState;
    reason?: string | undefined;
    before?: [number, string] | undefined;
    limit: number;
  },
): Promise<QuarantineRow[]> {
  const rows = await transaction.query<QuarantineRow>(
    `select ${ITEM_COLUMNS} from identity.quarantine_item
     where state = $1 and ($2::text is null or reason = $2)
       and ($3::bigint is null or (found_at, item_id) < ($3, $4::uuid))
     order by found_at desc, item_id desc limit $5`,
    [page.state, page.reason ?? null, page.before?.[0] ?? null, page.before?.[1] ?? null, page.limit],
  );
  return rows.map(numbered);
}

export async function countOpenItems(transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    "select count(*) as count from identity.quarantine_item where state = 'open'",
  );
  return row!.count;
}

export async function writeDecision(
  transaction: Transaction,
  itemId: string,
  decision: { state: QuarantineState; at: number; by: string; reason: string },
): Promise<void> {
  await transaction.execute(
    `update identity.quarantine_item
     set state = $2, decided_at = $3, decided_by = $4, decision_reason = $5 where item_id = $1`,
    [itemId, decision.state, decision.at, decision.by, decision.reason],
  );
}

const ITEM_COLUMNS =
  'item_id, reason, state, key_numbers, evidence, found_at, decided_at, decided_by, decision_reason';

// The driver leaves elements of bigint[] as strings.
function numbered(row: QuarantineRow): QuarantineRow {
  return { ...row, key_numbers: row.key_numbers.map(Number) };
}
