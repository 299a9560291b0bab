import { wellFormed } from './check-record.ts';

/** One event as it goes to ClickHouse. Times are epoch ms UTC. */
export interface EventRow {
  readonly personId: number;
  readonly keyNumber: number;
  readonly time: number;
  readonly receivedAt: number;
  readonly event: string;
  readonly eventId: string;
  readonly sourceId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * A row in ClickHouse's JSONEachRow, with its line end. Written by hand because of the numbers: `1` would
 * make an Int64 path beside the Float64 path of `1.5`, and whole numbers beyond 64 bits would be refused.
 */
export function writeRow(row: EventRow, batchId: string): string {
  return `{"person_id":${row.personId},"key_number":${row.keyNumber},"time":${ticks(row.time)},"received_at":${ticks(row.receivedAt)},"event":${text(row.event)},"event_id":"${row.eventId}","source_id":${text(row.sourceId)},"batch_id":"${batchId}","properties":${writeObject(row.properties)}}\n`;
}

/**
 * DateTime64(3) as its number of ticks, which ClickHouse takes from a bare integer. Of seconds with decimals it would
 * lose the sign where they begin with `-0.`
 */
function ticks(timeMs: number): string {
  return String(Math.round(timeMs) + 0);
}

/** JSON text; half surrogate pairs, which JSON escapes and ClickHouse refuses, become U+FFFD. */
function text(value: string): string {
  const quoted = JSON.stringify(value);
  return quoted.includes('\\ud') ? JSON.stringify(wellFormed(value)) : quoted;
}

function writeObject(object: Readonly<Record<string, unknown>>): string {
  let json = '';
  for (const name in object) {
    const value = object[name];
    if (value === null || value === undefined) continue;
    json += `${json === '' ? '{' : ','}${quotedName(name)}:${writeValue(value)}`;
  }
  return json === '' ? '{}' : `${json}}`;
}

function writeValue(value: unknown): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value)) return `[${value.map(writeValue).join(',')}]`;
  return typeof value === 'object' && value !== null ? writeObject(value as Record<string, unknown>) : 'null';
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const written = String(value);
  return Number.isInteger(value) && !written.includes('e') ? `${written}.0` : written;
}

// Names come back in every record; quoting each once saves a tenth of the writing.
const quotedNames = new Map<string, string>();
const QUOTED_NAMES_LIMIT = 10_000;

function quotedName(name: string): string {
  let quoted = quotedNames.get(name);
  if (quoted === undefined) {
    quoted = text(name);
    if (quotedNames.size < QUOTED_NAMES_LIMIT) quotedNames.set(name, quoted);
  }
  return quoted;
}
