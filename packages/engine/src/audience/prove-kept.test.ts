import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parseEql } from '@wutong/contract';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../test/harness/platform.ts';
import type { PersonChange } from '../identity/index.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import { keptAmong } from './compute-kept.ts';
import { whileComputing } from './compute-lock.ts';
import { selectKeptState } from './incremental/kept-state.ts';
import { declareTestBank, testPlan, uuidOf } from './interpret/test-bank.ts';
import { prepareExpression } from './prepare-expression.ts';
import { proveKept } from './prove-kept.ts';
import { createCatalogueReader, type CatalogueReader } from './read-catalogue.ts';
import { insertSegment, selectRuleSegments } from './segment-store.ts';

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let reader: CatalogueReader;
let number = 0;
/** What identity has noted, and the audience has not yet followed. */
let changes: PersonChange[] = [];

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  const profile = await declareTestBank(platform);
  reader = createCatalogueReader(platform, {
    catalogue: () => profile.catalogue(),
    plannedEvents: async () => testPlan(),
  });
}, 60_000);
afterAll(async () => databases.drop());

beforeEach(async () => {
  platform.clock.set(TEST_START_MS);
  changes = [];
  for (const table of ['event', 'person', 'identity_override', 'segment_membership']) {
    await platform.clickhouse.command(`TRUNCATE TABLE ${table}`);
  }
  await platform.database.execute(
    'truncate audience.kept_state, audience.moved_person, audience.proof, audience.segment cascade',
  );
  await platform.clickhouse.insert(
    'person',
    Array.from({ length: 9 }, (_, index) => ({
      person_id: index + 1,
      key_number: index + 1,
      version: 1,
      age: 30,
    })),
  );
  await insertSegment(platform.database, {
    segmentId: 'logged_in',
    name: 'logged_in',
    description: '',
    folder: '',
    kind: 'rule',
    body: undefined,
    document: parseEql('person where count(event login) >= 1').document!,
    schedule: { every: 'manual' },
    priority: 5,
    owner: 'test',
    at: 0,
    dueAt: undefined,
  });
});

async function logIn(person: number, receivedAt = platform.clock.now()): Promise<void> {
  const time = new Date(receivedAt).toISOString().replace('T', ' ').slice(0, 23);
  await platform.clickhouse.insert('event', [
    {
      person_id: person,
      key_number: person,
      time,
      received_at: time,
      event: 'login',
      event_id: uuidOf(number++),
      source_id: 'app',
      batch_id: uuidOf(0),
      properties: {},
    },
  ]);
}

/** Of two people one: the map of ClickHouse knows it at once, the audience when it follows. */
async function merge(from: number, into: number): Promise<void> {
  await platform.clickhouse.insert('identity_override', [
    { key_number: from, person_id: into, version: 2 + number++ },
  ]);
  await platform.clickhouse.insert('person', [
    { person_id: from, key_number: from, version: 2 + number++, deleted: 1 },
  ]);
  changes.push({ sequence: number++, keyNumber: from, oldPersonId: from, newPersonId: into, at: 0 });
}

/** Proves with something happening each time between the two computations that are compared. */
async function prove(between: (look: number) => Promise<void> = async () => undefined): Promise<string[]> {
  let look = 0;
  const { clickhouse } = platform;
  const interrupted: Platform = {
    ...platform,
    clickhouse: {
      ...clickhouse,
      async query<Row>(...given: Parameters<typeof clickhouse.query>) {
        if (given[0].includes('sumIf(cityHash64(frame_key)')) await between(look++);
        return clickhouse.query<Row>(...given);
      },
    },
  };
  const identity = { takePersonChanges: async () => changes.splice(0) };
  const proved = await whileComputing(interrupted, { wait: true }, async () => {
    const preparation = await reader.preparation(platform.clock.now());
    const segments = (await selectRuleSegments(platform.database)).flatMap((row) => {
      const prepared = prepareExpression({ document: row.document! }, preparation);
      return 'problems' in prepared ? [] : [{ row, prepared }];
    });
    return proveKept(interrupted, reader, identity, keptAmong(segments));
  });
  return proved ?? [];
}

const lastProof = async () =>
  (await platform.database.query('select segments, differing from audience.proof order by at desc'))[0];

it('takes a merge that is not yet followed for no error', async () => {
  await logIn(1);
  platform.clock.advance(3_600_000);
  expect(await prove()).toEqual([]);
  platform.clock.advance(3_600_000);
  expect(await prove(async (look) => void (look === 0 && (await merge(1, 2))))).toEqual([]);
  expect(await lastProof()).toEqual({ segments: 1, differing: [] });
});

it('takes what arrives at every look for no error', async () => {
  await logIn(1);
  expect(await prove((look) => logIn(look + 2))).toEqual([]);
  expect(await selectKeptState(platform.database)).toBeDefined();
});

it('reports what differs at every look, whatever else arrives', async () => {
  await logIn(1);
  platform.clock.advance(3_600_000);
  expect(await prove()).toEqual([]);
  // Became visible long after the instant it is stamped with.
  await logIn(9, TEST_START_MS);
  platform.clock.advance(3_600_000);
  const arriving = async (look: number): Promise<void> => {
    await logIn(look + 2);
    if (look === 0) await merge(1, 8);
  };
  expect(await prove(arriving)).toEqual(['logged_in']);
  expect(await lastProof()).toEqual({ segments: 1, differing: ['logged_in'] });
  expect(await selectKeptState(platform.database)).toBeUndefined();
  const wrongAt = async () => (await selectRuleSegments(platform.database))[0]?.proved_wrong_at;
  expect(await wrongAt()).toBe(platform.clock.now());
  // Made anew, it is right, and the alarm is over.
  expect(await prove()).toEqual([]);
  expect(await wrongAt()).toBeNull();
});
