import type { KafkaSecrets, StreamSettings, streamsApi } from '@wutong/contract';

/** One message of a stream. */
export interface StreamMessage {
  /** Unique for ever, also when a topic of the same name is made anew; the same at each reading. */
  readonly messageId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch ms UTC; undefined when nobody wrote one. */
  readonly timestamp: number | undefined;
  /** As text; undefined when there is none or it is not UTF-8. */
  readonly key: string | undefined;
  /** Undefined for a tombstone. */
  readonly value: Buffer | undefined;
  readonly headers: ReadonlyMap<string, string>;
}

/** A connection that reads a stream, a member of its group. */
export interface StreamReader {
  /**
   * The next messages, at most `limit` and some MiB, in the order of their partitions; empty after `waitMs` (real)
   * without any. @throws Error when the connection broke: close, and open another
   */
  next(limit: number, waitMs: number): Promise<StreamMessage[]>;
  /** Tells the broker that these messages and all before them are stored. @throws Error; reading goes on all the same */
  commit(messages: readonly StreamMessage[]): Promise<void>;
  /** Position and end of the partitions assigned to this reader. */
  partitions(): Promise<Omit<streamsApi.StreamPartition, 'lag'>[]>;
  /** Leaves the group. Never throws. */
  close(): Promise<void>;
}

/** What a reader is opened with. */
export interface ReaderNeeds {
  readonly settings: StreamSettings;
  readonly secrets: KafkaSecrets;
  /** The group has had its start positions before: a partition without one is new and is read from its beginning. */
  readonly positioned: boolean;
  /** Called once positions are set, with the number of messages that retention deleted before they were read. */
  onPositioned(lostMessages: number): Promise<void>;
}

/** A kind of stream: one file each, listed in `stream-connectors.ts`. */
export interface StreamConnector {
  /** @throws Error with a sentence when the stream cannot be reached */
  open(needs: ReaderNeeds): Promise<StreamReader>;
  /** Topics with partitions and messages, without reading any. @throws Error with a sentence */
  look(
    settings: StreamSettings,
    secrets: KafkaSecrets,
  ): Promise<{ topic: string; partitions: number; messages: number }[]>;
  /** The newest messages, newest first, moving no position. @throws Error with a sentence */
  sample(settings: StreamSettings, secrets: KafkaSecrets, limit: number): Promise<StreamMessage[]>;
}
