const TWO_TO_32 = 2 ** 32;

/** Bytes that grow while values are appended in the layouts of ClickHouse's Native format (little endian). */
export class NativeBuffer {
  private buffer: Buffer;
  private length = 0;

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafe(Math.max(bytes, 1024));
  }

  written(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  varint(value: number): void {
    this.reserve(8);
    let left = value;
    for (; left > 127; left = Math.floor(left / 128)) this.buffer[this.length++] = (left % 128) | 128;
    this.buffer[this.length++] = left;
  }

  /** A whole number of 64 bits, with or without sign. */
  integer(value: number): void {
    this.reserve(8);
    const high = Math.floor(value / TWO_TO_32);
    this.buffer.writeUInt32LE(value - high * TWO_TO_32, this.length);
    this.buffer.writeInt32LE(high | 0, this.length + 4);
    this.length += 8;
  }

  double(value: number): void {
    this.reserve(8);
    this.length = this.buffer.writeDoubleLE(value, this.length);
  }

  /** UTF-8 with its length in front. */
  text(value: string): void {
    // A UTF-16 unit takes three bytes at most.
    this.reserve(value.length * 3 + 8);
    if (value.length < 42) {
      const bytes = this.buffer.write(value, this.length + 1, 'utf8');
      this.buffer[this.length] = bytes;
      this.length += bytes + 1;
      return;
    }
    this.varint(Buffer.byteLength(value));
    this.length += this.buffer.write(value, this.length, 'utf8');
  }

  /** Two halves of 64 bits, the higher one first. */
  uuid(text: string): void {
    this.reserve(16);
    const [buffer, at] = [this.buffer, this.length];
    buffer.writeUInt32LE(Number.parseInt(text.slice(9, 13) + text.slice(14, 18), 16), at);
    buffer.writeUInt32LE(Number.parseInt(text.slice(0, 8), 16), at + 4);
    buffer.writeUInt32LE(Number.parseInt(text.slice(28, 36), 16), at + 8);
    buffer.writeUInt32LE(Number.parseInt(text.slice(19, 23) + text.slice(24, 28), 16), at + 12);
    this.length += 16;
  }

  bytes(values: Uint8Array): void {
    this.reserve(values.length);
    this.buffer.set(values, this.length);
    this.length += values.length;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
