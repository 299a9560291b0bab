import type { ClickHouse } from '../../platform/index.ts';

/** What the values of a column are, as far as comparing them goes. */
export type ColumnKind = 'name' | 'text' | 'date' | 'number' | 'code' | 'email' | 'category';

/** A column of the records and what was learnt from its values. */
export interface ColumnProfile {
  /** Name in the input. */
  readonly name: string;
  /** Name in the working table: c0, c1, … */
  readonly column: string;
  readonly kind: ColumnKind;
  readonly distinct: number;
  /** Share of records that have a value. */
  readonly filled: number;
  /** Some of its values are written in Chinese characters. */
  readonly isChinese: boolean;
  /** Its dates are of events, not of births: what counts is how many days lie between them. */
  readonly isDense: boolean;
  /** Column of the second form in which values are compared (see writeForms). */
  readonly form?: string;
  /** Columns t…, d…, w… and q… hold its words, in how many records each stands, its weight, and the sum of their squares. */
  readonly hasWords?: boolean;
}

/** From this share of values on, a column is taken to be in Chinese: of two files, one may be in pinyin. */
const CHINESE_FROM = 0.02;
/** Longer values in Chinese, on average, are addresses and companies, not names of persons. */
const LONGEST_NAME_CHARACTERS = 6;

/** Dates of events lie within so many years, but for a few. */
const YEARS_OF_EVENTS = 4;
/** Whole numbers up to this are ages, years and the like, whose difference means something whatever their length. */
const SMALL_NUMBER = 2100;
/** Longer ones are identifiers. */
const LARGE_NUMBER = 1_000_000;

interface Statistics {
  filled: number;
  distinct: number;
  dates: number;
  emails: number;
  with_digits: number;
  words: number;
  chinese: number;
  /** Average length in characters of the values in Chinese. */
  characters: number;
  /** Share of numbers, of those with a decimal point, and of those that begin with a zero as codes do. */
  numbers: number;
  decimals: number;
  zeros: number;
  /** Nearly the least and nearly the greatest length, number and year. */
  lengths: [number, number];
  largest: number;
  years: [number, number];
}

/**
 * Tells the kinds of columns from their values, and leaves out those that say nothing (one value, or
 * nearly empty) or nothing new (a full name beside its parts: the method counts every column as
 * evidence of its own). `kinds` are known better than the values tell.
 */
export async function profileColumns(
  clickhouse: ClickHouse,
  { record: table, rows }: { record: string; rows: number },
  names: readonly string[],
  kinds: Readonly<Record<string, ColumnKind>> = {},
): Promise<ColumnProfile[]> {
  const columns = names.map((name, index) => ({ name, column: `c${index}` }));
  const profiles: ColumnProfile[] = [];
  for (const { name, column } of columns) {
    // Most values have one byte a character, and are not looked into.
    const isChinese = `length(${column}) != lengthUTF8(${column}) and match(${column}, '\\\\p{Han}')`;
    const share = (condition: string): string =>
      `countIf(${condition}) / greatest(1, countIf(${column} != ''))`;
    const number = `match(${column}, '^[-+]?[$€£¥]? ?[0-9]+(,[0-9]{3})*([.][0-9]+)?$')`;
    const date = `match(${column}, '^(1[4-9]|20)[0-9]{6}$')`;
    const [statistics] = await clickhouse.query<Statistics>(
      `select countIf(${column} != '') / count() as filled, uniqExactIf(${column}, ${column} != '') as distinct,
              ${share(date)} as dates,
              ${share(`position(${column}, '@') > 1`)} as emails,
              ${share(`match(${column}, '[0-9]')`)} as with_digits,
              avgIf(length(splitByChar(' ', ${column})), ${column} != '') as words,
              ${share(isChinese)} as chinese,
              ifNotFinite(avgIf(lengthUTF8(${column}), ${isChinese}), 0) as characters,
              ${share(number)} as numbers,
              ${share(`${number} and position(${column}, '.') > 0`)} as decimals,
              ${share(`match(${column}, '^0[0-9]')`)} as zeros,
              quantilesIf(0.03, 0.97)(length(${column}), ${column} != '') as lengths,
              ifNotFinite(quantileIf(0.99)(toFloat64OrZero(${column}), ${number}), 0) as largest,
              quantilesIf(0.02, 0.98)(toUInt16OrZero(substring(${column}, 1, 4)), ${date}) as years
       from ${table}`,
    );
    const kind = kinds[name] ?? kindOf(statistics!, rows);
    if (statistics!.distinct < 2 || statistics!.filled < 0.02 || !kind) continue;
    const { distinct, filled, chinese, years } = statistics!;
    const isDense = kind === 'date' && years[1] - years[0] <= YEARS_OF_EVENTS;
    profiles.push({ name, column, kind, distinct, filled, isChinese: chinese >= CHINESE_FROM, isDense });
  }
  return withoutComposites(clickhouse, table, profiles);
}

function kindOf(statistics: Statistics, rows: number): ColumnKind | undefined {
  const { distinct, dates, emails, with_digits, words, chinese, characters } = statistics;
  if (dates > 0.7) return 'date';
  if (emails > 0.7) return 'email';
  if (distinct <= Math.max(12, Math.sqrt(rows) / 10)) return 'category';
  if (isNumber(statistics)) return 'number';
  if (chinese >= CHINESE_FROM) return characters > LONGEST_NAME_CHARACTERS ? 'text' : 'name';
  if (with_digits > 0.6 && words < 2.5) return 'code';
  return words > 1.5 ? 'text' : 'name';
}

/** Amounts, ages, years, house numbers; not codes that are written in digits. */
function isNumber({ numbers, decimals, zeros, lengths, largest }: Statistics): boolean {
  if (numbers < 0.95 || zeros > 0.01) return false;
  return decimals > 0.05 || largest <= SMALL_NUMBER || (lengths[0] !== lengths[1] && largest < LARGE_NUMBER);
}

/** Leaves out columns that mostly contain the values of two others. */
async function withoutComposites(
  clickhouse: ClickHouse,
  table: string,
  profiles: readonly ColumnProfile[],
): Promise<ColumnProfile[]> {
  const parts = profiles.filter((profile) => profile.kind === 'name');
  const kept: ColumnProfile[] = [];
  for (const profile of profiles) {
    const others = parts.filter((part) => part !== profile);
    if (!['name', 'text'].includes(profile.kind) || others.length < 2) {
      kept.push(profile);
      continue;
    }
    const shares = others.map(
      ({ column }) =>
        `countIf(length(${profile.column}) > length(${column}) and position(${profile.column}, ${column}) > 0
           and ${column} != '') / greatest(1, countIf(${column} != '' and ${profile.column} != ''))`,
    );
    const [row] = await clickhouse.query<{ shares: number[] }>(
      `select [${shares.join(', ')}] as shares from ${table}`,
    );
    if (row!.shares.filter((share) => share > 0.6).length < 2) kept.push(profile);
  }
  return kept;
}
