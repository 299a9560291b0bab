import type { ClickHouse } from '../../platform/index.ts';
import type { ColumnKind } from './profile-columns.ts';
import { quoteColumn } from './quote-column.ts';

/** Three columns that stand side by side and are one date. */
export interface DateParts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

/** Records that are looked at. */
const LOOKED_AT = 50_000;
/** Share of the values of a column that may be anything else. */
const OTHERS = 0.02;
/** Share of the records with a part that may lack another. */
const INCOMPLETE = 0.1;
const LEAST_YEARS = 3;
const LEAST_MONTHS = 6;
const LEAST_DAYS = 20;

const YEAR = '^(1[89]|20)[0-9]{2}$';
const MONTH = '^(0?[1-9]|1[0-2])$';
const DAY = '^(0?[1-9]|[12][0-9]|3[01])$';

/** SQL of a part as digits; 9.0, as tables of floating-point numbers write it, is 9. */
const partSql = (name: string): string =>
  `replaceRegexpOne(trimBoth(ifNull(toString(${quoteColumn(name)}), '')), '\\\\.0+$', '')`;

/** A column's values: how many, how many of each part, and how many different ones. */
type Counts = [filled: number, years: number, months: number, days: number, distinct: number];

/**
 * Columns that are year, month and day of one date, in any order but side by side. Apart they would each count as
 * evidence of their own, and two of them that agree would tell more than they do. Whose kind somebody knows to be
 * another is left alone.
 */
export async function findDateParts(
  clickhouse: ClickHouse,
  source: string,
  columns: readonly string[],
  kinds: Readonly<Record<string, ColumnKind>> = {},
): Promise<DateParts[]> {
  if (columns.length < 3) return [];
  const counts = columns.map((name) => {
    const value = partSql(name);
    const matching = [YEAR, MONTH, DAY].map((pattern) => `countIf(match(${value}, '${pattern}'))`);
    return `(countIf(${value} != ''), ${matching.join(', ')}, uniqExact(${value}))`;
  });
  const from = `(select * from ${source} limit ${LOOKED_AT})`;
  const [row] = await clickhouse.query<{ counts: Counts[] }>(
    `select [${counts.join(', ')}] as counts from ${from}`,
  );
  const parts = columns.map((name, index) => {
    const kind = kinds[name];
    return kind === undefined || kind === 'date' ? partOf(row!.counts[index]!) : undefined;
  });
  const found: DateParts[] = [];
  for (let start = 0; start + 3 <= columns.length; start++) {
    const three = new Map(
      parts.slice(start, start + 3).map((part, place) => [part, columns[start + place]!]),
    );
    const [year, month, day] = [three.get('year'), three.get('month'), three.get('day')];
    if (!year || !month || !day || !(await areFilledTogether(clickhouse, from, [year, month, day]))) continue;
    found.push({ year, month, day });
    start += 2;
  }
  return found;
}

function partOf(counts: Counts): 'year' | 'month' | 'day' | undefined {
  const [filled = 0, years = 0, months = 0, days = 0, distinct = 0] = counts.map(Number);
  const most = (1 - OTHERS) * filled;
  if (filled === 0) return undefined;
  if (years >= most) return distinct >= LEAST_YEARS ? 'year' : undefined;
  if (months >= most) return distinct >= LEAST_MONTHS ? 'month' : undefined;
  return days >= most && distinct >= LEAST_DAYS ? 'day' : undefined;
}

async function areFilledTogether(
  clickhouse: ClickHouse,
  from: string,
  names: readonly string[],
): Promise<boolean> {
  const filled = names.map((name) => `${partSql(name)} != ''`);
  const [row] = await clickhouse.query<{ all: number; some: number }>(
    `select countIf(${filled.join(' and ')}) as all, countIf(${filled.join(' or ')}) as some from ${from}`,
  );
  return row!.all >= (1 - INCOMPLETE) * row!.some;
}

/** The records with each date in one column instead of its parts; nothing stands where a part is missing. */
export function joinDateParts(
  source: string,
  columns: readonly string[],
  dates: readonly DateParts[],
): { source: string; columns: string[] } {
  if (dates.length === 0) return { source, columns: [...columns] };
  const joined = dates.map((date) => {
    const names = columns.filter((name) => [date.year, date.month, date.day].includes(name));
    return { ...date, names, name: names.join(' + ') };
  });
  const expressions = joined.map(({ year, month, day, name }) => {
    const [years, months, days] = [partSql(year), partSql(month), partSql(day)];
    return `if(${years} = '' or ${months} = '' or ${days} = '', '',
      concat(${years}, '-', leftPad(${months}, 2, '0'), '-', leftPad(${days}, 2, '0'))) as ${quoteColumn(name)}`;
  });
  return {
    source: `(select *, ${expressions.join(', ')} from ${source})`,
    columns: columns.flatMap((column) => {
      const date = joined.find(({ names }) => names.includes(column));
      if (!date) return [column];
      return date.names[0] === column ? [date.name] : [];
    }),
  };
}
