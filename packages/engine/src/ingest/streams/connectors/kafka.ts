import { ListOffsetTimestamps, type Consumer, type MessagesStream } from '@platformatic/kafka';
import type { KafkaSecrets, StreamSettings } from '@wutong/contract';
import { closeConsumer, kafkaClientOptions, kafkaErrorText } from './kafka-client.ts';
import { CommittedConsumer } from './kafka-committed.ts';
import { teachCompression } from './kafka-compression.ts';
import { KafkaReader } from './kafka-reader.ts';
import { sampleKafka } from './kafka-sample.ts';
import { decidePositions, type PartitionFacts } from './start-positions.ts';
import type { ReaderNeeds, StreamConnector } from './stream-connector.ts';

/** How long a fetch waits at the broker for messages: what lies between a quiet topic and a new message. */
const FETCH_WAIT_MS = 250;
const FETCH_BYTES = 8 * 1024 * 1024;
/** A fetch puts all that it brought into the buffer; below this many messages the next one is sent. */
const BUFFERED_MESSAGES = 64;
const LOOK_GROUP = 'wutong-look';

type Offsets = ReadonlyMap<string, bigint[]>;

/** Kafka topics, as a member of a consumer group (classic protocol: every broker since 0.10 knows it). */
export const kafkaConnector: StreamConnector = {
  async open(needs) {
    const consumer = createConsumer(needs.settings, needs.secrets, needs.settings.group);
    try {
      return await join(consumer, needs);
    } catch (error) {
      await closeConsumer(consumer);
      throw new Error(kafkaErrorText(error), { cause: error });
    }
  },
  async look(settings, secrets) {
    const consumer = createConsumer(settings, secrets, LOOK_GROUP);
    try {
      const { topics } = settings;
      const ends = await consumer.listOffsets({ topics, timestamp: ListOffsetTimestamps.LATEST });
      const starts = await consumer.listOffsets({ topics, timestamp: ListOffsetTimestamps.EARLIEST });
      return topics.map((topic) => {
        const end = ends.get(topic) ?? [];
        const first = starts.get(topic) ?? [];
        const messages = end.reduce(
          (sum, offset, index) => sum + Number(offset - (first[index] ?? offset)),
          0,
        );
        return { topic, partitions: end.length, messages };
      });
    } catch (error) {
      throw new Error(kafkaErrorText(error), { cause: error });
    } finally {
      await closeConsumer(consumer);
    }
  },
  async sample(settings, secrets, limit) {
    const consumer = createConsumer(settings, secrets, LOOK_GROUP);
    try {
      return await sampleKafka(consumer, settings.topics, limit);
    } catch (error) {
      throw new Error(kafkaErrorText(error), { cause: error });
    } finally {
      await closeConsumer(consumer);
    }
  },
};

function createConsumer(settings: StreamSettings, secrets: KafkaSecrets, groupId: string): Consumer {
  const { sessionTimeoutMs } = settings;
  teachCompression();
  const consumer = new CommittedConsumer({
    ...kafkaClientOptions(settings, secrets),
    groupId,
    autocommit: false,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(sessionTimeoutMs, 30_000),
    heartbeatInterval: Math.min(3_000, Math.floor(sessionTimeoutMs / 4)),
    maxWaitTime: FETCH_WAIT_MS,
    maxBytes: FETCH_BYTES,
    highWaterMark: BUFFERED_MESSAGES,
  });
  // Without a listener an error event would end the process; what matters comes through the stream as well.
  consumer.on('error' as never, (() => undefined) as never);
  return consumer;
}

async function join(consumer: Consumer, needs: ReaderNeeds): Promise<KafkaReader> {
  const { topics } = needs.settings;
  const metadata = await consumer.metadata({ topics, forceUpdate: true });
  // Named before joining: the group is told which topics this member wants.
  consumer.topics.trackAll(...topics);
  await consumer.joinGroup();
  const { changes, lostMessages } = decidePositions(await readFacts(consumer, needs));
  if (changes.length > 0) {
    await consumer.commit({
      offsets: changes.map(({ topic, partition, offset }) => ({
        topic,
        partition,
        offset: BigInt(offset),
        leaderEpoch: -1,
      })),
    });
  }
  await needs.onPositioned(lostMessages);
  const stream: MessagesStream<Buffer, Buffer, Buffer, Buffer> = await consumer.consume({
    topics,
    autocommit: false,
    mode: 'committed',
    // For partitions that appear later: nothing of them may be missed.
    fallbackMode: 'earliest',
  });
  return new KafkaReader(consumer, stream, topicIdsOf(metadata, topics));
}

/** Topics are named by their ids in message ids: a topic that is made anew under its old name is another one. */
function topicIdsOf(
  metadata: Awaited<ReturnType<Consumer['metadata']>>,
  topics: readonly string[],
): Map<string, string> {
  return new Map(
    topics.map((topic) => {
      const id = metadata.topics.get(topic)?.id ?? '';
      // Brokers before 2.8 have no ids.
      return [topic, /[1-9a-f]/i.test(id) ? id : `${metadata.id}/${topic}`];
    }),
  );
}

async function readFacts(consumer: Consumer, needs: ReaderNeeds): Promise<PartitionFacts[]> {
  const { topics, startAt } = needs.settings;
  const ends: Offsets = await consumer.listOffsets({ topics, timestamp: ListOffsetTimestamps.LATEST });
  const firsts: Offsets = await consumer.listOffsets({ topics, timestamp: ListOffsetTimestamps.EARLIEST });
  const partitionsOf = (topic: string): number[] => (ends.get(topic) ?? []).map((_, index) => index);
  const committed: Offsets = await consumer.listCommittedOffsets({
    topics: topics.map((topic) => ({ topic, partitions: partitionsOf(topic) })),
  });
  // A partition that appears after the first start is new: all of it is wanted.
  const isDated = !needs.positioned && startAt !== 'earliest' && startAt !== 'latest';
  const dated: Offsets = isDated
    ? await consumer.listOffsets({ topics, timestamp: BigInt(Date.parse(startAt)) })
    : new Map<string, bigint[]>();
  return topics.flatMap((topic) =>
    partitionsOf(topic).map((partition) => {
      const at = (offsets: Offsets): number | undefined => {
        const offset = offsets.get(topic)?.[partition];
        return offset === undefined || offset < 0n ? undefined : Number(offset);
      };
      const [earliest, end] = [at(firsts) ?? 0, at(ends) ?? 0];
      const start = needs.positioned || startAt === 'earliest' ? earliest : (at(dated) ?? end);
      return { topic, partition, committed: at(committed), earliest, end, start };
    }),
  );
}
