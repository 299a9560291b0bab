import type { identityApi, ResponseOf } from '@wutong/contract';

type Change = ResponseOf<typeof identityApi.readMergeHistory>['changes'][number];

/** Keys that moved together, in one transaction, from one person to another. */
export interface Move {
  at: string;
  cause: string;
  from: number;
  to: number;
  keys: Change['key'][];
  evidence: Change['evidence'];
}

/** Changes of single keys, joined to the moves that a person would speak of; in the order given. */
export function movesOf(changes: readonly Change[]): Move[] {
  const moves = new Map<string, Move>();
  for (const { at, cause, oldPersonId, newPersonId, key, evidence } of changes) {
    const id = `${at} ${cause} ${oldPersonId} ${newPersonId}`;
    const move = moves.get(id);
    if (!move) moves.set(id, { at, cause, from: oldPersonId, to: newPersonId, keys: [key], evidence });
    else {
      move.keys.push(key);
      const known = new Set(move.evidence.map(({ assertionId }) => assertionId));
      move.evidence = [...move.evidence, ...evidence.filter(({ assertionId }) => !known.has(assertionId))];
    }
  }
  return [...moves.values()];
}
