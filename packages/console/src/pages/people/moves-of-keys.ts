import type { identityApi, ResponseOf } from '@wutong/contract';

type Change = ResponseOf<typeof identityApi.readMergeHistory>['changes'][number];

/** Keys that moved together, in one transaction, from one person to another. */
export interface Move {
  at: string;
  cause: string;
  from: number;
  to: number;
  keyNumbers: number[];
}

/** Changes of single keys, joined to the moves that a person would speak of; in the order given. */
export function movesOf(changes: readonly Change[]): Move[] {
  const moves = new Map<string, Move>();
  for (const { at, cause, oldPersonId, newPersonId, keyNumber } of changes) {
    const id = `${at} ${cause} ${oldPersonId} ${newPersonId}`;
    const move = moves.get(id);
    if (move) move.keyNumbers.push(keyNumber);
    else moves.set(id, { at, cause, from: oldPersonId, to: newPersonId, keyNumbers: [keyNumber] });
  }
  return [...moves.values()];
}
