import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ask,
  attributesOf,
  customer,
  directory,
  mappingOf,
  open,
  platform,
  repair,
  replay,
  room,
  rowsOf,
  withImports,
  type Records,
} from '../../../test/harness/rejected-imports.ts';
import type { Lookup } from './compile-expression.ts';
import { areLookupsKept, keepLookups, keptLookups } from './keep-lookups.ts';
import { runImport } from './run-import.ts';
import { readRun } from './run-store.ts';

withImports();

const RECORDS: Records = [
  {
    record: 'person',
    keys: [customer],
    attributes: { city: { lookup: 'places', by: 'city', column: 'name', steps: [] }, score: 'score' },
  },
];

/** Imports rows that look their city up in another file, which is gone afterwards. */
async function loadLookedUp(name: string, rows: string, places: string): Promise<string> {
  const lookups = { places: { file: `${name}-places.csv`, key: 'code', columns: ['name'] } };
  const mapping = mappingOf(name, RECORDS, { file: `${name}.csv`, lookups });
  const files = [`${name}-places.csv`, `${name}.csv`, `${name}.json`].map((file) => join(directory, file));
  await writeFile(files[0]!, places);
  await writeFile(files[1]!, `id,city,score\n${rows}`);
  await writeFile(files[2]!, JSON.stringify(mapping));
  const options = { mappingFile: files[2]!, dataDirectory: directory };
  const { importId } = await runImport(platform, room, options);
  await Promise.all(files.map((file) => rm(file)));
  return importId;
}

const boxesOf = async (importId: string): Promise<number> => {
  const rows = await platform.database.query<{ boxes: number }>(
    'select count(*) as boxes from imports.lookup where run_id = $1',
    [importId],
  );
  return rows[0]!.boxes;
};

describe('rejected rows of a file that looks things up in another', () => {
  test('are replayed by what that file said, also of a code that no rejected row had', async () => {
    const places = 'code,name\nHZ,杭州\nSZ,苏州\nNB,宁波\n';
    const importId = await loadLookedUp('looked', 'LU1,HZ,low\nLU2,SZ,2\nLU3,XX,low\nLU4,HZ,low\n', places);
    const [one, three, four] = await rowsOf(importId);
    expect((await open(one!.rejectedId)).opened.obstacle).toBeUndefined();
    expect((await repair(one!.rejectedId, { cells: { score: '1' } })).status).toBe(200);
    expect((await repair(three!.rejectedId, { cells: { score: '3', city: 'NB' } })).status).toBe(200);
    expect(await replay({ filter: { importId } })).toMatchObject({ stored: 2, rejectedAgain: 1 });
    expect(await attributesOf('LU1')).toEqual({ city: '杭州', score: 1 });
    expect(await attributesOf('LU3')).toEqual({ city: '宁波', score: 3 });
    // One still waits; what it looks up goes with it.
    expect(await boxesOf(importId)).toBe(1);
    await ask('POST', '/rejected/discard', { rejectedIds: [four!.rejectedId] });
    expect(await boxesOf(importId)).toBe(0);
  });

  test('keep nothing where every row was taken, and say why they stay where nothing was kept', async () => {
    expect(await boxesOf(await loadLookedUp('clean', 'LC1,HZ,1\n', 'code,name\nHZ,杭州\n'))).toBe(0);
    const importId = await loadLookedUp('older', 'LO1,HZ,low\n', 'code,name\nHZ,杭州\n');
    await platform.database.query('update imports.file set lookups = null where run_id = $1', [importId]);
    const [row] = await rowsOf(importId);
    expect((await open(row!.rejectedId)).opened).toMatchObject({ obstacle: 'lookups' });
    expect(await replay({ filter: { importId } })).toMatchObject({
      reasons: [{ code: 'import_replay_impossible', count: 1 }],
    });
  });

  test('find every key among many buckets, and none of a lookup that is too large', async () => {
    const importId = await loadLookedUp('many', 'LM1,HZ,low\n', 'code,name\nHZ,杭州\n');
    const [file] = (await readRun(platform.database, importId))!.mapping.files;
    const place = { runId: importId, file: file! };
    const keys = Array.from({ length: 10_001 }, (_each, index) => (index === 7 ? '' : `${index}号`));
    const places: Lookup = { columns: ['name'], rows: new Map(keys.map((key) => [key, [`name of ${key}`]])) };
    await keepLookups(platform, place, new Map([['places', places]]));
    expect(await boxesOf(importId)).toBe(6);
    const cells = [...keys.slice(0, 400), 'none'].map((key) => ['L', key, '1']);
    const found = await keptLookups(platform, place, { columns: ['id', 'city', 'score'], cells });
    expect(found.get('places')!.columns).toEqual(['name']);
    expect(found.get('places')!.rows).toEqual(new Map([...places.rows].slice(0, 400)));
    expect(await areLookupsKept(platform, place)).toBe(true);
    await keepLookups(platform, place, new Map([['places', places]]), 1_000);
    expect(await areLookupsKept(platform, place)).toBe(false);
    expect(await boxesOf(importId)).toBe(0);
  });
});
