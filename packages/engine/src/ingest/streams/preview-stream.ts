import type { ResponseOf, StreamSettings, streamsApi } from '@wutong/contract';
import type { DecodeContext } from '../formats/format.ts';
import type { Rejection } from '../record.ts';
import { maskCell } from '../warehouse/index.ts';
import type { StreamMessage } from './connectors/stream-connector.ts';
import { decodeMessage } from './decode-message.ts';
import type { StreamFormat } from './formats/stream-format.ts';

type StreamPreview = ResponseOf<typeof streamsApi.previewStream>;
type Cell = string | null;

const SHOWN_CHARACTERS = 2_000;
const COLUMNS = 200;
const DEPTH = 4;

/** No source has said anything yet: the usual key types, and messages of any age. */
const NOBODY: DecodeContext['source'] = {
  sourceId: 'preview',
  loginKeyType: 'customer_number',
  anonymousKeyType: 'device_id',
  maximumAgeDays: 36_500,
};

interface PreviewContext {
  /** Undefined while the mapping of JSON messages is not written yet. */
  readonly format: StreamFormat | undefined;
  readonly timeZone: string;
  /** Epoch ms UTC. */
  readonly now: number;
  /** Personal values are shown. */
  readonly open: boolean;
}

/** What messages hold, as text and as columns of their fields, and what would become of each. */
export function previewMessages(messages: readonly StreamMessage[], context: PreviewContext): StreamPreview {
  const objects = messages.map(({ value }) => parsedOf(value));
  const rows = objects
    .flatMap((each) => (Array.isArray(each) ? (each as unknown[]) : [each]))
    .filter(isObject);
  return {
    messages: messages.map((message, place) => ({
      topic: message.topic,
      partition: message.partition,
      offset: message.offset,
      ...(message.timestamp === undefined ? {} : { at: new Date(message.timestamp).toISOString() }),
      text: shownText(message, objects[place], context.open),
      ...fateOf(message, context),
    })),
    preview: tableOf(rows, context.open),
  };
}

function fateOf(
  message: StreamMessage,
  { format, timeZone, now }: PreviewContext,
): { records: number; problem?: { code: string; reason?: string } } {
  if (!format) return { records: 0 };
  const { items } = decodeMessage(message, 'preview', format, { source: NOBODY, receivedAt: now, timeZone });
  const bad = items.find((item): item is Rejection => 'code' in item);
  const records = items.filter((item) => !('code' in item)).length;
  if (!bad) return { records };
  const { reason, field } = (bad.details ?? {}) as { reason?: unknown; field?: unknown };
  const why = [field, reason].filter((each) => typeof each === 'string').join(' ');
  return { records, problem: { code: bad.code, ...(why ? { reason: why } : {}) } };
}

function parsedOf(value: Buffer | undefined): unknown {
  if (!value) return undefined;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}

function shownText({ value }: StreamMessage, parsed: unknown, open: boolean): string {
  const text = value?.toString('utf8') ?? '';
  if (open) return text.slice(0, SHOWN_CHARACTERS);
  if (parsed === undefined) return maskCell(text, 'String') ?? '';
  return JSON.stringify(masked(parsed)).slice(0, SHOWN_CHARACTERS);
}

/** The same object with the names of its fields, and values that name nobody. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, masked(each)]));
  if (typeof value === 'boolean' || value === null) return value;
  const [text, type] = [String(value as string | number), typeOf([value])];
  const shown = maskCell(text, type);
  return shown === text ? value : shown;
}

/** Objects as a table: a column a field, in the order in which fields appear. */
function tableOf(rows: readonly Record<string, unknown>[], open: boolean): StreamPreview['preview'] {
  const flat = rows.map((row) => new Map(fieldsOf(row, '', 1)));
  const names = [...new Set(flat.flatMap((row) => [...row.keys()]))].slice(0, COLUMNS);
  const columns = names.map((name) => ({ name, type: typeOf(flat.map((row) => row.get(name))) }));
  return {
    columns,
    rows: flat.map((row) =>
      columns.map(({ name, type }): Cell => {
        const cell = cellOf(row.get(name));
        return open ? cell : maskCell(cell, type);
      }),
    ),
    masked: !open,
  };
}

function fieldsOf(row: Record<string, unknown>, prefix: string, depth: number): [string, unknown][] {
  return Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
    isObject(value) && depth < DEPTH
      ? fieldsOf(value, `${prefix}${name}.`, depth + 1)
      : [[prefix + name, value]],
  );
}

/** In the words of ClickHouse, as other previews say it. */
function typeOf(values: readonly unknown[]): string {
  const present = values.filter((value) => value !== undefined && value !== null);
  const all = (test: (value: unknown) => boolean): boolean => present.length > 0 && present.every(test);
  if (all((value) => typeof value === 'boolean')) return 'Bool';
  if (all((value) => Number.isInteger(value))) return 'Int64';
  if (all((value) => typeof value === 'number')) return 'Float64';
  if (all((value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value))) return 'Date';
  if (all((value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.+Z-]*$/.test(value)))
    return 'DateTime';
  return 'String';
}

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The format of settings whose mapping may still be missing. */
export function isUndescribed({ format, mapping }: StreamSettings): boolean {
  return format === 'json' && mapping === undefined;
}
