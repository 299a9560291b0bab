import { CodedError, type Platform, type Transaction } from '../../platform/index.ts';
import { assertionIdOf, readTimes, writeStatements, type Statement } from '../assertion-store.ts';
import { joinMapWriters, readKeys, type StoredKey } from '../key-store.ts';
import type { PairExplanation } from '../linking/index.ts';
import { itemIdOf, writeItems, type FoundItem } from '../quarantine-store.ts';
import { refoldClosure } from '../refold-closure.ts';
import type { ResolveRecord, Resolution } from '../resolution.ts';
import type { RulesHolder } from '../rules-store.ts';

export interface AssertNeeds {
  readonly platform: Pick<Platform, 'clock'>;
  readonly rules: RulesHolder;
  readonly resolve: (transaction: Transaction, records: readonly ResolveRecord[]) => Promise<Resolution[]>;
}

/** Whose pairs are asserted: `keyTypes` in the order of the tables, undefined where ids are key numbers. */
export interface AssertedRun {
  readonly runId: string;
  readonly keyTypes: readonly (string | undefined)[];
  readonly actor: string;
}

/** Source of the assertions of linking; the message is the run. */
export const LINKAGE_SOURCE = 'linkage';

interface KeyedPair {
  readonly pair: PairExplanation;
  readonly left: StoredKey;
  readonly right: StoredKey;
}

/**
 * Binds pairs by assertions of the run, with weight and evidence; the guards have their say as with any other. A pair of
 * one person needs none. Returns how many were one person before, by other assertions than this run's.
 */
export async function assertLinks(
  needs: AssertNeeds,
  transaction: Transaction,
  run: AssertedRun,
  pairs: readonly PairExplanation[],
): Promise<number> {
  await joinMapWriters(transaction);
  const keyed = await keysOfPairs(needs, transaction, run, pairs);
  const statements = keyed.map((each) => statementOf(needs, run, each));
  const known = new Set(
    (
      await readTimes(
        transaction,
        statements.map(({ assertionId }) => assertionId),
      )
    ).map((times) => times.assertion_id),
  );
  const isNew = (index: number): boolean => !known.has(statements[index]!.assertionId);
  const together = keyed.filter(
    ({ left, right }, index) => isNew(index) && left.person_id === right.person_id,
  ).length;
  const fresh = statements.filter(
    (_, index) => isNew(index) && keyed[index]!.left.person_id !== keyed[index]!.right.person_id,
  );
  await writeStatements(transaction, fresh, needs.platform.clock.now());
  await refoldClosure(transaction, {
    keyNumbers: [...new Set(fresh.flatMap((statement) => statement.keyNumbers))],
    rules: await needs.rules.newest(transaction),
    at: needs.platform.clock.now(),
    cause: 'linking',
  });
  return together;
}

/** Pairs that are not of one person wait for review. A decided pair stays decided. */
export async function queuePairs(
  needs: AssertNeeds,
  transaction: Transaction,
  run: AssertedRun,
  pairs: readonly PairExplanation[],
): Promise<void> {
  const keyed = await keysOfPairs(needs, transaction, run, pairs);
  const items = keyed
    .filter(({ left, right }) => left.person_id !== right.person_id)
    .map(({ pair, left, right }): FoundItem => ({
      itemId: itemIdOf('linkage', [left.fingerprint, right.fingerprint]),
      reason: 'linkage',
      keyNumbers: [left.key_number, right.key_number],
      evidence: evidenceOf(run, pair),
    }));
  await writeItems(transaction, items, needs.platform.clock.now());
}

const evidenceOf = (run: AssertedRun, { probability, weight, evidence }: PairExplanation): object => ({
  run: run.runId,
  probability,
  weight,
  comparisons: evidence,
});

function statementOf(needs: AssertNeeds, run: AssertedRun, { pair, left, right }: KeyedPair): Statement {
  const at = needs.platform.clock.now();
  return {
    // The run is part of the name: to take a run back is not to take back what others say of the same keys.
    assertionId: assertionIdOf(
      'bind',
      [left.fingerprint, right.fingerprint],
      `${LINKAGE_SOURCE} ${run.runId}`,
    ),
    kind: 'bind',
    keyNumbers: [left.key_number, right.key_number],
    firstAt: at,
    lastAt: at,
    sourceId: LINKAGE_SOURCE,
    messageId: run.runId,
    actor: run.actor,
    evidence: evidenceOf(run, pair),
  };
}

/** Stored keys of both records of each pair; a pair of which one has no usable key is left out. */
async function keysOfPairs(
  needs: AssertNeeds,
  transaction: Transaction,
  run: AssertedRun,
  pairs: readonly PairExplanation[],
): Promise<KeyedPair[]> {
  const sides = pairs.flatMap(({ left, leftFile, right, rightFile }) => [
    { id: left, keyType: run.keyTypes[Number(leftFile)] },
    { id: right, keyType: run.keyTypes[Number(rightFile)] },
  ]);
  const at = needs.platform.clock.now();
  const valued = sides.flatMap(({ id, keyType }) => (keyType === undefined ? [] : [{ id, keyType }]));
  const resolved = await needs.resolve(
    transaction,
    valued.map(({ id, keyType }) => ({
      link: 'none',
      keys: [{ type: keyType, value: id }],
      at,
      sourceId: LINKAGE_SOURCE,
      messageId: run.runId,
    })),
  );
  let next = 0;
  const numbers = sides.map(({ id, keyType }) =>
    keyType === undefined ? Number(id) : resolved[next++]!.keyNumber,
  );
  const keys = new Map((await readKeys(transaction, new Set(numbers))).map((key) => [key.key_number, key]));
  return pairs.flatMap((pair, index) => {
    const left = keys.get(numbers[2 * index]!);
    const right = keys.get(numbers[2 * index + 1]!);
    return left && right && left.key_number !== right.key_number ? [{ pair, left, right }] : [];
  });
}

/** Whether more hangs together than may be folded at once. */
export const isTooLarge = (error: unknown): boolean =>
  error instanceof CodedError && error.code === 'too_many_connected_keys';
