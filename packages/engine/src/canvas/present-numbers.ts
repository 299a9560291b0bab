import type { canvasApi } from '@wutong/contract';
import { ARRIVED, WHOLE, WHOLE_OUTCOMES, type NumberRow } from './number-store.ts';
import type { Program } from './program.ts';

/** Live numbers of a version in the shape of the API; nodes in the document's order. `at` in epoch ms. */
export function presentNumbers(
  program: Program,
  rows: readonly NumberRow[],
  at: number,
): canvasApi.StrategyNumbers {
  const byNode = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const outcomes = byNode.get(row.nodeId) ?? new Map<string, number>();
    byNode.set(row.nodeId, outcomes.set(row.outcome, row.people));
  }
  const whole = byNode.get(WHOLE) ?? new Map<string, number>();
  const endedPrefix = WHOLE_OUTCOMES.ended('');
  const endReasons = Object.fromEntries(
    [...whole]
      .filter(([outcome]) => outcome.startsWith(endedPrefix))
      .map(([outcome, people]) => [outcome.slice(endedPrefix.length), people]),
  );
  const ended = sum(Object.values(endReasons));
  const entered = whole.get(WHOLE_OUTCOMES.entered) ?? 0;
  const holdout = whole.get(WHOLE_OUTCOMES.enteredHoldout) ?? 0;
  return {
    strategyId: program.strategyId,
    version: program.version,
    entered,
    active: entered - ended,
    ended,
    endReasons,
    treated: { people: entered - holdout, goalReached: whole.get(WHOLE_OUTCOMES.goal) ?? 0 },
    holdout: { people: holdout, goalReached: whole.get(WHOLE_OUTCOMES.goalHoldout) ?? 0 },
    nodes: program.document.nodes.map((node) => nodeNumbers(node.id, byNode.get(node.id) ?? new Map())),
    at: new Date(at).toISOString(),
  };
}

function nodeNumbers(nodeId: string, counts: ReadonlyMap<string, number>): canvasApi.NodeNumbers {
  const outcomes = Object.fromEntries([...counts].filter(([outcome]) => outcome !== ARRIVED));
  const arrived = counts.get(ARRIVED) ?? 0;
  const out = sum(Object.values(outcomes));
  return { nodeId, in: arrived, waiting: arrived - out, out, refused: outcomes['refused'] ?? 0, outcomes };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
