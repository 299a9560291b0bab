import { ended } from './advance.ts';
import type { Enrolment } from './enrolment.ts';

/** What becomes of entries when their keys belong to other persons. */
export interface Settlement {
  /** Entries that end because the person is inside the same strategy already; they keep their person. */
  readonly ended: readonly Enrolment[];
  /** Entries that go on in place of others, which they name. */
  readonly survivors: readonly { enrolment: Enrolment; absorbed: readonly Enrolment[] }[];
  readonly moves: readonly { entry: number; strategyId: string; from: number; to: number }[];
}

/**
 * Entries follow the key they hang on, when persons merge and when they are taken apart again. Of several
 * active entries of one person in one strategy the earliest goes on; nobody is inside twice, and nobody
 * vanishes. Pure.
 */
export function settleMoves(
  enrolments: readonly Enrolment[],
  personOfKey: ReadonlyMap<number, number>,
  now: number,
): Settlement {
  const targetOf = (enrolment: Enrolment): number =>
    personOfKey.get(enrolment.keyNumber) ?? enrolment.personId;
  const moves = enrolments
    .filter((enrolment) => targetOf(enrolment) !== enrolment.personId)
    .map((enrolment) => ({
      entry: enrolment.entry,
      strategyId: enrolment.strategyId,
      from: enrolment.personId,
      to: targetOf(enrolment),
    }));
  const inside = new Map<string, Enrolment[]>();
  for (const enrolment of enrolments) {
    if (!enrolment.isActive) continue;
    const key = `${enrolment.strategyId}\u001f${targetOf(enrolment)}`;
    const group = inside.get(key) ?? [];
    group.push(enrolment);
    inside.set(key, group);
  }
  const endedOnes: Enrolment[] = [];
  const survivors: { enrolment: Enrolment; absorbed: Enrolment[] }[] = [];
  for (const group of inside.values()) {
    if (group.length === 1) continue;
    const [first, ...others] = group.sort(
      (left, right) => left.enteredAt - right.enteredAt || left.entry - right.entry,
    );
    survivors.push({ enrolment: first!, absorbed: others });
    endedOnes.push(...others.map((other) => ended(other, 'merged', now)));
  }
  return { ended: endedOnes, survivors, moves };
}
