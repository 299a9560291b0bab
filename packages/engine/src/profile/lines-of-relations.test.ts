import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import type { ClickHouse, Platform } from '../platform/index.ts';
import { createProfile, type Profile, type RelationOperation } from './index.ts';

let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let profile: Profile;

const MANAGED = 'managed_by';
const KNOWN = 'knows_of';
/** A person has one locker, and a locker one person. */
const LOCKER = 'has_locker';

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  profile = createProfile(platform, identity);
  const title = { en: 'one at a time', zh: '同时一个' };
  await profile.declare({
    entityTypes: [{ name: 'thing', title, fields: [] }],
    relationTypes: [
      { name: MANAGED, from: 'person', to: 'thing', title, cardinality: 'many_to_one' },
      { name: LOCKER, from: 'person', to: 'thing', title, cardinality: 'one_to_one' },
      { name: KNOWN, from: 'person', to: 'thing', title, cardinality: 'many_to_many' },
    ],
  });
});
afterAll(async () => {
  await identity.stop();
  await platform.close();
  await databases.drop();
});

const hour = (n: number): number => Date.UTC(2026, 0, 1) + n * 3_600_000;
let messages = 0;

async function resolve(keys: Record<string, string>, link: 'none' | 'bind') {
  const asked = {
    keys: Object.entries(keys).map(([type, value]) => ({ type, value })),
    link,
    at: hour(messages),
    sourceId: 'test',
    messageId: `k${messages++}`,
  };
  const [end] = await platform.database.transaction((transaction) => identity.resolve(transaction, [asked]));
  return { type: 'person' as const, personId: end!.personId, keyNumber: end!.keyNumber };
}

/** A customer and visitors, nobody known to be anybody else yet. */
async function strangers(visitors: number) {
  const name = `L${messages}`;
  const customer = { customer_number: name };
  const devices = Array.from({ length: visitors }, (_, index) => ({ device: `${name}-${index}` }));
  const ends = [await resolve(customer, 'none')];
  for (const device of devices) ends.push(await resolve(device, 'none'));
  return {
    name,
    ends,
    merge: (visitor: number) => resolve({ ...customer, ...devices[visitor - 1] }, 'bind'),
    split: async (visitor: number): Promise<void> => {
      const people = await identity.personsOf(ends.map((end) => end.keyNumber));
      const [personId, other] = [ends[0]!, ends[visitor]!].map((end) => people.get(end.keyNumber)!);
      if (personId !== other) return;
      const keyNumbers = [ends[visitor]!.keyNumber];
      await identity.unmerge({ personId: personId!, keyNumbers, actor: 'test', reason: 'test' });
    },
  };
}
type End = Awaited<ReturnType<typeof resolve>>;

type Said = Pick<RelationOperation, 'from' | 'at'> & Partial<RelationOperation> & { thing: string };
const operationOf = ({ thing, ...rest }: Said): RelationOperation => ({
  kind: 'relation',
  type: MANAGED,
  to: { type: 'thing', id: thing },
  fields: {},
  sourceId: 'core',
  messageId: `m${messages++}`,
  ...rest,
});

async function say(...said: Said[]): Promise<void> {
  const operations = said.map(operationOf);
  await platform.database.transaction((transaction) => profile.apply(transaction, operations));
  await profile.mirror();
}

/** Hours at which relations begin and end; an open end is null, no beginning is "always". */
const periodsOf = async (ends: readonly End[]): Promise<string[]> => {
  const rows = await platform.clickhouse.query<{ period: string }>(
    `select concat(relation_type, ' ', from_id, ' ', to_id, ' ',
       if(valid_from < '2000-01-01', 'always', toString(dateDiff('hour', toDateTime('2026-01-01', 'UTC'), valid_from))), ' ',
       if(valid_to > '2200-01-01', 'open', toString(dateDiff('hour', toDateTime('2026-01-01', 'UTC'), valid_to)))) as period
     from relation final where from_key_number in {keys:Array(UInt64)}`,
    { keys: ends.map((end) => end.keyNumber) },
  );
  return rows.map((row) => row.period).sort();
};
const periods = (
  ends: readonly End[],
  ...list: [end: number, thing: string, from: number, to: number | 'open'][]
) => list.map(([end, thing, from, to]) => `${MANAGED} ${ends[end]!.keyNumber} ${thing} ${from} ${to}`).sort();

