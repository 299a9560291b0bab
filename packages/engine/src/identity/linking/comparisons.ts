import type { ColumnKind, ColumnProfile } from './profile-columns.ts';

/** One way in which two values can be alike; levels are tried from the first, the best. */
export interface Level {
  readonly label: string;
  /** ClickHouse condition on the values `l` and `r`, both filled in, and on their second forms `ls` and `rs`. */
  readonly condition: string;
  /** Agreement on a rare value is worth more: the weight is corrected by the value's own frequency. */
  readonly byFrequency?: boolean;
}

/** How a column is compared. The last level, `else`, takes what no condition does. */
export interface Comparison {
  readonly profile: ColumnProfile;
  readonly levels: readonly Level[];
}

const EXACT: Level = { label: 'equal', condition: 'l = r', byFrequency: true };
const damerau = (most: number): Level => ({
  label: `at most ${most} typing error${most > 1 ? 's' : ''}`,
  condition: `damerauLevenshteinDistance(l, r) <= ${most}`,
});
const alike = (least: number): Level => ({
  label: `Jaro–Winkler at least ${least}`,
  condition: `jaroWinklerSimilarity(l, r) >= ${least}`,
});
const ELSE: Level = { label: 'different', condition: '1' };

const LEVELS: Record<ColumnKind, readonly Level[]> = {
  name: [
    EXACT,
    alike(0.92),
    {
      label: 'one begins with the other',
      condition: 'startsWith(l, r) or startsWith(r, l)',
    },
    alike(0.85),
    alike(0.7),
    ELSE,
  ],
  text: [
    EXACT,
    alike(0.93),
    {
      label: 'the same words in another order',
      condition: "arraySort(splitByChar(' ', l)) = arraySort(splitByChar(' ', r))",
    },
    alike(0.85),
    {
      label: 'at least half of the words',
      condition:
        "2 * length(arrayIntersect(splitByChar(' ', l), splitByChar(' ', r))) >= greatest(length(splitByChar(' ', l)), length(splitByChar(' ', r)))",
    },
    alike(0.7),
    ELSE,
  ],
  date: [
    EXACT,
    {
      label: 'one typing error, or day and month exchanged',
      condition:
        'damerauLevenshteinDistance(l, r) <= 1 or l = concat(substring(r, 1, 4), substring(r, 7, 2), substring(r, 5, 2))',
    },
    {
      label: 'the same month, or the same day of another year',
      condition: 'substring(l, 1, 6) = substring(r, 1, 6) or substring(l, 5, 4) = substring(r, 5, 4)',
    },
    { label: 'two typing errors', condition: 'damerauLevenshteinDistance(l, r) <= 2' },
    { label: 'the same year', condition: 'substring(l, 1, 4) = substring(r, 1, 4)' },
    ELSE,
  ],
  code: [
    EXACT,
    damerau(1),
    damerau(2),
    { label: 'the same beginning', condition: 'substring(l, 1, 3) = substring(r, 1, 3)' },
    ELSE,
  ],
  email: [
    EXACT,
    {
      label: 'the same name before the @',
      condition: "splitByChar('@', l)[1] = splitByChar('@', r)[1]",
    },
    damerau(2),
    alike(0.88),
    alike(0.75),
    ELSE,
  ],
  category: [EXACT, ELSE],
};

/** The same for values in Chinese, whose second form is their sound or their address without units. */
const CHINESE_LEVELS: Partial<Record<ColumnKind, readonly Level[]>> = {
  name: [
    EXACT,
    { label: 'the same sound', condition: "ls = rs and ls != ''" },
    {
      label: 'the same sounds in another order',
      condition:
        "length(ls) = length(rs) and arraySort(splitByString('', ls)) = arraySort(splitByString('', rs))",
    },
    {
      label: 'one character of several differs',
      condition: 'lengthUTF8(l) >= 3 and lengthUTF8(r) >= 3 and editDistanceUTF8(l, r) <= 1',
    },
    { label: 'nearly the same sound', condition: 'jaroWinklerSimilarity(ls, rs) >= 0.9' },
    { label: 'the same beginning', condition: 'substringUTF8(l, 1, 1) = substringUTF8(r, 1, 1)' },
    ELSE,
  ],
  text: [
    EXACT,
    { label: 'the same but for units and signs', condition: "ls = rs and ls != ''" },
    { label: 'nearly the same', condition: 'ngramDistanceUTF8(ls, rs) <= 0.25' },
    { label: 'alike', condition: 'ngramDistanceUTF8(ls, rs) <= 0.5' },
    {
      label: 'the same numbers',
      condition: "extractAll(ls, '[0-9]+') = extractAll(rs, '[0-9]+') and match(ls, '[0-9]')",
    },
    ELSE,
  ],
};

/** How the columns are compared. */
export function comparisonsOf(profiles: readonly ColumnProfile[]): Comparison[] {
  return profiles.map((profile) => ({
    profile,
    levels: (profile.form && CHINESE_LEVELS[profile.kind]) || LEVELS[profile.kind],
  }));
}

/**
 * SQL of the level of a pair of records with aliases a and b: 0 is the best, 255 says that a value is
 * missing on one side, which is no evidence.
 */
export function levelExpression({ profile, levels }: Comparison): string {
  const { form = profile.column } = profile;
  const left = `a.${profile.column}`;
  const right = `b.${profile.column}`;
  const conditions = levels.slice(0, -1).map(({ condition }, index) => {
    const places: Record<string, string> = { l: left, r: right, ls: `a.${form}`, rs: `b.${form}` };
    return `${condition.replace(/\b[lr]s?\b/g, (place) => places[place]!)}, ${index}`;
  });
  return `multiIf(${left} = '' or ${right} = '', 255, ${conditions.join(', ')}, ${levels.length - 1})`;
}
