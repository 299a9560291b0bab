import type { ColumnKind, ColumnProfile } from './profile-columns.ts';

/** One way in which two values can be alike; levels are tried from the first, the best. */
export interface Level {
  readonly label: string;
  /** ClickHouse condition on the values `l` and `r`, both filled in, on their second forms `ls` and `rs`, and on their words (`lt`, `lw`, `lq`). */
  readonly condition: string;
  /** Agreement on a rare value is worth more: the weight is corrected by the value's own frequency. */
  readonly byFrequency?: boolean;
}

/** How a column is compared. The last level, `else`, takes what no condition does. */
export interface Comparison {
  readonly profile: ColumnProfile;
  /** The other of two columns of names, with which values may have been exchanged. */
  readonly other?: string;
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
/** Given name and surname, written the other way round on one side. */
const EXCHANGED: Level = { label: 'exchanged with the other name', condition: 'l = ro and r = lo' };
const ELSE: Level = { label: 'different', condition: '1' };

/** Squares of the weights of the words in both: rare words count more. */
const SHARED = 'arraySum((word, weight) -> if(has(rt, word), weight * weight, 0), lt, lw)';
const wordsOfBoth = (least: number): string => `${SHARED} >= greatest(${least} * sqrt(lq * rq), 1e-6)`;
const wordsOfShorter = (least: number): string => `${SHARED} >= greatest(${least} * least(lq, rq), 1e-6)`;

/** Numbers whose difference is at most such a share of the larger. */
const near = (share: number): Level => ({
  label: `at most ${share * 100} % apart`,
  condition: `abs(ls - rs) <= ${share} * greatest(abs(ls), abs(rs))`,
});
const daysApart = (most: number): Level => ({
  label: `at most ${most} day${most > 1 ? 's' : ''} apart`,
  condition: `abs(ls - rs) <= ${most}`,
});

const LEVELS: Record<ColumnKind, readonly Level[]> = {
  name: [
    EXACT,
    { label: 'a short form of the other', condition: 'ls = rs' },
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
    {
      label: 'nearly the same words',
      condition: `jaroWinklerSimilarity(l, r) >= 0.96 or ${wordsOfBoth(0.9)}`,
    },
    {
      label: 'one begins with the other',
      condition: '(startsWith(l, r) or startsWith(r, l)) and least(length(l), length(r)) >= 5',
    },
    {
      label: 'most of the words',
      condition: `ngramDistance(l, r) <= 0.25 or ${wordsOfBoth(0.7)}`,
    },
    { label: 'nearly all words of the shorter', condition: wordsOfShorter(0.85) },
    {
      label: 'about half of the words',
      condition: `ngramDistance(l, r) <= 0.45 or ${wordsOfBoth(0.45)}`,
    },
    { label: 'some of the words', condition: `jaroWinklerSimilarity(l, r) >= 0.85 or ${wordsOfBoth(0.2)}` },
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
  number: [
    EXACT,
    near(0.005),
    {
      label: 'at most 1 apart, or 2 %',
      condition: 'abs(ls - rs) <= greatest(1, 0.02 * greatest(abs(ls), abs(rs)))',
    },
    {
      ...damerau(1),
      condition: 'least(length(l), length(r)) >= 3 and damerauLevenshteinDistance(l, r) <= 1',
    },
    {
      label: 'at most 3 apart, or 8 %',
      condition: 'abs(ls - rs) <= greatest(3, 0.08 * greatest(abs(ls), abs(rs)))',
    },
    near(0.25),
    ELSE,
  ],
  code: [
    EXACT,
    {
      label: 'one ends with the other',
      condition: '(endsWith(l, r) or endsWith(r, l)) and least(length(l), length(r)) >= 6',
    },
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

/** Dates of events are not mistyped but later or earlier. */
const EVENT_LEVELS: readonly Level[] = [
  EXACT,
  daysApart(1),
  daysApart(3),
  daysApart(7),
  daysApart(15),
  daysApart(31),
  ELSE,
];

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
    { label: 'nearly the same', condition: `ngramDistanceUTF8(ls, rs) <= 0.25 or ${wordsOfBoth(0.85)}` },
    { label: 'nearly all words of the shorter', condition: wordsOfShorter(0.85) },
    { label: 'alike', condition: `ngramDistanceUTF8(ls, rs) <= 0.5 or ${wordsOfBoth(0.6)}` },
    {
      label: 'the same numbers',
      condition: "extractAll(ls, '[0-9]+') = extractAll(rs, '[0-9]+') and match(ls, '[0-9]')",
    },
    { label: 'some of the words', condition: wordsOfBoth(0.3) },
    ELSE,
  ],
};

/** How the columns are compared. */
export function comparisonsOf(profiles: readonly ColumnProfile[]): Comparison[] {
  const names = profiles.filter(({ kind }) => kind === 'name');
  return profiles.map((profile) => {
    const levels = levelsOf(profile);
    const other = names.length === 2 && profile.kind === 'name' && names.find((each) => each !== profile);
    return other
      ? { profile, other: other.column, levels: [levels[0]!, EXCHANGED, ...levels.slice(1)] }
      : { profile, levels };
  });
}

function levelsOf({ kind, isChinese, isDense }: ColumnProfile): readonly Level[] {
  if (isDense) return EVENT_LEVELS;
  return (isChinese && CHINESE_LEVELS[kind]) || LEVELS[kind];
}

/** Columns of a record that its comparison looks at. */
export function columnsOf({ column, form, hasWords }: ColumnProfile): string[] {
  const words = hasWords ? ['t', 'w', 'q'].map((letter) => column.replace('c', letter)) : [];
  return [column, ...(form ? [form] : []), ...words];
}

/**
 * SQL of the level of a pair of records with aliases a and b: 0 is the best, 255 says that a value is
 * missing on one side, which is no evidence.
 */
export function levelExpression({ profile, other, levels }: Comparison): string {
  const place = (name: string): string => {
    const [side, form] = [name.startsWith('l') ? 'a' : 'b', name.slice(1) || 'c'];
    if (form === 'o') return `${side}.${other}`;
    const column = form === 's' ? (profile.form ?? profile.column) : profile.column.replace('c', form);
    return `${side}.${column}`;
  };
  const conditions = levels
    .slice(0, -1)
    .map(({ condition }, index) => `${condition.replace(/\b[lr][stwqo]?\b/g, place)}, ${index}`);
  return `multiIf(${place('l')} = '' or ${place('r')} = '', 255, ${conditions.join(', ')}, ${levels.length - 1})`;
}