/** A ClickHouse that takes no relations. */
const withoutRelations = (): ClickHouse => ({
  ...platform.clickhouse,
  insertStream: (target, ...rest) =>
    target.startsWith('relation ')
      ? Promise.reject(new Error('gone'))
      : platform.clickhouse.insertStream(target, ...rest),
});

test('a merged person has the manager who began last, whatever crashed; taken apart, each has theirs again', async () => {
  const { ends, merge, split } = await strangers(1);
  const [customer, visitor] = ends as [End, End];
  await say({ from: visitor, thing: 'M1', at: hour(5), validFrom: hour(5) });
  await say({ from: customer, thing: 'M2', at: hour(9), validFrom: hour(9) });
  const apart = periods(ends, [1, 'M1', 5, 'open'], [0, 'M2', 9, 'open']);
  expect(await periodsOf(ends)).toEqual(apart);
  await merge(1);
  const crashing = createProfile({ ...platform, clickhouse: withoutRelations() }, identity);
  await expect(crashing.mirror()).rejects.toThrow('gone');
  expect(await periodsOf(ends)).toEqual(apart);
  await profile.catchUp();
  const merged = periods(ends, [1, 'M1', 5, 9], [0, 'M2', 9, 'open']);
  expect(await periodsOf(ends)).toEqual(merged);
  await split(1);
  await profile.mirror();
  expect(await periodsOf(ends)).toEqual(apart);
});

test('the relation before goes on when the one that ended it is said not to be', async () => {
  const { ends } = await strangers(0);
  const from = ends[0]!;
  await say({ from, thing: 'M1', at: hour(1), validFrom: hour(1) });
  await say({ from, thing: 'M2', at: hour(5), validFrom: hour(5) });
  await say({ from, thing: 'M3', at: hour(7), validFrom: hour(7), validTo: hour(20) });
  await say({ from, thing: 'M2', at: hour(8), deleted: true });
  expect(await periodsOf(ends)).toEqual(periods(ends, [0, 'M1', 1, 7], [0, 'M3', 7, 20]));
  await say({ from, thing: 'M3', at: hour(9), validFrom: hour(7), deleted: true });
  expect(await periodsOf(ends)).toEqual(periods(ends, [0, 'M1', 1, 'open']));
  // Said before it was deleted, and come after: it is gone, and ends nothing.
  await say({ from, thing: 'M3', at: hour(6), validFrom: hour(7) });
  expect(await periodsOf(ends)).toEqual(periods(ends, [0, 'M1', 1, 'open']));
});

test('an end without a beginning that comes after the next manager, and again, means the manager before', async () => {
  const { ends } = await strangers(0);
  const from = ends[0]!;
  await say({ from, thing: 'M1', at: hour(1), validFrom: hour(1) });
  await say({ from, thing: 'M2', at: hour(5), validFrom: hour(5) });
  const end: Said = { from, thing: 'M1', at: hour(5), validTo: hour(4) };
  for (let times = 0; times < 2; times++) {
    await say(end);
    expect(await periodsOf(ends)).toEqual(periods(ends, [0, 'M1', 1, 4], [0, 'M2', 5, 'open']));
  }
});

