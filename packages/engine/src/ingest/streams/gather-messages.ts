import type { Submission } from '../batch.ts';
import type { DecodeContext } from '../formats/format.ts';
import type { SourceSettings } from '../manage-sources.ts';
import type { StreamMessage } from './connectors/stream-connector.ts';
import { decodeMessage, type DecodedMessage } from './decode-message.ts';
import type { StreamFormat } from './formats/stream-format.ts';

/** Messages whose records are committed together. */
export interface Gathered {
  readonly submission: Submission;
  readonly bytes: number;
}

// One message may hold ten thousand records; a submission must stay below what a batch takes.
const RECORDS = 10_000;
const BYTES = 8 * 1024 * 1024;

/** Decodes messages and gathers their records into submissions of a bounded size, in order. */
export function* gatherMessages(
  messages: readonly StreamMessage[],
  stream: { streamId: string; format: StreamFormat; source: SourceSettings },
  context: Omit<DecodeContext, 'source'>,
): Generator<Gathered> {
  let decoded: DecodedMessage[] = [];
  let records = 0;
  let bytes = 0;
  const close = (): Gathered => {
    const gathered = { submission: submissionOf(decoded, stream.source, context.receivedAt), bytes };
    decoded = [];
    records = 0;
    bytes = 0;
    return gathered;
  };
  for (const message of messages) {
    const next = decodeMessage(message, stream.streamId, stream.format, {
      ...context,
      source: stream.source,
    });
    if (next.items.length === 0) continue;
    if (decoded.length > 0 && (records + next.items.length > RECORDS || bytes > BYTES)) yield close();
    decoded.push(next);
    records += next.items.length;
    bytes += message.value?.length ?? 0;
  }
  if (decoded.length > 0) yield close();
}

function submissionOf(
  decoded: readonly DecodedMessage[],
  source: SourceSettings,
  receivedAt: number,
): Submission {
  const places = decoded.flatMap((message) => message.items.map((_, index) => ({ message, index })));
  return {
    sourceId: source.sourceId,
    mode: source.mode,
    receivedAt,
    items: decoded.flatMap((message) => message.items),
    rawOf(index) {
      const place = places[index]!;
      return place.message.rawOf(place.index);
    },
  };
}
