import { cloudEventsFormat } from '../../formats/cloudevents.ts';
import { nativeFormat } from '../../formats/native.ts';
import type { CollectRequest } from '../../formats/format.ts';
import { decodedBody, isObject, itemsOf, parseJson } from '../../formats/read-body.ts';
import { segmentFormat } from '../../formats/segment.ts';
import { sensorsFormat } from '../../formats/sensors.ts';
import { itemId, type Origin, type StreamFormat } from './stream-format.ts';

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** Records of the native batch: a batch, one record, or a list of records. */
export const nativeStream: StreamFormat = {
  ...nativeFormat,
  parse(request) {
    const bytes = decodedBody(request);
    const value = parseJson(bytes);
    if (isObject(value) && Array.isArray(value.records)) return nativeFormat.parse(request);
    return { items: itemsOf(value), batch: {}, textBytes: bytes.length };
  },
  complete(item, origin, index) {
    if (!isObject(item)) return item;
    return {
      ...item,
      ...(isAbsent(item.messageId) ? { messageId: itemId(origin, index) } : {}),
      ...(isAbsent(item.time) ? { time: origin.time } : {}),
    };
  },
};

/** What the Sensors server itself forwards to Kafka: one record a message, or a list. */
export const sensorsStream: StreamFormat = {
  ...sensorsFormat,
  complete(item, origin, index) {
    if (!isObject(item)) return item;
    const properties = isObject(item.properties) ? item.properties : {};
    const isTimeless = isAbsent(item.time) && isAbsent(properties.$time);
    return {
      ...item,
      ...(isAbsent(item._track_id) ? { _track_id: itemId(origin, index) } : {}),
      ...(isTimeless ? { time: origin.time } : {}),
    };
  },
};

/** Segment's calls, one a message or a batch. */
export const segmentStream: StreamFormat = {
  ...segmentFormat,
  parse: (request) => segmentFormat.parse({ ...request, path: '/v1/batch' }),
  complete(item, origin, index) {
    if (!isObject(item)) return item;
    const isTimeless = isAbsent(item.originalTimestamp) && isAbsent(item.timestamp);
    return {
      ...item,
      ...(isAbsent(item.messageId) ? { messageId: itemId(origin, index) } : {}),
      ...(isTimeless ? { timestamp: new Date(origin.time).toISOString() } : {}),
    };
  },
};

/** CloudEvents in structured, batched or binary mode; the Kafka binding writes `ce_` where HTTP writes `ce-`. */
export const cloudEventsStream: StreamFormat = {
  ...cloudEventsFormat,
  parse: (request) => cloudEventsFormat.parse(withHttpHeaders(request)),
  // `id` and `source` are required by the specification, so only the time is filled in.
  complete: (item, origin: Origin) =>
    isObject(item) && isAbsent(item.time) ? { ...item, time: new Date(origin.time).toISOString() } : item,
};

function withHttpHeaders(request: CollectRequest): CollectRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) =>
      name.startsWith('ce_') && typeof value === 'string'
        ? // Kafka's headers are plain UTF-8, HTTP's are percent-encoded.
          [`ce-${name.slice(3)}`, encodeURIComponent(value)]
        : [name, value],
    ),
  );
  return { ...request, headers };
}
