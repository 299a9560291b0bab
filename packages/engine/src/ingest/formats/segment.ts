import { createHash } from 'node:crypto';
import { errorDefinitions, type ErrorCode } from '@wutong/contract';
import type { LinkKind, RawKey } from '../../identity/index.ts';
import {
  clip,
  checkProperties,
  checkTime,
  correctedTime,
  isEventName,
  isOpenName,
  keyValue,
  messageIdText,
  readTime,
} from '../check-record.ts';
import type { DecodedRecord, Rejection } from '../record.ts';
import {
  FOREIGN_RECORDS,
  type Answer,
  type BatchContext,
  type CollectRequest,
  type DecodeContext,
  type Format,
  type ParsedRequest,
  type Result,
} from './format.ts';
import { decodedBody, isObject, itemsOf, parseJson } from './read-body.ts';
import { contextProperties } from './read-segment-context.ts';

const CALLS: Readonly<Record<string, string>> = {
  t: 'track',
  i: 'identify',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
};
// `import` is where the Java, Ruby and .NET clients send their batches.
const BATCHES = ['batch', 'b', 'import'];
const NAMES = ['track', 'identify', 'page', 'screen', 'group', 'alias', ...Object.keys(CALLS), ...BATCHES];

/** Segment-compatible collection: `/v1/{track,identify,page,screen,group,alias,batch,import}` and the short paths. */
export const segmentFormat: Format = {
  name: 'segment',
  routes: NAMES.map((name) => ({ method: 'POST', path: `/v1/${name}` })),
  maximumRecords: FOREIGN_RECORDS,
  sourceKeyOf: basicUser,
  parse,
  decode,
  answer,
};

/** User part of Basic credentials: the write key. */
function basicUser(request: CollectRequest): string | undefined {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const user = basic ? Buffer.from(basic, 'base64').toString('latin1').split(':')[0] : undefined;
  return user === '' ? undefined : user;
}

/** Browsers send JSON as text/plain, some clients gzip under a form type: the type is not looked at. */
function parse(request: CollectRequest): ParsedRequest {
  const bytes = decodedBody(request);
  const value = parseJson(bytes);
  const last = request.path.slice(request.path.lastIndexOf('/') + 1);
  const body = isObject(value) ? value : {};
  const isBatch = Array.isArray(body.batch);
  const items = itemsOf(isBatch ? body.batch : value);
  const head = items[0];
  const writeKey = body.writeKey ?? (isObject(head) ? head.writeKey : undefined);
  return {
    sourceKey: typeof writeKey === 'string' ? writeKey : undefined,
    items,
    textBytes: bytes.length,
    batch: {
      call: CALLS[last] ?? last,
      ...(isBatch && isObject(body.context) ? { context: body.context } : {}),
      ...(body.sentAt === undefined ? {} : { sentAt: body.sentAt }),
    },
  };
}

function decode(item: unknown, batch: BatchContext, context: DecodeContext): DecodedRecord | Rejection {
  if (!isObject(item)) return { code: 'record_not_object' };
  const type = typeof item.type === 'string' ? item.type : String(batch.call);
  const keys = keysOf(item, type, context);
  if ('code' in keys) return keys;
  const times = timesOf(item, batch, context);
  if ('code' in times) return times;
  const messageId = messageIdOf(item);
  if (typeof messageId !== 'string') return messageId;
  const base = { messageId, ...times, keys };
  const link = (kind: LinkKind): LinkKind => (keys.length > 1 ? kind : 'none');

  switch (type) {
    case 'track':
      return event(item, batch, { ...base, link: link('seen') }, item.event, item.properties);
    case 'page':
    case 'screen': {
      const named = { ...objectOf(item.properties), ...namesOf(item) };
      // Sensors' names of the same facts, so that pages of all clients are one event.
      return event(
        item,
        batch,
        { ...base, link: link('seen') },
        type === 'page' ? '$pageview' : '$AppViewScreen',
        named,
      );
    }
    case 'group': {
      const traits = { ...objectOf(item.traits), group_id: item.groupId };
      return event(item, batch, { ...base, link: link('seen') }, '$group', traits);
    }
    case 'identify': {
      const traits = { ...objectOf(item.traits) };
      const refusal = checkProperties(traits, isOpenName);
      if (refusal) return refusal;
      if (Object.keys(traits).length === 0) return { kind: 'identity', ...base, link: link('bind') };
      return { kind: 'attributes', ...base, link: link('bind'), action: 'set', attributes: traits };
    }
    case 'alias':
      return { kind: 'identity', ...base, link: link('sign_up') };
    default:
      return { code: 'record_type_unknown', details: { type: clip(type, 100) } };
  }
}

