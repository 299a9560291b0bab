/** Offsets of one chunk of 65,536 ids: sorted when few, a bit each when many. */
type Chunk = { readonly sorted: Uint16Array } | { readonly bits: Uint8Array };

const BITS_BYTES = 8_192;

/**
 * An immutable set of dense integer ids, held like a Roaring bitmap: at most two bytes an id, and never
 * more than a bit for each of a chunk's 65,536. A million members of one segment take about 125 kB.
 */
export class IdSet {
  private readonly chunks = new Map<number, Chunk>();
  readonly bytes: number;

  /** From the upper parts of the ids with their sorted lower 16 bits. */
  constructor(chunks: Iterable<{ readonly chunk: number; readonly offsets: readonly number[] }>) {
    let bytes = 0;
    for (const { chunk, offsets } of chunks) {
      // Two bytes an id cost more than the bits from 4,096 ids on.
      if (offsets.length * 2 <= BITS_BYTES) {
        this.chunks.set(chunk, { sorted: Uint16Array.from(offsets) });
        bytes += offsets.length * 2;
      } else {
        const bits = new Uint8Array(BITS_BYTES);
        for (const offset of offsets) bits[offset >> 3]! |= 1 << (offset & 7);
        this.chunks.set(chunk, { bits });
        bytes += BITS_BYTES;
      }
    }
    this.bytes = bytes;
  }

  has(id: number): boolean {
    const chunk = this.chunks.get(Math.floor(id / 65_536));
    if (!chunk) return false;
    const offset = id % 65_536;
    if ('bits' in chunk) return (chunk.bits[offset >> 3]! & (1 << (offset & 7))) !== 0;
    return contains(chunk.sorted, offset);
  }
}

function contains(sorted: Uint16Array, wanted: number): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle]!;
    if (value === wanted) return true;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
