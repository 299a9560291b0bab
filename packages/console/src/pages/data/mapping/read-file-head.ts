/** The beginning of a file, read in the browser: what it is, how it is written, and its first rows. */

export const encodings = ['utf-8', 'gb18030', 'gbk', 'windows-1250', 'latin1'] as const;
export type Encoding = (typeof encodings)[number];
export const delimiters = [',', '\t', ';', '|'] as const;

export interface FileHead {
  format: 'csv' | 'ndjson';
  gzip: boolean;
  encoding: Encoding;
  delimiter: string;
  /** Whether the first row names the columns. */
  hasHeader: boolean;
  columns: string[];
  /** Rows of texts, without the header. */
  rows: string[][];
}

/** How a person corrects what was detected. */
export type HeadChoice = Partial<Pick<FileHead, 'encoding' | 'delimiter' | 'hasHeader' | 'format'>>;

export type HeadProblem =
  'empty' | 'workbook' | 'parquet' | 'utf16' | 'binary' | 'unreadable_gzip' | 'wrong_encoding';

export class HeadError extends Error {
  constructor(readonly problem: HeadProblem) {
    super(problem);
    this.name = 'HeadError';
  }
}

const HEAD_BYTES = 256 * 1024;
const MOST_ROWS = 200;

/** Reads the first 256 KB (unpacked) of a file. Throws HeadError with what is in the way. */
export async function readFileHead(file: Blob, choice: HeadChoice = {}): Promise<FileHead> {
  const start = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (start.length === 0) throw new HeadError('empty');
  refuseBinary(start);
  const gzip = start[0] === 0x1f && start[1] === 0x8b;
  const bytes = gzip ? await unpack(file) : start;
  const whole = !gzip && file.size <= HEAD_BYTES;
  return readText(bytes, { gzip, whole }, choice);
}

/** Files of other kinds begin with their own marks. */
function refuseBinary(start: Uint8Array): void {
  const mark = String.fromCharCode(...start.subarray(0, 4));
  if (mark === 'PK\u0003\u0004' || mark === '\u00D0\u00CF\u0011\u00E0') throw new HeadError('workbook');
  if (mark === 'PAR1') throw new HeadError('parquet');
  if (mark.startsWith('\u00FF\u00FE') || mark.startsWith('\u00FE\u00FF')) throw new HeadError('utf16');
}

/** Only the head of a packed file is asked for; the stream is dropped when there is enough. */
async function unpack(file: Blob): Promise<Uint8Array> {
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < HEAD_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      length += value.length;
    }
  } catch {
    if (length === 0) throw new HeadError('unreadable_gzip');
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  const bytes = new Uint8Array(length);
  pieces.reduce((offset, piece) => (bytes.set(piece, offset), offset + piece.length), 0);
  return bytes.subarray(0, HEAD_BYTES);
}

/** Detects and parses; the pure part, for texts that are already bytes. */
export function readText(
  bytes: Uint8Array,
  { gzip, whole }: { gzip: boolean; whole: boolean },
  choice: HeadChoice,
): FileHead {
  // The head may end within a character or a row: what is after the last line break is left out.
  const end = whole ? bytes.length : bytes.lastIndexOf(0x0a) + 1 || bytes.length;
  const lines = bytes.subarray(0, end);
  if (lines.includes(0)) throw new HeadError('binary');
  const encoding = choice.encoding ?? detectEncoding(lines);
  const text = decode(lines, encoding);
  if (text === undefined) throw new HeadError('wrong_encoding');
  const format = choice.format ?? (/^\s*\{/.test(text) ? 'ndjson' : 'csv');
  if (format === 'ndjson') {
    return { format, gzip, encoding, delimiter: ',', hasHeader: true, ...readJsonLines(text) };
  }
  const delimiter = choice.delimiter ?? detectDelimiter(text);
  const table = parseRows(text, delimiter, MOST_ROWS + 1).filter((row) => row.length > 1 || row[0] !== '');
  const first = table[0] ?? [];
  const hasHeader = choice.hasHeader ?? looksLikeHeader(first);
  const columns = hasHeader
    ? first.map((name) => name.trim())
    : first.map((_cell, index) => `column_${index + 1}`);
  return { format, gzip, encoding, delimiter, hasHeader, columns, rows: hasHeader ? table.slice(1) : table };
}

function decode(bytes: Uint8Array, encoding: Encoding): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** UTF-8 proves itself; what is not UTF-8 in a Chinese bank is GB 18030, of which GBK is a part. */
function detectEncoding(bytes: Uint8Array): Encoding {
  return (
    (['utf-8', 'gb18030'] as const).find((encoding) => decode(bytes, encoding) !== undefined) ?? 'latin1'
  );
}

const LINES_COMPARED = 20;

/** The delimiter that cuts the first lines into the same number of cells, the most cells first. */
function detectDelimiter(text: string): string {
  const scores = delimiters.map((delimiter) => {
    const counts = parseRows(text, delimiter, LINES_COMPARED).map((row) => row.length);
    const cells = counts[0] ?? 1;
    const alike = counts.filter((count) => count === cells).length / Math.max(1, counts.length);
    return { delimiter, score: cells > 1 ? alike * 1_000 + cells : 0 };
  });
  return scores.toSorted((left, right) => right.score - left.score)[0]?.delimiter ?? ',';
}

/** A header names every column once and holds no values. */
function looksLikeHeader(row: readonly string[]): boolean {
  const names = row.map((name) => name.trim());
  return (
    names.every((name) => name !== '' && !/^[+-]?\d+([.,:/-]\d+)*$/.test(name) && !name.includes('@')) &&
    new Set(names).size === names.length
  );
}

/** RFC 4180: quoted cells may hold delimiters, line breaks and doubled quotes. */
export function parseRows(text: string, delimiter: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < text.length && rows.length < most; index++) {
    const character = text[index]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') cell += text[++index]!;
      else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === delimiter) {
      row.push(cell);
      cell = '';
    } else if (character === '\n') {
      rows.push([...row, cell.endsWith('\r') ? cell.slice(0, -1) : cell]);
      row = [];
      cell = '';
    } else cell += character;
  }
  if (rows.length < most && (cell !== '' || row.length > 0)) rows.push([...row, cell]);
  return rows;
}

function readJsonLines(text: string): Pick<FileHead, 'columns' | 'rows'> {
  const objects = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MOST_ROWS)
    .flatMap((line): Record<string, unknown>[] => {
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        return [];
      }
    });
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const cell = (value: unknown): string =>
    value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return { columns, rows: objects.map((object) => columns.map((column) => cell(object[column]))) };
}