const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

function namesOf(item: Record<string, unknown>): Record<string, unknown> {
  return {
    ...(typeof item.name === 'string' ? { name: item.name } : {}),
    ...(typeof item.category === 'string' ? { category: item.category } : {}),
  };
}

function event(
  item: Record<string, unknown>,
  batch: BatchContext,
  base: { messageId: string; time: number; keys: RawKey[]; link: LinkKind },
  name: unknown,
  given: unknown,
): DecodedRecord | Rejection {
  if (typeof name !== 'string' || !isEventName(name)) {
    return { code: 'event_name_invalid', details: { event: clip(name, 100) } };
  }
  // Batch-level context merges under the record's own.
  const properties: Record<string, unknown> = contextProperties({
    ...objectOf(batch.context),
    ...objectOf(item.context),
  });
  const own = objectOf(given);
  for (const property in own) properties[property] = own[property];
  const refusal = checkProperties(properties, isOpenName);
  return refusal ?? { kind: 'event', ...base, event: name, properties };
}

/** userId first; alias links the previous id to the new one. */
function keysOf(item: Record<string, unknown>, type: string, context: DecodeContext): RawKey[] | Rejection {
  const { loginKeyType, anonymousKeyType } = context.source;
  const keys: RawKey[] = [];
  const named: [string, unknown][] = [
    [loginKeyType, item.userId],
    [anonymousKeyType, type === 'alias' ? item.previousId : item.anonymousId],
  ];
  for (const [keyType, value] of named) {
    if (value === undefined || value === null || value === '') continue;
    const text = keyValue(value);
    if (text === undefined) return { code: 'key_invalid', details: { type: keyType } };
    keys.push({ type: keyType, value: text });
  }
  return keys.length > 0 ? keys : { code: 'keys_missing', details: { needed: 'userId or anonymousId' } };
}

/** `timestamp = receivedAt − (sentAt − originalTimestamp)` */
function timesOf(
  item: Record<string, unknown>,
  batch: BatchContext,
  context: DecodeContext,
): { time: number } | Rejection {
  const own = item.originalTimestamp ?? item.timestamp;
  if (own === undefined || own === null) return { time: context.receivedAt };
  const ownTime = readTime(own);
  const sentAt = readTime(item.sentAt ?? batch.sentAt);
  const time = correctedTime(ownTime, Number.isNaN(sentAt) ? undefined : sentAt, context.receivedAt);
  return checkTime(time, false, context) ?? { time };
}

function messageIdOf(item: Record<string, unknown>): string | Rejection {
  const id = item.messageId;
  if (id === undefined || id === null) {
    const { sentAt: _, ...stable } = item;
    return createHash('md5').update(JSON.stringify(stable)).digest('hex');
  }
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id !== '' ? messageIdText(id) : { code: 'message_id_invalid' };
}

/**
 * Segment answers 200 to all but size and JSON errors (400). Its clients drop on 4xx except 408, 410, 429
 * and 460, and retry 5xx except 501 and 505: a key that is not known yet is therefore a 503, so that
 * records wait at the client while somebody makes the key.
 */
function answer(_request: CollectRequest, result: Result): Answer {
  const json = (status: number, body: object, headers?: Record<string, string>): Answer => ({
    status,
    type: 'application/json',
    body: JSON.stringify(body),
    ...(headers ? { headers } : {}),
  });
  switch (result.kind) {
    case 'taken':
    case 'dry_run':
      return json(200, { success: true });
    case 'undecodable':
    case 'too_large':
      return json(400, { ...problemOf(result.rejection.code), details: result.rejection.details });
    case 'unknown_key':
      return json(503, problemOf('source_key_unknown'), { 'retry-after': '60' });
    case 'come_back':
      return json(503, problemOf(result.code), { 'retry-after': String(result.seconds) });
  }
}

/** Python clients take an answer without a message for a failure of the network, and try a bad body ten times. */
function problemOf(code: ErrorCode): object {
  return { success: false, code, message: errorDefinitions[code].en };
}
