import { dayOfEpoch, epochOfZonedTime, zoneOffsetMs } from '../../profile/index.ts';
import { hasZone, plainType } from '../warehouse/index.ts';

/** How values of a watermark column are compared and moved. */
export type WatermarkKind = 'instant' | 'wall' | 'day' | 'number' | 'text';

export function kindOfWatermark(type: string): WatermarkKind {
  const plain = plainType(type);
  if (hasZone(plain)) return 'instant';
  if (/^DateTime(64)?\b/.test(plain)) return 'wall';
  if (/^Date(32)?$/.test(plain)) return 'day';
  return /^(U?Int\d+|Decimal|Float\d+)/.test(plain) ? 'number' : 'text';
}

export const isTime = (kind: WatermarkKind): boolean =>
  kind === 'instant' || kind === 'wall' || kind === 'day';

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?(Z)?)?$/;
const NUMBER = /^-?\d{1,40}(\.\d{1,40})?$/;

/**
 * A watermark as a person wrote it, in the form in which queries compare it; undefined when it is none of the kind.
 * Times: `YYYY-MM-DD`, or with ` hh:mm[:ss[.fff]]`; instants in UTC, with a `Z`.
 */
export function readWatermark(text: string, kind: WatermarkKind): string | undefined {
  if (kind === 'text') return text;
  if (kind === 'number') return NUMBER.test(text) ? text : undefined;
  const match = TIME.exec(text.trim());
  if (!match || Number.isNaN(Date.parse(`${match[1]}T00:00:00Z`))) return undefined;
  const [, day, clock = '00:00', seconds = ':00', fraction = ''] = match;
  if (kind === 'day') return day;
  const wall = `${day} ${clock}${seconds}${fraction}`;
  return kind === 'instant' ? `${wall.replace(' ', 'T')}Z` : wall;
}

/**
 * A settled watermark in the form of its column, which may have become another kind of time since: the same moment of
 * the zone, never a later one. Undefined when it says nothing to the new kind.
 */
export function carriedOver(settled: string, kind: WatermarkKind, timeZone: string): string | undefined {
  if (!isTime(kind)) return settled;
  const match = TIME.exec(settled);
  const wasInstant = match?.[5] === 'Z';
  if (!match || wasInstant === (kind === 'instant')) return readWatermark(settled, kind);
  const wallMs = Date.parse(
    `${match[1]}T${match[2] ?? '00:00'}${match[3] ?? ':00'}${(match[4] ?? '').slice(0, 4)}Z`,
  );
  return watermarkAt(wasInstant ? wallMs : epochOfZonedTime(wallMs, timeZone), kind, timeZone);
}

/** A watermark moved back by seconds of a time or units of a number, as far as the type goes; texts stay. */
export function movedBack(watermark: string, type: string, by: number): string {
  const kind = kindOfWatermark(type);
  if (by === 0 || kind === 'text') return watermark;
  if (kind === 'number') {
    const isWhole = /^-?\d+$/.test(watermark) && Number.isInteger(by);
    const moved = isWhole ? String(BigInt(watermark) - BigInt(by)) : String(Number(watermark) - by);
    return moved.startsWith('-') && plainType(type).startsWith('UInt') ? '0' : moved;
  }
  const match = TIME.exec(watermark)!;
  const [, day, clock = '00:00', seconds = ':00', fraction = ''] = match;
  const moved = new Date(Date.parse(`${day}T${clock}${seconds}Z`) - by * 1_000).toISOString();
  return readWatermark(`${moved.slice(0, 10)} ${moved.slice(11, 19)}${fraction}`, kind)!;
}

/** The watermark of an instant (epoch ms), as the column would write it; wall times are those of a zone. */
export function watermarkAt(ms: number, kind: WatermarkKind, timeZone: string): string | undefined {
  if (!isTime(kind)) return undefined;
  if (kind === 'day') return dayOfEpoch(ms, timeZone);
  const shown = new Date(kind === 'instant' ? ms : ms + zoneOffsetMs(ms, timeZone)).toISOString();
  return kind === 'instant' ? shown : shown.slice(0, 23).replace('T', ' ');
}

/** An expression of a watermark bound as `{name:String}`, of the column's own type, so that sources can compare it. */
export function watermarkExpression(name: string, type: string): string {
  const plain = plainType(type);
  const value = `{${name}:String}`;
  const precision = /^DateTime64\((\d)/.exec(plain)?.[1];
  switch (kindOfWatermark(type)) {
    case 'instant':
      return precision === undefined
        ? `parseDateTimeBestEffort(${value}, 'UTC')`
        : `parseDateTime64BestEffort(${value}, ${precision}, 'UTC')`;
    case 'wall':
      return precision === undefined
        ? `toDateTime(substring(${value}, 1, 19))`
        : `toDateTime64(${value}, ${precision})`;
    case 'day':
      return plain === 'Date32' ? `toDate32(${value})` : `toDate(${value})`;
    case 'number':
      return `CAST(${value}, '${plain.replaceAll("'", "\\'")}')`;
    case 'text':
      return value;
  }
}

/** A watermark before all that a column of a type can hold. */
export function beginningOf(type: string): string {
  const plain = plainType(type);
  switch (kindOfWatermark(type)) {
    case 'instant':
      return '1900-01-01T00:00:00Z';
    case 'wall':
      // DateTime begins with 1970, DateTime64 with 1900.
      return plain.startsWith('DateTime64') ? '1900-01-01 00:00:00' : '1970-01-01 00:00:00';
    case 'day':
      return plain === 'Date32' ? '1900-01-01' : '1970-01-01';
    case 'number':
      return leastNumber(plain);
    case 'text':
      return '';
  }
}

function leastNumber(plain: string): string {
  if (plain.startsWith('UInt')) return '0';
  const bits = /^Int(\d+)$/.exec(plain)?.[1];
  if (bits !== undefined) return String(-(2n ** BigInt(Number(bits) - 1)));
  const decimal = /^Decimal\((\d+), (\d+)\)$/.exec(plain);
  return decimal ? `-${'9'.repeat(Number(decimal[1]) - Number(decimal[2])) || '0'}` : '-inf';
}
