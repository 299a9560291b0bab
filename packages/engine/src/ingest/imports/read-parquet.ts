import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type SchemaTree,
} from 'hyparquet';
import { compressors as decompressors } from 'hyparquet-compressors';
import { UnreadableRowError } from './file-row.ts';
import type { SpooledFile } from './spool-file.ts';

/** Rows decoded at a time; pages before them are passed over without being unpacked. */
const ROWS_A_SLICE = 50_000;
/** The bytes of a row group of the columns that are needed are held at once. */
const ROW_GROUP_LIMIT_BYTES = 1024 ** 3;
const FOOTER_LIMIT_BYTES = 64 * 1024 * 1024;

/** The dictionary of a column without values is a page of nothing, which the decoder of LZ4 takes for a damaged one. */
const compressors = Object.fromEntries(
  Object.entries(decompressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array() : decompress(input, length)),
  ]),
);

/**
 * Rows of a Parquet file, of the named columns only, as texts in their order; `a.b` is the field b of the struct a.
 * Dates are YYYY-MM-DD, times HH:mm:ss, instants ISO 8601 (with Z when the file says that they are UTC), decimals all
 * their digits and their scale,
 * lists are joined by the unit separator. @throws UnreadableRowError
 */
export async function* parquetRows(
  file: SpooledFile,
  columns: readonly string[],
): AsyncGenerator<string[][]> {
  const buffer = bufferOf(file);
  await checkFooter(file);
  const metadata = await said(0, parquetMetadataAsync(buffer));
  const schema = parquetSchema(metadata);
  const readers = columns.map((column) => readerOf(schema, column));
  const tops = [...new Set(columns.map((column) => topOf(schema, column)))].filter(
    (name) => name !== undefined,
  );
  let start = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const needed = group.columns.filter((chunk) => tops.includes(chunk.meta_data?.path_in_schema[0] ?? ''));
    const size = needed.reduce(
      (sum, chunk) => sum + Number(chunk.meta_data?.total_uncompressed_size ?? 0),
      0,
    );
    if (size > ROW_GROUP_LIMIT_BYTES)
      throw new UnreadableRowError(
        start + 1,
        'a row group unpacks to more than 1 GiB; write smaller row groups',
      );
    for (let from = start; from < start + rows; from += ROWS_A_SLICE) {
      const until = Math.min(from + ROWS_A_SLICE, start + rows);
      const options = { file: buffer, metadata, columns: tops, rowStart: from, rowEnd: until, compressors };
      const objects = await said(from + 1, parquetReadObjects(options));
      yield objects.map((object) => readers.map((read) => read(object)));
    }
    start += rows;
  }
}

/** Names of the columns at the top, for a file whose mapping names one that is not there. */
export async function parquetColumns(file: SpooledFile): Promise<string[]> {
  await checkFooter(file);
  const metadata = await said(0, parquetMetadataAsync(bufferOf(file)));
  return parquetSchema(metadata).children.map((child) => child.element.name);
}

/** The length of the footer is written before the last four bytes; a wrong one would ask for any amount of memory. */
async function checkFooter({ handle, bytes }: SpooledFile): Promise<void> {
  const tail = Buffer.alloc(8);
  if (bytes >= 12) await handle.read(tail, 0, 8, bytes - 8);
  const length = tail.readUInt32LE(0);
  if (tail.toString('latin1', 4) !== 'PAR1') throw new UnreadableRowError(0, 'this is not a Parquet file');
  if (length > bytes - 12 || length > FOOTER_LIMIT_BYTES)
    throw new UnreadableRowError(0, 'the footer of the file is damaged');
}

function bufferOf({ handle, bytes }: SpooledFile): AsyncBuffer {
  return {
    byteLength: bytes,
    async slice(start, end = bytes) {
      const size = Math.max(0, Math.min(end, bytes) - start);
      const target = new ArrayBuffer(size);
      await handle.read(new Uint8Array(target), 0, size, start);
      return target;
    },
  };
}

