import type { BoundValue } from '../bind/bound.ts';
import { DAY_MS, dateTextOf, wallOf, wallOfDate } from '../calendar.ts';
import type { Interpreter, Place } from './interpreter.ts';
import { plainText, type Plain } from './world.ts';

/** Days of instants, time since or until dates, anniversaries. */
export function interpretDate(
  interpreter: Interpreter,
  node: Extract<BoundValue, { kind: 'dateOf' | 'elapsed' | 'anniversary' | 'datePart' }>,
  at: Place,
): Plain {
  const value = interpreter.value(node.value, at);
  if (value === null) return null;
  switch (node.kind) {
    case 'dateOf':
      return dateTextOf(wallOf(Number(value), node.timeZone));
    case 'elapsed': {
      const [from, to] =
        node.direction === 'since' ? [plainText(value), node.today] : [node.today, plainText(value)];
      if (node.unit === 'days') return Math.round((wallOfDate(to) - wallOfDate(from)) / DAY_MS);
      const months = from <= to ? wholeMonths(from, to) : -wholeMonths(to, from);
      return node.unit === 'months' ? months : Math.trunc(months / 12);
    }
    case 'anniversary':
      return anniversary(plainText(value), node.today);
    case 'datePart':
      return datePart(value, node);
  }
}

/** Months that are over: the day of the month must have been reached. */
function wholeMonths(from: string, to: string): number {
  const [fromYear = 0, fromMonth = 0, fromDay = 0] = from.split('-').map(Number);
  const [toYear = 0, toMonth = 0, toDay = 0] = to.split('-').map(Number);
  return (toYear - fromYear) * 12 + (toMonth - fromMonth) - (toDay < fromDay ? 1 : 0);
}

function anniversary(date: string, today: string): string {
  const [, month = 1, day = 1] = date.split('-').map(Number);
  const inYear = (year: number): string => {
    const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
    return new Date(Date.UTC(year, month - 1, Math.min(day, lastDay))).toISOString().slice(0, 10);
  };
  const year = Number(today.slice(0, 4));
  return inYear(year) >= today ? inYear(year) : inYear(year + 1);
}

function datePart(value: Plain, node: Extract<BoundValue, { kind: 'datePart' }>): number {
  if (node.part === 'hour') return new Date(wallOf(Number(value), node.timeZone)).getUTCHours();
  const [year = 0, month = 0, day = 0] = plainText(value).split('-').map(Number);
  if (node.part === 'weekday') return new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
  return { year, month, day }[node.part];
}
