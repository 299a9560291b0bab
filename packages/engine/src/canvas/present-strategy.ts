import { canonicalJson, type canvasApi, type Finding, type StrategyDocument } from '@wutong/contract';
import type { Database } from '../platform/index.ts';
import type { EntryRun } from './entry-run-store.ts';
import { readNumbers, readWholeNumbers, WHOLE, WHOLE_OUTCOMES } from './number-store.ts';
import type { StoredStrategy } from './strategy-store.ts';
import { pendingVersions, readVersions, type StoredVersion } from './version-store.ts';

type Reader = Pick<Database, 'query'>;

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrAbsent = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : iso(ms));

/** Strategies in the shape of the API's list, with their numbers. */
export async function presentSummaries(
  reader: Reader,
  strategies: readonly StoredStrategy[],
): Promise<canvasApi.StrategySummary[]> {
  const ids = strategies.map((strategy) => strategy.strategyId);
  const numbers = await readWholeNumbers(reader, ids);
  const pending = await pendingVersions(reader, ids);
  const summaries: canvasApi.StrategySummary[] = [];
  // One after the other: the reader may be a transaction, which is one connection.
  for (const strategy of strategies) {
    const counts = numbers.get(strategy.strategyId) ?? new Map<string, number>();
    const entered = counts.get(WHOLE_OUTCOMES.entered) ?? 0;
    summaries.push({
      strategyId: strategy.strategyId,
      name: strategy.name,
      description: strategy.description,
      state: strategy.state,
      publishedVersion: strategy.publishedVersion,
      pendingVersion: pending.get(strategy.strategyId),
      draftChanged: await draftDiffers(reader, strategy),
      entered,
      active: entered - endedOf(counts),
      holdout: counts.get(WHOLE_OUTCOMES.enteredHoldout) ?? 0,
      goalReached: (counts.get(WHOLE_OUTCOMES.goal) ?? 0) + (counts.get(WHOLE_OUTCOMES.goalHoldout) ?? 0),
      createdBy: strategy.createdBy,
      createdAt: iso(strategy.createdAt),
      updatedAt: iso(strategy.updatedAt),
    });
  }
  return summaries;
}

function endedOf(counts: ReadonlyMap<string, number>): number {
  const prefix = WHOLE_OUTCOMES.ended('');
  return [...counts].reduce((sum, [outcome, people]) => sum + (outcome.startsWith(prefix) ? people : 0), 0);
}

async function draftDiffers(reader: Reader, strategy: StoredStrategy): Promise<boolean> {
  if (strategy.publishedVersion === undefined) return true;
  const [published] = await readVersions(reader, strategy.strategyId, strategy.publishedVersion);
  if (!published) return true;
  return comparable(published.document) !== comparable(strategy.draft, published.document);
}

/** A draft that leaves a content's version open equals the published one that filled it in. */
function comparable(document: StoredVersion['document'], published = document): string {
  const versions = new Map<string, number | undefined>();
  for (const node of published.nodes) {
    if (node.kind !== 'send' && node.kind !== 'task') continue;
    for (const each of [node.content, ...Object.values(node.contentByVariant ?? {})]) {
      if (each) versions.set(`${node.id} ${each.contentId}`, each.version);
    }
  }
  const nodes = document.nodes.map((node) => {
    if (node.kind !== 'send' && node.kind !== 'task') return node;
    const fill = <R extends { contentId: string; version?: number | undefined }>(reference: R): R => ({
      ...reference,
      version: reference.version ?? versions.get(`${node.id} ${reference.contentId}`),
    });
    return {
      ...node,
      content: node.content && fill(node.content),
      contentByVariant:
        node.contentByVariant &&
        Object.fromEntries(Object.entries(node.contentByVariant).map(([label, each]) => [label, fill(each)])),
    };
  });
  return canonicalJson({ ...document, nodes });
}

/** One strategy with its draft and findings. */
export async function presentStrategy(
  reader: Reader,
  canvas: { check(document: StrategyDocument): Promise<Finding[]> },
  strategy: StoredStrategy,
): Promise<canvasApi.Strategy> {
  const [summary] = await presentSummaries(reader, [strategy]);
  return {
    ...summary!,
    draft: strategy.draft,
    draftRevision: strategy.draftRevision,
    findings: await canvas.check(strategy.draft),
  };
}

export async function presentVersion(
  reader: Reader,
  version: StoredVersion,
): Promise<canvasApi.StrategyVersion> {
  const counts = new Map(
    (await readNumbers(reader, version.strategyId, version.version))
      .filter((row) => row.nodeId === WHOLE)
      .map((row) => [row.outcome, row.people]),
  );
  return {
    strategyId: version.strategyId,
    version: version.version,
    hash: version.hash,
    state: version.state,
    document: version.document,
    note: version.note,
    submittedBy: version.submittedBy,
    submittedAt: iso(version.submittedAt),
    decidedBy: version.decidedBy,
    decidedAt: isoOrAbsent(version.decidedAt),
    decisionNote: version.decisionNote,
    publishedBy: version.publishedBy,
    publishedAt: isoOrAbsent(version.publishedAt),
    active: (counts.get(WHOLE_OUTCOMES.entered) ?? 0) - endedOf(counts),
  };
}

export function presentRun(run: EntryRun): canvasApi.EntryRun {
  return {
    runId: run.runId,
    version: run.version,
    scheduledAt: iso(run.scheduledAt),
    state: run.state,
    found: run.found,
    entered: run.entered,
    passedOver: run.passedOver,
    finishedAt: isoOrAbsent(run.finishedAt),
    reason: run.reason,
  };
}
