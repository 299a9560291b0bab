import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MappingInput } from '@wutong/contract';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../../identity/index.ts';
import type { Platform } from '../../platform/index.ts';
import { createProfile, type Profile } from '../../profile/index.ts';
import { createIngest } from '../create-ingest.ts';
import type { ImportRooms } from './load-batch.ts';
import { runImport } from './run-import.ts';

/** A bank of its own, so that the same files can be loaded on either way into the same nothing. */
interface Bank {
  readonly databases: TestDatabases;
  readonly platform: Platform;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly rooms: ImportRooms;
  /** Persons that were written without being folded. */
  loaded: number;
}

let bulk: Bank;
let rows: Bank;
let directory: string;

async function openBank(): Promise<Bank> {
  const databases = await createTestDatabases();
  const platform = createTestPlatform(databases);
  const identity = createIdentity(platform);
  // Without its loops, whose transactions would hold merges back for a moment.
  await identity.prepare();
  const profile = createProfile(platform, identity);
  const bank: Bank = {
    databases,
    platform,
    identity,
    profile,
    rooms: {
      identity,
      profile: {
        ...profile,
        loadPeople(transaction, people) {
          bank.loaded += people.personIds.length;
          return profile.loadPeople(transaction, people);
        },
      },
      ingest: createIngest(platform, { identity, profile, wantedEvents: {} }),
    },
    loaded: 0,
  };
  return bank;
}

beforeAll(async () => {
  [bulk, rows] = await Promise.all([openBank(), openBank()]);
  directory = await mkdtemp(join(tmpdir(), 'wutong-people-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  for (const { platform, databases } of [bulk, rows]) {
    await platform.close();
    await databases.drop();
  }
});

const title = { en: 'Test', zh: '测试' };
const COLUMNS = [
  'customer',
  'mobile',
  'city',
  'score',
  'flag',
  'born',
  'seen',
  'secret',
  'said',
  'first',
  'new',
];

/** Persons with two keys, what is set, what is set once, what is encrypted, and a holding of theirs. */
function mappingOf(sourceId: string, turn: number, encoding: 'utf-8' | 'gbk'): MappingInput {
  const field = (name: string, valueType: 'string' | 'number' | 'boolean' | 'date' | 'datetime') => ({
    name,
    title,
    valueType,
  });
  const customer = { type: 'customer_number', value: 'customer' };
  return {
    name: `people-${turn}`,
    title,
    sourceId,
    asOf: '2026-01-01T00:00:00Z',
    declare: {
      attributes: [
        { ...field('city', 'string'), precedence: ['core', 'app'] },
        field('score', 'number'),
        field('flag', 'boolean'),
        field('born', 'date'),
        field('seen', 'datetime'),
        { ...field('secret', 'string'), pii: 'identifying' },
        field('first', 'string'),
      ],
      detailTypes: [{ name: 'holding', title, fields: [field('amount', 'number')] }],
    },
    files: [
      {
        file: 'people.csv',
        encoding,
        records: [
          {
            record: 'person',
            keys: [customer, { type: 'mobile', value: 'mobile' }],
            attributes: {
              city: 'city',
              score: 'score',
              flag: 'flag',
              born: 'born',
              seen: 'seen',
              secret: 'secret',
            },
            at: 'said',
          },
          {
            record: 'person',
            when: [{ column: 'first', present: true }],
            keys: [customer, { type: 'mobile', value: 'mobile' }],
            link: 'none',
            action: 'set_once',
            attributes: { first: 'first', [`new_${turn}`]: 'new' },
          },
          {
            record: 'detail',
            type: 'holding',
            when: [{ column: 'customer', present: true }],
            id: { template: 'h{customer}-{#}', steps: [] },
            owner: { person: [customer] },
            fields: { amount: 'score' },
          },
        ],
      },
    ],
  };
}

const mostly = (good: readonly string[], bad: readonly string[]) =>
  fc.oneof(
    { weight: 50, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
const people = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 30, arbitrary: fc.integer({ min: 1, max: 400 }).map((number) => `71${1_000 + number}`) },
      { weight: 2, arbitrary: fc.constantFrom('', '00000000', 'null', ' 711001', '梧桐1') },
    ),
    fc.oneof(
      { weight: 10, arbitrary: fc.constant('') },
      { weight: 10, arbitrary: fc.integer({ min: 1, max: 300 }).map((number) => `1391234${1_000 + number}`) },
      // A family's phone, one with a country code, one that says nothing.
      { weight: 1, arbitrary: fc.constantFrom('13912345678', '+86 139 1234 5001', '13800138000') },
    ),
    mostly(
      ['', '杭州', '北京 "x"', 'a\\b', '上海', '\t'],
      ['two\nlines', 'x'.repeat(9_000), '\u0000', '\u001f'],
    ),
    mostly(['', '12.5', '0', '-3', '0.1', '100000'], ['1e3', 'abc', ' 7']),
    mostly(['', 'true', '0', '1'], ['yes', ' true']),
    mostly(['', '1980-02-29', '19991231', '2000/01/31'], ['1981-02-29', 'soon']),
    mostly(
      ['', '2025-03-01 10:20:30', '2025-03-01T10:20:30.289Z', '2025-03-01'],
      ['1960-01-01', '2025-03-01 25:00'],
    ),
    mostly(['', '330106198001011234', '王小明', 'A1'], ['6222020200112233=25121010000']),
    mostly(['', '2025-12-01', '1764547200000', '2025-12-02'], ['late', '1960-01-01']),
    mostly(['', '', 'app', 'branch'], ['x'.repeat(9_000)]),
    mostly(['', '', 'known'], ['ß']),
  ),
  { minLength: 60, maxLength: 160 },
);

