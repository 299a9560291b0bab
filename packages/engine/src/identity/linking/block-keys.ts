import type { ColumnKind, ColumnProfile } from './profile-columns.ts';

/** A way to cut the values of a column into a key: records with the same key may be compared. */
export interface BlockKey {
  readonly column: string;
  /** Ways of one family are looser and looser cuts of the same thing. */
  readonly family: number;
  /** SQL over a record's columns; empty strings never agree. */
  readonly expression: string;
  /** The expression is an array: a record has several keys, and agrees by any of them. */
  readonly isMany: boolean;
  /** Larger is looser: more pairs, and fewer matches missed. The tightest, 0, is the value itself. */
  readonly looseness: number;
  /** Whoever agrees on a tighter key of the family agrees on this one. */
  readonly isNested: boolean;
}

interface Family {
  readonly cuts: readonly string[];
  /** Looseness of the first cut. */
  readonly from?: number;
  readonly isMany?: boolean;
  readonly isNested?: boolean;
}

/** Records in which a word of a text may stand to bring them together, the tightest first. */
const WORD_RECORDS = [20, 100, 500, 2500];
/** Numbers within such shares of each other are in one bucket, or in neighbouring ones. */
const NUMBER_SHARES = [0.01, 0.05, 0.2];
/** The same of dates of events, in days. */
const DATE_DAYS = [3, 10];
/** The end of a telephone number, after whatever prefixes of countries and towns are written. */
const NUMBER_END = 7;

/** Ways to cut a column's values into keys, by family, loosest last. */
export function blockKeysOf(profile: ColumnProfile): BlockKey[][] {
  return familiesOf(profile).map(({ cuts, from = 0, isMany = false, isNested = false }, family) =>
    cuts.map((expression, place) => {
      const looseness = from + place;
      return {
        column: profile.column,
        family,
        expression,
        isMany: isMany && looseness > 0,
        looseness,
        isNested,
      };
    }),
  );
}

function familiesOf({ column, kind, form, isChinese, isDense, hasWords }: ColumnProfile): Family[] {
  const rare = (most: number): string =>
    `arrayFilter((word, records) -> records <= ${most}, ${column.replace('c', 't')}, ${column.replace('c', 'd')})`;
  const words: Family[] = hasWords
    ? [{ cuts: WORD_RECORDS.map(rare), from: 1, isMany: true, isNested: true }]
    : [];
  // Chinese has three bytes a character: its first one, often a surname, or the beginning of an address.
  if (isChinese && form && kind === 'name') return [{ cuts: [column, form, `substring(${column}, 1, 3)`] }];
  if (isChinese && form && kind === 'text')
    return [{ cuts: [column, form, `substringUTF8(${form}, 1, 5)`], isNested: true }, ...words];
  const value = form ?? column;
  const neighbours = (bucket: string): string => `if(${column} = '', [], [${bucket}, ${bucket} + 1])`;
  const families: Record<ColumnKind, Family[]> = {
    name: [{ cuts: [column, `substring(${value}, 1, 3)`], isNested: true }],
    text: [{ cuts: [column, `substring(${column}, 1, 5)`], isNested: true }, ...words],
    date: isDense
      ? [
          {
            cuts: [column, ...DATE_DAYS.map((days) => neighbours(`intDiv(${value}, ${days})`))],
            isMany: true,
            isNested: true,
          },
        ]
      : [{ cuts: [column, `substring(${column}, 5, 4)`, `substring(${column}, 1, 4)`] }],
    code: [
      { cuts: [column, `substring(${column}, 1, 3)`], isNested: true },
      { cuts: [`if(match(${column}, '^[0-9]{9,}$'), substring(${column}, -${NUMBER_END}), '')`], from: 1 },
    ],
    number: [
      {
        cuts: [
          column,
          ...NUMBER_SHARES.map((share) =>
            neighbours(`toInt32(floor(log(greatest(abs(${value}), 0.01)) / ${share}))`),
          ),
        ],
        isMany: true,
        isNested: true,
      },
    ],
    email: [{ cuts: [column, `splitByChar('@', ${column})[1]`], isNested: true }],
    category: [{ cuts: [column] }],
  };
  return families[kind];
}
