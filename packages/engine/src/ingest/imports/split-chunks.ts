import { isUtf8 } from 'node:buffer';
import { MAXIMUM_ROW_CHARACTERS, parseQuotedRow, UnreadableRowError } from './parse-csv.ts';

/** Whole rows of a CSV file as lines that ClickHouse can cut by itself. Empty lines are no rows. */
export interface LineChunk {
  /** UTF-8, a line each row. */
  readonly lines: Buffer;
  /**
   * Rows that had quotes stand as `ROW_MARK`, then their cells with `CELL_MARK` between them and `LINE_MARK` for each
   * line feed within.
   */
  readonly hasMarks: boolean;
}

/** Rows that cannot be written as lines: quotes beside the very characters that mark them. */
export interface RowChunk {
  readonly rows: readonly string[][];
}

export type Chunk = LineChunk | RowChunk;

// Information separators: never in a bank's text, and when they are, the chunk goes as rows.
export const CELL_MARK = '\u001f';
export const ROW_MARK = '\u001e';
export const LINE_MARK = '\u001c';
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const MARKS = /[\u001c\u001e\u001f]/;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Cuts UTF-8 into chunks of about `sizeOf()` bytes, asked anew before each, at the ends of rows. Lines without a quote, as nearly all are, are
 * passed on as they are. @throws TypeError not UTF-8, UnreadableRowError
 */
export async function* splitChunks(
  pieces: AsyncIterable<Uint8Array>,
  delimiter: string,
  sizeOf: () => number,
): AsyncGenerator<Chunk> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    for (let start = 0; start < piece.byteLength;) {
      const chunkBytes = sizeOf();
      const part = piece.subarray(start, start + chunkBytes);
      start += part.byteLength;
      waiting.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
      length += part.byteLength;
      if (length < chunkBytes) continue;
      const { chunk, rest } = cutChunk(Buffer.concat(waiting), delimiter, false);
      if (rest.length > MAXIMUM_ROW_CHARACTERS * 4)
        throw new UnreadableRowError(1, 'a row is longer than 4 MiB');
      if (chunk) yield chunk;
      waiting = [rest];
      length = rest.length;
    }
  }
  const { chunk } = cutChunk(Buffer.concat(waiting), delimiter, true);
  if (chunk) yield chunk;
}

/** The whole rows at the beginning of some bytes, and what is left. */
function cutChunk(bytes: Buffer, delimiter: string, last: boolean): { chunk?: Chunk; rest: Buffer } {
  // A character may be cut at the end of the bytes: only whole lines are looked at.
  const end = last ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
  if (end === 0) return { rest: bytes };
  const lines = bytes.subarray(0, end);
  if (!isUtf8(lines)) throw new TypeError('The encoded data was not valid for encoding utf-8');
  if (!lines.includes(QUOTE)) return { chunk: { lines, hasMarks: false }, rest: bytes.subarray(end) };
  const text = lines.toString('utf8');
  const { chunk, next } = MARKS.test(text)
    ? cutRows(text, delimiter, last)
    : resolveQuotes(text, delimiter, last);
  const rest =
    next >= text.length
      ? bytes.subarray(end)
      : Buffer.concat([Buffer.from(text.slice(next)), bytes.subarray(end)]);
  return next === 0 ? { rest } : { chunk, rest };
}

/** Copies lines without quotes as they are, and writes the others with marks. */
function resolveQuotes(text: string, delimiter: string, last: boolean): { chunk: LineChunk; next: number } {
  const lines: string[] = [];
  let start = 0;
  for (let row = 1; start < text.length; row++) {
    const quote = text.indexOf('"', start);
    if (quote < 0) {
      lines.push(text.slice(start));
      start = text.length;
      break;
    }
    const lineStart = text.lastIndexOf('\n', quote) + 1;
    if (lineStart > start) {
      lines.push(text.slice(start, lineStart));
      start = lineStart;
    }
    const quoted = parseQuotedRow(text, start, delimiter, last, row);
    if (!quoted) break;
    start = quoted.next;
    lines.push(`${ROW_MARK}${quoted.fields.join(CELL_MARK).replaceAll('\n', LINE_MARK)}\n`);
  }
  return {
    chunk: { lines: Buffer.from(lines.join('')), hasMarks: true },
    next: Math.min(start, text.length),
  };
}

function cutRows(text: string, delimiter: string, last: boolean): { chunk: RowChunk; next: number } {
  const rows: string[][] = [];
  let start = 0;
  while (start < text.length) {
    const found = parseQuotedRow(text, start, delimiter, last, rows.length + 1);
    if (!found) break;
    const isEmpty = /^\r?\n?$/.test(text.slice(start, Math.min(found.next, start + 3)));
    if (!isEmpty) rows.push(found.fields);
    start = found.next;
  }
  return { chunk: { rows }, next: Math.min(start, text.length) };
}

/** Rows of a chunk. */
export function countRows(chunk: Chunk): number {
  if ('rows' in chunk) return chunk.rows.length;
  let rows = 0;
  eachRow(chunk.lines, (row) => (rows = row) > 0);
  return rows;
}

/** Cells of the rows of lines with the given numbers (from 1, ascending), as the CSV parser gives them. */
export function rowsAt(
  { lines, hasMarks }: LineChunk,
  delimiter: string,
  numbers: readonly number[],
): string[][] {
  const rows: string[][] = [];
  let wanted = 0;
  eachRow(lines, (row, start, end) => {
    if (row === numbers[wanted]) {
      rows.push(cellsOf(lines.toString('utf8', start, end), delimiter, hasMarks));
      wanted++;
    }
    return wanted < numbers.length;
  });
  return rows;
}

/** All rows of a chunk. */
export function allRows(chunk: Chunk, delimiter: string): readonly string[][] {
  if ('rows' in chunk) return chunk.rows;
  const rows: string[][] = [];
  eachRow(chunk.lines, (_, start, end) => {
    rows.push(cellsOf(chunk.lines.toString('utf8', start, end), delimiter, chunk.hasMarks));
    return true;
  });
  return rows;
}

/** The chunk without its first rows, and how many were left out: at most `count`. */
export function withoutRows(chunk: Chunk, count: number): { chunk: Chunk; left: number } {
  if ('rows' in chunk)
    return { chunk: { rows: chunk.rows.slice(count) }, left: Math.min(count, chunk.rows.length) };
  let [left, start] = [0, 0];
  eachRow(chunk.lines, (row, _, end) => {
    left = row;
    start = end + 1;
    return row < count;
  });
  return { chunk: { ...chunk, lines: chunk.lines.subarray(start) }, left };
}

/** Tells where each row of lines begins and ends, until `visit` returns false. */
function eachRow(lines: Buffer, visit: (row: number, start: number, end: number) => boolean): void {
  let row = 0;
  for (let start = 0; start < lines.length;) {
    const found = lines.indexOf(LINE_FEED, start);
    const end = found < 0 ? lines.length : found;
    const isEmpty = end === start || (end === start + 1 && lines[start] === CARRIAGE_RETURN);
    if (!isEmpty && !visit(++row, start, end)) return;
    start = end + 1;
  }
}

function cellsOf(line: string, delimiter: string, hasMarks: boolean): string[] {
  if (hasMarks && line.startsWith(ROW_MARK))
    return line.slice(1).replaceAll(LINE_MARK, '\n').split(CELL_MARK);
  return (line.endsWith('\r') ? line.slice(0, -1) : line).split(delimiter);
}