const csvOf = (given: readonly (readonly string[])[]): string =>
  [COLUMNS, ...given]
    .map((cells) =>
      cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','),
    )
    .join('\n');

async function load(bank: Bank, mapping: MappingInput, chunkBytes: number) {
  const mappingFile = join(directory, 'mapping.json');
  await writeFile(mappingFile, JSON.stringify(mapping));
  const summary = await runImport(bank.platform, bank.rooms, {
    mappingFile,
    dataDirectory: directory,
    chunkBytes,
  });
  const rejections = await bank.platform.database.query(
    `select row_number, record, code, detail from imports.rejection where run_id = $1
     order by row_number, record, code, detail`,
    [summary.importId],
  );
  const { rows: read, rejectedRows, records } = summary;
  return {
    read,
    rejectedRows,
    records: Object.fromEntries(Object.entries(records).filter(([, number]) => number > 0)),
    rejections,
  };
}

/** All that a bank knows, with values of keys in place of numbers, which depend on the order of arrival. */
async function stateOf({ platform, profile }: Bank): Promise<unknown> {
  const { database, clickhouse, secrets } = platform;
  const keys = await database.query<{
    key_number: number;
    person_id: number;
    type: string;
    value_encrypted: string;
  }>('select * from identity.key');
  const nameOf = new Map(
    keys.map((key) => [key.key_number, `${key.type} ${secrets.decrypt(key.value_encrypted)}`]),
  );
  const personOf = new Map(keys.map((key) => [key.key_number, key.person_id]));
  const members = new Map<number, string[]>();
  for (const [keyNumber, personId] of personOf)
    members.set(personId, [...(members.get(personId) ?? []), nameOf.get(keyNumber)!].sort());
  const who = (personId: number): string => (members.get(personId) ?? ['nobody']).join(' + ');
  const sorted = (found: readonly unknown[]): string[] => found.map((each) => JSON.stringify(each)).sort();
  const opened = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, each: { box?: string }) =>
      typeof each?.box === 'string' ? secrets.decrypt(each.box) : each,
    ) as unknown;
  const personIds = [...members.keys()];
  const attributes = await profile.attributesOf(personIds);
  const inClickHouse = await clickhouse.query<Record<string, unknown>>('select * from person final');
  const mapOf = (keyNumbers: readonly (number | string)[]): string[] =>
    keyNumbers.map((number) => nameOf.get(Number(number))!).sort();
  return {
    keys: sorted(
      keys.map((key) => {
        // Not `first_seen_at`: that is of the batch that brought the key.
        const { bound_at, shared, blocked } = key as unknown as Record<string, unknown>;
        return [nameOf.get(key.key_number), bound_at, shared, blocked];
      }),
    ),
    people: [...members.values()].map((each) => each.join(' + ')).sort(),
    attributes: sorted([...attributes].map(([personId, values]) => [who(personId), sortedEntries(values)])),
    holders: sorted(
      (
        await database.query<{ key_number: number; person_id: number; cells: object }>(
          'select * from profile.holder',
        )
      ).map((each) => [nameOf.get(each.key_number), who(each.person_id), opened(each.cells)]),
    ),
    statements: sorted(
      (
        await database.query<{ kind: string; key_numbers: string[] }>(
          'select kind, key_numbers::text[] as key_numbers, first_at, last_at, source_id, retracted, held from identity.assertion',
        )
      ).map((each) => ({ ...each, key_numbers: mapOf(each.key_numbers) })),
    ),
    quarantine: sorted(
      (
        await database.query<{ reason: string; key_numbers: string[] }>(
          'select reason, state, key_numbers::text[] as key_numbers from identity.quarantine_item',
        )
      ).map((each) => ({ ...each, key_numbers: mapOf(each.key_numbers) })),
    ),
    clickhouse: sorted(
      inClickHouse.map(({ person_id: personId, ...columns }) => [
        who(Number(personId)),
        without(columns, 'key_number', 'version'),
      ]),
    ),
    holdings: sorted(
      (await clickhouse.query<Record<string, unknown>>('select * from detail_holding final')).map(
        ({ key_number: keyNumber, ...columns }) => [
          nameOf.get(Number(keyNumber)),
          without(columns, 'owner_id', 'person_id'),
        ],
      ),
    ),
  };
}

