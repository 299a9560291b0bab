/** A column of a block: the bytes of its values, and for one of type Nullable a byte each row, 1 where it has none. */
export interface ReadColumn {
  readonly values: Uint8Array;
  readonly absent: Uint8Array | undefined;
}

export interface ReadBlock {
  readonly rows: number;
  readonly columns: readonly ReadColumn[];
}

/** Bytes of a value; texts have their length in front. */
const WIDTHS: Readonly<Record<string, number | 'text'>> = {
  UInt8: 1,
  Bool: 1,
  UInt64: 8,
  Int64: 8,
  Float64: 8,
  UUID: 16,
  String: 'text',
};

/** The blocks of an answer in ClickHouse's Native format. @throws RangeError it was cut off */
export function* readBlocks(bytes: Uint8Array): Generator<ReadBlock> {
  const reader = new NativeReader(bytes);
  while (!reader.isAtEnd) {
    const [count, rows] = [reader.varint(), reader.varint()];
    const columns = Array.from({ length: count }, () => readColumn(reader, rows));
    yield { rows, columns };
  }
}

function readColumn(reader: NativeReader, rows: number): ReadColumn {
  reader.text();
  const type = reader.text();
  const nullable = /^Nullable\((.*)\)$/.exec(type);
  const width = WIDTHS[nullable?.[1] ?? type];
  if (width === undefined) throw new TypeError(`a column of type ${type}`);
  const absent = nullable ? reader.cut(rows) : undefined;
  const values = width === 'text' ? reader.texts(rows) : reader.cut(rows * width);
  return { absent, values: absent ? present(values, absent, width) : values };
}

/** The values that there are: what stands in the place of the others says nothing. */
function present(values: Uint8Array, absent: Uint8Array, width: number | 'text'): Uint8Array {
  if (!absent.includes(1)) return values;
  const kept = Buffer.allocUnsafe(values.length);
  const reader = new NativeReader(values);
  let length = 0;
  for (let row = 0; row < absent.length;) {
    // Runs of rows that have values, and of rows that have none.
    const isAbsent = absent[row];
    const start = row;
    while (row < absent.length && absent[row] === isAbsent) row++;
    const run = width === 'text' ? reader.texts(row - start) : reader.cut((row - start) * width);
    if (isAbsent) continue;
    kept.set(run, length);
    length += run.length;
  }
  return kept.subarray(0, length);
}

const cutOff = (): RangeError => new RangeError('an answer of ClickHouse was cut off');

class NativeReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  cut(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.bytes.length) throw cutOff();
    const cut = this.bytes.subarray(this.at, end);
    this.at = end;
    return cut;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw cutOff();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  text(): string {
    return Buffer.from(this.cut(this.varint())).toString();
  }

  /** The bytes of some texts, each with its length in front. */
  texts(count: number): Uint8Array {
    const { bytes, at: start } = this;
    let at = start;
    for (let left = count; left > 0; left--) {
      let length = bytes[at++]!;
      if (length > 127) {
        this.at = at - 1;
        length = this.varint();
        at = this.at;
      }
      at += length;
    }
    this.at = start;
    return this.cut(at - start);
  }
}
