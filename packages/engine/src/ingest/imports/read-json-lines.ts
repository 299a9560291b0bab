import { parseForeignJson } from '../read-json.ts';
import { badBytesReason, hasBadBytes, withoutMarks, type Encoding } from './decode-text.ts';
import {
  KEPT_CHARACTERS,
  MAXIMUM_ROW_CHARACTERS,
  TOO_LONG,
  UnreadableRowError,
  type FileRow,
} from './file-row.ts';

const MAXIMUM_DEPTH = 64;

/**
 * One JSON object a line; its values become texts, lists are joined by the unit separator. A line that is none is a
 * broken row. @throws UnreadableRowError when the file begins with what goes on over several lines
 */
export async function* jsonRows(
  texts: AsyncIterable<string>,
  columns: readonly string[],
  encoding: Encoding = 'utf-8',
): AsyncGenerator<FileRow[]> {
  let waiting: string[] = [];
  let length = 0;
  let line = 0;
  let isFirst = true;
  const rowOf = (text: string): FileRow => {
    if (isFirst) refuseDocument(text);
    isFirst = false;
    if (hasBadBytes(text)) return { text: withoutMarks(text), reason: badBytesReason(encoding), line };
    return readLine(text, line, columns);
  };
  for await (const text of texts) {
    const rows: FileRow[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      line++;
      // Of a line that is too long only the beginning waits; it has been told by its length.
      const whole = waiting.length > 0 ? waiting.join('') + text.slice(start, end) : text.slice(start, end);
      if (length + end - start > MAXIMUM_ROW_CHARACTERS)
        rows.push({ text: withoutMarks(whole.slice(0, KEPT_CHARACTERS)), reason: TOO_LONG, line });
      else if (whole.trim() !== '') rows.push(rowOf(whole));
      waiting = [];
      length = 0;
      start = end + 1;
    }
    if (length <= MAXIMUM_ROW_CHARACTERS) waiting.push(text.slice(start));
    length += text.length - start;
    yield rows;
  }
  line++;
  const rest = waiting.join('');
  if (length > MAXIMUM_ROW_CHARACTERS)
    yield [{ text: withoutMarks(rest.slice(0, KEPT_CHARACTERS)), reason: TOO_LONG, line }];
  else if (rest.trim() !== '') yield [rowOf(rest)];
}

/** A document of several lines would be as many broken rows. */
function refuseDocument(text: string): void {
  const bare = text.replace(/^\uFEFF/, '').trim();
  if (bare.startsWith('['))
    throw new UnreadableRowError(1, 'a JSON array; write one object a line (JSON lines)');
  if (bare === '{')
    throw new UnreadableRowError(1, 'an object over several lines; write one a line (JSON lines)');
}

function readLine(text: string, line: number, columns: readonly string[]): FileRow {
  const broken = (reason: string): FileRow => ({
    text: text.endsWith('\r') ? text.slice(0, -1) : text,
    reason,
    line,
  });
  let value: unknown;
  try {
    value = parseForeignJson(text);
  } catch {
    return broken('not JSON');
  }
  if (Array.isArray(value)) return broken('a JSON array and not an object');
  if (value === null || typeof value !== 'object') return broken('not a JSON object');
  return cellsOf(value as Record<string, unknown>, columns) ?? broken('nested too deeply');
}

/** The values of an object as texts, lists joined by the unit separator; undefined when it is nested too deeply. */
export function cellsOf(object: Record<string, unknown>, columns: readonly string[]): string[] | undefined {
  try {
    return columns.map((column) => (Object.hasOwn(object, column) ? cellOf(object[column], 0) : ''));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @throws RangeError too deep */
function cellOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return '';
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (depth > MAXIMUM_DEPTH) throw new RangeError('nested too deeply');
  return value.map((each) => cellOf(each, depth + 1)).join('\u001f');
}
