/** What rejected rows look up in other files is kept with their run, so that they can be replayed without those files. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { FileMapping } from '@wutong/contract';
import type { Platform } from '../../platform/index.ts';
import type { Lookup } from './compile-expression.ts';
import { namedExpressions } from './compile-mapping.ts';
import { dropLookups, insertLookup, noteLookups, readKeptLookups, readLookupBoxes } from './lookup-store.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

const ROWS_A_BUCKET = 2_000;
const BUCKETS_A_STATEMENT = 16;
/** Packed bytes of one lookup; a larger one is not kept. */
const MAXIMUM_BYTES = 256 * 1024 * 1024;

type BucketRows = (readonly [string, readonly string[]])[];

/** What a file of a run looks up; `file` in the mapping of the run. */
interface FileOfRun {
  readonly runId: string;
  readonly file: FileMapping;
}

/** Keeps the lookups of a file in the place of those that were kept of it; a kill leaves none or what was. */
export async function keepLookups(
  platform: Platform,
  { runId, file }: FileOfRun,
  lookups: ReadonlyMap<string, Lookup>,
  maximumBytes = MAXIMUM_BYTES,
): Promise<void> {
  const { database } = platform;
  await database.transaction((transaction) => dropLookups(transaction, runId, file.file));
  const kept: Record<string, number | null> = {};
  for (const [lookup, { rows }] of lookups) {
    const buckets = bucketsOf(rows);
    let bytes = 0;
    for (let start = 0; start < buckets.length && bytes <= maximumBytes; start += BUCKETS_A_STATEMENT) {
      const packed = await Promise.all(
        buckets.slice(start, start + BUCKETS_A_STATEMENT).map((each) => pack(JSON.stringify(each))),
      );
      bytes += packed.reduce((sum, each) => sum + each.length, 0);
      const boxes = packed.map((each) => platform.secrets.encrypt(each.toString('base64')));
      await insertLookup(database, { runId, file: file.file, lookup, firstBucket: start, boxes });
    }
    kept[lookup] = bytes <= maximumBytes ? buckets.length : null;
  }
  await database.transaction((transaction) => noteLookups(transaction, { runId, file: file.file, kept }));
}

/** Whether everything that the records of a file look up is kept. */
export async function areLookupsKept(platform: Platform, { runId, file }: FileOfRun): Promise<boolean> {
  const used = [...lookedUpBy(file).keys()];
  if (used.length === 0) return true;
  const kept = await readKeptLookups(platform.database, runId, file.file);
  return used.every((lookup) => typeof kept[lookup] === 'number');
}

/** The lookups of a file with the rows that some of its own rows look up. */
export async function keptLookups(
  platform: Platform,
  { runId, file }: FileOfRun,
  rows: { readonly columns: readonly string[]; readonly cells: readonly (readonly string[])[] },
): Promise<Map<string, Lookup>> {
  const kept = await readKeptLookups(platform.database, runId, file.file);
  const found = new Map<string, Lookup>();
  for (const [lookup, columns] of lookedUpBy(file)) {
    const places = columns.map((column) => rows.columns.indexOf(column));
    const keys = new Set(rows.cells.flatMap((cells) => places.map((place) => cells[place] ?? '')));
    const buckets = new Set([...keys].map((key) => bucketOf(key, kept[lookup] ?? 1)));
    const place = { runId, file: file.file, lookup };
    const here = new Map<string, readonly string[]>();
    // One at a time: rows of many keys meet many buckets, of which little is needed.
    for (const bucket of buckets)
      for (const box of await readLookupBoxes(platform.database, place, [bucket])) {
        const text = await unpack(Buffer.from(platform.secrets.decrypt(box), 'base64'));
        for (const [key, cells] of JSON.parse(text.toString()) as BucketRows)
          if (keys.has(key)) here.set(key, cells);
      }
    found.set(lookup, { columns: file.lookups[lookup]!.columns, rows: here });
  }
  return found;
}

/** By which columns of its own a file looks things up, by the name of the lookup. */
function lookedUpBy(file: FileMapping): Map<string, string[]> {
  const columns = new Map<string, string[]>();
  for (const [, expression] of file.records.flatMap((record) => namedExpressions(record)))
    if (typeof expression === 'object' && 'lookup' in expression) {
      const { lookup, by } = expression;
      columns.set(lookup, [...(columns.get(lookup) ?? []), by]);
    }
  return columns;
}

function bucketsOf(rows: Lookup['rows']): BucketRows[] {
  const buckets: BucketRows[] = Array.from(
    { length: Math.max(1, Math.ceil(rows.size / ROWS_A_BUCKET)) },
    () => [],
  );
  for (const row of rows) buckets[bucketOf(row[0], buckets.length)]!.push(row);
  return buckets;
}

/** FNV-1a of the key's UTF-16 units: it spreads keys that count on, and need be no secret. */
function bucketOf(key: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < key.length; place++) hash = Math.imul(hash ^ key.charCodeAt(place), 0x01000193);
  return (hash >>> 0) % buckets;
}
