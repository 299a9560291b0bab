import type { ValueType } from '@wutong/contract';
import { zoneOffsetMs } from './zone-time.ts';

/**
 * A value that is there, as a ClickHouse expression. `text`: String; `number`: Float64; `boolean`: UInt8;
 * `day`: UInt32 as YYYYMMDD, a day that exists; `instant`: Int64, epoch ms.
 */
export interface SqlValue {
  readonly kind: 'text' | 'number' | 'boolean' | 'day' | 'instant';
  readonly sql: string;
}

/**
 * What `coerceValue` makes of a value, in ClickHouse. `sql` counts only where `sure` holds: there it is exactly
 * what `coerceValue` gives; elsewhere nothing is said, and `coerceValue` itself must be asked.
 */
export interface SqlCoerced {
  readonly sql: string;
  readonly sure: string;
}

/** Settings under which the expressions hold: floats are read to the last bit, as JavaScript reads them. */
export const COERCION_SETTINGS = { precise_float_parsing: 1 } as const;

const DAY_MS = 86_400_000;
const MAXIMUM_TEXT_BYTES = 8_192;

/**
 * The expression of a coerced value, of the type of the field's column; undefined where SQL cannot say it at all
 * (lists, numbers as text). Times without an offset are in `timeZone`.
 */
export function coerceInSql(value: SqlValue, type: ValueType, timeZone: string): SqlCoerced | undefined {
  switch (type) {
    case 'string':
      return textInSql(value);
    case 'number':
      return numberInSql(value);
    case 'boolean':
      return booleanInSql(value);
    case 'date':
      return dateInSql(value);
    case 'datetime': {
      const instant = instantInSql(value, timeZone);
      return instant && { sql: `fromUnixTimestamp64Milli(${instant.sql}, 'UTC')`, sure: instant.sure };
    }
    case 'string[]':
      return undefined;
  }
}

function textInSql({ kind, sql }: SqlValue): SqlCoerced | undefined {
  if (kind === 'text')
    return {
      sql,
      sure: `length(${sql}) <= ${MAXIMUM_TEXT_BYTES} and position(${sql}, '\\0') = 0 and ${isNoTrack(sql)}`,
    };
  if (kind === 'day') return { sql: `toString(${dayOf(sql)})`, sure: '1' };
  return kind === 'boolean' ? { sql: `if(${sql}, 'true', 'false')`, sure: '1' } : undefined;
}

/** Surely no track of a card (refuse-secrets.ts): those have 20 characters and one of two separators. */
const isNoTrack = (sql: string): string =>
  `(length(${sql}) < 20 or (position(${sql}, '=') = 0 and position(${sql}, '^') = 0))`;

/** A number of plain digits. Whatever else JavaScript takes for a number (exponents, blanks) is not sure. */
export function numberInSql({ kind, sql }: SqlValue): SqlCoerced | undefined {
  if (kind === 'number') return { sql: withoutMinusZero(sql), sure: `isFinite(${sql})` };
  if (kind !== 'text') return undefined;
  return {
    sql: withoutMinusZero(`toFloat64OrZero(${sql})`),
    sure: `match(${sql}, '^-?[0-9]{1,15}([.][0-9]{1,15})?$')`,
  };
}

/** JavaScript writes minus zero as `0`. */
const withoutMinusZero = (sql: string): string => `if(${sql} = 0, toFloat64(0), ${sql})`;

function booleanInSql({ kind, sql }: SqlValue): SqlCoerced | undefined {
  if (kind === 'boolean') return { sql: `toBool(${sql})`, sure: '1' };
  if (kind !== 'text') return undefined;
  return { sql: `toBool(${sql} in ('true', '1'))`, sure: `${sql} in ('true', '1', 'false', '0')` };
}

/** Years that ClickHouse holds, and months and days as a text may name them; the 31st of June is still among them. */
const [YEAR, MONTH, DAY] = ['(19|2[0-2])[0-9]{2}', '(0[1-9]|1[0-2])', '(0[1-9]|[12][0-9]|3[01])'];

function dateInSql({ kind, sql }: SqlValue): SqlCoerced | undefined {
  if (kind === 'day') return { sql: dayOf(sql), sure: '1' };
  if (kind !== 'text') return undefined;
  const day = `toDate32OrZero(${sql})`;
  return {
    sql: day,
    // A day that its month does not have is read as one of the next month.
    sure:
      `match(${sql}, '^${YEAR}(${MONTH}${DAY}|[-/.]${MONTH}[-/.]${DAY})$')` +
      ` and toDayOfMonth(${day}) = toUInt8OrZero(substring(${sql}, -2))`,
  };
}

/** Date32 of YYYYMMDD. */
const dayOf = (digits: string): string => `YYYYMMDDToDate32(${digits})`;

/** Whether YYYYMMDD is a day that exists between 1900 and 2299: only then it comes back as it was. */
export const isDay = (digits: string): string =>
  `(${digits} between 19000101 and 22991231 and toYYYYMMDD(${dayOf(digits)}) = ${digits})`;

/** Epoch ms (Int64) of a time. */
export function instantInSql({ kind, sql }: SqlValue, timeZone: string): SqlCoerced | undefined {
  if (kind === 'instant') return { sql, sure: '1' };
  const zone = steadyZone(timeZone);
  if (kind === 'day') {
    const ms = `(toInt64(toInt32(${dayOf(sql)})) * ${DAY_MS} - ${zone.offsetMs})`;
    return { sql: ms, sure: `${ms} >= ${zone.sinceMs}` };
  }
  if (kind !== 'text') return undefined;
  // Knows the 31st of June, and returns 0 for what it does not know.
  const wall = `toUnixTimestamp64Milli(parseDateTime64BestEffortOrZero(${sql}, 3, 'UTC'))`;
  const instant = zone.offsetMs === 0 ? wall : `(${wall} - if(endsWith(${sql}, 'Z'), 0, ${zone.offsetMs}))`;
  const timeOfDay = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,3})?)?';
  return {
    sql: instant,
    sure:
      `match(${sql}, '^${YEAR}[-/]${MONTH}[-/]${DAY}([T ]${timeOfDay}Z?)?$')` +
      ` and (${wall} != 0 or startsWith(${sql}, '1970-01-01') or startsWith(${sql}, '1970/01/01'))` +
      ` and (endsWith(${sql}, 'Z') or ${instant} >= ${zone.sinceMs})`,
  };
}

interface SteadyZone {
  readonly offsetMs: number;
  /** Epoch ms from which on the offset never changes, with days to spare. */
  readonly sinceMs: number;
}

const steadyZones = new Map<string, SteadyZone>();
const STEP_MS = 7 * DAY_MS;

/** The offset that a zone keeps for good, e.g. Asia/Shanghai's since 1991. Zones that change clocks have none. */
function steadyZone(timeZone: string): SteadyZone {
  let zone = steadyZones.get(timeZone);
  if (zone) return zone;
  const latest = Date.UTC(2300, 0, 1);
  const offsetMs = zoneOffsetMs(latest, timeZone);
  let sinceMs = latest;
  while (sinceMs > Date.UTC(1900, 0, 1) && zoneOffsetMs(sinceMs - STEP_MS, timeZone) === offsetMs)
    sinceMs -= STEP_MS;
  zone = { offsetMs, sinceMs: sinceMs + 2 * DAY_MS };
  steadyZones.set(timeZone, zone);
  return zone;
}
