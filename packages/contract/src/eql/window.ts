import { z } from 'zod';
import { sentence } from '../sentence.ts';

/** Units of durations and windows. A trading day is a weekday that the installation's calendar does not close. */
export const timeUnits = [
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'trading_day',
] as const;
export type TimeUnit = (typeof timeUnits)[number];
export const timeUnitSchema = z.enum(timeUnits);

export const calendarUnits = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type CalendarUnit = (typeof calendarUnits)[number];
export const calendarUnitSchema = z.enum(calendarUnits);

export const durationSchema = z.object({
  amount: z.number().int().min(1).max(100_000),
  unit: timeUnitSchema,
});
export type Duration = z.output<typeof durationSchema>;

/** A calendar date that exists. */
export const dateTextSchema = z.iso.date();

/** Whether there is such a day and time; the runtime alone would read 30 February as 2 March. */
export function isInstantText(text: string): boolean {
  return dateTextSchema.safeParse(text.slice(0, 10)).success && !Number.isNaN(Date.parse(text));
}

/** ISO 8601 date and time with seconds; without an offset it is in the time zone of the query. */
export const instantTextSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})?$/)
  .refine((text) => isInstantText(text), sentence('没有这个时间', 'there is no such time'));

/** A point in time: a date, an instant (without offset: in the query's time zone), or relative to now. */
export const momentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('date'), value: dateTextSchema }),
  z.object({ kind: z.literal('instant'), value: instantTextSchema }),
  z.object({ kind: z.literal('relative'), direction: z.enum(['ago', 'ahead']), ...durationSchema.shape }),
]);
export type Moment = z.output<typeof momentSchema>;

/**
 * A stretch of time, resolved against now and the query's time zone whenever it is evaluated.
 *
 * - `rolling`: the last or next N units. For instants exactly from now; for dates whole days, today included.
 * - `calendar`: this, the last or the next whole day, week (from Monday), month, quarter or year.
 * - `between`: from and to, both included (a date includes its whole day); either may be absent.
 */
export const windowSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rolling'), direction: z.enum(['last', 'next']), ...durationSchema.shape }),
  z.object({
    kind: z.literal('calendar'),
    which: z.enum(['last', 'this', 'next']),
    unit: calendarUnitSchema,
  }),
  z.object({ kind: z.literal('between'), from: momentSchema.optional(), to: momentSchema.optional() }),
]);
export type TimeWindow = z.output<typeof windowSchema>;

/** ISO 8601 weekdays, Monday = 1. */
export const weekdayNames = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
