import type { audienceApi } from '@wutong/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { Platform } from '../platform/index.ts';
import { createAudience, type Asker, type Audience } from './index.ts';
import { declareTestBank, testPlan } from './interpret/test-bank.ts';
import { createSegments, type Segments } from './manage-segments.ts';
import { createCatalogueReader } from './read-catalogue.ts';

const ASKER: Asker = { userId: 'm1', permissions: new Set(['*']) };
const PEOPLE = 400;
const SEED = 40;
const CITIES = ['上海', '北京', 'Paris'];

/** A bank in which those of the seed (ids up to 40) are mostly of Shanghai and rich. */
const people = Array.from({ length: PEOPLE }, (_, index) => {
  const id = index + 1;
  const inSeed = id <= SEED;
  const city = inSeed && id % 5 !== 0 ? '上海' : id % 7 === 0 ? null : CITIES[id % 3]!;
  const aum = inSeed && id % 4 !== 0 ? 9_000 + id : id % 11 === 0 ? null : (id * 37) % 10_000;
  return { id, inSeed, city, aum, vip: id % 13 === 0 };
});

let databases: TestDatabases;
let platform: Platform;
let audience: Audience;
let segments: Segments;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  const profile = await declareTestBank(platform);
  const plan = async (): ReturnType<Parameters<typeof createAudience>[1]['ingest']['plan']['list']> =>
    testPlan();
  audience = createAudience(platform, {
    profile,
    identity: { takePersonChanges: async () => [] },
    ingest: { plan: { list: plan } },
  });
  segments = createSegments(
    platform,
    createCatalogueReader(platform, { catalogue: () => profile.catalogue(), plannedEvents: plan }),
  );
  await platform.clickhouse.insert(
    'person',
    people.map(({ id, city, aum, vip }) => ({ person_id: id, key_number: id, version: 1, city, aum, vip })),
  );
  const rule = { description: '', folder: '', schedule: { every: 'manual' } } as const;
  await segments.create(
    {
      ...rule,
      segmentId: 'best',
      name: 'best',
      kind: 'import',
      people: [people.filter((each) => each.inSeed).map((each) => each.id)],
    },
    ASKER,
  );
  await segments.create(
    { ...rule, segmentId: 'few', name: 'few', kind: 'import', people: [[1, 2, 3]] },
    ASKER,
  );
}, 60_000);
afterAll(async () => databases.drop());

/** Naive Bayes as a page of arithmetic: the same cuts, shares, smoothing and order. */
function alike(size: number): { id: number; score: number }[] {
  const amounts = people.flatMap((each) => each.aum ?? []).sort((left, right) => left - right);
  const cuts = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    (tenth) => amounts[Math.floor((amounts.length * tenth) / 10)]!,
  );
  const features = people.map(({ city, aum, vip }) => [
    aum === null ? 'missing' : String(cuts.filter((cut) => aum >= cut).length),
    city ?? 'missing',
    String(vip),
  ]);
  const weightOf = (feature: number, value: string): number => {
    const values = new Set(features.map((each) => each[feature])).size;
    const has = (index: number): boolean => features[index]![feature] === value;
    const seeds = people.filter((each, index) => each.inSeed && has(index)).length;
    const others = people.filter((each, index) => !each.inSeed && has(index)).length;
    return Math.log((seeds + 1) / (SEED + values)) - Math.log((others + 1) / (PEOPLE - SEED + values));
  };
  return people
    .map(({ id, inSeed }, index) => ({
      id,
      inSeed,
      score: features[index]!.reduce((sum, value, feature) => sum + weightOf(feature, value), 0),
    }))
    .filter((each) => !each.inSeed)
    .sort((left, right) =>
      Math.abs(right.score - left.score) > 1e-9 ? right.score - left.score : left.id - right.id,
    )
    .slice(0, size);
}

const lookalike: audienceApi.Lookalike = { seed: 'best', features: ['aum', 'city', 'vip'], size: 30 };
const input = {
  segmentId: 'like_best',
  name: 'like the best',
  description: '',
  folder: '',
  kind: 'lookalike',
  schedule: { every: 'day', at: '04:00' },
  lookalike,
} as const;

const membersOf = async (id: string): Promise<readonly number[]> =>
  (await audience.people({ text: `person where in segment ${id}` }, { limit: 1_000 }, ASKER)).personIds;

it('finds those who are most like the seed, by arithmetic anybody can follow', async () => {
  const made = await segments.create(input, ASKER);
  const meant = alike(30);
  expect(made).toMatchObject({ problem: null, members: 30, kind: 'lookalike' });
  expect(await membersOf('like_best')).toEqual(
    meant.map((each) => each.id).sort((left, right) => left - right),
  );
  expect(made.explanation?.seedPeople).toBe(SEED);
  expect(made.explanation?.highestScore).toBeCloseTo(meant[0]!.score, 9);
  expect(made.explanation?.lowestScore).toBeCloseTo(meant.at(-1)!.score, 9);
});

it('says which values speak for the seed', async () => {
  const { explanation } = await segments.get('like_best');
  const city = explanation!.features.find((each) => each.feature === 'city')!;
  const inShanghai = (inSeed: boolean): number =>
    people.filter((each) => each.inSeed === inSeed && each.city === '上海').length;
  expect(city.values[0]).toMatchObject({
    value: '上海',
    seedShare: inShanghai(true) / SEED,
    otherShare: inShanghai(false) / (PEOPLE - SEED),
  });
  expect(city.values[0]!.weight).toBeGreaterThan(0);
  expect(city.values.map((each) => each.value)).toContain('missing');
  // Being a vip says nothing here, so that it decides least.
  expect(explanation!.features.at(-1)!.feature).toBe('vip');
});

it('takes only those above a score, and says in its versions what it was', async () => {
  const edited = await segments.edit(
    'like_best',
    { ...input, version: 1, lookalike: { ...lookalike, size: 400, minimumScore: 1 } },
    ASKER,
  );
  const meant = alike(400).filter((each) => each.score >= 1);
  expect(edited.members).toBe(meant.length);
  expect((await segments.versions('like_best')).map((each) => each.body)).toEqual([
    'lookalike of segment best by aum; city; vip (400, score >= 1)',
    'lookalike of segment best by aum; city; vip (30)',
  ]);
  expect((await segments.uses('like_best', ASKER)).map((each) => each.id)).toEqual(['best']);
  await expect(segments.archive('best', true, ASKER)).rejects.toMatchObject({ code: 'segment_in_use' });
});

it('shows why it cannot be computed, or is refused at once', async () => {
  const made = await segments.create(
    { ...input, segmentId: 'like_few', lookalike: { ...lookalike, seed: 'few' } },
    ASKER,
  );
  expect(made.problem).toBe('The segment “few” has 3 people; at least 10 are needed.');
  const refused = async (wanted: audienceApi.Lookalike | undefined, code: string): Promise<void> => {
    await expect(
      segments.create({ ...input, segmentId: 'other', lookalike: wanted }, ASKER),
    ).rejects.toMatchObject({
      code,
    });
  };
  await refused(undefined, 'lookalike_missing');
  await refused({ ...lookalike, seed: 'other' }, 'segment_cycle');
  await refused({ ...lookalike, seed: 'nowhere' }, 'eql_invalid');
  await refused({ ...lookalike, features: ['interests'] }, 'eql_invalid');
  await refused({ ...lookalike, features: ['agee'] }, 'eql_invalid');
});
