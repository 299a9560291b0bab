import { createHash } from 'node:crypto';
import type { LinkKind, RawKey } from '../../identity/index.ts';
import { epochOfZonedTime, type AttributeAction } from '../../profile/index.ts';
import {
  clip,
  checkProperties,
  checkTime,
  correctedTime,
  isSensorsName,
  keyValue,
  readTime,
  RECORD_LIMITS,
} from '../check-record.ts';
import type { DecodedRecord, Rejection } from '../record.ts';
import type { BatchContext, DecodeContext } from './format.ts';
import { isObject } from './read-body.ts';
import { sensorsKeys } from './read-sensors-keys.ts';

const PROFILE_ACTIONS: Readonly<Record<string, AttributeAction>> = {
  profile_set: 'set',
  profile_set_once: 'set_once',
  profile_increment: 'increment',
  profile_append: 'append',
  profile_unset: 'unset',
};
const EVENT_LINKS: Readonly<Record<string, LinkKind>> = {
  track: 'seen',
  track_signup: 'sign_up',
  track_id_bind: 'bind',
  track_id_unbind: 'unbind',
};
const DEFAULT_EVENTS: Readonly<Record<string, string>> = {
  track_signup: '$SignUp',
  track_id_bind: '$BindID',
  track_id_unbind: '$UnbindID',
};

/** One record of the Sensors protocol, version 1 or 2. */
export function decodeSensorsRecord(
  item: unknown,
  _batch: BatchContext,
  context: DecodeContext,
): DecodedRecord | Rejection {
  if (!isObject(item)) return { code: 'record_not_object' };
  const type = typeof item.type === 'string' ? item.type : '';
  // A copy: the item itself must stay as it came, for the case that the record is rejected.
  const properties: Record<string, unknown> = isObject(item.properties) ? { ...item.properties } : {};
  const times = timesOf(item, properties, context);
  if ('code' in times) return times;
  const base = { messageId: messageIdOf(item, type), ...times };

  if (type.startsWith('item_')) return decodeItem(item, type, properties, base);
  if (type.startsWith('detail_')) return decodeDetail(item, type, properties, base, context);
  const link = EVENT_LINKS[type];
  const action = PROFILE_ACTIONS[type];
  if (type === 'profile_delete') return { code: 'portrait_delete_refused' };
  if (link === undefined && action === undefined) {
    return { code: 'record_type_unknown', details: { type: clip(type, 100) } };
  }
  const keys = sensorsKeys(item, properties, type === 'track_signup', context.source);
  if ('code' in keys) return keys;
  const refusal = checkProperties(properties, isSensorsName);
  if (refusal) return refusal;
  if (action)
    return { kind: 'attributes', ...base, keys, link: linkOf(keys, 'seen'), action, attributes: properties };

  const event =
    typeof item.event === 'string' && item.event !== '' ? item.event : (DEFAULT_EVENTS[type] ?? '');
  if (!isSensorsName(event)) return { code: 'event_name_invalid', details: { event: clip(event, 100) } };
  addLibrary(properties, item.lib);
  return { kind: 'event', ...base, keys, link: linkOf(keys, link!), event, properties };
}

type Base = Pick<DecodedRecord, 'messageId' | 'time'>;

/** An item becomes an entity: `item_type`, `item_id` in version 1, `schema`, `id` in version 2. */
function decodeItem(
  item: Record<string, unknown>,
  type: string,
  properties: Record<string, unknown>,
  base: Base,
): DecodedRecord | Rejection {
  if (type !== 'item_set' && type !== 'item_delete')
    return { code: 'record_type_unknown', details: { type } };
  const entityType = keyValue(item.item_type ?? item.schema);
  const entityId = keyValue(item.item_id ?? item.id);
  if (entityType === undefined || entityId === undefined) {
    return { code: 'keys_missing', details: { needed: 'item_type and item_id, or schema and id' } };
  }
  const refusal = checkProperties(properties, isSensorsName);
  if (refusal) return refusal;
  const operation = type === 'item_set' ? 'set' : 'delete';
  return { kind: 'entity', ...base, operation, entityType, entityId, attributes: properties };
}