test('an end or a deletion that comes before its beginning means what is said later to have begun', async () => {
  const sayings: Omit<Said, 'from'>[] = [
    { thing: 'M1', at: hour(1), validFrom: hour(1) },
    { thing: 'M1', at: hour(4), validTo: hour(4) },
    { thing: 'M2', at: hour(5), validFrom: hour(5) },
    { thing: 'M2', at: hour(9), deleted: true },
    { thing: 'M3', at: hour(2), validFrom: hour(2) },
    { thing: 'M3', at: hour(8), deleted: true },
    // Said after it was gone: it is there again.
    { thing: 'M3', at: hour(10), validFrom: hour(10) },
  ];
  for (const type of [MANAGED, KNOWN]) {
    for (const order of [
      [6, 5, 4, 3, 2, 1, 0],
      [3, 1, 5, 6, 2, 4, 0],
    ]) {
      const { ends } = await strangers(0);
      const said = order.map((place) => ({ ...sayings[place]!, type, from: ends[0]! }));
      // Also again, as after a crash.
      for (const each of [...said, said[0]!, said.at(-1)!]) await say(each);
      expect(await periodsOf(ends)).toEqual(
        periods(ends, [0, 'M1', 1, 4], [0, 'M3', 10, 'open']).map((each) => each.replace(MANAGED, type)),
      );
    }
  }
});

test.each([
  ['an end', { validTo: hour(4) }],
  ['a deletion', { deleted: true }],
])('%s that another process says while the beginning is written is not lost', async (_name, ending) => {
  const { ends } = await strangers(0);
  const from = ends[0]!;
  let isBetween = true;
  const clickhouse: ClickHouse = {
    ...platform.clickhouse,
    async insertStream(target, ...rest) {
      // Neither sees what the other is about to write.
      if (target.startsWith('relation ') && isBetween) {
        isBetween = false;
        await say({ from, type: KNOWN, thing: 'M1', at: hour(4), ...ending });
      }
      return platform.clickhouse.insertStream(target, ...rest);
    },
  };
  const importing = createProfile({ ...platform, clickhouse }, identity);
  const beginning = { from, type: KNOWN, thing: 'M1', at: hour(1), validFrom: hour(1) };
  await importing.writeFacts([operationOf(beginning)]);
  const left = 'deleted' in ending ? [] : [`${KNOWN} ${from.keyNumber} M1 1 4`];
  expect(await periodsOf(ends)).toEqual(left);
});

test('what was said of a visitor who is merged before it is written stands in the line of the merged person', async () => {
  const { ends, merge } = await strangers(1);
  const [customer, visitor] = ends as [End, End];
  await say({ from: customer, thing: 'M1', at: hour(1), validFrom: hour(1) });
  await merge(1);
  await profile.mirror();
  await say({ from: visitor, thing: 'M2', at: hour(5), validFrom: hour(5) });
  expect(await periodsOf(ends)).toEqual(periods(ends, [0, 'M1', 1, 5], [1, 'M2', 5, 'open']));
});

test('of two that begin at one moment and are said at one, the same holds in whatever order they come', async () => {
  for (const things of [
    ['M1', 'M2'],
    ['M2', 'M1'],
  ]) {
    const { ends } = await strangers(0);
    for (const thing of things) await say({ from: ends[0]!, thing, at: hour(2), validFrom: hour(2) });
    expect(await periodsOf(ends)).toEqual(periods(ends, [0, 'M1', 2, 2], [0, 'M2', 2, 'open']));
  }
});

test('an end of which it is not known whether it was said, as rows from before have it, stays', async () => {
  const { ends } = await strangers(0);
  const from = ends[0]!;
  const time = (n: number): string => new Date(hour(n)).toISOString().replace('T', ' ').replace('Z', '');
  await platform.clickhouse.insert('relation', [
    {
      relation_type: MANAGED,
      from_type: 'person',
      from_id: String(from.keyNumber),
      from_key_number: from.keyNumber,
      from_person_id: from.personId,
      to_type: 'thing',
      to_id: 'M1',
      valid_from: time(1),
      valid_to: time(5),
      version: hour(1),
    },
  ]);
  await say({ from, thing: 'M2', at: hour(5), validFrom: hour(5) });
  await say({ from, thing: 'M2', at: hour(8), deleted: true });
  expect(await periodsOf(ends)).toEqual(periods(ends, [0, 'M1', 1, 5]));
});

