import { BAD_BYTES, badBytesReason, hasBadBytes, withoutMarks, type Encoding } from './decode-text.ts';
import { KEPT_CHARACTERS, MAXIMUM_ROW_CHARACTERS, TOO_LONG, type FileRow } from './file-row.ts';

/** A parser that is fed pieces of text. */
export interface CsvParser {
  /** Rows that the piece completes. */
  push(piece: string): FileRow[];
  /** The last rows, when the text does not end with a line break. */
  end(): FileRow[];
}

/** A row that is not complete is looked at anew with every piece while it is short, then only when it has doubled. */
const SHORT_CHARACTERS = 64 * 1024;

/**
 * RFC 4180: fields separated by the delimiter, lines by LF or CRLF, quotes doubled inside quoted fields.
 * Our own, because rows without quotes (nearly all of a bank's files) can be cut by `split` alone: 3 times as
 * fast as `csv-parse` on such files, and the import is bound by parsing.
 * A row that breaks the rules is its first line alone: what follows is read as if it were not there, so that a quote
 * too many spoils one line and not all that come until the next quote.
 */
export function createCsvParser(delimiter: string, encoding: Encoding = 'utf-8'): CsvParser {
  const form = { delimiter, encoding };
  let waiting: string[] = [];
  let length = 0;
  let enough = 0;
  let lines = 0;
  /** Within a line that is too long and has been told. */
  let isSkipping = false;

  function parse(text: string, last: boolean): FileRow[] {
    const parsed: FileRow[] = [];
    let start = 0;
    if (isSkipping) {
      const lineEnd = text.indexOf('\n');
      isSkipping = lineEnd < 0;
      start = isSkipping ? text.length : lineEnd + 1;
    }
    // Looked for once, not once a line: in a file without quotes every search would run to the end of the piece.
    const nextSpecial = specialsOf(text);
    let quote = nextSpecial(start);
    while (start < text.length) {
      const lineEnd = text.indexOf('\n', start);
      const end = lineEnd < 0 ? text.length : lineEnd;
      if (quote < start) quote = nextSpecial(start);
      if (quote >= end && end - start <= MAXIMUM_ROW_CHARACTERS) {
        if (lineEnd < 0 && !last) break;
        const line = text.slice(start, text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end);
        start = end + 1;
        lines++;
        if (line !== '') parsed.push(line.split(delimiter));
        continue;
      }
      const cut =
        quote < end ? parseQuotedRow(text, start, form, last) : brokenLine(text, start, last, TOO_LONG);
      if (!cut) break;
      if (cut.fields) parsed.push(cut.fields);
      else {
        parsed.push({ text: cut.text, reason: cut.reason, line: lines + 1 });
        isSkipping = cut.isCut;
      }
      lines += 1 + lineFeedsBetween(text, start, cut.next - 1);
      start = cut.next;
    }
    const rest = start >= text.length ? '' : text.slice(start);
    waiting = rest === '' ? [] : [rest];
    length = rest.length;
    enough = length > SHORT_CHARACTERS ? 2 * length : 0;
    return parsed;
  }

  return {
    push(piece) {
      if (length === 0) return parse(piece, false);
      waiting.push(piece);
      length += piece.length;
      return length < enough ? [] : parse(waiting.join(''), false);
    },
    end: () => (length === 0 ? [] : parse(waiting.join(''), true)),
  };
}

/**
 * Finds where the next quote, or mark of bytes that are no text, stands from a place on; the end of the text when there
 * is none. Places must ascend: all questions together read the text once.
 */
export function specialsOf(text: string): (start: number) => number {
  let quote = -1;
  let mark = -1;
  return (start) => {
    if (quote < start) quote = positionOr(text.indexOf('"', start), text.length);
    if (mark < start) mark = positionOr(text.indexOf(BAD_BYTES, start), text.length);
    return Math.min(quote, mark);
  };
}

const positionOr = (position: number, otherwise: number): number => (position < 0 ? otherwise : position);

