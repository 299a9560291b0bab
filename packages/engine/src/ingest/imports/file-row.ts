/** A row that breaks the rules of its format: it is rejected, and what comes after it is read on. */
export interface BrokenRow {
  /** As it stands in the file; of a line that is too long its beginning. */
  readonly text: string;
  readonly reason: string;
  /** Where it begins, from 1, counted from the beginning of the text or chunk that was cut. */
  readonly line: number;
}

/** The cells of a row, or why it has none. */
export type FileRow = readonly string[] | BrokenRow;

/** Longest single row: a quote that is never closed must not swallow the file into memory. */
export const MAXIMUM_ROW_CHARACTERS = 4 * 1024 * 1024;
/** What is kept of a line that is longer. */
export const KEPT_CHARACTERS = 64 * 1024;

export const TOO_LONG = 'the row is longer than 4 MiB';

export const isBroken = (row: FileRow): row is BrokenRow => !Array.isArray(row);

/** A row that breaks the rules of the format (0: the file as a whole does); the file cannot be read further. */
export class UnreadableRowError extends Error {
  constructor(
    readonly row: number,
    readonly reason: string,
  ) {
    super(row > 0 ? `row ${row}: ${reason}` : reason);
    this.name = 'UnreadableRowError';
  }
}

/** Of rows that have to be whole, such as a header. @throws UnreadableRowError */
export function wholeRow(row: FileRow): readonly string[] {
  if (isBroken(row)) throw new UnreadableRowError(0, `line ${row.line}: ${row.reason}`);
  return row;
}
