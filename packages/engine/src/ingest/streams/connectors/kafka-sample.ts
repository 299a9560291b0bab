import { isUtf8 } from 'node:buffer';
import { ListOffsetTimestamps, type Consumer } from '@platformatic/kafka';
import type { StreamMessage } from './stream-connector.ts';

const FETCH_WAIT_MS = 500;
const PARTITION_BYTES = 512 * 1024;
const FETCH_BYTES = 4 * 1024 * 1024;
/** Bit of a batch that holds marks of transactions instead of messages (KIP-98). */
const CONTROL = 0b10_0000;

/** The end of a partition: from where its newest messages are read. */
interface Tail {
  readonly topic: string;
  readonly partition: number;
  readonly node: number;
  readonly fetchOffset: bigint;
}

/**
 * The newest messages of the topics, at most `limit`, newest first. No group is joined and no position moves, so that
 * a look never disturbs whoever reads.
 */
export async function sampleKafka(
  consumer: Consumer,
  topics: readonly string[],
  limit: number,
): Promise<StreamMessage[]> {
  const names = [...topics];
  const metadata = await consumer.metadata({ topics: names, forceUpdate: true });
  consumer.topics.trackAll(...names);
  const ends = await consumer.listOffsets({ topics: names, timestamp: ListOffsetTimestamps.LATEST });
  const firsts = await consumer.listOffsets({ topics: names, timestamp: ListOffsetTimestamps.EARLIEST });
  const filled = names.flatMap((topic) =>
    (ends.get(topic) ?? []).flatMap((end, partition) => {
      const first = firsts.get(topic)?.[partition] ?? 0n;
      return end > first ? [{ topic, partition, first, end }] : [];
    }),
  );
  const share = BigInt(Math.ceil(limit / Math.max(1, filled.length)));
  const tails = filled.map(({ topic, partition, first, end }): Tail => ({
    topic,
    partition,
    node: metadata.topics.get(topic)!.partitions[partition]!.leader,
    fetchOffset: end - share > first ? end - share : first,
  }));
  const messages: StreamMessage[] = [];
  for (const node of new Set(tails.map((tail) => tail.node))) {
    const own = tails.filter((tail) => tail.node === node);
    messages.push(...(await fetchTails(consumer, node, own, (topic) => metadata.topics.get(topic)!.id)));
  }
  return messages
    .sort((a, b) => (b.timestamp ?? 0) - (a.timestamp ?? 0) || b.offset - a.offset)
    .slice(0, limit);
}

async function fetchTails(
  consumer: Consumer,
  node: number,
  tails: readonly Tail[],
  idOf: (topic: string) => string,
): Promise<StreamMessage[]> {
  const answer = await consumer.fetch({
    node,
    minBytes: 1,
    maxBytes: FETCH_BYTES,
    maxWaitTime: FETCH_WAIT_MS,
    topics: tails.map(({ topic, partition, fetchOffset }) => ({
      topicId: idOf(topic),
      partitions: [
        {
          partition,
          fetchOffset,
          partitionMaxBytes: PARTITION_BYTES,
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
        },
      ],
    })),
  });
  return answer.responses.flatMap(({ topicId, partitions }) =>
    partitions.flatMap(({ partitionIndex, records = [] }) => {
      const tail = tails.find(
        ({ topic, partition }) => idOf(topic) === topicId && partition === partitionIndex,
      );
      if (!tail) return [];
      return records
        .filter(({ attributes }) => (attributes & CONTROL) === 0)
        .flatMap((batch) =>
          batch.records.map((record) =>
            toMessage(tail, batch.firstOffset + BigInt(record.offsetDelta), {
              ...record,
              timestamp: batch.firstTimestamp + record.timestampDelta,
            }),
          ),
        )
        .filter(({ offset }) => offset >= Number(tail.fetchOffset));
    }),
  );
}

interface FetchedRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
  readonly timestamp: bigint;
}

function toMessage({ topic, partition }: Tail, offset: bigint, record: FetchedRecord): StreamMessage {
  const timestamp = Number(record.timestamp);
  return {
    messageId: `${topic}/${partition}/${offset}`,
    topic,
    partition,
    offset: Number(offset),
    timestamp: timestamp > 0 ? timestamp : undefined,
    key: record.key && isUtf8(record.key) ? record.key.toString('utf8') : undefined,
    value: record.value ?? undefined,
    headers: new Map(
      record.headers.map(([name, value]) => [String(name ?? ''), String(value ?? '')] as const),
    ),
  };
}
