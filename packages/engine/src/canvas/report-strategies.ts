import type { StrategyDocument } from '@wutong/contract';
import type { Database } from '../platform/index.ts';
import { presentSummaries } from './present-strategy.ts';
import { readStrategies, readStrategy, type StoredStrategy } from './strategy-store.ts';
import { readVersions } from './version-store.ts';

/** A strategy with its numbers over all versions. */
export interface StrategyProgress {
  readonly strategyId: string;
  readonly title: string;
  readonly state: string;
  readonly entered: number;
  /** Inside now. */
  readonly running: number;
  readonly converted: number;
}

/** A strategy with the documents that ran, newest first; the draft when none did. */
export interface ReportedStrategy extends StrategyProgress {
  readonly versions: readonly { version: number; document: StrategyDocument }[];
}

const REPORTED_STRATEGIES = 1_000;
const RAN = new Set(['published', 'superseded']);

async function progressOf(
  database: Pick<Database, 'query'>,
  strategies: readonly StoredStrategy[],
): Promise<StrategyProgress[]> {
  const summaries = await presentSummaries(database, strategies);
  return summaries.map((summary) => ({
    strategyId: summary.strategyId,
    title: summary.name,
    state: summary.state,
    entered: summary.entered,
    running: summary.active,
    converted: summary.goalReached,
  }));
}

/** The strategies last changed, at most 1,000. */
export async function reportStrategies(database: Pick<Database, 'query'>): Promise<StrategyProgress[]> {
  return progressOf(database, await readStrategies(database, { limit: REPORTED_STRATEGIES }));
}

/** One strategy; undefined when there is none with this id. */
export async function reportStrategy(
  database: Pick<Database, 'query'>,
  strategyId: string,
): Promise<ReportedStrategy | undefined> {
  const strategy = await readStrategy(database, strategyId);
  if (!strategy) return undefined;
  const [progress] = await progressOf(database, [strategy]);
  const ran = (await readVersions(database, strategyId)).filter((version) => RAN.has(version.state));
  const versions = ran.map(({ version, document }) => ({ version, document }));
  return {
    ...progress!,
    versions: versions.length > 0 ? versions : [{ version: 0, document: strategy.draft }],
  };
}