const VISITORS = 2;
/** What is said: dated, or without a beginning. Times of saying are given apart, so that it comes in any order. */
const saying = fc.record({
  end: fc.nat(VISITORS),
  type: fc.constantFrom(MANAGED, MANAGED, LOCKER),
  thing: fc.constantFrom('A', 'B'),
  from: fc.constantFrom(undefined, 2, 5, 9, 14),
  lasts: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  deleted: fc.constantFrom(false, false, false, true),
});
type Saying = typeof saying extends fc.Arbitrary<infer Value> ? Value & { at: number } : never;
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ say: fc.array(saying, { minLength: 1, maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ merge: fc.integer({ min: 1, max: VISITORS }) }) },
  { weight: 1, arbitrary: fc.record({ split: fc.integer({ min: 1, max: VISITORS }) }) },
  { weight: 1, arbitrary: fc.record({ again: fc.nat(9) }) },
);

interface Held {
  readonly said: Omit<Saying, 'lasts'>;
  readonly to: number | undefined;
  /** Nothing but its end is known. */
  readonly unbegun?: boolean;
}

/** What is known of relations, said one after the other; periods are told anew by looking at each pair. */
class SlowModel {
  readonly held: Held[] = [];
  private readonly gone: Held['said'][] = [];

  private newest(): Held[] {
    const same = (a: Held, b: Held): boolean =>
      (['end', 'type', 'thing', 'from'] as const).every((name) => a.said[name] === b.said[name]);
    return this.held.filter(
      (each, index) =>
        !this.held.some(
          (other, position) =>
            same(each, other) &&
            (other.said.at > each.said.at || (other.said.at === each.said.at && position > index)),
        ) && !each.said.deleted,
    );
  }

  hear(said: Saying, personOf: (end: number) => number): void {
    const { lasts, ...rest } = said;
    const to = lasts === undefined ? undefined : (said.from ?? said.at) + lasts;
    const there = this.newest().filter(
      (each) =>
        each.said.type === said.type &&
        each.said.thing === said.thing &&
        personOf(each.said.end) === personOf(said.end),
    );
    const before = there.filter((each) => each.said.at <= said.at);
    if (said.from !== undefined || (!said.deleted && to === undefined)) this.begin(rest, to, there, personOf);
    else if (said.deleted) {
      this.gone.push(rest);
      this.held.push({ said: rest, to });
      for (const each of before)
        this.held.push({ said: { ...each.said, at: said.at, deleted: true }, to: each.to });
    } else if (before.length > 0) {
      const begun = before.filter((each) => (each.said.from ?? 0) <= to!);
      const open = (begun.length > 0 ? begun : before).filter((each) => each.to === undefined);
      const choice = open.length > 0 ? open : begun.length > 0 ? begun : before;
      const again = before.find((each) => each.said.at === said.at && each.to === to);
      const meant = again ?? [...choice].sort((a, b) => (b.said.from ?? 0) - (a.said.from ?? 0))[0]!;
      this.held.push({ ...meant, said: { ...meant.said, at: said.at }, to });
    } else if (there.length === 0) this.held.push({ said: rest, to, unbegun: true });
  }

  /** What was said later and came earlier ends it, or says that it is gone. */
  private begin(
    said: Held['said'],
    to: number | undefined,
    there: readonly Held[],
    personOf: (end: number) => number,
  ): void {
    const isOfPair = (other: Held['said']): boolean =>
      other.type === said.type && other.thing === said.thing && personOf(other.end) === personOf(said.end);
    const goneAt = Math.max(0, ...this.gone.filter(isOfPair).map((each) => each.at));
    const end = there.find((each) => each.unbegun === true && each.said.at > said.at);
    if (said.deleted) this.held.push({ said, to });
    else if (goneAt > said.at) this.held.push({ said: { ...said, at: goneAt, deleted: true }, to });
    else if (!end) this.held.push({ said, to });
    else {
      this.held.push({ ...end, said: { ...end.said, deleted: true } });
      this.held.push({ said: { ...said, at: end.said.at }, to: end.to });
    }
  }

