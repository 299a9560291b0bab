import type { BoundValue } from '../bind/bound.ts';
import type { Compiler, SqlScope } from './compiler.ts';
import { zoneLiteral } from './parameters.ts';

type DateNode = Extract<BoundValue, { kind: 'dateOf' | 'elapsed' | 'anniversary' | 'datePart' }>;

/** Calendar values: the day of an instant, time since or until a date, the next anniversary of a date. */
export function compileDate(compiler: Compiler, node: DateNode, scope: SqlScope): string {
  const value = compiler.value(node.value, scope);
  switch (node.kind) {
    case 'dateOf':
      return `toDate32(${value}, ${zoneLiteral(node.timeZone)})`;
    case 'elapsed': {
      const today = compiler.parameters.date(node.today);
      const [from, to] = node.direction === 'since' ? [value, today] : [today, value];
      if (node.unit === 'days') return `dateDiff('day', ${from}, ${to})`;
      // Whole months and years that have passed, as ages are counted.
      return `age('${node.unit === 'months' ? 'month' : 'year'}', ${from}, ${to})`;
    }
    case 'anniversary':
      return anniversary(value, compiler.parameters.date(node.today));
    case 'datePart': {
      if (node.part === 'hour') return `toHour(${value}, ${zoneLiteral(node.timeZone)})`;
      const functions = { year: 'toYear', month: 'toMonth', day: 'toDayOfMonth', weekday: 'toDayOfWeek' };
      return `${functions[node.part]}(${value})`;
    }
  }
}

/** The next day, today included, with the date's month and day; 29 February is kept on 28 in other years. */
function anniversary(value: string, today: string): string {
  const inYear = (year: string): string =>
    `least(makeDate32(${year}, toMonth(${value}), 1) + (toDayOfMonth(${value}) - 1),
       toLastDayOfMonth(makeDate32(${year}, toMonth(${value}), 1)))`;
  const thisYear = inYear(`toYear(${today})`);
  return `if(${thisYear} >= ${today}, ${thisYear}, ${inYear(`toYear(${today}) + 1`)})`;
}