/** A detail belongs to an item pair or to a person, never to both. */
function decodeDetail(
  item: Record<string, unknown>,
  type: string,
  properties: Record<string, unknown>,
  base: Base,
  context: DecodeContext,
): DecodedRecord | Rejection {
  if (type !== 'detail_set' && type !== 'detail_delete')
    return { code: 'record_type_unknown', details: { type } };
  const detailType = keyValue(item.schema);
  const detailId = keyValue(item.id);
  if (detailType === undefined || detailId === undefined) {
    return { code: 'keys_missing', details: { needed: 'schema and id' } };
  }
  const ownerType = keyValue(item.item_type ?? properties.item_type);
  const ownerId = keyValue(item.item_id ?? properties.item_id);
  const owner = ownerType && ownerId ? { type: ownerType, id: ownerId } : undefined;
  delete properties.item_type;
  delete properties.item_id;
  const keys = owner ? [] : sensorsKeys(item, properties, false, context.source);
  if ('code' in keys) return keys;
  const refusal = checkProperties(properties, isSensorsName);
  if (refusal) return refusal;
  return {
    kind: 'detail',
    ...base,
    keys,
    link: linkOf(keys, 'seen'),
    operation: type === 'detail_set' ? 'set' : 'delete',
    detailType,
    detailId,
    owner,
    happenedAt: base.time,
    attributes: properties,
  };
}

function linkOf(keys: readonly RawKey[], link: LinkKind): LinkKind {
  return keys.length > 1 ? link : 'none';
}

/** `time`, or `$time` inside the properties; `_flush_time` is the client's clock at sending. */
function timesOf(
  item: Record<string, unknown>,
  properties: Record<string, unknown>,
  context: DecodeContext,
): { time: number } | Rejection {
  const own = item.time ?? properties.$time;
  delete properties.$time;
  const free = (item.time_free ?? properties.$time_free ?? undefined) !== undefined;
  delete properties.$time_free;
  if (own === undefined || own === null) return { time: context.receivedAt };
  const ownTime = sensorsTime(own, context.timeZone);
  const sentAt = typeof item._flush_time === 'number' ? item._flush_time : undefined;
  const time = free ? ownTime : correctedTime(ownTime, sentAt, context.receivedAt);
  return checkTime(time, free, context) ?? { time };
}

/** Milliseconds, as a number or its digits; or a date as the SDKs write them, of the bank's zone without one. */
function sensorsTime(own: unknown, timeZone: string): number {
  if (typeof own !== 'string' || !WALL_TIME.test(own)) return readTime(own);
  return epochOfZonedTime(Date.parse(`${own.slice(0, 10)}T${own.slice(11)}Z`), timeZone);
}

const WALL_TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,3})?$/;

/**
 * `_track_id` alone is too small to be unique, so the record's own time, type, event and subject join it;
 * without one the whole record, save what changes from one sending to the next, is its own id.
 */
function messageIdOf(item: Record<string, unknown>, type: string): string {
  if (item._track_id === undefined || item._track_id === null) {
    const { _flush_time, ...stable } = item;
    return createHash('md5').update(JSON.stringify(stable)).digest('hex');
  }
  const subject = item.distinct_id ?? item.item_id ?? item.id ?? '';
  const id = [item._track_id, item.time, type, item.event, subject].map(asPart).join('/');
  if (id.length <= RECORD_LIMITS.messageIdLength) return id;
  return createHash('md5').update(id).digest('hex');
}

const asPart = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

function addLibrary(properties: Record<string, unknown>, lib: unknown): void {
  if (!isObject(lib)) return;
  for (const name of ['$lib', '$lib_version', '$app_version']) {
    const value = lib[name];
    if (typeof value === 'string' && properties[name] === undefined) properties[name] = value;
  }
}
