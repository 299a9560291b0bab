import type { ClickHouse } from '../platform/index.ts';
import { repeated, writeBlock } from './native-block.ts';
import { NativeBuffer } from './native-buffer.ts';
import { readBlocks } from './read-native.ts';
import type { EventUse, StagedEvents } from './staged-events.ts';

/** One thread: the arrays of one answer are all in the order of the rows. */
const IN_ORDER = { max_threads: 1 } as const;
const DAY = '^[0-9]{4}-[0-9]{2}-[0-9]{2}';

/** How often each event and each of its properties is among staged events. */
export async function usesOf(
  clickhouse: ClickHouse,
  { from, event, at, properties }: Pick<StagedEvents, 'from' | 'event' | 'at' | 'properties'>,
): Promise<EventUse[]> {
  const counts = properties.map(({ sql, type }) => {
    const dated = `match(${sql}, '${DAY}')`;
    const texts = type === 'string' ? `countIf(${dated} and length(${sql}) = 10), countIf(${dated})` : '0, 0';
    return `[toUInt64(count(${sql})), ${texts}]`;
  });
  const rows = await clickhouse.query<{
    event: string;
    events: number;
    firstAt: number;
    lastAt: number;
    counts: [number, number, number][];
  }>(
    `select ${event} as event, count() as events, min(${at}) as firstAt, max(${at}) as lastAt,
       [${counts.join(', ')}] as counts from ${from} group by event`,
  );
  return rows.map(({ counts: found, ...use }) => ({
    ...use,
    properties: properties.map(({ name, type }, place) => {
      const [values, days, dated] = found[place]!;
      return { name, type, values, days, dated };
    }),
  }));
}

/** Staged events as a block of the event table. */
export interface StagedBlock {
  /** Numbers of the rows in the file. */
  readonly rows: Float64Array;
  /** ClickHouse's Native format. */
  readonly pieces: readonly Uint8Array[];
}

const PATH_TYPES = { string: 'String', number: 'Float64', boolean: 'Bool' } as const;

/**
 * Reads staged events column by column, as bytes that go into the event table as they are: making ClickHouse build
 * properties by itself (it writes and parses JSON for that) takes ten times as long.
 */
export async function readStaged(
  clickhouse: ClickHouse,
  staged: StagedEvents,
  batch: { sourceId: string; batchId: string; receivedAt: number },
): Promise<StagedBlock> {
  const { row, personId, keyNumber, at, event, properties } = staged;
  const expressions = [
    `toFloat64(${row})`,
    `toUInt64(${personId})`,
    `toUInt64(${keyNumber})`,
    `toInt64(${at})`,
    event,
    eventIdInSql(batch.sourceId, staged),
    ...properties.map(({ sql }) => sql),
  ];
  const { stream } = await clickhouse.client.exec({
    query: `select ${expressions.map((each, place) => `${each} as c${place}`).join(', ')} from ${staged.from} format Native`,
    clickhouse_settings: IN_ORDER,
  });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const blocks = [...readBlocks(Buffer.concat(chunks))];
  const valuesOf = (place: number): Uint8Array[] => blocks.map(({ columns }) => columns[place]!.values);
  // Copied, because numbers must lie at a multiple of their size.
  const rows = new Float64Array(new Uint8Array(Buffer.concat(valuesOf(0))).buffer);
  const columns = [
    { name: 'person_id', type: 'UInt64', bytes: valuesOf(1) },
    { name: 'key_number', type: 'UInt64', bytes: valuesOf(2) },
    { name: 'time', type: "DateTime64(3, 'UTC')", bytes: valuesOf(3) },
    { name: 'event', type: 'String', bytes: valuesOf(4) },
    { name: 'event_id', type: 'UUID', bytes: valuesOf(5) },
    constant('received_at', "DateTime64(3, 'UTC')", rows.length, (value) => value.integer(batch.receivedAt)),
    constant('source_id', 'String', rows.length, (value) => value.text(batch.sourceId)),
    constant('batch_id', 'UUID', rows.length, (value) => value.uuid(batch.batchId)),
  ];
  const paths = properties.map(({ name, type }, index) => {
    const place = expressions.length - properties.length + index;
    const absent = blocks.map((block) => block.columns[place]!.absent ?? new Uint8Array(block.rows));
    return { name, type: PATH_TYPES[type], absent, values: valuesOf(place) };
  });
  return { rows, pieces: writeBlock(rows.length, columns, { name: 'properties', paths }) };
}

function constant(name: string, type: string, rows: number, write: (value: NativeBuffer) => void) {
  const value = new NativeBuffer(0);
  write(value);
  return { name, type, bytes: [repeated(value.written(), rows)] };
}

/** `eventIdOf(sourceId, rowMessageId(file, row, record))`. */
function eventIdInSql(sourceId: string, { file, row, record }: StagedEvents): string {
  const text = (value: string): string => `unhex('${Buffer.from(value).toString('hex')}')`;
  const hash = `MD5(concat(${text(`${sourceId}\u001f${file}#`)}, toString(${row}), ${text(`.${record}`)}))`;
  const half = (from: number, keep: string, put: string): string =>
    `bitOr(bitAnd(reinterpretAsUInt64(reverse(substring(${hash}, ${from}, 8))), ${keep}), ${put})`;
  const version = half(1, '0xFFFFFFFFFFFF0FFF', '0x8000');
  const variant = half(9, '0x3FFFFFFFFFFFFFFF', '0x8000000000000000');
  return `reinterpretAsUUID(concat(reinterpretAsFixedString(${version}), reinterpretAsFixedString(${variant})))`;
}
