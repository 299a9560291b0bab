import type { ValueType } from '@wutong/contract';
import { epochOfZonedTime, dayOfEpoch } from './zone-time.ts';
import type { Value } from './operation.ts';

const DAY = /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})$/;
const INSTANT =
  /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;
const MAXIMUM_TEXT_CHARACTERS = 8_192;
const MAXIMUM_ELEMENTS = 500;
/** ClickHouse's Date32 and DateTime64 hold 1900 to 2299. */
const EARLIEST_MS = Date.UTC(1900, 0, 1);
const LATEST_MS = Date.UTC(2300, 0, 1);

/**
 * A raw value as the declared type says, or undefined when it does not fit. Texts of times without an
 * offset are in `timeZone`; numbers given for times are epoch ms. Dates come out as `YYYY-MM-DD`,
 * instants as epoch ms.
 */
export function coerceValue(raw: unknown, type: ValueType, timeZone: string): Value | undefined {
  switch (type) {
    case 'string':
      return coerceText(raw);
    case 'number':
      if (typeof raw === 'number') return Number.isFinite(raw) ? raw : undefined;
      return typeof raw === 'string' && NUMBER.test(raw.trim()) ? Number(raw.trim()) : undefined;
    case 'boolean':
      return coerceBoolean(raw);
    case 'date':
      return coerceDate(raw, timeZone);
    case 'datetime':
      return coerceInstant(raw, timeZone);
    case 'string[]':
      return coerceTexts(raw);
  }
}

function coerceText(raw: unknown): string | undefined {
  if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw);
  return typeof raw === 'string' && raw.length <= MAXIMUM_TEXT_CHARACTERS && isStorable(raw)
    ? raw
    : undefined;
}

/** PostgreSQL takes neither the character zero nor half a surrogate pair into `jsonb`: one would fail the batch. */
const isStorable = (text: string): boolean =>
  !text.includes('\u0000') && (text as string & { isWellFormed(): boolean }).isWellFormed();

function coerceBoolean(raw: unknown): boolean | undefined {
  if (typeof raw === 'boolean') return raw;
  const text = String(raw).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

function coerceDate(raw: unknown, timeZone: string): string | undefined {
  if (typeof raw === 'number') return inRange(raw) ? dayOfEpoch(raw, timeZone) : undefined;
  if (typeof raw !== 'string') return undefined;
  const match = DAY.exec(raw.trim());
  if (match) return validDay(Number(match[1]), Number(match[2]), Number(match[3]));
  const instant = coerceInstant(raw, timeZone);
  return instant === undefined ? undefined : dayOfEpoch(instant, timeZone);
}

/** `YYYY-MM-DD` of a day that exists between 1900 and 2299. */
export function validDay(year: number, month: number, day: number): string | undefined {
  if (year < 1900 || year > 2299 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month))
    return undefined;
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : DAYS[month - 1]!;
}

function coerceInstant(raw: unknown, timeZone: string): number | undefined {
  if (typeof raw === 'number') return inRange(raw) ? Math.floor(raw) : undefined;
  if (typeof raw !== 'string') return undefined;
  const match = INSTANT.exec(raw.trim());
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as number[];
  if (!validDay(year!, month!, day!) || hour! > 23 || minute! > 59 || second! > 60) return undefined;
  const ms = Math.trunc(Number(`0.${match[7] ?? '0'}`) * 1000);
  const wall = Date.UTC(year!, month! - 1, day!, hour, minute, second, ms);
  const zone = match[8];
  if (!zone) return epochOfZonedTime(wall, timeZone);
  if (zone === 'Z') return wall;
  const sign = zone.startsWith('-') ? 1 : -1;
  return wall + sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}

const inRange = (ms: number): boolean => ms >= EARLIEST_MS && ms < LATEST_MS;

function coerceTexts(raw: unknown): string[] | undefined {
  const elements = Array.isArray(raw) ? raw : [raw];
  if (elements.length > MAXIMUM_ELEMENTS) return undefined;
  const texts = elements.map(coerceText);
  return texts.some((text) => text === undefined) ? undefined : (texts as string[]);
}

/** Which limit a value that `coerceValue` did not take is beyond; undefined when it is none of that type. */
export function limitPassed(raw: unknown, type: ValueType): string | undefined {
  const isTooLong = (each: unknown): boolean =>
    typeof each === 'string' && each.length > MAXIMUM_TEXT_CHARACTERS;
  if (type === 'string[]' && Array.isArray(raw) && raw.length > MAXIMUM_ELEMENTS)
    return `more than ${MAXIMUM_ELEMENTS} values`;
  const isText = type === 'string' || type === 'string[]';
  const isLong = isText && (isTooLong(raw) || (Array.isArray(raw) && raw.some(isTooLong)));
  return isLong ? `longer than ${MAXIMUM_TEXT_CHARACTERS} characters` : undefined;
}

/** Type of a value seen for the first time; undefined for what no attribute can hold (objects, null). */
export function inferType(raw: unknown): ValueType | undefined {
  if (typeof raw === 'number') return 'number';
  if (typeof raw === 'boolean') return 'boolean';
  if (Array.isArray(raw)) return raw.every((each) => coerceText(each) !== undefined) ? 'string[]' : undefined;
  if (typeof raw !== 'string') return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(raw) && coerceDate(raw, 'UTC')) return 'date';
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(raw) && coerceInstant(raw, 'UTC') !== undefined)
    return 'datetime';
  return 'string';
}

/** How a value is shown: instants as ISO 8601 UTC, the rest as it is. */
export function showValue(value: Value, type: ValueType): Value {
  return type === 'datetime' && typeof value === 'number' ? new Date(value).toISOString() : value;
}
