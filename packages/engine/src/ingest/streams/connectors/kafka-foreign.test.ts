import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import { hideAborted } from './kafka-committed.ts';
import { teachCompression } from './kafka-compression.ts';

// What Kafka's own Java producer (4.1.1) writes, where the client by itself reads something else.

const TEXT = `梧桐 ${'ab'.repeat(40)}`;
const PACKED = {
  snappy: [2, '82534e41505059000000000100000001000000115720e6a2a7e6a190206162fe0200360200'],
  'snappy without frames': [2, '5720e6a2a7e6a190206162fe0200360200'],
  lz4: [3, '04224d18604082130000009fe6a2a7e6a19020616202003650626162616200000000'],
  zstd: [4, '28b52ffd00587c000048e6a2a7e6a19020616201001bea8e010000'],
} as const;

it.each(Object.keys(PACKED) as (keyof typeof PACKED)[])('unpacks %s', (name) => {
  teachCompression();
  teachCompression();
  const [bitmask, hex] = PACKED[name];
  const unpacked = compressionsAlgorithmsByBitmask[bitmask]!.decompressSync(Buffer.from(hex, 'hex'));
  expect(Buffer.from(unpacked).toString('utf8')).toBe(TEXT);
});

it('unpacks snappy of several blocks, and refuses what is cut off', () => {
  teachCompression();
  const { decompressSync } = compressionsAlgorithmsByBitmask[2]!;
  const framed = Buffer.from(PACKED.snappy[1], 'hex');
  const twice = Buffer.concat([framed, framed.subarray(16)]);
  expect(Buffer.from(decompressSync(twice)).toString('utf8')).toBe(TEXT + TEXT);
  expect(() => decompressSync(twice.subarray(0, twice.length - 3))).toThrow('cut off');
});

type Response = Parameters<typeof hideAborted>[0];
const TRANSACTIONAL = 16;
const CONTROL = 32;
const records = (count: number): object[] => Array.from({ length: count }, () => ({ key: null }));

/** Producer, first offset, and either how many records of a transaction or how it ended. */
function batch(producer: number, offset: number, what: number | 'abort' | 'commit'): object {
  const count = typeof what === 'number' ? what : 1;
  const key = Buffer.from([0, 0, 0, what === 'commit' ? 1 : 0]);
  return {
    firstOffset: BigInt(offset),
    lastOffsetDelta: count - 1,
    producerId: BigInt(producer),
    attributes: typeof what === 'number' ? TRANSACTIONAL : TRANSACTIONAL | CONTROL,
    records: typeof what === 'number' ? records(count) : [{ key }],
  };
}

/** First offsets of the batches that are handed out. */
function handedOut(
  batches: object[],
  aborted: (readonly [producer: number, firstOffset: number])[],
): number[] {
  const abortedTransactions = aborted.map(([producer, offset]) => ({
    producerId: BigInt(producer),
    firstOffset: BigInt(offset),
  }));
  const response = { responses: [{ partitions: [{ records: batches, abortedTransactions }] }] };
  const { records: left } = hideAborted(response as unknown as Response).responses[0]!.partitions[0]!;
  return left!
    .filter(({ attributes }) => (attributes & CONTROL) === 0)
    .map((each) => Number(each.firstOffset));
}

it('hands out no record of an aborted transaction: several of one producer in one answer', () => {
  const batches = [
    batch(1, 0, 10),
    batch(1, 10, 'abort'),
    batch(1, 11, 10),
    batch(2, 21, 5),
    batch(1, 26, 'commit'),
    batch(1, 27, 10),
    batch(2, 37, 'commit'),
    batch(1, 38, 'abort'),
  ];
  expect(
    handedOut(batches, [
      [1, 27],
      [1, 0],
    ]),
  ).toEqual([11, 21]);
});

it('hands out no record of an aborted transaction that began before the answer or ends behind it', () => {
  expect(handedOut([batch(1, 50, 10), batch(2, 60, 10), batch(1, 70, 10)], [[1, 3]])).toEqual([60]);
  // A marker of a transaction without records here, and a compacted one, end nothing and break nothing.
  const emptied = { ...batch(4, 31, 'abort'), records: [] };
  expect(handedOut([batch(3, 30, 'abort'), emptied, batch(1, 50, 10)], [[1, 50]])).toEqual([]);
});
