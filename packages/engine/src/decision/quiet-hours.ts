import type { QuietHours } from '@wutong/contract';
import type { Channel } from './front-door.ts';
import { localMinuteOfDay, minutesOf, nextTimeOfDay } from './local-time.ts';

/**
 * When a message may go that is wanted at `atMs`: `atMs` itself, or the end of the quiet hours it falls
 * into, in the person's zone. Several rules may follow on one another (one ends where the next begins).
 */
export function quietUntil(
  rules: readonly QuietHours[],
  channel: Channel,
  timeZone: string,
  atMs: number,
): number {
  const binding = rules.filter((rule) => rule.channels.includes(channel) && rule.from !== rule.to);
  let until = atMs;
  // Each pass moves past the end of one rule; rules that cover the whole day together never let through,
  // and a bound keeps that from being an endless loop.
  for (let pass = 0; pass <= binding.length * 2; pass++) {
    const rule = binding.find((each) => isInside(each, localMinuteOfDay(timeZone, until)));
    if (!rule) return until;
    until = nextTimeOfDay(timeZone, until, rule.to);
  }
  return until;
}

/** `from` is quiet, `to` is not; the span may cross midnight. */
function isInside(rule: QuietHours, minuteOfDay: number): boolean {
  const from = minutesOf(rule.from);
  const to = minutesOf(rule.to);
  return from < to ? from <= minuteOfDay && minuteOfDay < to : from <= minuteOfDay || minuteOfDay < to;
}
