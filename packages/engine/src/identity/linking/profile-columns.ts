import type { ClickHouse } from '../../platform/index.ts';

/** What the values of a column are, as far as comparing them goes. */
export type ColumnKind = 'name' | 'text' | 'date' | 'code' | 'email' | 'category';

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
  /** Column of the second form in which Chinese values are compared (see writeForms). */
  readonly form?: string;
}

/** From this share of values on, a column is taken to be in Chinese: of two files, one may be in pinyin. */
const CHINESE_FROM = 0.02;
/** Longer values in Chinese, on average, are addresses and companies, not names of persons. */
const LONGEST_NAME_CHARACTERS = 6;

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
    const [statistics] = await clickhouse.query<Statistics>(
      `select countIf(${column} != '') / count() as filled, uniqExactIf(${column}, ${column} != '') as distinct,
              countIf(match(${column}, '^(1[4-9]|20)[0-9]{2}(-?)[0-9]{2}-?[0-9]{2}$')) / greatest(1, countIf(${column} != '')) as dates,
              countIf(position(${column}, '@') > 1) / greatest(1, countIf(${column} != '')) as emails,
              countIf(match(${column}, '[0-9]')) / greatest(1, countIf(${column} != '')) as with_digits,
              avgIf(length(splitByChar(' ', ${column})), ${column} != '') as words,
              countIf(${isChinese}) / greatest(1, countIf(${column} != '')) as chinese,
              ifNotFinite(avgIf(lengthUTF8(${column}), ${isChinese}), 0) as characters
       from ${table}`,
    );
    const kind = kinds[name] ?? kindOf(statistics!, rows);
    if (statistics!.distinct < 2 || statistics!.filled < 0.02 || !kind) continue;
    const { distinct, filled, chinese } = statistics!;
    profiles.push({ name, column, kind, distinct, filled, isChinese: chinese >= CHINESE_FROM });
  }
  return withoutComposites(clickhouse, table, profiles);
}

function kindOf(statistics: Statistics, rows: number): ColumnKind | undefined {
  const { distinct, dates, emails, with_digits, words, chinese, characters } = statistics;
  if (dates > 0.7) return 'date';
  if (emails > 0.7) return 'email';
  if (distinct <= Math.max(12, Math.sqrt(rows) / 10)) return 'category';
  if (chinese >= CHINESE_FROM) return characters > LONGEST_NAME_CHARACTERS ? 'text' : 'name';
  if (with_digits > 0.6 && words < 2.5) return 'code';
  return words > 1.5 ? 'text' : 'name';
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
