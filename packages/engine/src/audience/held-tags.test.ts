import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { PersonChange } from '../identity/index.ts';
import type { Platform } from '../platform/index.ts';
import type { Asker } from './asker.ts';
import { followIdentity } from './follow-identity.ts';
import { createHeldTags, type HeldTags } from './held-tags.ts';
import { declareTestBank, testPlan } from './interpret/test-bank.ts';
import { loadTagColumn } from './load-tag-column.ts';
import { createTagLookup, type HeldPersonTag } from './look-up-tags.ts';
import { createTags, type Tags } from './manage-tags.ts';
import { createCatalogueReader } from './read-catalogue.ts';
import { selectTagsOf } from './tag-value-store.ts';
import { shownValues } from './show-tag-values.ts';

const ASKER: Asker = { userId: 'm1', permissions: new Set(['*']) };
/** People of three pages: a thick one, a thin one, and one far away. */
const PEOPLE = [...Array.from({ length: 12 }, (_, index) => index + 1), 70_000, 70_001, 9_000_001];
const TAGS = [
  ['note', 'text'],
  ['score', 'number'],
  ['likes', 'list'],
  ['seen', 'instant'],
] as const;

let databases: TestDatabases;
let platform: Platform;
let tags: Tags;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  const profile = await declareTestBank(platform);
  const reader = createCatalogueReader(platform, {
    catalogue: () => profile.catalogue(),
    plannedEvents: async () => testPlan(),
  });
  tags = createTags(platform, reader);
  const definition = { description: '', folder: '', schedule: { every: 'manual' } } as const;
  for (const [tagId, valueType] of TAGS) {
    await tags.create({ ...definition, tagId, name: tagId, kind: 'manual', valueType }, ASKER);
  }
  await people(1);
  const computed = { ...definition, tagId: 'grown', name: 'grown', kind: 'rule', valueType: 'text' } as const;
  await tags.create({ ...computed, text: "tier { 'old' when age >= 50 'young' when age >= 0 }" }, ASKER);
}, 60_000);
afterAll(async () => databases.drop());

async function people(version: number): Promise<void> {
  await platform.clickhouse.insert(
    'person',
    PEOPLE.map((person) => ({
      person_id: person,
      key_number: person,
      version,
      age: (person * version) % 97,
    })),
  );
}

const VALUES: Record<(typeof TAGS)[number][1], fc.Arbitrary<string[]>> = {
  text: fc.constantFrom(['金'], ['银'], []),
  number: fc.oneof(
    fc.integer({ min: -5, max: 5 }).map((number) => [String(number)]),
    fc.constant<string[]>([]),
  ),
  list: fc.uniqueArray(fc.constantFrom('茶', '酒', '棋')),
  instant: fc.constantFrom(['2026-01-01T00:00:00Z'], []),
};

type Deed =
  | { kind: 'set'; tag: number; values: { personId: number; values: string[] }[] }
  | { kind: 'compute'; version: number }
  | { kind: 'merge'; from: number; to: number }
  | { kind: 'settle' };

const person = fc.constantFrom(...PEOPLE);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.nat(TAGS.length - 1).chain((tag) =>
    fc
      .uniqueArray(fc.record({ personId: person, values: VALUES[TAGS[tag]![1]] }), {
        minLength: 1,
        maxLength: 4,
        selector: (each) => each.personId,
      })
      .map((values): Deed => ({ kind: 'set', tag, values })),
  ),
  fc.integer({ min: 2, max: 900 }).map((version): Deed => ({ kind: 'compute', version })),
  fc.record({ kind: fc.constant('merge' as const), from: person, to: person }),
  fc.constant<Deed>({ kind: 'settle' }),
);

async function act(each: Deed, held: readonly HeldTags[]): Promise<void> {
  switch (each.kind) {
    case 'set':
      await tags.setValues(TAGS[each.tag]![0], each.values, ASKER);
      return;
    case 'compute':
      await people(each.version);
      await tags.compute(['grown']);
      return;
    case 'merge': {
      if (each.from === each.to) return;
      const change = { keyNumber: each.from, oldPersonId: each.from, newPersonId: each.to } as PersonChange;
      await followIdentity(platform, { takePersonChanges: async () => [change] });
      return;
    }
    case 'settle':
      for (const process of held) await process.settle();
  }
}

/** What ClickHouse says at this instant. */
async function stored(personId: number): Promise<string[][]> {
  const rows = await selectTagsOf(
    platform.clickhouse,
    [personId],
    [...TAGS.map(([tagId]) => tagId), 'grown'],
  );
  const types = new Map<string, (typeof TAGS)[number][1]>(TAGS);
  return rows.map(({ tag_id: tagId, texts, numbers }) => [
    tagId,
    ...shownValues(types.get(tagId) ?? 'text', texts, numbers),
  ]);
}

const plain = (found: readonly HeldPersonTag[]): string[][] =>
  found.map(({ tagId, values }) => [tagId, ...values]);

it('answers what holds once a change is known, from memory or not, in every process', async () => {
  const held = [1, 2].map(() => createHeldTags(platform, { leastPauseMs: 0 }));
  const lookups = held.map((each) => createTagLookup(platform, each));
  let fromMemory = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 8 }), async (deeds) => {
      for (const each of deeds) {
        await act(each, held);
        const asked = [PEOPLE[deeds.length % PEOPLE.length]!, 1, 5, 70_000, 9_000_001];
        const expected = await Promise.all(asked.map(stored));
        for (const lookUp of lookups) {
          expect((await Promise.all(asked.map(lookUp))).map(plain)).toEqual(expected);
        }
        const { tags: known, of } = await held[0]!.present();
        fromMemory += known.filter((tag) => of(tag, 5) !== 'elsewhere').length;
      }
    }),
    { numRuns: 25 },
  );
  expect(fromMemory).toBeGreaterThan(20);
}, 120_000);

it('asks ClickHouse for what does not fit into its memory', async () => {
  const small = createHeldTags(platform, { limitBytes: 64 });
  const lookUp = createTagLookup(platform, small);
  await lookUp(1);
  await small.settle();
  expect(plain(await lookUp(1))).toEqual(await stored(1));
  const { tags: known, of } = await small.present();
  // Everybody has grown; a tag that nobody has fits anywhere.
  expect(
    of(
      known.find((tag) => tag.tag_id === 'grown')!,
      5,
    ),
  ).toBe('elsewhere');
});

it('packs many different numbers, and leaves too many different texts where they are', async () => {
  const fill = (tagId: string, texts: string, numbers: string): Promise<void> =>
    platform.clickhouse.command(
      `INSERT INTO tag_value (tag_id, person_id, texts, numbers, version)
       SELECT {tag:String}, number * 3, ${texts}, ${numbers}, 1 FROM numbers(70000)`,
      { tag: tagId },
    );
  await fill('wide', '[]', '[number / 4]');
  await fill('wordy', "[concat('text ', toString(number))]", '[]');
  const wide = await loadTagColumn(platform.clickhouse, 'wide', 10_000_000);
  expect([0, 3, 4, 209_997, 209_998].map((id) => wide?.of(id)?.numbers)).toEqual([
    [0],
    [0.25],
    undefined,
    [17_499.75],
    undefined,
  ]);
  expect(await loadTagColumn(platform.clickhouse, 'wide', 100_000)).toBeUndefined();
  expect(await loadTagColumn(platform.clickhouse, 'wordy', 100_000_000)).toBeUndefined();
});
