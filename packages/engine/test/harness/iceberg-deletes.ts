import { readdir, rename, rm, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runClickHouseLocal } from './clickhouse-local.ts';

/**
 * An Iceberg table of the ids 0 to 4 (`id`, `words`) from which an equality delete took 1 and 3, as a merge-on-read
 * writer (Flink) leaves it. ClickHouse writes no equality deletes, so the second snapshot is laid down here.
 */
export async function makeIcebergWithDeletes(folder: string, name: string): Promise<void> {
  const table = join(folder, name);
  const gone = join(folder, `${name}-gone`);
  await runClickHouseLocal(
    folder,
    `set allow_experimental_insert_into_iceberg = 1;
     create table kept (id Int64, words String) engine = IcebergLocal('${table}', 'Parquet');
     insert into kept select number, 'x' from numbers(5);
     create table gone (id Int64) engine = IcebergLocal('${gone}', 'Parquet');
     insert into gone values (1), (3)`,
  );
  const [file] = await readdir(join(gone, 'data'));
  const deletes = join(table, 'data', 'deletes.parquet');
  await rename(join(gone, 'data', file!), deletes);
  await rm(gone, { recursive: true });
  const metadata = join(table, 'metadata');
  const newest = JSON.parse(await readFile(join(metadata, 'v2.metadata.json'), 'utf8')) as Metadata;
  const [before] = newest.snapshots;
  const snapshotId = 4_242;
  const names = await readdir(metadata);
  const rows = join(
    metadata,
    names.find((each) => each.endsWith('.avro') && !each.startsWith('snap-'))!,
  );
  const manifest = join(metadata, 'deletes.avro');
  const sizeOf = async (path: string): Promise<number> => (await stat(path)).size;
  await writeFile(
    manifest,
    avro(ENTRY, { content: 'deletes', schema: JSON.stringify(newest.schemas[0]) }, [
      [whole(1), some(whole(snapshotId)), some(whole(2)), some(whole(2))],
      // Content 2: equality deletes, by the field 1.
      [whole(2), text(deletes), text('PARQUET'), whole(2), whole(await sizeOf(deletes))],
      [some(Buffer.concat([whole(1), whole(1), whole(0)]))],
    ]),
  );
  const list = join(metadata, 'snap-4242.avro');
  await writeFile(
    list,
    avro(LIST, { 'snapshot-id': String(snapshotId), 'sequence-number': '2' }, [
      manifestFile({ path: rows, bytes: await sizeOf(rows), content: 0, sequence: 1, rows: 5 }),
      manifestFile({ path: manifest, bytes: await sizeOf(manifest), content: 1, sequence: 2, rows: 2 }),
    ]),
  );
  const added = { 'snapshot-id': snapshotId, 'manifest-list': list, 'sequence-number': 2 };
  const summary = { ...before!.summary, operation: 'delete', 'total-equality-deletes': '2' };
  const snapshots = [before, { ...before, ...added, 'parent-snapshot-id': before!['snapshot-id'], summary }];
  const changed = { 'current-snapshot-id': snapshotId, 'last-sequence-number': 2, refs: {} };
  await writeFile(join(metadata, 'v3.metadata.json'), JSON.stringify({ ...newest, ...changed, snapshots }));
}

interface Metadata {
  readonly schemas: readonly object[];
  readonly snapshots: readonly { readonly 'snapshot-id': number; readonly summary: object }[];
}

const field = (name: string, type: unknown): object => ({ name, type });
const ENTRY = record('manifest_entry', [
  field('status', 'int'),
  ...['snapshot_id', 'sequence_number', 'file_sequence_number'].map((name) => field(name, ['null', 'long'])),
  field(
    'data_file',
    record('r2', [
      field('content', 'int'),
      field('file_path', 'string'),
      field('file_format', 'string'),
      field('partition', record('r102', [])),
      field('record_count', 'long'),
      field('file_size_in_bytes', 'long'),
      field('equality_ids', ['null', { type: 'array', items: 'int' }]),
    ]),
  ),
]);
const COUNTS = ['files_count', 'rows_count'].flatMap((what) =>
  ['added', 'existing', 'deleted'].map((how) => `${how}_${what}`),
);
const LIST = record('manifest_file', [
  field('manifest_path', 'string'),
  field('manifest_length', 'long'),
  field('partition_spec_id', 'int'),
  field('content', 'int'),
  ...['sequence_number', 'min_sequence_number', 'added_snapshot_id'].map((name) => field(name, 'long')),
  ...COUNTS.map((name) => field(name, name.endsWith('files_count') ? 'int' : 'long')),
]);

function manifestFile(file: {
  path: string;
  bytes: number;
  content: number;
  sequence: number;
  rows: number;
}): Buffer[] {
  const { path, bytes, content, sequence, rows } = file;
  const numbers = [bytes, 0, content, sequence, sequence, 4_242, 1, 0, 0, rows, 0, 0];
  return [text(path), ...numbers.map(whole)];
}

function record(name: string, fields: object[]): object {
  return { type: 'record', name, fields };
}

/** An Avro object container file of one block; values without names, in the order of the schema. */
function avro(schema: object, told: Readonly<Record<string, string>>, rows: Buffer[][]): Buffer {
  const header = {
    'avro.schema': JSON.stringify(schema),
    'avro.codec': 'null',
    'format-version': '2',
    ...told,
  };
  const pairs = Object.entries({ 'partition-spec': '[]', 'partition-spec-id': '0', ...header });
  const sync = Buffer.alloc(16, 7);
  const body = Buffer.concat(rows.flat());
  return Buffer.concat([
    Buffer.from('Obj\u0001'),
    whole(pairs.length),
    ...pairs.flat().map(text),
    whole(0),
    sync,
    whole(schema === LIST ? rows.length : 1),
    whole(body.length),
    body,
    sync,
  ]);
}

/** Zigzag in groups of seven bits. */
function whole(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value) * 2n;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const text = (value: string): Buffer => Buffer.concat([whole(Buffer.byteLength(value)), Buffer.from(value)]);
/** Of a union of null and a type, the type. */
const some = (value: Buffer): Buffer => Buffer.concat([whole(1), value]);
