/** An even draw that is the same in every run of the same seed. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  }

  /** A number from 0 on, below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** Early values are drawn far more often than late ones, as names and words are. */
  common<T>(values: readonly T[]): T {
    return values[Math.floor(values.length * this.next() ** 2.5)]!;
  }

  /** A draw from the normal distribution of mean 0 and deviation 1. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}

const ONSETS = 'b br c ch cl d dr f fl g gr h j k kr l m n p pr qu r s sh st t th tr v w'.split(' ');
const VOWELS = 'a e i o u ai ea ee oo ou'.split(' ');
const CODAS = 'n r l s t ck nd ng ll m rt st'.split(' ');

/** Distinct words that could be English, of two to four syllables. */
export function inventWords(seed: number, count: number): string[] {
  const draw = new Draw(seed);
  const words = new Set<string>();
  while (words.size < count) {
    const syllables = Array.from(
      { length: 2 + draw.below(draw.chance(0.2) ? 3 : 2) },
      () => draw.pick(ONSETS) + draw.pick(VOWELS),
    );
    words.add(syllables.join('') + (draw.chance(0.6) ? draw.pick(CODAS) : ''));
  }
  return [...words];
}

const LETTERS = 'a b c d e f g h i j k l m n o p q r s t u v w x y z'.split(' ');

/** One letter or digit left out, doubled, replaced or exchanged with its neighbour. */
export function mistype(value: string, draw: Draw): string {
  if (value.length < 2) return value;
  const place = draw.below(value.length - 1);
  const [before, here, next, after] = [
    value.slice(0, place),
    value[place]!,
    value[place + 1]!,
    value.slice(place + 2),
  ];
  const other = /[0-9]/.test(here) ? String(draw.below(10)) : draw.pick(LETTERS);
  return draw.pick([
    before + next + after,
    before + here + here + next + after,
    before + other + next + after,
    before + next + here + after,
  ]);
}

export const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
export const two = (number: number): string => String(number).padStart(2, '0');
export const digits = (draw: Draw, count: number): string =>
  Array.from({ length: count }, () => String(draw.below(10))).join('');

/** The date so many days after the first day of 1900, as 1987-06-05. */
export const dateOf = (day: number): string =>
  new Date(Date.UTC(1900, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);

export interface LinkageRow {
  readonly id: string;
  /** a or b; always a where one file is searched for duplicates. */
  readonly file: string;
  /** What is the same in records of one person, company, payment … */
  readonly entity: number;
  readonly values: readonly string[];
}

/** A labelled set, in the shape of one that people are known to link. */
export interface LinkageSet {
  readonly columns: readonly string[];
  readonly rows: readonly LinkageRow[];
}

/** Two files: `overlap` of the entities of the first are in the second too, with as many again of its own. */
export function twoFiles(
  columns: readonly string[],
  sizes: { first: number; second: number; both: number },
  write: (entity: number, file: 'a' | 'b') => readonly string[],
): LinkageSet {
  const rows: LinkageRow[] = [];
  for (let entity = 0; entity < sizes.first; entity++)
    rows.push({ id: `a${entity}`, file: 'a', entity, values: write(entity, 'a') });
  const start = sizes.first - sizes.both;
  for (let entity = start; entity < start + sizes.second; entity++)
    rows.push({ id: `b${entity}`, file: 'b', entity, values: write(entity, 'b') });
  return { columns, rows };
}
