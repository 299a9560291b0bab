import { hash } from 'node:crypto';

/** Source of the facts that Wutong itself appends. */
export const OWN_SOURCE = '$wutong';

const DAY_MS = 86_400_000;

/** The message id of a record that is named by its place: a row of a file (from 1) and a record of the mapping. */
export const rowMessageId = (file: string, row: number | string, record: number): string =>
  `${file}#${row}.${record}`;

/**
 * The id of a record: a pure function of its source and message id (md5 as a UUID, version 8 of RFC 9562),
 * so that a retry has the same id in every process and after every restart.
 */
export function eventIdOf(sourceId: string, messageId: string): string {
  const hex = hash('md5', `${sourceId}\u001f${messageId}`, 'hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Days since 1970 in UTC. */
export const dayNumber = (timeMs: number): number => Math.floor(timeMs / DAY_MS);

/** Claims are kept this long after the record's own day; at least 7 days must lie between two sendings. */
export const CLAIM_DAYS_KEPT = 15;
/** Partitions are made this far ahead of today, for clocks that run ahead. */
export const CLAIM_DAYS_AHEAD = 9;
const RETRY_DAYS = 7;

/** Where the claim of a record is looked for. */
export interface ClaimPlace {
  /** Partition that the claim is written to; 0 is the undated one. */
  readonly day: number;
  /** A second partition in which an earlier claim of the same record may lie. */
  readonly alsoLook: number | undefined;
}

/**
 * The partition of a record's claim, from its own time as the sender wrote it (the same in each retry).
 *
 * A record of the last 7 days, or up to 8 ahead, is claimed under its own day; anything else is undated.
 * Between two sendings up to 7 days apart a record can move from one group to the other: grown older than 7
 * days, its claim lies under its own day (kept for 15); from the far future come near, it lies undated. Both
 * places are looked at for those.
 */
export function claimPlace(ownTime: number | undefined, now: number): ClaimPlace {
  if (ownTime === undefined || !Number.isFinite(ownTime)) return { day: 0, alsoLook: undefined };
  const day = dayNumber(ownTime);
  const age = dayNumber(now) - day;
  if (age > RETRY_DAYS) return { day: 0, alsoLook: age < CLAIM_DAYS_KEPT ? day : undefined };
  if (age >= -1) return { day, alsoLook: undefined };
  return age >= -(CLAIM_DAYS_AHEAD - 1) ? { day, alsoLook: 0 } : { day: 0, alsoLook: undefined };
}
