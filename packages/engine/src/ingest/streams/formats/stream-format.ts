import type { Format } from '../../formats/format.ts';

/** What a message knows that its content may lack. */
export interface Origin {
  /** The same at each reading of the message: names topic, partition and offset. */
  readonly messageId: string;
  /** Epoch ms UTC, of the producer or the broker. */
  readonly time: number;
}

/**
 * How the messages of a stream are read: one file each, listed in `stream-formats.ts`. `parse` and `decode` are those
 * of a collection format, so that a rejected message is replayed like a rejected request.
 */
export interface StreamFormat extends Pick<Format, 'name' | 'parse' | 'decode'> {
  /** The item with an id and a time of its message where it has none of its own; never changes the item itself. */
  complete(item: unknown, origin: Origin, index: number): unknown;
}

/** The id of one item of a message. */
export function itemId(origin: Origin, index: number): string {
  return index === 0 ? origin.messageId : `${origin.messageId}#${index}`;
}
