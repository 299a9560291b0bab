import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FileMapping } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { decodeTexts } from './decode-text.ts';
import { headerNames, isSeparatorLine, textBytes } from './file-head.ts';
import { UnreadableRowError, wholeRow, type FileRow } from './file-row.ts';
import { createCsvParser, type RowForm } from './parse-csv.ts';
import { jsonRows } from './read-json-lines.ts';
import { isPacked, readPacked } from './read-packed.ts';

/** Rows of a file, cells in the order of `columns`; a missing cell is an empty text. */
export interface RowStream {
  readonly columns: readonly string[];
  /** Blocks of some thousand rows; not all of one size. */
  readonly blocks: AsyncIterable<FileRow[]>;
  /** Columns with numbers of which Excel did not keep all digits, as far as was read. */
  readonly lostDigits?: (() => string[]) | undefined;
}

/** Bytes of a file; opened when the first is asked for. */
export async function* openFile(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>;
}

/**
 * Reads bytes as the mapping says: gunzips what begins like gzip (RFC 1952: 1f 8b), decodes, parses.
 * Throws import_file_unreadable, import_column_missing.
 */
export async function readRows(
  bytes: AsyncIterable<Uint8Array>,
  file: Pick<FileMapping, 'file' | 'format' | 'encoding' | 'delimiter' | 'header' | 'titleRows' | 'sheet'>,
  neededColumns: readonly string[],
): Promise<RowStream> {
  if (isPacked(file.format)) {
    const unpacked = await readPacked(
      explained(await gunzipped(bytes), file.file),
      file,
      neededColumns,
    ).catch((error: unknown) => {
      throw problemOf(error, file.file);
    });
    const { columns, rows, lostDigits } = unpacked;
    return { columns, blocks: explained(rows, file.file), lostDigits };
  }
  const texts = decodeTexts(textBytes(await gunzipped(bytes)), file.encoding);
  const rows = file.format === 'csv' ? csvRows(texts, file) : jsonRows(texts, neededColumns, file.encoding);
  const iterator = explained(rows, file.file)[Symbol.asyncIterator]();
  let header = file.format === 'csv' ? file.header : [...neededColumns];
  let first: FileRow[] = [];
  if (!header) {
    let block = await nextNonEmpty(iterator);
    if (isSeparatorLine(block[0], file.delimiter)) {
      block = block.slice(1);
      if (block.length === 0) block = await nextNonEmpty(iterator);
    }
    for (let left = file.titleRows ?? 0; left > 0 && block.length > 0;) {
      const passed = Math.min(left, block.length);
      left -= passed;
      block = block.slice(passed);
      if (block.length === 0) block = await nextNonEmpty(iterator);
    }
    header = headerOf(block[0], file.file);
    first = block.slice(1);
  }
  const absent = neededColumns.filter((column) => !header.includes(column));
  if (absent.length > 0) {
    throw new CodedError('import_column_missing', { details: { file: file.file, columns: absent } });
  }
  return {
    columns: header,
    blocks: (async function* () {
      if (first.length > 0) yield first;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        if (next.value.length > 0) yield next.value;
      }
    })(),
  };
}

/** The names of the columns. @throws CodedError import_file_unreadable */
export function headerOf(row: FileRow | undefined, file: string): string[] {
  try {
    const names = wholeRow(row ?? []);
    if (names.some((name) => /\r[^\n]/.test(name)))
      throw new UnreadableRowError(0, 'its lines end with CR alone; save it with LF or CRLF');
    return headerNames(names);
  } catch (error) {
    throw problemOf(error, file);
  }
}

async function nextNonEmpty(iterator: AsyncIterator<FileRow[]>): Promise<FileRow[]> {
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    if (next.value.length > 0) return next.value;
  }
  return [];
}

/** Whatever goes wrong while reading is said as an error of the file. */
export async function* explained<Piece>(pieces: AsyncIterable<Piece>, file: string): AsyncGenerator<Piece> {
  try {
    yield* pieces;
  } catch (error) {
    throw problemOf(error, file);
  }
}

function problemOf(error: unknown, file: string): unknown {
  if (error instanceof CodedError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'EISDIR')
    return new CodedError('import_file_missing', { details: { file } });
  const reason =
    error instanceof UnreadableRowError || error instanceof TypeError || code
      ? (error as Error).message
      : undefined;
  return reason === undefined
    ? error
    : new CodedError('import_file_unreadable', { details: { file, reason }, cause: error });
}

/** Enough to see what a file is, in one piece. */
const HEAD_BYTES = 64;

/** The bytes, unpacked when they begin like gzip. */
export async function gunzipped(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = bytes[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    head.push(next.value);
    length += next.value.length;
  }
  const joined = Buffer.concat(head);
  const whole = (async function* () {
    if (joined.length > 0) yield joined;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  })();
  if (joined[0] !== 0x1f || joined[1] !== 0x8b) return whole;
  const source = Readable.from(whole, { objectMode: false });
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  source.on('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

async function* csvRows(
  texts: AsyncIterable<string>,
  { delimiter, encoding }: RowForm,
): AsyncGenerator<FileRow[]> {
  const parser = createCsvParser(delimiter, encoding);
  for await (const text of texts) yield parser.push(text);
  yield parser.end();
}
