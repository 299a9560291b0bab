import { isUtf8 } from 'node:buffer';
import { markedBytes, markedText } from './decode-text.ts';
import { MAXIMUM_ROW_CHARACTERS, type BrokenRow, type FileRow } from './file-row.ts';
import { lineFeedsBetween, parseQuotedRow, specialsOf, type BrokenLine, type RowForm } from './parse-csv.ts';

/** Whole rows of a CSV file as lines that ClickHouse can cut by itself. Empty lines are no rows. */
export interface LineChunk {
  /** UTF-8, a line each row. */
  readonly lines: Buffer;
  /**
   * Rows that had quotes stand as `ROW_MARK`, then their cells with `CELL_MARK` between them and `LINE_MARK` for each
   * line feed within; broken rows as `BROKEN_MARK`, the reason, `CELL_MARK` and their text, line feeds alike.
   */
  readonly hasMarks: boolean;
  readonly hasBroken?: boolean;
}

/** Rows that cannot be written as lines: quotes beside the very characters that mark them. */
export interface RowChunk {
  readonly rows: readonly FileRow[];
  /** Lines of the file, the empty ones too. */
  readonly lines: number;
}

export type Chunk = LineChunk | RowChunk;

// Information separators: never in a bank's text, and when they are, the chunk goes as rows.
export const CELL_MARK = '\u001f';
export const ROW_MARK = '\u001e';
export const BROKEN_MARK = '\u001d';
export const LINE_MARK = '\u001c';
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const MARKS = /[\u001c-\u001f]/;
// oxlint-disable-next-line no-control-regex -- the same
const ALL_MARKS = /[\u001c-\u001f]/g;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Of a row of as many characters as it may have, with some to spare for the line that it ends in. */
const MAXIMUM_ROW_BYTES = 4 * MAXIMUM_ROW_CHARACTERS;

/**
 * Cuts UTF-8 into chunks of about `sizeOf()` bytes, asked anew before each, at the ends of rows. Lines without a quote,
 * as nearly all are, are passed on as they are. `form.encoding` is that of the file, whose bytes that were no text in it
 * are none in UTF-8 either.
 */
export async function* splitChunks(
  pieces: AsyncIterable<Uint8Array>,
  form: RowForm,
  sizeOf: () => number,
): AsyncGenerator<Chunk> {
  let waiting: Buffer[] = [];
  let length = 0;
  // What holds no whole row is looked at anew when it has doubled, not with every piece.
  let enough = 0;
  let isSkipping = false;
  for await (const piece of pieces) {
    for (let start = 0; start < piece.byteLength;) {
      if (isSkipping) {
        const lineEnd = piece.indexOf(LINE_FEED, start);
        isSkipping = lineEnd < 0;
        start = isSkipping ? piece.byteLength : lineEnd + 1;
        continue;
      }
      const chunkBytes = sizeOf();
      const part = piece.subarray(start, start + chunkBytes);
      start += part.byteLength;
      waiting.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
      length += part.byteLength;
      if (length < chunkBytes || length < enough) continue;
      let { chunk, rest } = cutChunk(Buffer.concat(waiting), form, false);
      if (!chunk && rest.length > MAXIMUM_ROW_BYTES) {
        ({ chunk, rest } = cutLongRow(rest, form));
        isSkipping = rest.length === 0;
      }
      if (chunk) yield chunk;
      waiting = [rest];
      length = rest.length;
      enough = chunk ? 0 : 2 * length;
    }
  }
  const { chunk } = cutChunk(Buffer.concat(waiting), form, true);
  if (chunk) yield chunk;
}

/** Takes the first line of bytes that hold no whole row and are more than a row may be; nothing is left when it has no end. */
function cutLongRow(bytes: Buffer, form: RowForm): { chunk: LineChunk; rest: Buffer } {
  const text = bytes.toString('utf8', 0, MAXIMUM_ROW_BYTES);
  const cut = parseQuotedRow(text, 0, form, false) as BrokenLine;
  const lineEnd = bytes.indexOf(LINE_FEED);
  const broken = brokenText({ reason: cut.reason, text: cut.text.replaceAll(ALL_MARKS, ' ') });
  return {
    chunk: { lines: Buffer.from(broken), hasMarks: true, hasBroken: true },
    rest: lineEnd < 0 ? Buffer.alloc(0) : bytes.subarray(lineEnd + 1),
  };
}

const brokenText = ({ text, reason }: Pick<BrokenRow, 'text' | 'reason'>): string =>
  `${BROKEN_MARK}${reason}${CELL_MARK}${text.replaceAll('\n', LINE_MARK)}\n`;

/** The whole rows at the beginning of some bytes, and what is left. */
function cutChunk(bytes: Buffer, form: RowForm, last: boolean): { chunk?: Chunk; rest: Buffer } {
  // A character may be cut at the end of the bytes: only whole lines are looked at.
  const end = last ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
  if (end === 0) return { rest: bytes };
  const lines = bytes.subarray(0, end);
  const isText = isUtf8(lines);
  if (isText && !lines.includes(QUOTE))
    return { chunk: { lines, hasMarks: false }, rest: bytes.subarray(end) };
  const text = isText ? lines.toString('utf8') : markedText(lines);
  const { chunk, next } = MARKS.test(text) ? cutRows(text, form, last) : resolveQuotes(text, form, last);
  const rest =
    next >= text.length
      ? bytes.subarray(end)
      : Buffer.concat([markedBytes(text.slice(next)), bytes.subarray(end)]);
  return next === 0 ? { rest } : { chunk, rest };
}

