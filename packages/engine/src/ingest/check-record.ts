import { createHash } from 'node:crypto';
import type { RawKey } from '../identity/index.ts';
import type { Rejection } from './record.ts';

/** Limits of one record. A record over one of them is kept aside with its reason; the rest is stored. */
export const RECORD_LIMITS = {
  /** Levels of objects and arrays inside properties. */
  depth: 8,
  /** Values in all, nested ones included. */
  values: 5_000,
  nameLength: 100,
  keyLength: 255,
  messageIdLength: 255,
  keys: 32,
  /** JSON text of one record. */
  bytes: 1024 * 1024,
} as const;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// ClickHouse's DateTime64 holds 1900 to 2299.
const EARLIEST_MS = Date.UTC(1900, 0, 2);
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * The time corrected by the sender's clock: when its own `sentAt` is off ours by more than a minute, the
 * difference is the error of its clock (Segment's rule: receivedAt − (sentAt − time)).
 */
export function correctedTime(ownTime: number, sentAt: number | undefined, receivedAt: number): number {
  if (sentAt === undefined || Math.abs(receivedAt - sentAt) <= CLOCK_TOLERANCE_MS) return ownTime;
  return receivedAt - (sentAt - ownTime);
}

/** Refuses times that cannot be: over an hour ahead, or older than the source takes unless historical. */
export function checkTime(
  time: number,
  historical: boolean,
  context: { receivedAt: number; source: { maximumAgeDays: number } },
): Rejection | undefined {
  if (!Number.isFinite(time) || time < EARLIEST_MS) return { code: 'time_invalid' };
  if (time > context.receivedAt + HOUR_MS) {
    return { code: 'time_in_future', details: { aheadMs: Math.round(time - context.receivedAt) } };
  }
  const { maximumAgeDays } = context.source;
  if (!historical && time < context.receivedAt - maximumAgeDays * DAY_MS) {
    return { code: 'time_too_old', details: { maximumAgeDays } };
  }
  return undefined;
}

/** A piece of a client's word for a message: never half a surrogate pair, which PostgreSQL refuses. */
export function clip(value: unknown, length: number): string {
  const text = typeof value === 'string' ? value : String(JSON.stringify(value) ?? value);
  return wellFormed(text.slice(0, length)).replaceAll('\u0000', '');
}

/** Half surrogate pairs replaced by U+FFFD (ECMAScript 2024's toWellFormed, in Node since 20). */
export function wellFormed(text: string): string {
  return (text as string & { toWellFormed(): string }).toWellFormed();
}

/** A client's id of a message; one that is too long to be kept is known by its hash. */
export function messageIdText(id: string): string {
  return id.length <= RECORD_LIMITS.messageIdLength ? id : createHash('md5').update(id).digest('hex');
}

/** Epoch ms from a number of ms or an ISO 8601 text with zone; NaN when it is neither. */
export function readTime(value: unknown): number {
  // Whole milliseconds: some clients send fractions (performance.now), and times are kept as integers.
  if (typeof value === 'number') return Math.floor(value);
  if (typeof value !== 'string') return Number.NaN;
  if (/^-?\d{11,14}$/.test(value)) return Number(value);
  return /^\d{4}-\d\d-\d\d[T ].*(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? Date.parse(value) : Number.NaN;
}

// Sensors' rule of names, and its reserved ones (data access manual, "property names").
const SENSORS_NAME = /^[a-zA-Z_$][a-zA-Z\d_$]{0,99}$/;
const SENSORS_RESERVED =
  /^(distinct_id|original_id|event_id|time|properties|id|first_id|second_id|users|events|event|user_id|date|datetime|user_group.*|user_tag.*)$/i;

/** Names by Sensors' rule. */
export function isSensorsName(name: string): boolean {
  return SENSORS_NAME.test(name) && !SENSORS_RESERVED.test(name) && name !== '__proto__';
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f\ud800-\udfff]/u;

/** Names of the formats without a rule of their own: 1 to 100 characters of any script, none of control. */
export function isOpenName(name: string): boolean {
  return (
    name.length > 0 && name.length <= RECORD_LIMITS.nameLength && !CONTROL.test(name) && name !== '__proto__'
  );
}

/** Names of events besides: no path of an address can carry `.` and `..`, by which it must be found again. */
export const isEventName = (name: string): boolean => isOpenName(name) && name !== '.' && name !== '..';

/**
 * Checks names, depth and number of property values. ClickHouse reads a dot in a name as a path, so that
 * `{"a.b":1,"a":{"b":2}}` would collide: dots become underscores (in place).
 */
export function checkProperties(
  properties: Record<string, unknown>,
  isName: (name: string) => boolean,
): Rejection | undefined {
  const budget = { values: RECORD_LIMITS.values };
  for (const name in properties) {
    if (!knownNames.has(name)) {
      if (!isName(name)) return { code: 'property_name_invalid', details: { property: clip(name, 100) } };
      if (name.includes('.')) replaceDots(properties, name);
      else remember(name);
    }
    budget.values--;
    const value = properties[name];
    if (typeof value === 'object' && value !== null) {
      const refusal = checkNested(value, 1, budget);
      if (refusal) return refusal;
    }
  }
  if (budget.values < 0) {
    return { code: 'record_too_many_values', details: { limit: RECORD_LIMITS.values } };
  }
  return undefined;
}

// Good names by Sensors' rule, which every other rule contains, need not be matched again for each record.
const knownNames = new Set<string>();
const KNOWN_NAMES_LIMIT = 10_000;

function remember(name: string): void {
  if (knownNames.size < KNOWN_NAMES_LIMIT && isSensorsName(name)) knownNames.add(name);
}

function checkNested(value: object, depth: number, budget: { values: number }): Rejection | undefined {
  if (depth > RECORD_LIMITS.depth) {
    return { code: 'record_too_deep', details: { limit: RECORD_LIMITS.depth } };
  }
  const names = Array.isArray(value) ? undefined : Object.keys(value);
  const size = names ? names.length : (value as unknown[]).length;
  budget.values -= size;
  if (budget.values < 0) {
    return { code: 'record_too_many_values', details: { limit: RECORD_LIMITS.values } };
  }
  for (let index = 0; index < size; index++) {
    const name = names?.[index];
    if (name !== undefined && !isOpenName(name)) {
      return { code: 'property_name_invalid', details: { property: clip(name, 100) } };
    }
    const inner = name === undefined ? (value as unknown[])[index] : (value as Record<string, unknown>)[name];
    if (name?.includes('.')) replaceDots(value as Record<string, unknown>, name);
    if (typeof inner === 'object' && inner !== null) {
      const refusal = checkNested(inner, depth + 1, budget);
      if (refusal) return refusal;
    }
  }
  return undefined;
}

function replaceDots(properties: Record<string, unknown>, name: string): void {
  properties[name.replaceAll('.', '_')] = properties[name];
  delete properties[name];
}

/** A key's value as text: numbers as written, text trimmed; undefined when it is nothing one can look up. */
export function keyValue(value: unknown): string | undefined {
  // A whole number beyond 2^53 has lost its last digits, and would be somebody else's key.
  if (typeof value === 'number' && Number.isFinite(value)) {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
  }
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text.length > RECORD_LIMITS.keyLength || CONTROL.test(text) ? undefined : text;
}

/** Checks keys of the form `[{type, value}]`. */
export function readKeys(value: unknown): RawKey[] | Rejection {
  if (!Array.isArray(value) || value.length === 0) return { code: 'keys_missing' };
  if (value.length > RECORD_LIMITS.keys)
    return { code: 'key_invalid', details: { limit: RECORD_LIMITS.keys } };
  const keys: RawKey[] = [];
  for (const each of value as { type?: unknown; value?: unknown }[]) {
    const text = keyValue(each?.value);
    if (typeof each?.type !== 'string' || each.type === '' || text === undefined) {
      return { code: 'key_invalid', details: { type: clip(each?.type, 64) } };
    }
    keys.push({ type: each.type, value: text });
  }
  return keys;
}
