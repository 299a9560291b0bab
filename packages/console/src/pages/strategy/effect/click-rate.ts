import type { Summary } from '../../../api/vocabulary.ts';

type Result = Pick<Summary['channels'][number], 'channel' | 'sent' | 'delivered' | 'clicked'>;

/** Nobody clicks a task; its outcome is recorded instead. */
const WITHOUT_CLICKS = 'task';

/**
 * Clicks for each message that arrived; where a channel gives no receipts, for each that was sent.
 * Undefined where there is nothing that could be clicked.
 */
export function clickRateOf(results: readonly Result[]): number | undefined {
  const clickable = results.filter(({ channel }) => channel !== WITHOUT_CLICKS);
  const reached = clickable.reduce((sum, { sent, delivered }) => sum + (delivered ?? sent), 0);
  const clicked = clickable.reduce((sum, result) => sum + result.clicked, 0);
  return reached > 0 ? clicked / reached : undefined;
}