/** Whatever a damaged file makes the decoder say is said as an error of the file. */
async function said<Result>(row: number, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw new UnreadableRowError(row, `the Parquet file is damaged or unknown: ${(error as Error).message}`);
  }
}

function topOf(schema: SchemaTree, column: string): string | undefined {
  const names = schema.children.map((child) => child.element.name);
  if (names.includes(column)) return column;
  const top = column.split('.')[0]!;
  return names.includes(top) ? top : undefined;
}

type CellReader = (row: Record<string, unknown>) => string;

function readerOf(schema: SchemaTree, column: string): CellReader {
  const direct = schema.children.find((child) => child.element.name === column);
  if (direct) {
    const text = textOf(direct);
    return (row) => text(row[column]);
  }
  const path = column.split('.');
  let node: SchemaTree | undefined = schema;
  for (const name of path) node = node?.children.find((child) => child.element.name === name);
  const text = node ? textOf(node) : () => '';
  return (row) => {
    let value: unknown = row;
    for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
    return text(value);
  };
}

/** How values of a column become text. */
function textOf({ element }: SchemaTree): (value: unknown) => string {
  const { logical_type: logical, converted_type: converted, scale } = element;
  if (logical?.type === 'DATE' || converted === 'DATE') return instantText((iso) => iso.slice(0, 10));
  if (logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC)
    return instantText((iso) => iso.slice(0, 23));
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') {
    asStored(element);
    return (value) => decimalText(value, scale ?? 0);
  }
  if (element.type === 'FLOAT') return singleText;
  if (logical?.type === 'TIME') return (value) => timeOfDay(value, UNITS_A_SECOND[logical.unit]);
  return plainText;
}

const UNITS_A_SECOND = { MILLIS: 1_000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n } as const;

/**
 * Makes the decoder leave the values of a decimal column as they are stored: it would make them floating-point
 * numbers, and customer numbers that a warehouse keeps as DECIMAL(38, 0) would become those of others.
 */
function asStored(element: SchemaTree['element']): void {
  delete element.logical_type;
  delete element.converted_type;
  // Of variable length the decoder would take them for text.
  if (element.type === 'BYTE_ARRAY') element.type = 'FIXED_LEN_BYTE_ARRAY';
}

/** The whole number that is stored, big-endian two's complement when in bytes, with its decimals. */
function decimalText(value: unknown, scale: number): string {
  if (value === null || value === undefined) return '';
  const whole = value instanceof Uint8Array ? signedOf(value) : BigInt(value as number | bigint);
  if (scale === 0) return String(whole);
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0');
  return `${whole < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function signedOf(bytes: Uint8Array): bigint {
  return bytes.length === 0
    ? 0n
    : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

/** HH:mm:ss, and what there is of a fraction. */
function timeOfDay(value: unknown, unitsASecond: bigint): string {
  if (typeof value !== 'number' && typeof value !== 'bigint') return plainText(value);
  const units = BigInt(value);
  const seconds = Number(units / unitsASecond);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const fraction = String(units % unitsASecond)
    .padStart(String(unitsASecond).length - 1, '0')
    .replace(/0+$/, '');
  return (
    parts.map((part) => String(part).padStart(2, '0')).join(':') + (fraction === '' ? '' : `.${fraction}`)
  );
}

/** Digits of which nine tell every number of single precision. */
const MOST_SINGLE_DIGITS = 9;

/** The shortest text that is this number of single precision: 0.1, not 0.10000000149011612. */
function singleText(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return plainText(value);
  for (let digits = 1; digits < MOST_SINGLE_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(MOST_SINGLE_DIGITS)));
}

const instantText =
  (cut: (iso: string) => string) =>
  (value: unknown): string =>
    value instanceof Date && !Number.isNaN(value.getTime()) ? cut(value.toISOString()) : plainText(value);

function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (typeof value !== 'object' || value === null) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(plainText).join('\u001f');
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? Number(each) : each));
}
