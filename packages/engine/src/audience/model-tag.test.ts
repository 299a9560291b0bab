import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../test/harness/platform.ts';
import type { Platform } from '../platform/index.ts';
import { createAudience, type Asker, type Audience, type PersonScorer } from './index.ts';
import { computeTags } from './compute-tags.ts';
import { declareTestBank, testPlan } from './interpret/test-bank.ts';
import { createTags, type TagInput, type Tags } from './manage-tags.ts';
import { createCatalogueReader, type CatalogueReader } from './read-catalogue.ts';
import { selectTags } from './tag-store.ts';

const ASKER: Asker = { userId: 'm1', permissions: new Set(['*']) };
const HOUR_MS = 3_600_000;

let databases: TestDatabases;
let platform: Platform;
let reader: CatalogueReader;
let audience: Audience;
let tags: Tags;
const now = { ms: TEST_START_MS };

/** Likes the even ones; its second version likes them more. */
const churn: PersonScorer & { version: number; fails: boolean } = {
  version: 1,
  fails: false,
  modelVersion: async () => `v${churn.version}`,
  async score(personIds) {
    if (churn.fails) throw new Error('the model is away');
    return new Map(personIds.filter((id) => id % 2 === 0).map((id) => [id, id / 10 + churn.version]));
  },
};

beforeAll(async () => {
  databases = await createTestDatabases();
  const made = createTestPlatform(databases);
  platform = { ...made, clock: { ...made.clock, now: () => now.ms } };
  const profile = await declareTestBank(platform);
  const plan = async (): ReturnType<Parameters<typeof createAudience>[1]['ingest']['plan']['list']> =>
    testPlan();
  reader = createCatalogueReader(platform, { catalogue: () => profile.catalogue(), plannedEvents: plan });
  audience = createAudience(platform, {
    profile,
    identity: { takePersonChanges: async () => [] },
    ingest: { plan: { list: plan } },
  });
  tags = createTags(platform, reader, new Map([['churn', churn]]));
  await platform.clickhouse.insert(
    'person',
    [1, 2, 3, 4].map((id) => ({ person_id: id, key_number: id, version: 1, age: id })),
  );
}, 60_000);
afterAll(async () => databases.drop());

const input = (tagId: string, more: Partial<TagInput> = {}): TagInput => ({
  tagId,
  name: tagId,
  description: '',
  folder: '',
  kind: 'model',
  schedule: { every: 'day', at: '03:00' },
  valueType: 'number',
  ...more,
});
const peopleWith = async (text: string): Promise<readonly number[]> =>
  (await audience.people({ text: `person where ${text}` }, { limit: 10 }, ASKER)).personIds;

it('asks a scorer about everybody, and again with its next version', async () => {
  const made = await tags.create(input('churn', { model: { scorer: 'churn', freshForHours: 24 } }), ASKER);
  expect(made).toMatchObject({ people: 2, model_version: 'v1', problem: null });
  expect(await peopleWith('tag churn > 1.3')).toEqual([4]);
  churn.version = 2;
  await tags.compute(['churn']);
  expect(await peopleWith('tag churn > 2.1')).toEqual([2, 4]);
  expect((await tags.runs('churn')).map((run) => run.model_version)).toEqual(['v2', 'v1']);
});

it('keeps the scores and says why when the scorer fails', async () => {
  churn.fails = true;
  await tags.compute(['churn']);
  churn.fails = false;
  expect(await tags.get('churn')).toMatchObject({
    people: 2,
    problem: 'The scorer “churn” failed: the model is away',
  });
  expect(await peopleWith('tag churn is present')).toEqual([2, 4]);
});

it('refuses a scorer that nobody brought', async () => {
  await expect(
    tags.create(input('other', { model: { scorer: 'chrun', freshForHours: 1 } }), ASKER),
  ).rejects.toMatchObject({ code: 'tag_scorer_unknown', details: { known: ['churn'] } });
});

it('takes scores from outside with the version of their model, and takes stale ones away', async () => {
  await tags.create(input('propensity', { model: { freshForHours: 24 } }), ASKER);
  await tags.setValues('propensity', [{ personId: 1, values: ['0.9'] }], ASKER, '2026-02');
  now.ms += 20 * HOUR_MS;
  await tags.setValues('propensity', [{ personId: 3, values: ['0.8'] }], ASKER, '2026-03');
  expect(await tags.get('propensity')).toMatchObject({ people: 2, model_version: '2026-03' });
  now.ms += 5 * HOUR_MS;
  await computeTags(platform, reader, await selectTags(platform.database, ['propensity']));
  expect(await peopleWith('tag propensity > 0')).toEqual([3]);
  now.ms += 24 * HOUR_MS;
  await computeTags(platform, reader, await selectTags(platform.database, ['propensity']));
  expect(await tags.get('propensity')).toMatchObject({ people: 0 });
  await tags.setValues('propensity', [{ personId: 1, values: ['0.7'] }], ASKER, '2026-04');
  expect(await peopleWith('tag propensity = 0.7')).toEqual([1]);
});

it('refuses values from outside that do not fit the type of the tag, and sets none of them', async () => {
  await tags.create(input('since', { kind: 'manual', valueType: 'date' }), ASKER);
  await tags.create(input('likes', { kind: 'manual', valueType: 'list' }), ASKER);
  const refused = async (tagId: string, values: string[]): Promise<void> => {
    const all = [
      { personId: 1, values: [] },
      { personId: 2, values },
    ];
    await expect(tags.setValues(tagId, all, ASKER)).rejects.toMatchObject({
      code: 'tag_value_invalid',
      details: { index: 1, personId: 2 },
    });
  };
  await refused('propensity', ['high']);
  await refused('propensity', ['1', '2']);
  await refused('since', ['2026-02-30']);
  await tags.setValues('likes', [{ personId: 2, values: ['tea', 'go'] }], ASKER);
  expect(await peopleWith("tag likes contains all ('go', 'tea')")).toEqual([2]);
  expect(await peopleWith('tag propensity = 0.7')).toEqual([1]);
});
