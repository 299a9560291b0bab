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
