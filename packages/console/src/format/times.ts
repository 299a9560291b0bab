/**
 * Times are shown in the bank's zone, never in the browser's: two people who look at one page see one time.
 * Input is an ISO 8601 string or epoch milliseconds, in UTC.
 */
import type { Language } from '../text/language.ts';

const MISSING = '–';

export type Instant = string | number | null | undefined;

/** Epoch milliseconds of an instant, or undefined when it is missing or unreadable. */
export function epochMs(instant: Instant): number | undefined {
  if (instant === null || instant === undefined || instant === '') return undefined;
  const value = typeof instant === 'number' ? instant : Date.parse(instant);
  return Number.isFinite(value) ? value : undefined;
}

interface Parts {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function partsIn(timeZone: string, at: number): Parts {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formatters.set(timeZone, formatter);
  }
  return Object.fromEntries(
    formatter.formatToParts(at).map((part) => [part.type, part.value]),
  ) as unknown as Parts;
}

/** 2026-11-21 */
export function formatDate(instant: Instant, timeZone: string): string {
  const at = epochMs(instant);
  if (at === undefined) return MISSING;
  const { year, month, day } = partsIn(timeZone, at);
  return `${year}-${month}-${day}`;
}

/** 2026-11-21 20:05:09: complete, for tables of records and for tool tips. */
export function formatDateTime(instant: Instant, timeZone: string): string {
  const at = epochMs(instant);
  if (at === undefined) return MISSING;
  const { year, month, day, hour, minute, second } = partsIn(timeZone, at);
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

/** 11-21 20:05: enough where the year is plain from the context. */
export function formatShortTime(instant: Instant, timeZone: string): string {
  const at = epochMs(instant);
  if (at === undefined) return MISSING;
  const { month, day, hour, minute } = partsIn(timeZone, at);
  return `${month}-${day} ${hour}:${minute}`;
}

/** 20:05:09 */
export function formatTimeOfDay(instant: Instant, timeZone: string): string {
  const at = epochMs(instant);
  if (at === undefined) return MISSING;
  const { hour, minute, second } = partsIn(timeZone, at);
  return `${hour}:${minute}:${second}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something lasts, in the largest fitting unit: 2 天, 36 hours, 45 s. Takes milliseconds. */
export function formatDuration(durationMs: number | null | undefined, language: Language): string {
  if (durationMs === null || durationMs === undefined || !Number.isFinite(durationMs)) return MISSING;
  const units: [number, string, string][] = [
    [DAY, '天', 'd'],
    [HOUR, '小时', 'h'],
    [MINUTE, '分钟', 'min'],
    [1000, '秒', 's'],
  ];
  for (const [size, chinese, english] of units) {
    if (durationMs >= size) {
      const amount = Math.round((durationMs / size) * 10) / 10;
      return `${amount} ${language === 'zh' ? chinese : english}`;
    }
  }
  return `${Math.round(durationMs)} ${language === 'zh' ? '毫秒' : 'ms'}`;
}

/** "3 分钟前" / "3 min ago"; `now` is the platform's clock, which may run ahead of or behind the browser's. */
export function formatAgo(instant: Instant, now: number, language: Language): string {
  const at = epochMs(instant);
  if (at === undefined) return MISSING;
  const age = now - at;
  if (Math.abs(age) < 5_000) return language === 'zh' ? '刚刚' : 'just now';
  const words = formatDuration(Math.abs(age), language);
  if (language === 'zh') return age >= 0 ? `${words}前` : `${words}后`;
  return age >= 0 ? `${words} ago` : `in ${words}`;
}
