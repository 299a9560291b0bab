import { createHash } from 'node:crypto';
import type { LinkKind, RawKey } from '../../identity/index.ts';
import type { AttributeAction } from '../../profile/index.ts';
import {
  clip,
  checkProperties,
  checkTime,
  correctedTime,
  isEventName,
  isOpenName,
  keyValue,
  RECORD_LIMITS,
  readKeys,
  readTime,
} from '../check-record.ts';
import type { DecodedRecord, EntityEnd, Rejection } from '../record.ts';
import type { BatchContext, DecodeContext } from './format.ts';
import { isObject } from './read-body.ts';

const LINKS = new Set<unknown>(['none', 'seen', 'bind', 'unbind', 'sign_up']);
const ACTIONS = new Set<unknown>(['set', 'set_once', 'increment', 'append', 'unset']);

interface Parts {
  readonly item: Record<string, unknown>;
  readonly base: { messageId: string; time: number };
  readonly attributes: Record<string, unknown>;
}

/** One record of the native batch (the contract's `collectRecordSchema`). */
export function decodeNativeRecord(
  item: unknown,
  batch: BatchContext,
  context: DecodeContext,
): DecodedRecord | Rejection {
  if (!isObject(item)) return { code: 'record_not_object' };
  const times = timesOf(item, batch, context);
  if ('code' in times) return times;
  const messageId = messageIdOf(item);
  if (typeof messageId !== 'string') return messageId;
  const given = item.kind === 'event' ? item.properties : item.attributes;
  // A copy: the item itself must stay as it came, for the case that the record is rejected.
  const attributes = isObject(given) ? { ...given } : {};
  const refusal = checkProperties(attributes, isOpenName);
  if (refusal) return refusal;
  const parts: Parts = { item, base: { messageId, ...times }, attributes };
  switch (item.kind) {
    case 'event':
      return decodeEvent(parts);
    case 'identity':
      return withKeys(item, 'bind', (keys, link) => ({ kind: 'identity', ...parts.base, keys, link }));
    case 'attributes':
      return decodeAttributes(parts);
    case 'entity':
      return decodeEntity(parts);
    case 'relation':
      return decodeRelation(parts);
    case 'detail':
      return decodeDetail(parts);
    case 'consent':
      return decodeConsent(parts);
    default:
      return { code: 'record_type_unknown', details: { kind: clip(item.kind, 100) } };
  }
}

function decodeEvent({ item, base, attributes }: Parts): DecodedRecord | Rejection {
  const event = item.event;
  if (typeof event !== 'string' || !isEventName(event)) {
    return { code: 'event_name_invalid', details: { event: clip(event, 100) } };
  }
  return withKeys(item, 'seen', (keys, link) => ({
    kind: 'event',
    ...base,
    keys,
    link,
    event,
    properties: attributes,
  }));
}

function decodeAttributes({ item, base, attributes }: Parts): DecodedRecord | Rejection {
  const action = item.operation ?? 'set';
  if (!ACTIONS.has(action)) return unknownOperation(action);
  return withKeys(item, 'seen', (keys, link) => ({
    kind: 'attributes',
    ...base,
    keys,
    link,
    action: action as AttributeAction,
    attributes,
  }));
}

function decodeEntity({ item, base, attributes }: Parts): DecodedRecord | Rejection {
  const operation = setOrDelete(item.operation);
  const entity = endOf({ type: item.entityType, id: item.entityId });
  if (!operation) return unknownOperation(item.operation);
  if (!entity) return { code: 'keys_missing', details: { needed: 'entityType and entityId' } };
  return { kind: 'entity', ...base, operation, entityType: entity.type, entityId: entity.id, attributes };
}