/** Copies lines of text without quotes as they are, and writes the others with marks. */
function resolveQuotes(text: string, form: RowForm, last: boolean): { chunk: LineChunk; next: number } {
  const lines: string[] = [];
  let start = 0;
  let hasBroken = false;
  const nextSpecial = specialsOf(text);
  while (start < text.length) {
    const quote = nextSpecial(start);
    if (quote === text.length) {
      lines.push(text.slice(start));
      start = text.length;
      break;
    }
    const lineStart = text.lastIndexOf('\n', quote) + 1;
    if (lineStart > start) {
      lines.push(text.slice(start, lineStart));
      start = lineStart;
    }
    const cut = parseQuotedRow(text, start, form, last);
    if (!cut) break;
    start = cut.next;
    hasBroken ||= !cut.fields;
    lines.push(
      cut.fields ? `${ROW_MARK}${cut.fields.join(CELL_MARK).replaceAll('\n', LINE_MARK)}\n` : brokenText(cut),
    );
  }
  return {
    chunk: { lines: Buffer.from(lines.join('')), hasMarks: true, hasBroken },
    next: Math.min(start, text.length),
  };
}

function cutRows(text: string, form: RowForm, last: boolean): { chunk: RowChunk; next: number } {
  const rows: FileRow[] = [];
  let start = 0;
  let lines = 0;
  while (start < text.length) {
    const cut = parseQuotedRow(text, start, form, last);
    if (!cut) break;
    const isEmpty = /^\r?\n?$/.test(text.slice(start, Math.min(cut.next, start + 3)));
    if (!cut.fields) rows.push({ text: cut.text, reason: cut.reason, line: lines + 1 });
    else if (!isEmpty) rows.push(cut.fields);
    lines += 1 + lineFeedsBetween(text, start, cut.next - 1);
    start = cut.next;
  }
  return { chunk: { rows, lines }, next: Math.min(start, text.length) };
}

/** A number of rows, and of the lines of the file that they stand on, empty ones between them included. */
export interface Extent {
  readonly rows: number;
  readonly lines: number;
}

/** Rows and lines of a chunk. */
export function extentOf(chunk: Chunk): Extent {
  if ('rows' in chunk) return { rows: chunk.rows.length, lines: chunk.lines };
  let rows = 0;
  const lines = eachRow(chunk, (row) => (rows = row) > 0);
  return { rows, lines };
}

/** The rows of lines with the given numbers (from 1, ascending), as the CSV parser gives them. */
export function rowsAt(chunk: LineChunk, delimiter: string, numbers: readonly number[]): FileRow[] {
  const rows: FileRow[] = [];
  let wanted = 0;
  eachRow(chunk, (row, start, end, line) => {
    if (row === numbers[wanted]) {
      rows.push(rowOf(chunk, delimiter, chunk.lines.toString('utf8', start, end), line));
      wanted++;
    }
    return wanted < numbers.length;
  });
  return rows;
}

/** All rows of a chunk. */
export function allRows(chunk: Chunk, delimiter: string): readonly FileRow[] {
  if ('rows' in chunk) return chunk.rows;
  const rows: FileRow[] = [];
  eachRow(chunk, (_, start, end, line) => {
    rows.push(rowOf(chunk, delimiter, chunk.lines.toString('utf8', start, end), line));
    return true;
  });
  return rows;
}

/** The chunk without its first rows, and what was left out: at most `count` rows. */
export function withoutRows(chunk: Chunk, count: number): { chunk: Chunk; left: Extent } {
  if ('rows' in chunk) {
    const rows = Math.min(count, chunk.rows.length);
    // Its broken rows know their lines: none of them is left out.
    return { chunk: { rows: chunk.rows.slice(count), lines: chunk.lines }, left: { rows, lines: 0 } };
  }
  let [rows, lines, start] = [0, 0, 0];
  eachRow(chunk, (row, _, end, line) => {
    rows = row;
    lines = line;
    start = end + 1;
    return row < count;
  });
  return { chunk: { ...chunk, lines: chunk.lines.subarray(start) }, left: { rows, lines } };
}

/**
 * Tells where each row of a chunk begins and ends and which line of the file that is (the last, of several), until
 * `visit` returns false. Returns the lines passed.
 */
function eachRow(
  { lines, hasMarks }: LineChunk,
  visit: (row: number, start: number, end: number, line: number) => boolean,
): number {
  let row = 0;
  let line = 0;
  let mark = hasMarks ? lines.indexOf(LINE_MARK) : -1;
  for (let start = 0; start < lines.length;) {
    const found = lines.indexOf(LINE_FEED, start);
    const end = found < 0 ? lines.length : found;
    line++;
    for (; mark >= 0 && mark < end; mark = lines.indexOf(LINE_MARK, mark + 1)) line++;
    const isEmpty = end === start || (end === start + 1 && lines[start] === CARRIAGE_RETURN);
    if (!isEmpty && !visit(++row, start, end, line)) return line;
    start = end + 1;
  }
  return line;
}

function rowOf({ hasMarks }: LineChunk, delimiter: string, text: string, line: number): FileRow {
  if (hasMarks && text.startsWith(ROW_MARK))
    return text.slice(1).replaceAll(LINE_MARK, '\n').split(CELL_MARK);
  if (hasMarks && text.startsWith(BROKEN_MARK)) {
    const [reason = '', broken = ''] = text.slice(1).split(CELL_MARK);
    const parts = broken.split(LINE_MARK);
    return { text: parts.join('\n'), reason, line: line - parts.length + 1 };
  }
  return (text.endsWith('\r') ? text.slice(0, -1) : text).split(delimiter);
}
