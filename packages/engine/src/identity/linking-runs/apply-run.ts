import type { Database } from '../../platform/index.ts';
import { explainPairs, settleClusters, tablesOf, type PairExplanation } from '../linking/index.ts';
import { assertLinks, isTooLarge, queuePairs, type AssertedRun, type AssertNeeds } from './assert-links.ts';
import { linkageName, type LinkingNeeds } from './compare-run.ts';
import { explainedBy } from './describe-linkage.ts';
import { closeSettledReviews } from './run-links-store.ts';
import type { RunRow } from './run-store.ts';

const PAIRS_A_TRANSACTION = 500;

/**
 * Makes assertions and reviews of the pairs of a run at its thresholds. May be done again, after an interruption or with
 * other thresholds: nothing is said twice. Returns how many pairs were one person already.
 */
export async function applyRun(
  needs: LinkingNeeds & AssertNeeds,
  row: RunRow,
  signal: AbortSignal,
): Promise<{ together: number }> {
  const { clickhouse, database } = needs.platform;
  const findings = row.findings!;
  const name = linkageName(row.run_id);
  // At 1 nothing is linked, however sure: a probability is rounded.
  const thresholds = { link: row.link_above === 1 ? 2 : row.link_above, review: row.review_above };
  await settleClusters(clickhouse, { ...tablesOf(name), rows: findings.records }, thresholds);
  const linkage = explainedBy(name, findings);
  const run: AssertedRun = {
    runId: row.run_id,
    keyTypes: row.settings.tables.map(({ tableId, keyType }) =>
      tableId.startsWith('people:') ? undefined : keyType,
    ),
    actor: row.acted_by ?? row.started_by,
  };
  let together = 0;
  for await (const pairs of portions(explainPairs(clickhouse, linkage, { linked: true }))) {
    signal.throwIfAborted();
    together += await link(needs, database, run, pairs);
  }
  const reviews = explainPairs(clickhouse, linkage, { linked: false, reviewAbove: thresholds.review });
  for await (const pairs of portions(reviews)) {
    signal.throwIfAborted();
    await database.transaction((transaction) => queuePairs(needs, transaction, run, pairs));
  }
  await closeSettledReviews(database, row.run_id);
  return { together };
}

async function* portions(pages: AsyncIterable<PairExplanation[]>): AsyncGenerator<PairExplanation[]> {
  for await (const page of pages) {
    for (let start = 0; start < page.length; start += PAIRS_A_TRANSACTION)
      yield page.slice(start, start + PAIRS_A_TRANSACTION);
  }
}

/** Links at once, or, when too much hangs together, in smaller parts; a pair that is too much alone is reviewed. */
async function link(
  needs: AssertNeeds,
  database: Database,
  run: AssertedRun,
  pairs: readonly PairExplanation[],
): Promise<number> {
  try {
    return await database.transaction((transaction) => assertLinks(needs, transaction, run, pairs));
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  if (pairs.length === 1) {
    await database.transaction((transaction) => queuePairs(needs, transaction, run, pairs));
    return 0;
  }
  const middle = Math.ceil(pairs.length / 2);
  const before = await link(needs, database, run, pairs.slice(0, middle));
  return before + (await link(needs, database, run, pairs.slice(middle)));
}
