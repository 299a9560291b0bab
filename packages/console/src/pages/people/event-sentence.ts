/** How an event of the timeline reads: its class, and the properties worth a line. */
import type { ResponseOf, profileApi } from '@wutong/contract';

export type TimelineEntry = ResponseOf<typeof profileApi.readTimeline>['items'][number];
export type EventClass = 'message' | 'strategy' | 'behaviour';

export const messageEvents = [
  '$message_reserved',
  '$message_suppressed',
  '$message_sent',
  '$message_delivered',
  '$message_failed',
  '$message_uncertain',
  '$message_clicked',
  '$message_replied',
];
export const strategyEvents = ['$strategy_entered', '$node_passed', '$goal_reached', '$strategy_exited'];

export function classOf(event: string): EventClass {
  if (event.startsWith('$message_') || event.startsWith('$task_')) return 'message';
  return strategyEvents.includes(event) ? 'strategy' : 'behaviour';
}

/** Properties made by machines for machines; they stay in the unfolded view. */
const TECHNICAL = /(_id|_version|_hash|_ip|^entry|^holdout)$|^\$|^lib|^_/;
const MOST = 4;

/** The few properties that say what happened, as name and value. */
export function tellingProperties(entry: TimelineEntry): [string, unknown][] {
  return Object.entries(entry.properties)
    .filter(
      ([name, value]) => !TECHNICAL.test(name) && value !== null && value !== '' && typeof value !== 'object',
    )
    .slice(0, MOST);
}
