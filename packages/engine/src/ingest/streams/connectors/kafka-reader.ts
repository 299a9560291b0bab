import { isUtf8 } from 'node:buffer';
import type { Consumer, Message, MessagesStream } from '@platformatic/kafka';
import { closeConsumer, kafkaErrorText } from './kafka-client.ts';
import type { StreamMessage, StreamReader } from './stream-connector.ts';

/** Messages of one batch together; a larger single message is a batch of its own. */
const BATCH_BYTES = 16 * 1024 * 1024;

/** A member of a consumer group. Nothing is fetched while nobody asks: that is the backpressure. */
export class KafkaReader implements StreamReader {
  readonly #consumer: Consumer;
  readonly #stream: MessagesStream<Buffer, Buffer, Buffer, Buffer>;
  readonly #topicIds: ReadonlyMap<string, string>;
  /** By topic and partition: the next offset after what this reader said was stored. */
  readonly #stored = new Map<string, number>();
  /** By topic and partition: the next offset after what was handed out. */
  readonly #handedOut = new Map<string, number>();
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(
    consumer: Consumer,
    stream: MessagesStream<Buffer, Buffer, Buffer, Buffer>,
    topicIds: ReadonlyMap<string, string>,
  ) {
    this.#consumer = consumer;
    this.#stream = stream;
    this.#topicIds = topicIds;
    const fail = (error?: unknown): void => {
      this.#failure ??= new Error(error ? kafkaErrorText(error) : 'the broker ended the stream', {
        cause: error,
      });
      this.#wake();
    };
    stream.on('readable', () => this.#wake());
    stream.on('error', fail);
    stream.on('end', () => fail());
    stream.on('close', () => fail());
    consumer.on('error' as never, fail as never);
  }

  async next(limit: number, waitMs: number): Promise<StreamMessage[]> {
    if (this.#stream.readableLength === 0) await this.#wait(waitMs);
    if (this.#failure) throw this.#failure;
    const messages: StreamMessage[] = [];
    let bytes = 0;
    while (messages.length < limit && bytes < BATCH_BYTES) {
      const message = this.#stream.read() as Message | null;
      if (!message) break;
      bytes += message.value?.length ?? 0;
      messages.push(this.#toMessage(message));
    }
    for (const { topic, partition, offset } of messages)
      this.#handedOut.set(`${topic}:${partition}`, offset + 1);
    if (messages.length === 0) await this.#commitPassedOver();
    return messages;
  }

  async commit(messages: readonly StreamMessage[]): Promise<void> {
    const next = new Map<string, { topic: string; partition: number; offset: number }>();
    for (const { topic, partition, offset } of messages) {
      next.set(`${topic}:${partition}`, { topic, partition, offset: offset + 1 });
    }
    await this.#tell([...next.values()]);
  }

  async #tell(offsets: readonly { topic: string; partition: number; offset: number }[]): Promise<void> {
    await this.#consumer.commit({
      offsets: offsets.map((each) => ({ ...each, offset: BigInt(each.offset), leaderEpoch: -1 })),
    });
    for (const { topic, partition, offset } of offsets) this.#stored.set(`${topic}:${partition}`, offset);
  }

  /**
   * Tells the broker of offsets that hold nothing to hand out (markers, aborted transactions): otherwise a topic would
   * seem unread behind its last message, and lost when retention deletes them.
   */
  async #commitPassedOver(): Promise<void> {
    const isBehind = ([place, offset]: [string, number]): boolean => this.#stored.get(place) !== offset;
    if (this.#stream.readableLength > 0 || [...this.#handedOut].some(isBehind)) return;
    const offsets = (this.#consumer.assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.flatMap((partition) => {
        const place = `${topic}:${partition}`;
        const offset = Number(this.#stream.offsetsToFetch.get(place) ?? 0n);
        const known = this.#stored.get(place) ?? Number(this.#stream.offsetsCommitted.get(place) ?? offset);
        return offset > known ? [{ topic, partition, offset }] : [];
      }),
    );
    if (offsets.length > 0) await this.#tell(offsets).catch(() => undefined);
  }

  async partitions(): ReturnType<StreamReader['partitions']> {
    const assignments = this.#consumer.assignments ?? [];
    if (assignments.length === 0) return [];
    const ends = await this.#consumer.listOffsets({ topics: assignments.map(({ topic }) => topic) });
    return assignments.flatMap(({ topic, partitions }) =>
      partitions.flatMap((partition) => {
        const place = `${topic}:${partition}`;
        const known = [this.#stored.get(place), this.#stream.offsetsCommitted.get(place)]
          .filter((offset) => offset !== undefined)
          .map(Number);
        // Just assigned: the broker has not said yet how far the group is.
        if (known.length === 0) return [];
        // Whichever is further: a partition may have been with another process in between.
        const position = Math.max(...known);
        return [{ topic, partition, position, end: Number(ends.get(topic)?.[partition] ?? 0n) }];
      }),
    );
  }

  async close(): Promise<void> {
    this.#failure ??= new Error('closed');
    await closeConsumer(this.#consumer);
    if (!this.#stream.destroyed) this.#stream.destroy();
  }

  #wait(waitMs: number): Promise<void> {
    if (this.#failure) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #toMessage(message: Message): StreamMessage {
    const { topic, partition } = message;
    const offset = Number(message.offset);
    const timestamp = Number(message.timestamp);
    return {
      messageId: `${this.#topicIds.get(topic) ?? topic}/${partition}/${offset}`,
      topic,
      partition,
      offset,
      timestamp: timestamp > 0 ? timestamp : undefined,
      key: message.key && isUtf8(message.key) ? message.key.toString('utf8') : undefined,
      value: message.value ?? undefined,
      headers: new Map(
        [...message.headers].map(([name, value]) => [String(name ?? ''), String(value ?? '')] as const),
      ),
    };
  }
}
