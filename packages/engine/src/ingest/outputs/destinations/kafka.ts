import type { MessageToProduce, Producer } from '@platformatic/kafka';
import type { OutputDestination } from '@wutong/contract';
import { kafkaClientOptions, kafkaErrorText } from '../../streams/connectors/kafka-client.ts';
import { isTooLarge } from '../../streams/connectors/kafka-problem.ts';
import { DeliveryError, type Destination, type OpenPortion } from './output-destination.ts';

type OutMessage = MessageToProduce<Buffer, Buffer, Buffer, Buffer>;
type Settings = Extract<OutputDestination, { kind: 'kafka' }>;

const ROWS_A_DELIVERY = 500;
/** Half of what a broker takes at once by default (`max.message.bytes`): all rows may go to one partition. */
const BYTES_A_REQUEST = 512 * 1024;
const CLOSE_LIMIT_MS = 5_000;

/**
 * A Kafka topic: one message a row, its key the person (so that all of a person is in order in one partition), its
 * value JSON, its id in the value and in the header `id`. The producer is idempotent and waits for all in-sync
 * replicas; after a crash the last delivery may come again under the same ids.
 */
export function kafkaDestination(): Destination<Settings> {
  const producers = new Map<string, { settings: string; producer: Producer }>();
  /** By output, where its topic was found to take less than usual. */
  const limits = new Map<string, number>();

  async function close(outputId: string): Promise<void> {
    const kept = producers.get(outputId);
    producers.delete(outputId);
    if (!kept) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_LIMIT_MS);
      kept.producer.close(true, () => resolve());
    });
    clearTimeout(timer);
  }

  async function producerOf(portion: OpenPortion<Settings>): Promise<Producer> {
    const { outputId, destination, secrets } = portion;
    const settings = JSON.stringify([destination, secrets]);
    const kept = producers.get(outputId);
    if (kept?.settings === settings) return kept.producer;
    await close(outputId);
    // Loaded when it is needed first: most installations send nothing to Kafka.
    const { Producer: KafkaProducer } = await import('@platformatic/kafka');
    const producer = new KafkaProducer({
      ...kafkaClientOptions(destination, secrets),
      idempotent: true,
      acks: -1,
    });
    producer.on('error' as never, (() => undefined) as never);
    producers.set(outputId, { settings, producer });
    return producer;
  }

  /** In requests of bounded size; a topic that takes less is sent less, down to one message. */
  async function sendInOrder(portion: OpenPortion<Settings>, messages: readonly OutMessage[]): Promise<void> {
    let limitBytes = limits.get(portion.outputId) ?? BYTES_A_REQUEST;
    for (let sent = 0; sent < messages.length;) {
      const part = firstOf(messages, sent, limitBytes);
      try {
        await (await producerOf(portion)).send({ messages: part });
        sent += part.length;
        if (limitBytes < BYTES_A_REQUEST) limits.set(portion.outputId, limitBytes);
      } catch (error) {
        // Its sequence numbers are in doubt now; the next try begins with a new producer.
        await close(portion.outputId);
        const sentence = kafkaErrorText(error);
        if (!isTooLarge(sentence) || part.length === 1) throw new DeliveryError('failed', sentence);
        limitBytes = sizeOf(part) / 2;
      }
    }
  }

  return {
    isWhole: false,
    rowsADelivery: () => ROWS_A_DELIVERY,
    check: () => Promise.resolve(),
    async open(portion) {
      let bytes = 0;
      return {
        async send({ rows }) {
          const messages = rows.map((row) => {
            const value = Buffer.from(JSON.stringify({ id: row.id, ...row.values }));
            bytes += value.length;
            return {
              topic: portion.destination.topic,
              key: Buffer.from(String(row.personId)),
              value,
              headers: new Map([[Buffer.from('id'), Buffer.from(row.id)]]),
            };
          });
          await sendInOrder(portion, messages);
        },
        finish: () => Promise.resolve({ bytes }),
        abandon: () => Promise.resolve(),
      };
    },
    async test(settings, secrets) {
      const { Producer: KafkaProducer } = await import('@platformatic/kafka');
      const producer = new KafkaProducer({ ...kafkaClientOptions(settings, secrets), retries: 0 });
      producer.on('error' as never, (() => undefined) as never);
      try {
        await producer.metadata({ topics: [settings.topic], forceUpdate: true });
      } catch (error) {
        throw new DeliveryError('failed', kafkaErrorText(error));
      } finally {
        await new Promise<void>((resolve) => producer.close(true, () => resolve()));
      }
    },
    async stop() {
      await Promise.all([...producers.keys()].map(close));
    },
  };
}

const sizeOf = (messages: readonly OutMessage[]): number =>
  messages.reduce((bytes, { key, value }) => bytes + (key?.length ?? 0) + (value?.length ?? 0), 0);

/** The messages from `start` on that fit, at least one. */
function firstOf(messages: readonly OutMessage[], start: number, limitBytes: number): OutMessage[] {
  let end = start;
  for (let bytes = 0; end < messages.length; end++) {
    bytes += sizeOf([messages[end]!]);
    if (end > start && bytes > limitBytes) break;
  }
  return messages.slice(start, end);
}
