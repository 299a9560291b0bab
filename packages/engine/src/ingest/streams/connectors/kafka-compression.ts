import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka';
import { compressors } from 'hyparquet-compressors';

/** What Java's snappy writes before its blocks; everything else that is called snappy is one bare block. */
const FRAMED_SNAPPY = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** The magic bytes and two versions. */
const FRAME_HEADER_BYTES = 16;

type Decompress = (data: Buffer) => Buffer;

interface Algorithm {
  decompressSync: Decompress;
  readonly available?: boolean;
}

/**
 * Lets the client read what it cannot by itself: snappy as Kafka's Java producers write it, and zstd before Node 22.15.
 * May be called more than once.
 */
export function teachCompression(): void {
  const { 2: snappy, 4: zstd } = compressionsAlgorithmsByBitmask as unknown as Record<2 | 4, Algorithm>;
  if (!taught.has(snappy)) {
    const bare = snappy.decompressSync;
    snappy.decompressSync = (data) => unpackSnappy(data, bare);
    taught.add(snappy);
  }
  if (!zstd.available && !taught.has(zstd)) {
    zstd.decompressSync = unpackZstd;
    taught.add(zstd);
  }
}

const taught = new WeakSet<object>();

function unpackSnappy(data: Buffer, bare: Decompress): Buffer {
  if (!data.subarray(0, FRAMED_SNAPPY.length).equals(FRAMED_SNAPPY)) return bare(data);
  const blocks: Buffer[] = [];
  for (let place = FRAME_HEADER_BYTES; place + 4 <= data.length;) {
    const length = data.readInt32BE(place);
    place += 4;
    if (length < 0 || place + length > data.length) throw new Error('a block of snappy is cut off');
    // Copied: the client gives back the same memory each time.
    blocks.push(Buffer.from(bare(data.subarray(place, place + length))));
    place += length;
  }
  return Buffer.concat(blocks);
}

function unpackZstd(data: Buffer): Buffer {
  const unpacked = compressors.ZSTD!(data, 0);
  return Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength);
}