  periods(personOf: (end: number) => number, keyOf: (end: number) => number, place: string): string[] {
    const start = ({ said, to }: Held): number => said.from ?? Math.min(said.at, to ?? Infinity);
    const name = ({ said }: Held): string =>
      `${said.type} ${keyOf(said.end)} ${place}${said.thing} ${said.from ?? 0}`;
    const precedes = (a: Held, b: Held): boolean =>
      start(a) !== start(b)
        ? start(a) < start(b)
        : a.said.at !== b.said.at
          ? a.said.at < b.said.at
          : name(a) < name(b);
    const newest = this.newest();
    return newest
      .map((each) => {
        let end = each.to ?? Infinity;
        for (const other of newest) {
          const isNext =
            other.said.type === each.said.type &&
            (personOf(other.said.end) === personOf(each.said.end) ||
              (each.said.type === LOCKER && other.said.thing === each.said.thing)) &&
            precedes(each, other);
          if (isNext) end = Math.min(end, start(other));
        }
        const { type, end: near, thing, from } = each.said;
        return `${type} ${keyOf(near)} ${place}${thing} ${from ?? 'always'} ${end === Infinity ? 'open' : end}`;
      })
      .sort();
  }
}

test('one at a time, as a slow model says, through late arrivals, ends, deletions, retries, merges and splits', async () => {
  const history = fc.array(step, { minLength: 8, maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(history, fc.infiniteStream(fc.nat(1_000_000)), async (steps, order) => {
      const { name, ends, merge, split } = await strangers(VISITORS);
      const model = new SlowModel();
      const batches: Saying[][] = [];
      const keyOf = (end: number): number => ends[end]!.keyNumber;
      // Times of saying are of all relations different, and in no order.
      const sayings = steps.flatMap((each) => ('say' in each ? each.say : []));
      const times = sayings
        .map((_, index) => ({ index, by: order.next().value }))
        .sort((a, b) => a.by - b.by);
      const atOf = new Map(times.map(({ index }, at) => [sayings[index], at + 1]));
      for (const each of steps) {
        if ('merge' in each) await merge(each.merge);
        else if ('split' in each) await split(each.split);
        else {
          const known = batches[batches.length - 1 - ('again' in each ? each.again : 0)];
          const batch = 'say' in each ? each.say.map((said) => ({ ...said, at: atOf.get(said)! })) : known;
          if (!batch) continue;
          batches.push(batch);
          const people = await identity.personsOf(ends.map((end) => end.keyNumber));
          const personOf = (end: number): number => people.get(keyOf(end))!;
          for (const said of [...batch].sort((a, b) => a.at - b.at)) model.hear(said, personOf);
          const facts = batch.map((said) =>
            operationOf({
              type: said.type,
              // Some name the person of before.
              from: ends[said.end]!,
              thing: `${name}-${said.thing}`,
              at: hour(said.at),
              ...(said.from === undefined ? {} : { validFrom: hour(said.from) }),
              ...(said.lasts === undefined ? {} : { validTo: hour((said.from ?? said.at) + said.lasts) }),
              ...(said.deleted ? { deleted: true } : {}),
            }),
          );
          expect((await profile.writeFacts(facts)).rejections).toEqual([]);
        }
      }
      await profile.mirror();
      const people = await identity.personsOf(ends.map((end) => end.keyNumber));
      const personOf = (end: number): number => people.get(keyOf(end))!;
      expect(await periodsOf(ends)).toEqual(model.periods(personOf, keyOf, `${name}-`));
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 120_000);
