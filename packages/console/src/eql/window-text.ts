import type { Duration, Moment, TimeWindow } from '@wutong/contract';
import type { Text } from '../text/text.ts';

type Words = Text['rule'];

const durationText = ({ amount, unit }: Duration, words: Words): [string, string] => [
  String(amount),
  words.unit[unit],
];

/** A point in time, in words. */
export function momentText(moment: Moment, words: Words): string {
  if (moment.kind === 'relative') return words.window[moment.direction](...durationText(moment, words));
  return moment.value.replace('T', ' ');
}

/** A stretch of time, in words: 近 7 天, last 7 days. */
export function windowText(window: TimeWindow | undefined, words: Words): string {
  if (!window) return words.window.any;
  switch (window.kind) {
    case 'rolling':
      return words.window[window.direction](...durationText(window, words));
    case 'calendar':
      if (window.unit === 'day') {
        return { last: words.window.yesterday, this: words.window.today, next: words.window.tomorrow }[
          window.which
        ];
      }
      return words.window.calendar(words.which[window.which], words.calendarUnit[window.unit]);
    case 'between': {
      const from = window.from && momentText(window.from, words);
      const to = window.to && momentText(window.to, words);
      if (from && to) return words.window.between(from, to);
      if (from) return words.window.since(from);
      return to ? words.window.until(to) : words.window.any;
    }
  }
}
