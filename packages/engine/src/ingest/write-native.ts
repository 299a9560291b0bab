import { wellFormed } from './check-record.ts';
import { FLATTENED } from './native-block.ts';
import { NativeBuffer } from './native-buffer.ts';
import type { EventRow } from './write-row.ts';

/** Beyond so many paths ClickHouse keeps properties in another way than as columns. */
const MAXIMUM_PATHS = 500;
const NO_VALUE = 255;

/** Types that a value of a path may have; what else there is (numbers in lists, lists of objects) goes as text. */
const TYPES = ['String', 'Float64', 'Bool', 'Array(Nullable(String))'] as const;
const [STRING, NUMBER, BOOLEAN, LIST] = [0, 1, 2, 3] as const;

interface Path {
  readonly name: string;
  /** By row: place in `TYPES`, or `NO_VALUE`. */
  readonly types: Uint8Array;
  /** By place in `TYPES`: the values in the order of rows. */
  readonly values: readonly [string[], number[], boolean[], string[][]];
}

/**
 * Rows of the event table as one block of ClickHouse's Native format, properties column by column: ClickHouse takes it
 * in a fifth of the time that it needs to parse the same as JSON. What is stored is the same. Undefined where a row
 * holds what has no column here; then it must be written as JSON (`write-row.ts`).
 */
export function writeNative(rows: readonly EventRow[], batchId: string): Buffer | undefined {
  const paths = pathsOf(rows);
  if (!paths) return undefined;
  const block = new NativeBuffer(rows.length * 200);
  block.varint(9);
  block.varint(rows.length);
  const column = (name: string, type: string, write: (row: EventRow) => void): void => {
    block.text(name);
    block.text(type);
    for (const row of rows) write(row);
  };
  column('person_id', 'UInt64', (row) => block.integer(row.personId));
  column('key_number', 'UInt64', (row) => block.integer(row.keyNumber));
  column('time', "DateTime64(3, 'UTC')", (row) => block.integer(Math.round(row.time)));
  column('received_at', "DateTime64(3, 'UTC')", (row) => block.integer(Math.round(row.receivedAt)));
  column('event', 'String', (row) => block.text(wellFormed(row.event)));
  column('event_id', 'UUID', (row) => block.uuid(row.eventId));
  column('source_id', 'String', (row) => block.text(row.sourceId));
  column('batch_id', 'UUID', () => block.uuid(batchId));
  block.text('properties');
  block.text('JSON');
  writePaths(block, [...paths.values()]);
  return block.written();
}

/** Properties by path; undefined where one has no column. */
function pathsOf(rows: readonly EventRow[]): Map<string, Path> | undefined {
  const paths = new Map<string, Path>();
  const pathOf = (name: string): Path => {
    let path = paths.get(name);
    if (!path) {
      path = { name, types: new Uint8Array(rows.length).fill(NO_VALUE), values: [[], [], [], []] };
      paths.set(name, path);
    }
    return path;
  };
  for (let index = 0; index < rows.length; index++) {
    if (!addObject(pathOf, '', rows[index]!.properties, index) || paths.size > MAXIMUM_PATHS)
      return undefined;
  }
  return paths;
}

function addObject(
  pathOf: (name: string) => Path,
  prefix: string,
  object: Readonly<Record<string, unknown>>,
  row: number,
): boolean {
  for (const name in object) {
    const value = object[name];
    if (value === null || value === undefined) continue;
    const full = prefix === '' ? name : `${prefix}.${name}`;
    if (typeof value === 'object' && !Array.isArray(value)) {
      if (!addObject(pathOf, full, value as Record<string, unknown>, row)) return false;
    } else if (!addValue(pathOf(full), value, row)) return false;
  }
  return true;
}

/** False where the value has no column, or the path has a value of the row already. */
function addValue({ types, values }: Path, value: unknown, row: number): boolean {
  if (types[row] !== NO_VALUE) return false;
  if (typeof value === 'string') {
    types[row] = STRING;
    values[STRING].push(value);
  } else if (typeof value === 'number') {
    // JSON has no other numbers: they are left out.
    if (!Number.isFinite(value)) return true;
    types[row] = NUMBER;
    // As in JSON: minus zero is written `0`.
    values[NUMBER].push(value === 0 ? 0 : value);
  } else if (typeof value === 'boolean') {
    types[row] = BOOLEAN;
    values[BOOLEAN].push(value);
  } else if (Array.isArray(value) && value.every((each) => typeof each === 'string')) {
    types[row] = LIST;
    values[LIST].push(value as string[]);
  } else return false;
  return true;
}

/** Names of the paths and types of their values first, then for each path the type of each row and the values by type. */
function writePaths(block: NativeBuffer, paths: readonly Path[]): void {
  block.integer(FLATTENED);
  block.varint(paths.length);
  for (const { name } of paths) block.text(wellFormed(name));
  const present = paths.map(({ values }) =>
    TYPES.flatMap((_, type) => (values[type]!.length > 0 ? [type] : [])),
  );
  for (const types of present) {
    block.integer(FLATTENED);
    block.varint(types.length);
    for (const type of types) block.text(TYPES[type]!);
  }
  paths.forEach(({ types, values }, index) => {
    const places = new Uint8Array(256).fill(present[index]!.length);
    present[index]!.forEach((type, place) => (places[type] = place));
    block.bytes(types.map((type) => places[type]!));
    for (const type of present[index]!) writeValues(block, type, values);
  });
}

function writeValues(block: NativeBuffer, type: number, values: Path['values']): void {
  if (type === STRING) for (const value of values[STRING]) block.text(wellFormed(value));
  else if (type === NUMBER) for (const value of values[NUMBER]) block.double(value);
  else if (type === BOOLEAN) block.bytes(Uint8Array.from(values[BOOLEAN], Number));
  else {
    let end = 0;
    for (const list of values[LIST]) block.integer((end += list.length));
    // Of each text whether it is absent: none is.
    block.bytes(new Uint8Array(end));
    for (const list of values[LIST]) for (const value of list) block.text(wellFormed(value));
  }
}