const without = (row: object, ...names: string[]): object =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

const sortedEntries = (values: object): [string, unknown][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

test(
  'persons in bulk and row by row are the same persons, whatever the files',
  { timeout: 240_000 },
  async () => {
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(
        people,
        fc.constantFrom('utf-8' as const, 'gbk' as const),
        fc.constantFrom(1_500, 6_000, 1 << 20),
        async (given, encoding, chunkBytes) => {
          // One file after the other: the later ones meet persons that are there, and other sources.
          const mapping = mappingOf(['core', 'app', 'web'][turn % 3]!, turn++, encoding);
          const text = csvOf(given);
          await writeFile(
            join(directory, 'people.csv'),
            encoding === 'gbk' ? iconv.encode(text, 'gbk') : text,
          );
          const one = await load(bulk, mapping, chunkBytes);
          const other = await load(rows, mapping, 0);
          expect(one).toEqual(other);
          expect(await stateOf(bulk)).toEqual(await stateOf(rows));
        },
      ),
      { numRuns: Number(process.env['WUTONG_BULK_RUNS'] ?? 6), seed: 20_260_102, endOnFailure: true },
    );
    expect(bulk.loaded).toBeGreaterThan(100);
    expect(rows.loaded).toBe(0);
  },
);

test.each([
  ['in bulk', () => bulk, 1 << 20],
  ['row by row', () => rows, 0],
])('keys that are blocked are counted where others tell the person, %s', async (way, bank, chunkBytes) => {
  const mapping = {
    ...mappingOf('core', 0, 'utf-8'),
    name: 'blocked',
    files: [
      {
        file: 'blocked.csv',
        records: [
          {
            record: 'person' as const,
            keys: [
              { type: 'customer_number', value: 'id' },
              { type: 'mobile', value: 'mobile' },
            ],
          },
        ],
      },
    ],
  };
  const text = 'id,mobile\nBK1,1.38E+10\nBK2,13912340002\nBK3,0\nBK3,0\n,0\n';
  await writeFile(join(directory, 'blocked.csv'), text);
  const { records, rejectedRows } = await load(bank(), mapping, chunkBytes);
  expect({ blocked: records['blocked key'], rejectedRows }, way).toEqual({ blocked: 3, rejectedRows: 1 });
});
