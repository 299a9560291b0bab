import type { ClickHouse } from '../../platform/index.ts';

/** Newest versions that were visible at an instant (epoch ms). */
export interface ProfileMark {
  readonly at: number;
  readonly person: number;
  readonly consent: number;
}

/**
 * Which versions of people and consents were visible, from one look after the other. A version is given
 * before its row becomes visible, so that a greater one can be seen first: what was invisible at a look got
 * its version at most `settledAfterMs` before it, and is therefore newer than what an older look had seen.
 */
export async function lookAtProfile(clickhouse: ClickHouse, at: number): Promise<ProfileMark> {
  const [row] = await clickhouse.query<{ person: number; consent: number }>(
    'SELECT (SELECT max(version) FROM person) AS person, (SELECT max(version) FROM consent) AS consent',
  );
  return { at, person: row?.person ?? 0, consent: row?.consent ?? 0 };
}

/**
 * The look beyond whose versions everything is that became visible after the last one; undefined when no look
 * is old enough to say so.
 */
export function lookBefore(
  marks: readonly ProfileMark[],
  lastAt: number,
  settledAfterMs: number,
): ProfileMark | undefined {
  return marks.findLast((mark) => mark.at <= lastAt - settledAfterMs);
}

/** The looks that may still be asked for, with a new one. */
export function withLook(
  marks: readonly ProfileMark[],
  used: ProfileMark | undefined,
  look: ProfileMark,
): ProfileMark[] {
  const kept = used ? marks.slice(marks.indexOf(used)) : marks;
  // More looks than minutes to settle come only of a schedule that runs without a pause: the middle ones go.
  const thinned = kept.length < MAXIMUM_LOOKS ? kept : [kept[0]!, ...kept.slice(-MAXIMUM_LOOKS / 2)];
  return [...thinned, look];
}

const MAXIMUM_LOOKS = 100;