function decodeRelation({ item, base, attributes }: Parts): DecodedRecord | Rejection {
  const operation = setOrDelete(item.operation);
  const from = endOf(item.from);
  const to = endOf(item.to);
  if (!operation) return unknownOperation(item.operation);
  const validFrom = optionalTime(item.validFrom);
  const validTo = optionalTime(item.validTo);
  if (Number.isNaN(validFrom) || Number.isNaN(validTo)) return { code: 'time_invalid' };
  if (typeof item.relationType !== 'string') {
    return { code: 'keys_missing', details: { needed: 'relationType' } };
  }
  const relation = { operation, relationType: item.relationType, from, to, validFrom, validTo, attributes };
  if (from && to) return { kind: 'relation', ...base, keys: [], link: 'none', ...relation };
  if (!from && !to) return { code: 'keys_missing', details: { needed: 'from or to' } };
  return withKeys(item, 'seen', (keys, link) => ({ kind: 'relation', ...base, keys, link, ...relation }));
}

function decodeDetail({ item, base, attributes }: Parts): DecodedRecord | Rejection {
  const operation = setOrDelete(item.operation);
  const detail = endOf({ type: item.detailType, id: item.detailId });
  const owner = endOf(item.owner);
  const happenedAt = optionalTime(item.happenedAt) ?? base.time;
  if (!operation) return unknownOperation(item.operation);
  if (!detail) return { code: 'keys_missing', details: { needed: 'detailType and detailId' } };
  if (Number.isNaN(happenedAt)) return { code: 'time_invalid' };
  const fields = { operation, detailType: detail.type, detailId: detail.id, owner, happenedAt, attributes };
  if (owner) return { kind: 'detail', ...base, keys: [], link: 'none', ...fields };
  return withKeys(item, 'seen', (keys, link) => ({ kind: 'detail', ...base, keys, link, ...fields }));
}

function decodeConsent({ item, base }: Parts): DecodedRecord | Rejection {
  const { purpose, channel, granted } = item;
  if (typeof purpose !== 'string' || typeof channel !== 'string' || typeof granted !== 'boolean') {
    return { code: 'property_value_invalid', details: { needed: 'purpose, channel, granted' } };
  }
  return withKeys(item, 'seen', (keys, link) => ({
    kind: 'consent',
    ...base,
    keys,
    link,
    purpose,
    channel,
    granted,
  }));
}

function withKeys(
  item: Record<string, unknown>,
  several: LinkKind,
  make: (keys: RawKey[], link: LinkKind) => DecodedRecord,
): DecodedRecord | Rejection {
  const keys = readKeys(item.keys);
  if ('code' in keys) return keys;
  const link = item.link ?? (keys.length > 1 ? several : 'none');
  if (!LINKS.has(link)) return unknownOperation(link);
  return make(keys, link as LinkKind);
}

const unknownOperation = (operation: unknown): Rejection => ({
  code: 'record_type_unknown',
  details: { operation: clip(operation, 100) },
});

function setOrDelete(operation: unknown): 'set' | 'delete' | undefined {
  if (operation === undefined || operation === 'set') return 'set';
  return operation === 'delete' ? 'delete' : undefined;
}

function endOf(value: unknown): EntityEnd | undefined {
  if (!isObject(value)) return undefined;
  const id = keyValue(value.id);
  return typeof value.type === 'string' && value.type !== '' && id !== undefined
    ? { type: value.type, id }
    : undefined;
}

const optionalTime = (value: unknown): number | undefined =>
  value === undefined || value === null ? undefined : readTime(value);

function timesOf(
  item: Record<string, unknown>,
  batch: BatchContext,
  context: DecodeContext,
): { time: number } | Rejection {
  if (item.time === undefined || item.time === null) return { time: context.receivedAt };
  const ownTime = readTime(item.time);
  const historical = item.historical === true;
  const sentAt = optionalTime(batch.sentAt);
  const usable = historical || sentAt === undefined || Number.isNaN(sentAt) ? undefined : sentAt;
  const time = correctedTime(ownTime, usable, context.receivedAt);
  return checkTime(time, historical, context) ?? { time };
}

function messageIdOf(item: Record<string, unknown>): string | Rejection {
  const id = item.messageId;
  if (id === undefined || id === null) {
    return createHash('md5').update(JSON.stringify(item)).digest('hex');
  }
  if (typeof id !== 'string' || id === '' || id.length > RECORD_LIMITS.messageIdLength) {
    return { code: 'message_id_invalid' };
  }
  return id;
}
