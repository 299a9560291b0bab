import type { Platform, Transaction } from '../../platform/index.ts';
import type { ResolveRecord, Resolution } from '../resolution.ts';
import { readKeys } from '../key-store.ts';
import { itemIdOf, writeItems, type FoundItem } from '../quarantine-store.ts';
import { explainPairs, type PairExplanation } from './explain-pair.ts';
import type { Linkage } from './link-records.ts';

export interface ProposeNeeds {
  readonly platform: Pick<Platform, 'database' | 'clickhouse' | 'clock'>;
  readonly resolve: (transaction: Transaction, records: readonly ResolveRecord[]) => Promise<Resolution[]>;
}

const PAIRS_A_TRANSACTION = 2_000;

/**
 * Turns a linkage into assertions about keys: linked pairs are bound (the guards still have their say),
 * pairs between the thresholds wait in the quarantine with weight and explanation. Record ids are values
 * of the given key type. Run again, the same pairs are the same assertions and items.
 */
export async function proposeLinks(
  needs: ProposeNeeds,
  linkage: Linkage,
  keyType: string,
): Promise<{ bound: number; queued: number }> {
  const { database, clickhouse } = needs.platform;
  let bound = 0;
  let queued = 0;
  for await (const page of explainPairs(clickhouse, linkage, true)) {
    for (const pairs of chunks(page)) {
      await database.transaction((transaction) =>
        needs.resolve(transaction, recordsOf(needs, linkage, keyType, pairs, 'bind')),
      );
      bound += pairs.length;
    }
  }
  for await (const page of explainPairs(clickhouse, linkage, false)) {
    for (const pairs of chunks(page)) {
      queued += await database.transaction((transaction) =>
        queue(needs, transaction, linkage, keyType, pairs),
      );
    }
  }
  return { bound, queued };
}

function* chunks(pairs: readonly PairExplanation[]): Generator<PairExplanation[]> {
  for (let start = 0; start < pairs.length; start += PAIRS_A_TRANSACTION) {
    yield pairs.slice(start, start + PAIRS_A_TRANSACTION);
  }
}

function recordsOf(
  needs: ProposeNeeds,
  linkage: Linkage,
  keyType: string,
  pairs: readonly PairExplanation[],
  link: 'bind' | 'none',
): ResolveRecord[] {
  const at = needs.platform.clock.now();
  const key = (value: string): { type: string; value: string } => ({ type: keyType, value });
  const record = { link, at, sourceId: 'linkage' } as const;
  return pairs.flatMap((pair): ResolveRecord[] => {
    const messageId = `${linkage.run} ${pair.left} ${pair.right}`;
    return link === 'bind'
      ? [{ ...record, messageId, keys: [key(pair.left), key(pair.right)] }]
      : [pair.left, pair.right].map((value) => ({ ...record, messageId, keys: [key(value)] }));
  });
}

/** Pairs of keys that are not one person already go to the quarantine. */
async function queue(
  needs: ProposeNeeds,
  transaction: Transaction,
  linkage: Linkage,
  keyType: string,
  pairs: readonly PairExplanation[],
): Promise<number> {
  const resolved = await needs.resolve(transaction, recordsOf(needs, linkage, keyType, pairs, 'none'));
  const keys = new Map(
    (await readKeys(transaction, new Set(resolved.map((each) => each.keyNumber)))).map((key) => [
      key.key_number,
      key,
    ]),
  );
  const items = pairs.flatMap((pair, index): FoundItem[] => {
    const left = keys.get(resolved[2 * index]!.keyNumber);
    const right = keys.get(resolved[2 * index + 1]!.keyNumber);
    if (!left || !right || left.person_id === right.person_id) return [];
    const { probability, weight, evidence } = pair;
    return [
      {
        itemId: itemIdOf('linkage', [left.fingerprint, right.fingerprint]),
        reason: 'linkage',
        keyNumbers: [left.key_number, right.key_number],
        evidence: { run: linkage.run, probability, weight, comparisons: evidence },
      },
    ];
  });
  await writeItems(transaction, items, needs.platform.clock.now());
  return items.length;
}
