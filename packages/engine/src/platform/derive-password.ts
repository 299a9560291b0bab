import { createHash } from 'node:crypto';

/**
 * The password of another ClickHouse user of ours, from that of `wutong`: whoever writes the users of an embedded
 * server and whoever logs in to it agree without a second secret to keep.
 */
export function derivePassword(password: string, user: string): string {
  return createHash('sha256').update(`wutong ${user} ${password}`).digest('hex');
}