/** Line feeds of a text from a place on, before another. */
export function lineFeedsBetween(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** How a file writes rows. */
export interface RowForm {
  readonly delimiter: string;
  readonly encoding: Encoding;
}

/** A line that is a broken row, or several with bytes that are no text, and where the next one begins. */
export interface BrokenLine {
  readonly fields?: undefined;
  readonly text: string;
  readonly reason: string;
  readonly next: number;
  /** The line is longer than a row may be, and its end is not in the text. */
  readonly isCut: boolean;
}

/** The line that begins at a place as a broken row; undefined when its end is still to come. */
export function brokenLine(
  text: string,
  start: number,
  last: boolean,
  reason: string,
): BrokenLine | undefined {
  const lineEnd = text.indexOf('\n', start);
  const end = lineEnd < 0 ? text.length : lineEnd;
  if (end - start > MAXIMUM_ROW_CHARACTERS) {
    const kept = withoutMarks(text.slice(start, start + KEPT_CHARACTERS));
    return { text: kept, reason: TOO_LONG, next: Math.min(end + 1, text.length), isCut: lineEnd < 0 };
  }
  if (lineEnd < 0 && !last) return undefined;
  return { text: lineOf(text, start, end), reason, next: Math.min(end + 1, text.length), isCut: false };
}

/** A line, or several of one row, without the break at its end. */
const lineOf = (text: string, start: number, end: number): string =>
  withoutMarks(text.slice(start, text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end));

/**
 * A row with quotes in it, and where the next one begins; its first line when it breaks the rules; undefined when the
 * text ends before the row does. What is said of a row does not depend on where the text ends: a try that goes on
 * where another one stopped counts the same rows.
 */
export function parseQuotedRow(
  text: string,
  start: number,
  { delimiter, encoding }: RowForm,
  last: boolean,
): { fields: string[]; next: number } | BrokenLine | undefined {
  const limit = start + MAXIMUM_ROW_CHARACTERS;
  const fields: string[] = [];
  let at = start;
  /** What becomes of a row that does not end in the text, or not soon enough. */
  const unended = (reason: string): BrokenLine | undefined =>
    last || text.length > limit ? brokenLine(text, start, last, reason) : undefined;
  for (;;) {
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1);
      if (close < 0 || close >= limit)
        return unended(
          close < 0 && text.length <= limit
            ? 'a quote opens here that is never closed'
            : 'a quote opens here that is not closed within 4 MiB',
        );
      // What follows a quote at the end of the text may be another one, which makes it part of the field.
      if (close + 1 >= text.length && !last) return unended(TOO_LONG);
      const field = text.slice(at + 1, close);
      fields.push(field.includes('"') ? field.replaceAll('""', '"') : field);
      at = close + 1;
    } else {
      const end = endOfBareField(text, at, delimiter);
      if (end >= text.length && !last) return unended(TOO_LONG);
      fields.push(text.slice(at, end));
      at = end;
    }
    if (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 >= text.length)) {
      if (at + 1 >= text.length && !last) return unended(TOO_LONG);
      at++;
    }
    if (at > limit) return unended(TOO_LONG);
    if (at >= text.length || text[at] === '\n') {
      const isBad = fields.some(hasBadBytes);
      if (!isBad) return { fields, next: at + 1 };
      const next = Math.min(at + 1, text.length);
      return { text: lineOf(text, start, at), reason: badBytesReason(encoding), next, isCut: false };
    }
    if (text[at] !== delimiter) return brokenLine(text, start, last, 'text follows a closing quote');
    at++;
  }
}

/** The quote that closes a field that begins at a place: the first that is not doubled; -1 when there is none. */
function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start);
  while (at >= 0 && text.charCodeAt(at + 1) === 0x22) at = text.indexOf('"', at + 2);
  return at;
}

/** A carriage return ends a field only in front of a line feed. */
function endOfBareField(text: string, start: number, delimiter: string): number {
  let at = start;
  while (
    at < text.length &&
    text[at] !== delimiter &&
    text[at] !== '\n' &&
    (text[at] !== '\r' || (at + 1 < text.length && text[at + 1] !== '\n'))
  )
    at++;
  return at;
}
