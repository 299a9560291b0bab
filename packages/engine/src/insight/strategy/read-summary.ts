import type { insightApi, StrategyDocument } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import type { InsightNeeds, MessageTally, ReportedStrategy } from '../needs.ts';
import { compareProportions, rateOf, type Proportion } from '../statistics/compare-proportions.ts';
import { channelResults, deliveriesOf, titledBooks } from './present-books.ts';
import {
  countCollected,
  readGroups,
  readTaskOutcomes,
  type GroupRow,
  type StrategyScope,
} from './strategy-store.ts';

type Summary = insightApi.Summary;

/** A strategy's numbers, and what the effect report needs beside them. */
export interface ReadStrategy {
  readonly strategy: ReportedStrategy;
  readonly scope: StrategyScope;
  readonly summary: Summary;
  /** Epoch ms of the first and the last entry; undefined: nobody entered. */
  readonly entered: { from: number; to: number } | undefined;
}

/**
 * The loop of a strategy in numbers. People, groups, contents and goals come from the event log, which is a
 * moment behind; the books of the messages are the hub's own and exact.
 * @throws CodedError strategy_not_found
 */
export async function readSummary(
  platform: Platform,
  needs: InsightNeeds,
  strategyId: string,
): Promise<ReadStrategy> {
  const { clickhouse, clock } = platform;
  const strategy = await needs.canvas.strategy(strategyId);
  if (!strategy) throw new CodedError('strategy_not_found', { details: { strategyId } });
  const documents = new Map(strategy.versions.map(({ version, document }) => [version, document]));
  const scope = { strategyId, contentSplit: contentSplitOf(strategy.versions.map((each) => each.document)) };
  const [groups, outcomes, events, totals, books, tally, suppliers] = await Promise.all([
    readGroups(clickhouse, scope),
    readTaskOutcomes(clickhouse, strategyId),
    countCollected(clickhouse),
    needs.identity.totals(clock.now()),
    needs.hub.books({ strategyId }),
    needs.hub.tally({ strategyId }),
    needs.hub.suppliers(),
  ]);
  const steps = titledBooks(books, tally, documents);
  const [treated, holdout] = [sumOf(groups, false), sumOf(groups, true)];
  const contents = contentsOf(groups, contentBranches(strategy.versions[0]?.document, scope.contentSplit));
  const summary: Summary = {
    people: totals.people,
    keys: totals.keys,
    merged: totals.merged,
    events,
    audience: treated.people + holdout.people,
    holdout: holdout.people,
    ...sumOfSteps(steps),
    sentWithReceipts: deliveriesOf(tally).sentWithReceipts,
    delivered: deliveriesOf(tally).delivered ?? 0,
    tasks: tasksOf(tally, outcomes),
    goal: {
      treated: { ...treated, rate: rateOf(treated) },
      holdout: { ...holdout, rate: rateOf(holdout) },
      ...compareProportions(treated, holdout),
    },
    contents,
    ...(contents.length > 1 ? { contentComparison: compareProportions(contents[1]!, contents[0]!) } : {}),
    channels: channelResults(tally, new Map(suppliers.map((each) => [each.supplierId, each.name]))),
    steps,
    running: strategy.running,
  };
  return { strategy, scope, summary, entered: enteredOf(groups) };
}

/** The split that draws the content: the one that a message names, else the first; of the newest version that has one. */
export function contentSplitOf(documents: readonly StrategyDocument[]): string | undefined {
  for (const { nodes } of documents) {
    for (const node of nodes) if ('variantOf' in node && node.variantOf) return node.variantOf;
    const split = nodes.find((node) => node.kind === 'split');
    if (split) return split.id;
  }
  return undefined;
}

function contentBranches(document: StrategyDocument | undefined, splitId: string | undefined): string[] {
  const split = document?.nodes.find((node) => node.id === splitId);
  return split?.kind === 'split' ? split.branches.map((branch) => branch.label) : [];
}

function sumOf(groups: readonly GroupRow[], isHoldout: boolean): Proportion {
  const rows = groups.filter((row) => row.is_holdout === isHoldout);
  return {
    people: rows.reduce((sum, row) => sum + row.people, 0),
    converted: rows.reduce((sum, row) => sum + row.converted, 0),
  };
}

/** Contents in the order of the document; branches that former versions had come last. */
function contentsOf(groups: readonly GroupRow[], branches: readonly string[]): Summary['contents'] {
  const drawn = groups.filter((row) => !row.is_holdout && row.variant !== '');
  const byVariant = new Map(drawn.map((row) => [row.variant, row]));
  return [...new Set([...branches, ...byVariant.keys()])].map((variant) => {
    const { people, converted, clicked } = byVariant.get(variant) ?? { people: 0, converted: 0, clicked: 0 };
    return { variant, people, converted, clicked, rate: rateOf({ people, converted }) };
  });
}

function sumOfSteps(
  steps: Summary['steps'],
): Pick<Summary, 'suppressed' | 'pending' | 'sent' | 'clicked' | 'failed' | 'uncertain' | 'balanced'> {
  const suppressed: Record<string, number> = {};
  for (const step of steps) {
    for (const [reason, count] of Object.entries(step.suppressed)) {
      suppressed[reason] = (suppressed[reason] ?? 0) + count;
    }
  }
  const sum = (key: 'pending' | 'sent' | 'clicked' | 'failed' | 'uncertain') =>
    steps.reduce((total, step) => total + step[key], 0);
  return {
    suppressed,
    pending: sum('pending'),
    sent: sum('sent'),
    clicked: sum('clicked'),
    failed: sum('failed'),
    uncertain: sum('uncertain'),
    balanced: steps.every((step) => step.balanced),
  };
}

function tasksOf(
  tally: readonly MessageTally[],
  outcomes: readonly { outcome: string; tasks: number }[],
): Summary['tasks'] {
  return {
    created: tally
      .filter((line) => line.channel === 'task' && line.state === 'sent')
      .reduce((sum, line) => sum + line.messages, 0),
    done: outcomes.reduce((sum, row) => sum + row.tasks, 0),
    outcomes: Object.fromEntries(outcomes.map((row) => [row.outcome, row.tasks])),
  };
}

function enteredOf(groups: readonly GroupRow[]): ReadStrategy['entered'] {
  if (groups.length === 0) return undefined;
  return {
    from: Math.min(...groups.map((row) => row.entered_from)),
    to: Math.max(...groups.map((row) => row.entered_to)),
  };
}
