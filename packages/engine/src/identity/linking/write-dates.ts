import type { ClickHouse } from '../../platform/index.ts';

const YEAR_FIRST = '^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?([ t][0-9:.z+-]+)?$';
const YEAR_LAST = '^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})([ t][0-9:.z+-]+)?$';
/** A column with fewer such values in each file has no dates but perhaps a few versions or fractions. */
const LEAST_SHARE = 0.3;

/** The columns whose dates have the year last, with the files in which the month stands before the day. */
export type DateOrders = ReadonlyMap<string, readonly string[]>;

/** Tells from days above the 12th in which order each file writes its dates; `file` and `clean` are SQL. */
export async function readDateOrders(
  clickhouse: ClickHouse,
  input: { source: string; file: string; clean: (column: string) => string },
  columns: readonly string[],
): Promise<DateOrders> {
  const counts = columns.map((column) => {
    const value = input.clean(column);
    const part = (place: number): string =>
      `toUInt8OrZero(extractGroups(${value}, '${YEAR_LAST}')[${place}])`;
    return `(countIf(${value} != ''), countIf(match(${value}, '${YEAR_LAST}')), countIf(${part(1)} > 12), countIf(${part(2)} > 12))`;
  });
  const rows = await clickhouse.query<{ file: string; counts: [number, number, number, number][] }>(
    `select ${input.file} as file, [${counts.join(', ')}] as counts from (select * from ${input.source} limit 200000 by ${input.file}) group by file`,
  );
  return new Map(
    columns.flatMap((column, index) => {
      const ofFiles = rows.map(({ file, counts: all }) => ({ file, counts: all[index]!.map(Number) }));
      if (!ofFiles.some(({ counts: [filled = 0, dates = 0] }) => dates > LEAST_SHARE * filled)) return [];
      const monthFirst = ofFiles.filter(({ counts: [, , first = 0, second = 0] }) => second > first);
      return [[column, monthFirst.map(({ file }) => file)]];
    }),
  );
}

/** SQL of a value whose dates are eight digits, year first, whatever they were. */
export function plainDate(
  value: string,
  monthFirstFiles: readonly string[] | undefined,
  file: string,
): string {
  const parts = (pattern: string, [year, month, day]: readonly [number, number, number]): string => {
    const part = (place: number): string => `extractGroups(${value}, '${pattern}')[${place}]`;
    return `concat(${part(year)}, leftPad(${part(month)}, 2, '0'), leftPad(${part(day)}, 2, '0'))`;
  };
  const yearFirst = `match(${value}, '${YEAR_FIRST}'), ${parts(YEAR_FIRST, [1, 2, 3])}`;
  if (monthFirstFiles === undefined) return `multiIf(${yearFirst}, ${value})`;
  const files = monthFirstFiles.map((each) => `'${each.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`);
  const isMonthFirst = files.length === 0 ? 'false' : `${file} in (${files.join(', ')})`;
  const yearLast = `match(${value}, '${YEAR_LAST}'), if(${isMonthFirst}, ${parts(YEAR_LAST, [3, 1, 2])}, ${parts(YEAR_LAST, [3, 2, 1])})`;
  return `multiIf(${yearFirst}, ${yearLast}, ${value})`;
}
