import type { Schedule } from '../../api/vocabulary.ts';
import type { Text } from '../../text/text.ts';

/** When a segment is computed, in words. */
export function scheduleText(schedule: Schedule, { every, weekdays }: Text['audience']): string {
  switch (schedule.every) {
    case 'manual':
      return every.manual;
    case 'minutes':
      return every.minutes(String(schedule.minutes));
    case 'day':
      return every.day(schedule.at);
    case 'week':
      return every.week(weekdays[schedule.weekday as 1] ?? '', schedule.at);
    case 'source_ready':
      return every.sourceReady(schedule.at);
    case 'month':
      return every.month(String(schedule.day), schedule.at);
  }
}
