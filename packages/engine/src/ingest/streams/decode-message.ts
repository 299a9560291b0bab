import { createHash } from 'node:crypto';
import type { RawText } from '../batch.ts';
import { RECORD_LIMITS } from '../check-record.ts';
import { BodyError, type CollectRequest, type DecodeContext } from '../formats/format.ts';
import { decodeItem } from '../receive-request.ts';
import type { DecodedRecord, Rejection } from '../record.ts';
import type { StreamMessage } from './connectors/stream-connector.ts';
import type { StreamFormat } from './formats/stream-format.ts';

/** The records of a message, and how each is kept when it is rejected. */
export interface DecodedMessage {
  readonly items: readonly (DecodedRecord | Rejection)[];
  rawOf(index: number): RawText;
}

/** Undecodable messages are kept up to this. */
const KEPT_BYTES = 1024 * 1024;
/** Larger than any body that collection takes; brokers refuse far smaller ones unless told otherwise. */
const LIMIT_BYTES = 16 * 1024 * 1024;
/** Records in one message. */
const MAXIMUM_RECORDS = 10_000;
/** Room for `#index` behind the id of the message. */
const ID_LENGTH = RECORD_LIMITS.messageIdLength - 20;

/** Takes a message apart; never throws. A poison message is one rejection that keeps its raw bytes. */
export function decodeMessage(
  message: StreamMessage,
  streamId: string,
  format: StreamFormat,
  context: DecodeContext,
): DecodedMessage {
  const place = {
    stream: { streamId, topic: message.topic, partition: message.partition, offset: message.offset },
  };
  const request = requestOf(message);
  try {
    if (message.value === undefined) throw new BodyError('body_undecodable', { reason: 'empty_message' });
    if (message.value.length > LIMIT_BYTES)
      throw new BodyError('body_too_large', { limitBytes: LIMIT_BYTES });
    const parsed = format.parse(request);
    const { length: records } = parsed.items;
    if (records > MAXIMUM_RECORDS) throw new BodyError('batch_too_long', { records, limit: MAXIMUM_RECORDS });
    const origin = {
      messageId: shortened(message.messageId),
      // A message of the future would only be refused: the clock of the broker is not ours.
      time: Math.min(message.timestamp ?? context.receivedAt, context.receivedAt),
    };
    const items = parsed.items.map((item, index) => format.complete(item, origin, index));
    const mayBeLarge = parsed.textBytes > RECORD_LIMITS.bytes;
    return {
      items: items.map((item) => decodeItem(format, item, parsed.batch, context, mayBeLarge)),
      rawOf: (index) => ({
        format: format.name,
        unit: 'record',
        raw: JSON.stringify(items[index]) ?? 'null',
        rawEncoding: 'text',
        context: { ...parsed.batch, ...place },
      }),
    };
  } catch (error) {
    return { items: [rejectionOf(error)], rawOf: () => keptBody(message, request, format, place) };
  }
}

function rejectionOf(error: unknown): Rejection {
  if (error instanceof BodyError) return error.rejection;
  // JSON nested deeper than the stack.
  if (error instanceof RangeError)
    return { code: 'record_too_deep', details: { limit: RECORD_LIMITS.depth } };
  throw error;
}

function keptBody(
  message: StreamMessage,
  request: CollectRequest,
  format: StreamFormat,
  place: object,
): RawText {
  const body = message.value ?? Buffer.alloc(0);
  return {
    format: format.name,
    unit: 'body',
    raw: body.subarray(0, KEPT_BYTES).toString('base64'),
    rawEncoding: 'base64',
    context: {
      method: request.method,
      path: request.path,
      query: [],
      contentType: request.headers['content-type'] ?? '',
      contentEncoding: request.headers['content-encoding'] ?? '',
      headers: request.headers,
      bytes: body.length,
      ...place,
    },
  };
}

/** A message in the shape in which the collection formats read requests. */
function requestOf(message: StreamMessage): CollectRequest {
  return {
    method: 'POST',
    path: '/stream',
    query: new URLSearchParams(),
    headers: {
      ...Object.fromEntries([...message.headers].map(([name, value]) => [name.toLowerCase(), value])),
      'stream-topic': message.topic,
      ...(message.key === undefined ? {} : { 'stream-key': message.key }),
    },
    body: message.value ?? Buffer.alloc(0),
  };
}

function shortened(messageId: string): string {
  return messageId.length <= ID_LENGTH ? messageId : createHash('md5').update(messageId).digest('hex');
}
