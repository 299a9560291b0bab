import { NativeBuffer } from './native-buffer.ts';

/** A column whose bytes lie ready in the layout of ClickHouse's Native format. */
export interface NativeColumn {
  readonly name: string;
  readonly type: string;
  readonly bytes: readonly Uint8Array[];
}

/** A path of properties, all values of one type; `absent` has a byte for each row, 1 where it has no value. */
export interface NativePath {
  readonly name: string;
  readonly type: 'String' | 'Float64' | 'Bool';
  readonly absent: readonly Uint8Array[];
  /** The values in the order of rows. */
  readonly values: readonly Uint8Array[];
}

/** Version of the JSON and Dynamic layouts in which each path and each type is written by itself. */
export const FLATTENED = 3;

/** A block of ready columns, and last one of properties, in pieces that need not be copied. */
export function writeBlock(
  rows: number,
  columns: readonly NativeColumn[],
  properties: { readonly name: string; readonly paths: readonly NativePath[] },
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const written = (write: (buffer: NativeBuffer) => void): void => {
    const buffer = new NativeBuffer(0);
    write(buffer);
    pieces.push(buffer.written());
  };
  written((buffer) => {
    buffer.varint(columns.length + 1);
    buffer.varint(rows);
  });
  for (const column of columns) {
    written((buffer) => {
      buffer.text(column.name);
      buffer.text(column.type);
    });
    pieces.push(...column.bytes);
  }
  const present = properties.paths.filter(({ values }) => values.some(({ length }) => length > 0));
  written((buffer) => {
    buffer.text(properties.name);
    buffer.text('JSON');
    buffer.integer(FLATTENED);
    buffer.varint(present.length);
    for (const { name } of present) buffer.text(name);
    for (const { type } of present) {
      buffer.integer(FLATTENED);
      buffer.varint(1);
      buffer.text(type);
    }
  });
  for (const { absent, values } of present) pieces.push(...absent, ...values);
  return pieces;
}

/** A value of a constant column, for each of the rows. */
export const repeated = (value: Uint8Array, rows: number): Uint8Array =>
  Buffer.alloc(value.length * rows, value);
