import { isUtf8 } from 'node:buffer';
import type { RawKey } from '../../identity/index.ts';
import {
  clip,
  checkProperties,
  checkTime,
  isEventName,
  isOpenName,
  keyValue,
  messageIdText,
  readTime,
} from '../check-record.ts';
import type { DecodedRecord, Rejection } from '../record.ts';
import { answerWithProblem } from './answer-with-problem.ts';
import {
  FOREIGN_RECORDS,
  type BatchContext,
  type CollectRequest,
  type DecodeContext,
  type Format,
  type ParsedRequest,
} from './format.ts';
import { bearerToken } from './native.ts';
import { decodedBody, isObject, itemsOf, parseJson } from './read-body.ts';

/** CloudEvents 1.0 over HTTP: structured, binary and batched content mode. */
export const cloudEventsFormat: Format = {
  name: 'cloudevents',
  routes: [{ method: 'POST', path: '/cloudevents' }],
  maximumRecords: FOREIGN_RECORDS,
  sourceKeyOf: bearerToken,
  parse,
  decode,
  answer: answerWithProblem,
};

/** Binary mode is known by the header `ce-specversion` (HTTP protocol binding, 3.1). */
function parse(request: CollectRequest): ParsedRequest {
  const bytes = decodedBody(request);
  const textBytes = bytes.length;
  if (request.headers['ce-specversion'] === undefined) {
    return { items: itemsOf(parseJson(bytes)), batch: {}, textBytes };
  }
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith('ce-') && typeof value === 'string') attributes[name.slice(3)] = headerText(value);
  }
  const type = request.headers['content-type'] ?? 'application/json';
  if (/json/i.test(type)) attributes.data = bytes.length > 0 ? parseJson(bytes) : undefined;
  else attributes.data_base64 = bytes.toString('base64');
  return { items: [attributes], batch: {}, textBytes };
}

const QUOTED = /^"((?:[^"\\]|\\.)*)"$/;
const BEYOND_ASCII = /[\u0080-\u00ff]/;

/**
 * The text of a header: unquoted, then without its percent-encoding (HTTP protocol binding, 3.1.3.2). The SDKs of
 * Go and others write plain UTF-8 and escape nothing, which Node reads as Latin-1: a customer number or an event
 * in Chinese would become another one than the same event in structured mode.
 */
function headerText(value: string): string {
  const text = QUOTED.exec(value)?.[1]?.replace(/\\(.)/g, '$1') ?? value;
  if (!BEYOND_ASCII.test(text)) return percentDecoded(text);
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : text;
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value).replaceAll('\u0000', '');
  } catch {
    return value;
  }
}

/**
 * `type` is the event, `source` and `id` together its id, `subject` the person: `key_type:value`, or a bare
 * value of the source's login key type. An object in `data` gives the properties.
 */
function decode(item: unknown, _batch: BatchContext, context: DecodeContext): DecodedRecord | Rejection {
  if (!isObject(item)) return { code: 'record_not_object' };
  if (typeof item.specversion !== 'string' || !item.specversion.startsWith('1.')) {
    return { code: 'record_type_unknown', details: { specversion: clip(item.specversion, 20) } };
  }
  if (typeof item.type !== 'string' || !isEventName(item.type)) {
    return { code: 'event_name_invalid', details: { event: clip(item.type, 100) } };
  }
  if (typeof item.id !== 'string' || typeof item.source !== 'string' || item.id === '') {
    return { code: 'message_id_invalid', details: { needed: 'id and source' } };
  }
  const messageId = messageIdText(`${item.source}#${item.id}`);
  const key = subjectKey(item.subject, context);
  if ('code' in key) return key;
  const time = item.time === undefined || item.time === null ? context.receivedAt : readTime(item.time);
  const refusal = checkTime(time, item.historical === true || item.historical === 'true', context);
  if (refusal) return refusal;
  const properties = propertiesOf(item);
  return (
    checkProperties(properties, isOpenName) ?? {
      kind: 'event',
      messageId,
      time,
      keys: [key],
      link: 'none',
      event: item.type,
      properties,
    }
  );
}

function subjectKey(subject: unknown, context: DecodeContext): RawKey | Rejection {
  if (subject === undefined || subject === null || subject === '') {
    return { code: 'keys_missing', details: { needed: 'subject' } };
  }
  const text = keyValue(subject);
  if (text === undefined) return { code: 'key_invalid', details: { type: 'subject' } };
  const typed = /^([a-z][a-z0-9_]{0,62}):(.+)$/.exec(text);
  return typed ? { type: typed[1]!, value: typed[2]! } : { type: context.source.loginKeyType, value: text };
}

function propertiesOf(item: Record<string, unknown>): Record<string, unknown> {
  return { ...extensionsOf(item), ...dataOf(item) };
}

function dataOf(item: Record<string, unknown>): Record<string, unknown> {
  if (isObject(item.data)) return item.data;
  if (item.data !== undefined && item.data !== null) return { data: item.data };
  return item.data_base64 === undefined ? {} : { data_base64: item.data_base64 };
}

/** What becomes the event, its id, its time and its person, or says how the data is written. */
const READ_ELSEWHERE = new Set([
  'specversion',
  'id',
  'type',
  'subject',
  'time',
  'historical',
  'data',
  'data_base64',
  'datacontenttype',
]);

/**
 * The other attributes, extensions among them, as `$ce_<name>`. As text: in binary mode their types cannot be
 * told, and one property must not have two types by the mode of its sender.
 */
function extensionsOf(item: Record<string, unknown>): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const name in item) {
    const value = item[name];
    if (READ_ELSEWHERE.has(name)) continue;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      properties[`$ce_${name}`] = String(value);
  }
  return properties;
}
