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
  readonly absent: Uint8Array;
  /** The values in the order of rows. */
  readonly values: Uint8Array;
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
  const present = properties.paths.filter(({ values }) => values.length > 0);
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
  for (const { absent, values } of present) pieces.push(absent, values);
  return pieces;
}

/** A value of a constant column, for each of the rows. */
export const repeated = (value: Uint8Array, rows: number): Uint8Array =>
  Buffer.alloc(value.length * rows, value);

/** Cuts one row of RowBinary whose members are arrays into the bytes of each array. */
export class ArrayReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Elements of a fixed number of bytes. */
  fixed(elementBytes: number): Uint8Array {
    const length = this.varint() * elementBytes;
    return this.cut(this.at + length);
  }

  texts(): Uint8Array {
    const { bytes } = this;
    let left = this.varint();
    const start = this.at;
    let at = start;
    for (; left > 0; left--) {
      let length = bytes[at++]!;
      if (length > 127) {
        this.at = at - 1;
        length = this.varint();
        at = this.at;
      }
      at += length;
    }
    this.at = start;
    return this.cut(at);
  }

  private cut(end: number): Uint8Array {
    if (end > this.bytes.length) throw new RangeError('an answer of ClickHouse was cut off');
    const cut = this.bytes.subarray(this.at, end);
    this.at = end;
    return cut;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}
