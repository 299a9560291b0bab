import type { HeldTag } from './tag-value-store.ts';

/** A value as it is stored. */
export type HeldValue = Pick<HeldTag, 'texts' | 'numbers'>;

/** People of a page; more than a quarter of them have a place each, fewer are listed in order. */
export const PAGE_PEOPLE = 65_536;
const DENSE_FROM = PAGE_PEOPLE / 4;
/** Codes are 16 bits; 0 stands for no value. */
export const MOST_VALUES = 65_535;

type Cells = Uint16Array | Float64Array;
type Page = { readonly offsets: Uint16Array; readonly cells: Cells } | { readonly cells: Cells };

/** Bytes of a value among those that several people have: its texts, twice, and what objects cost. */
const BYTES_A_VALUE = 200;

/**
 * The values of one tag, packed by the numbers of people: as codes of the different values, or as numbers where
 * there are many different ones. A million people with one of 65,535 values take 2 MB, with numbers 8 MB.
 */
export class TagColumn {
  private readonly pages = new Map<number, Page>();
  private readonly values: HeldValue[] = [];
  private readonly codes = new Map<string, number>();
  bytes = 0;

  /** Code of a value, to be put into pages; undefined beyond `MOST_VALUES` different ones. */
  codeOf(value: HeldValue): number | undefined {
    const key = JSON.stringify([value.texts, value.numbers]);
    const known = this.codes.get(key);
    if (known !== undefined) return known;
    if (this.values.length === MOST_VALUES) return undefined;
    this.values.push(value);
    this.codes.set(key, this.values.length);
    this.bytes += BYTES_A_VALUE + key.length * 2;
    return this.values.length;
  }

  /** Puts a page: a code for each person (0: none), or a number (NaN: none). */
  put(page: number, cells: Cells): void {
    const made = packed(cells);
    this.pages.set(page, made);
    this.bytes += made.cells.byteLength + ('offsets' in made ? made.offsets.byteLength : 0);
  }

  /** The value of a person; undefined: none. */
  of(personId: number): HeldValue | undefined {
    const page = this.pages.get(Math.floor(personId / PAGE_PEOPLE));
    if (!page) return undefined;
    const offset = personId % PAGE_PEOPLE;
    const index = 'offsets' in page ? indexOf(page.offsets, offset) : offset;
    const cell = index < 0 ? Number.NaN : page.cells[index]!;
    if (page.cells instanceof Float64Array) {
      return Number.isNaN(cell) ? undefined : { texts: [], numbers: [cell] };
    }
    return this.values[cell - 1];
  }
}

function packed(cells: Cells): Page {
  const isNumbers = cells instanceof Float64Array;
  const offsets: number[] = [];
  for (let offset = 0; offset < cells.length; offset++) {
    if (isNumbers ? !Number.isNaN(cells[offset]) : cells[offset] !== 0) offsets.push(offset);
  }
  if (offsets.length >= DENSE_FROM) return { cells: cells.slice() };
  const few = offsets.map((offset) => cells[offset]!);
  return {
    offsets: Uint16Array.from(offsets),
    cells: isNumbers ? Float64Array.from(few) : Uint16Array.from(few),
  };
}

function indexOf(sorted: Uint16Array, wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
