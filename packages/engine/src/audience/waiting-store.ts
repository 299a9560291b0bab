import type { Transaction } from '../platform/index.ts';
import type { PartedDue } from './await-sources.ts';
import type { Scheduled } from './schedule.ts';

/**
 * Notes what of the segments or tags that were due waits for its sources, since when, and when it is looked at again
 * (epoch ms); what is ready waits no more.
 */
export async function noteWaiting<Due extends Scheduled & { readonly waiting_since: number | null }>(
  transaction: Transaction,
  kind: 'segment' | 'tag',
  { ready, waiting, lookAgainAt }: PartedDue<Due>,
  idOf: (row: Due) => string,
): Promise<void> {
  const ended = ready.filter((row) => row.waiting_since !== null).map(idOf);
  if (ended.length > 0) {
    await transaction.execute(`update audience.${kind} set waiting_since = null where ${kind}_id = any($1)`, [
      ended,
    ]);
  }
  if (waiting.length > 0) {
    await transaction.execute(
      `update audience.${kind} set waiting_since = coalesce(waiting_since, due_at), due_at = $2
       where ${kind}_id = any($1)`,
      [waiting.map(idOf), lookAgainAt],
    );
  }
}
