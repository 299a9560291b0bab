import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../test/harness/platform.ts';
import type { PersonChange } from '../identity/index.ts';
import { CodedError, type ManualClock, type Platform } from '../platform/index.ts';
import type { Profile } from '../profile/index.ts';
import { createAudience, type Asker, type Audience, type ChangePosition } from './index.ts';
import { followIdentity } from './follow-identity.ts';
import { declareTestBank, loadWorld, testPlan, uuidOf } from './interpret/test-bank.ts';
import type { Fields, World } from './interpret/world.ts';
import { createSegments, type Segments } from './manage-segments.ts';
import { createTags, type Tags } from './manage-tags.ts';
import { createMemberLookup } from './lookup-members.ts';
import { createCatalogueReader, type CatalogueReader } from './read-catalogue.ts';

const DAY_MS = 86_400_000;
const ASKER: Asker = { userId: 'tester', permissions: new Set(['*']) };
const START: ChangePosition = { run: 0, personId: 0 };

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let profile: Profile;
let audience: Audience;
let reader: CatalogueReader;
let segments: Segments;
let tags: Tags;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  profile = await declareTestBank(platform);
  const plan = { list: async () => testPlan() };
  audience = createAudience(platform, {
    profile,
    identity: { takePersonChanges: async () => [] },
    ingest: { plan },
  });
  reader = createCatalogueReader(platform, {
    catalogue: () => profile.catalogue(),
    plannedEvents: () => plan.list(),
  });
  segments = createSegments(platform, reader);
  tags = createTags(platform, reader);
}, 60_000);
afterAll(async () => databases.drop());

/** Ten people aged 10, 20 … 100; the even ones logged in yesterday, person 10 has no age. */
function tenPeople(): World {
  const ids = Array.from({ length: 10 }, (_, index) => index + 1);
  return {
    people: new Map(
      ids.map((id): [number, Fields] => [
        id,
        id === 10 ? {} : { age: id * 10, city: id % 2 ? '北京' : '上海' },
      ]),
    ),
    entities: new Map(),
    events: ids
      .filter((id) => id % 2 === 0)
      .map((id) => ({
        event: 'login',
        personId: id,
        keyNumber: id,
        time: TEST_START_MS - DAY_MS,
        eventId: uuidOf(id),
        source: 'app',
        properties: { channel: 'app' },
      })),
    details: [],
    relations: [],
    consents: [],
    tags: new Map(),
    members: new Map(),
    changes: [],
    moved: new Map(),
    now: TEST_START_MS,
  };
}

const loan = (detailId: string, ownerId: string, fields: Fields): World['details'][number] => ({
  type: 'loan',
  detailId,
  ownerType: 'company',
  ownerId,
  personId: 0,
  keyNumber: 0,
  time: TEST_START_MS - DAY_MS,
  version: 1,
  fields,
});

const represents = (person: number, company: string): World['relations'][number] => ({
  type: 'legal_representative',
  fromType: 'person',
  fromId: String(person),
  toType: 'company',
  toId: company,
  validFrom: TEST_START_MS - DAY_MS,
  validTo: TEST_START_MS + DAY_MS,
});

beforeEach(async () => {
  platform.clock.set(TEST_START_MS);
  await loadWorld(platform, tenPeople());
  await platform.clickhouse.command('TRUNCATE TABLE segment_membership');
  await platform.database.execute('truncate audience.segment, audience.tag, audience.usage cascade');
});

async function membersOf(segmentId: string): Promise<number[]> {
  const members: number[] = [];
  for await (const block of audience.segmentMembers(segmentId)) members.push(...block);
  return members;
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

const definition = { description: '', folder: '', schedule: { every: 'minutes', minutes: 60 } } as const;
const rule = (segmentId: string, text: string): Parameters<Segments['create']>[0] => ({
  ...definition,
  segmentId,
  name: segmentId,
  kind: 'rule',
  text,
});

describe('expressions', () => {
  it('counts the population, those who fit and those without a value', async () => {
    const counted = await audience.count({ text: 'person where age >= 50 and did(event login)' }, ASKER, {
      breakdown: true,
    });
    expect(counted).toMatchObject({ count: 2, total: 10, withoutValue: 1 });
    expect(counted.conditions).toEqual([
      { text: 'age >= 50', count: 5, removes: 3 },
      { text: 'did(event login)', count: 5, removes: 3 },
    ]);
  });

  it('says what each condition does: alone, left out, and read up to it', async () => {
    const text = "person where age >= 50 and (did(event login) or city = '北京') and not city = '上海'";
    const effects = await audience.effects({ text }, ASKER);
    expect(effects).toMatchObject({ count: 3, total: 10, isComplete: true });
    expect(
      effects.conditions.map(({ path, kind, count, without, remaining }) => [
        path,
        kind,
        count,
        without,
        remaining,
      ]),
    ).toEqual([
      ['where', 'and', 3, 10, 3],
      ['where.items[0]', 'condition', 5, 6, 5],
      ['where.items[1]', 'or', 10, 3, 5],
      ['where.items[1].items[0]', 'condition', 5, 3, 2],
      ['where.items[1].items[1]', 'condition', 5, 0, 5],
      ['where.items[2]', 'not', 6, 5, 3],
      ['where.items[2].item', 'condition', 4, 5, 3],
    ]);
    const many = Array.from({ length: 150 }, (_, age) => `age = ${age}`).join(' or ');
    const long = await audience.effects({ text: `person where age > 0 and (${many})` }, ASKER);
    expect(long).toMatchObject({ count: 9, isComplete: false });
    expect(long.conditions).toHaveLength(60);
    expect((await audience.effects({ text: 'person' }, ASKER)).conditions).toEqual([]);
  });

  it('takes "not done" for everybody else, also for those without any event', async () => {
    expect((await audience.count({ text: 'person where not did(event login)' })).count).toBe(5);
    expect((await audience.count({ text: 'person where not did(event purchase)' })).count).toBe(10);
  });

  it('pages, evaluates and gives values', async () => {
    const expression = { text: 'person where age > 20' };
    const first = await audience.people(expression, { limit: 4 });
    expect(first).toEqual({ personIds: [3, 4, 5, 6], nextAfter: 6 });
    expect(await audience.people(expression, { limit: 4, after: 6 })).toEqual({ personIds: [7, 8, 9] });
    expect(await audience.evaluate(expression, [1, 2, 3, 9, 10, 999])).toEqual(new Set([3, 9]));
    expect(await audience.values({ text: 'age / 10' }, [1, 10])).toEqual(new Map([[1, 1]]));
    const blocks: number[] = [];
    for await (const block of audience.streamPeople(expression)) blocks.push(...block);
    expect(blocks).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  it('reads a per cent as a part of one', async () => {
    expect((await audience.check({ text: 'person where percentile(aum) >= 7%' }, ASKER)).text).toContain(
      'percentile(aum) >= 0.07',
    );
  });

  it('finds birthdays that were, as those that come', async () => {
    const births = ['1990-02-28', '1985-03-02', '1992-03-20', '1988-12-30'];
    await platform.clickhouse.insert(
      'person',
      births.map((birth_date, index) => ({
        person_id: index + 1,
        key_number: index + 1,
        version: 9,
        birth_date,
      })),
    );
    const born = async (asked: string) =>
      (await audience.people({ text: `person where anniversary(birth_date) ${asked}` }, { limit: 9 }))
        .personIds;
    // Today is 2 March 2026.
    expect(await born('in next 3 days')).toEqual([2]);
    expect(await born('in last 3 days')).toEqual([1, 2]);
    expect(await born('in this month')).toEqual([2, 3]);
    expect(await born('in last year')).toEqual([1, 2, 3, 4]);
    expect(await born('in between 100 days ago and 60 days ago')).toEqual([4]);
    expect(await born('= 2 days ago')).toEqual([1]);
  });

  it('follows time: what was within the last two days is not three days later', async () => {
    const expression = { text: 'person where did(event login within last 2 days)' };
    expect((await audience.count(expression)).count).toBe(5);
    platform.clock.advance(3 * DAY_MS);
    expect((await audience.count(expression)).count).toBe(0);
  });

  it.each([
    ['person where agee > 3', 'unknown_name', 'age', 13],
    ['person where did(event logn)', 'unknown_event', 'login', 23],
    ["person where did(event login where chanel = 'app')", 'unknown_property', 'channel', 35],
    ['person where age = true', 'type_mismatch', undefined, 13],
    ['person where aum > 5 usd', 'unit_mismatch', 'cny', 21],
    ['person where any loan where (true = true)', 'unknown_relation', undefined, 17],
    ['person where in segment nowhere', 'unknown_segment', undefined, 24],
    ["person where city matches '(a'", 'bad_pattern', undefined, 26],
    ["person where city matches '(a+)\\1'", 'bad_pattern', undefined, 26],
    ['person where age >', 'syntax', undefined, 18],
    ["person where age > 3 in time zone 'Mars/Base'", 'bad_time_zone', undefined, undefined],
    ['person where active_share(event login within last 90000 hours) > 0', undefined, undefined, undefined],
    ['person where login', 'unknown_name', 'did(event login)', 13],
    ['person where maturity_date in next 7 days', 'unknown_name', 'any holding where (maturity_date …)', 13],
    ['person where count(login) > 3', 'unknown_relation', 'event login', 19],
    ['person where did(event 消息被点击)', 'unknown_event', '`$message_clicked`', 23],
    [
      'person where legal_representative.parent.size > 1',
      'unknown_name',
      'any company via legal_representative where (any company via parent where (size …))',
      13,
    ],
    ['person where percentile(aum) >= 90', 'type_mismatch', '0.9', 32],
    ['person where city contains 上', 'unknown_name', "'上'", 27],
    ['person where in young', 'syntax', 'segment young', 16],
    ["person where in segment 'young'", 'syntax', 'young', 24],
    ['aum > 100', 'syntax', 'person where …', 0],
    ['person aum > 100', 'syntax', 'where aum', 7],
    ['people where aum > 100', 'unknown_name', 'person', 0],
    ['person where aum >= 500,000', 'syntax', undefined, 23],
  ])('answers %s with %s', async (text, code, suggestion, offset) => {
    const { problems, estimate } = await audience.check({ text }, ASKER);
    expect(problems[0]?.code).toBe(code);
    if (suggestion !== undefined) expect(problems[0]?.suggestion).toBe(suggestion);
    if (offset !== undefined) expect(problems[0]?.position?.offset).toBe(offset);
    if (code === undefined) expect(estimate).toEqual({ rows: -1, allowed: false });
    else expect(problems[0]?.zh).toMatch(/[\u4e00-\u9fff]/);
  });

  it('adds up the details of what stands at the far ends of a relation', async () => {
    await loadWorld(platform, {
      ...tenPeople(),
      entities: new Map([['company', new Map(['a', 'b', 'c', 'd'].map((id) => [id, { size: 1 }]))]]),
      relations: [represents(1, 'a'), represents(1, 'b'), represents(2, 'c'), represents(3, 'd')],
      details: [
        loan('a1', 'a', { amount: 100, status: 'late' }),
        loan('a2', 'a', { amount: 20, status: 'normal' }),
        loan('b1', 'b', { amount: 60, status: 'late' }),
        loan('b2', 'b', { status: 'late' }),
        loan('c1', 'c', { amount: 7, status: 'normal' }),
      ],
    });
    const answers: [text: string, people: number[]][] = [
      ['sum(company.loan.amount) = 180', [1]],
      ["sum(company.loan.amount where status = 'late') = 160", [1]],
      ['sum(company.loan.amount via legal_representative) = 0', [3, 4, 5, 6, 7, 8, 9, 10]],
      ['avg(company.loan.amount) = 60', [1]],
      ['avg(company.loan.amount) is missing', [3, 4, 5, 6, 7, 8, 9, 10]],
      ['min(company.loan.amount) < 21 and max(company.loan.amount) >= 100', [1]],
      ['count(company.loan.amount) = 3', [1]],
      ['count(company.loan) = 4', [1]],
      ["count(company.loan where status = 'late') = 3", [1]],
      ['max(company.loan.amount) < sum(company.loan.amount)', [1]],
      ['sum(company.loan.amount within last 1 hours) > 0', []],
      ["any company.loan where (status = 'normal')", [1, 2]],
      ["none company.loan where (status = 'late')", [2, 3, 4, 5, 6, 7, 8, 9, 10]],
      ["all company.loan where (status = 'normal')", [2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ];
    for (const [text, people] of answers) {
      const found = await audience.people({ text: `person where ${text}` }, { limit: 20 }, ASKER);
      expect(found.personIds, text).toEqual(people);
    }
  });

  it('refuses what costs more than the role may spend, and what the role may not see', async () => {
    const poor: Asker = { userId: 'x', permissions: new Set(['people.read']) };
    expect(await codeOf(audience.count({ text: 'person where age > 3' }, poor))).toBe('eql_too_expensive');
    const reader: Asker = { userId: 'x', permissions: new Set(['segment.read']) };
    const { problems } = await audience.check({ text: "person where real_name = '张三'" }, reader);
    expect(problems[0]?.code).toBe('no_permission');
  });

  it('compares encrypted attributes by their fingerprint', async () => {
    const print = platform.secrets.fingerprint('张三');
    await platform.clickhouse.insert('person', [
      { person_id: 3, key_number: 3, version: 9, age: 30, real_name: print },
    ]);
    expect(await audience.people({ text: "person where real_name = '张三'" }, { limit: 5 }, ASKER)).toEqual({
      personIds: [3],
    });
    const { problems } = await audience.check({ text: "person where real_name contains '张'" }, ASKER);
    expect(problems[0]?.code).toBe('encrypted_attribute');
  });
});

describe('segments', () => {
  it('are computed with a log of who entered and left', async () => {
    const created = await segments.create(
      rule('recent', 'person where did(event login within last 2 days)'),
      ASKER,
    );
    expect(created).toMatchObject({ members: 5, run: 1, problem: null });
    expect(await membersOf('recent')).toEqual([2, 4, 6, 8, 10]);
    const entries = await audience.segmentChanges('recent', START, 100);
    expect(entries.map((change) => [change.personId, change.direction, change.cause])).toEqual(
      [2, 4, 6, 8, 10].map((id) => [id, 'entered', 'computed']),
    );
    platform.clock.advance(3 * DAY_MS);
    await audience.computeSegments(['recent']);
    const last = entries.at(-1)!;
    const leaving = await audience.segmentChanges('recent', { run: last.run, personId: last.personId }, 3);
    expect(leaving.map((change) => [change.run, change.personId, change.direction])).toEqual([
      [2, 2, 'left'],
      [2, 4, 'left'],
      [2, 6, 'left'],
    ]);
    expect(await audience.segmentChanges('recent', await audience.segmentWatermark('recent'), 10)).toEqual(
      [],
    );
    expect(await segments.runs('recent', 10)).toMatchObject([
      { run: 2, members: 0, entered: 0, left_count: 5 },
      { run: 1, members: 5, entered: 5, left_count: 0 },
    ]);
    expect(
      (await audience.count({ text: 'person where left(segment recent within last 1 day)' })).count,
    ).toBe(5);
  });

  it('do not count runs that died halfway', async () => {
    await segments.create(rule('young', 'person where age < 50'), ASKER);
    // What a process leaves that was killed after writing members and changes, before its commit.
    await platform.database.execute('update audience.segment set last_run = 2');
    await platform.clickhouse.command(
      `INSERT INTO segment_membership SELECT 'young', 2, groupBitmapState(toUInt64(number)) FROM numbers(500)`,
    );
    await platform.clickhouse.insert('segment_change', [
      {
        segment_id: 'young',
        run: 2,
        person_id: 77,
        at: '2026-03-02 00:00:00',
        direction: 'entered',
        cause: 'computed',
      },
    ]);
    expect(await membersOf('young')).toEqual([1, 2, 3, 4]);
    expect((await audience.segmentChanges('young', START, 100)).map((change) => change.personId)).toEqual([
      1, 2, 3, 4,
    ]);
    await audience.computeSegments(['young']);
    expect(await membersOf('young')).toEqual([1, 2, 3, 4]);
    expect((await audience.segmentChanges('young', START, 100)).map((change) => change.personId)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('share one computation, and one that cannot be computed does not stop the others', async () => {
    await segments.create(rule('a', 'person where age < 30'), ASKER);
    await segments.create(rule('b', 'person where age >= 30'), ASKER);
    await segments.create(rule('c', "person where city = '上海'"), ASKER);
    await platform.database.execute(
      `update audience.segment set document = jsonb_set(document, '{where,left,path,0}', '"gone"') where segment_id = 'b'`,
    );
    await audience.computeSegments(['a', 'b', 'c']);
    expect(await segments.get('a')).toMatchObject({ run: 2, members: 2, problem: null });
    expect((await segments.get('b')).problem).toContain('gone');
    expect(await segments.get('c')).toMatchObject({ run: 2, members: 4, problem: null });
  });

  it('know what they use and who uses them, and refuse circles and archiving what is used', async () => {
    await segments.create(rule('base', 'person where age < 60'), ASKER);
    const built = await segments.create(rule('built', 'person where in segment base and age > 20'), ASKER);
    expect(built.members).toBe(3);
    expect(await segments.usedBy('base', ASKER)).toEqual([{ kind: 'segment', id: 'built', name: 'built' }]);
    expect(await codeOf(segments.archive('base', true, ASKER))).toBe('segment_in_use');
    const circle = { ...definition, name: 'base', text: 'person where in segment built', version: 1 };
    expect(await codeOf(segments.edit('base', circle, ASKER))).toBe('segment_cycle');
    expect(await codeOf(segments.create(rule('base', 'person'), ASKER))).toBe('segment_exists');
    const narrower = { ...definition, name: 'base', text: 'person where age < 40', version: 1 };
    expect(await segments.edit('base', narrower, ASKER)).toMatchObject({ version: 2, members: 3 });
    expect(await codeOf(segments.edit('base', narrower, ASKER))).toBe('conflict');
    await platform.database.transaction((transaction) =>
      audience.declareUses(transaction, { kind: 'strategy', id: 's1', name: '续接' }, [
        { text: 'person where in segment built' },
      ]),
    );
    expect(await segments.usedBy('built', ASKER)).toEqual([{ kind: 'strategy', id: 's1', name: '续接' }]);
  });

  it('hold imported people and answer look-ups from memory', async () => {
    await segments.create(
      { ...rule('list', ''), kind: 'import', text: undefined, people: [[3], [1, 3]] },
      ASKER,
    );
    await segments.create(rule('young', 'person where age < 50'), ASKER);
    expect(await membersOf('list')).toEqual([1, 3]);
    expect((await audience.count({ text: 'person where in segment list and age > 10' })).count).toBe(1);
    const lookup = createMemberLookup(platform);
    await lookup.refresh();
    expect((await lookup.segmentsOf(3)).map((segment) => segment.segmentId)).toEqual(['list', 'young']);
    expect((await lookup.segmentsOf(4)).map((segment) => segment.segmentId)).toEqual(['young']);
    expect(await lookup.segmentsOf(99_999_999)).toEqual([]);
    await lookup.flushUse();
    expect((await segments.get('young')).lookups).toBe(2);
  });

  it('take another list, of the present persons of the ids that are known, with who entered and left', async () => {
    const given = createSegments(platform, reader, {
      // 1 became 2; nobody has ever been 77.
      personsOf: (ids) =>
        Promise.resolve(new Map(ids.flatMap((id) => (id === 77 ? [] : [[id, id === 1 ? 2 : id]])))),
    });
    await given.create(
      { ...rule('given', ''), kind: 'import', text: undefined, people: [[1, 3, 77]] },
      ASKER,
    );
    expect(await membersOf('given')).toEqual([2, 3]);
    await given.setMembers('given', [3, 4, 4], ASKER);
    expect(await membersOf('given')).toEqual([3, 4]);
    const [newest] = await segments.runs('given', 1);
    expect(newest).toMatchObject({ members: 2, entered: 1, left_count: 1 });
    await segments.create(rule('ruled', 'person where age < 50'), ASKER);
    await expect(given.setMembers('ruled', [3], ASKER)).rejects.toMatchObject({
      code: 'segment_not_imported',
    });
  });

  it('run on their schedule', async () => {
    await segments.create(rule('recent', 'person where did(event login within last 2 days)'), ASKER);
    await audience.start();
    try {
      platform.clock.advance(3 * DAY_MS);
      await expect.poll(async () => (await segments.get('recent')).members, { timeout: 10_000 }).toBe(0);
      await expect.poll(() => audience.segmentsOf(2)).toEqual([]);
    } finally {
      await audience.stop();
    }
  });
});

describe('merges and splits', () => {
  const follow = async (changes: Omit<PersonChange, 'sequence' | 'at'>[]): Promise<void> => {
    const rows = changes.map((change, index) => ({ ...change, sequence: index + 1, at: TEST_START_MS }));
    await followIdentity(platform, { takePersonChanges: async () => rows });
  };

  it('keep members in, once, and say so in the log', async () => {
    await segments.create(rule('young', 'person where age < 50'), ASKER);
    await segments.create(rule('old', 'person where age >= 50'), ASKER);
    const watermark = await audience.segmentWatermark('young');
    // 4 turns out to be 1, and 3 to be 5; key 20 of person 2 becomes a person of its own.
    await follow([
      { keyNumber: 4, oldPersonId: 4, newPersonId: 1 },
      { keyNumber: 5, oldPersonId: 5, newPersonId: 3 },
      { keyNumber: 20, oldPersonId: 2, newPersonId: 20 },
    ]);
    expect(await membersOf('young')).toEqual([1, 2, 3, 20]);
    expect(await membersOf('old')).toEqual([3, 6, 7, 8, 9]);
    const changes = await audience.segmentChanges('young', watermark, 10);
    expect(changes.map((change) => [change.personId, change.direction, change.cause])).toEqual([
      [4, 'left', 'merge'],
      [20, 'entered', 'split'],
    ]);
  });

  it('heal nothing: what could not be computed before still says so', async () => {
    await segments.create(rule('broken', 'person where age < 50'), ASKER);
    await platform.database.execute(
      `update audience.segment set document = jsonb_set(document, '{where,left,path,0}', '"gone"') where segment_id = 'broken'`,
    );
    await audience.computeSegments(['broken']);
    const { run } = await segments.get('broken');
    await follow([{ keyNumber: 4, oldPersonId: 4, newPersonId: 1 }]);
    const after = await segments.get('broken');
    expect(after.run).toBeGreaterThan(run);
    expect(after.problem).toContain('gone');
  });

  it('move set tags to the person who took over', async () => {
    await tags.create(
      { ...definition, tagId: 'note', name: '备注', kind: 'manual', valueType: 'text' },
      ASKER,
    );
    await tags.setValues(
      'note',
      [
        { personId: 4, values: ['重要'] },
        { personId: 5, values: ['x'] },
      ],
      ASKER,
    );
    await follow([{ keyNumber: 4, oldPersonId: 4, newPersonId: 1 }]);
    expect(await tags.tagsOf(1)).toMatchObject([{ tagId: 'note', name: '备注', values: ['重要'] }]);
    expect(await tags.tagsOf(4)).toEqual([]);
    expect((await audience.count({ text: "person where tag note = '重要'" })).count).toBe(1);
  });
});

describe('tags', () => {
  it('are computed together and lose the values that no longer hold', async () => {
    const text = `tier { '老' when age >= 60 '中' when age >= 30 else '青' }`;
    const tier = await tags.create(
      { ...definition, tagId: 'tier', name: '分层', kind: 'rule', valueType: 'text', text },
      ASKER,
    );
    expect(tier).toMatchObject({ people: 10, value_type: 'text' });
    expect(await tags.frequentValues('tier')).toEqual([
      { value: '老', people: 4 },
      { value: '中', people: 3 },
      { value: '青', people: 3 },
    ]);
    const recent = 'days(event login within last 2 days) / 1';
    await tags.create(
      { ...definition, tagId: 'days', name: '天数', kind: 'rule', valueType: 'number', text: recent },
      ASKER,
    );
    await tags.create(
      {
        ...definition,
        tagId: 'channels',
        name: '渠道',
        kind: 'rule',
        valueType: 'list',
        text: 'top 2 of event login.channel by count within last 2 days',
      },
      ASKER,
    );
    expect((await tags.get('channels')).people).toBe(5);
    expect(await tags.tagsOf(2)).toMatchObject([
      { tagId: 'channels', values: ['app'] },
      { tagId: 'days', values: ['1'] },
      { tagId: 'tier', values: ['青'] },
    ]);
    platform.clock.advance(3 * DAY_MS);
    await tags.compute(['channels', 'days']);
    expect((await tags.get('channels')).people).toBe(0);
    expect((await audience.count({ text: 'person where tag days = 0' })).count).toBe(10);
  });

  it('take values from SQL in a sandbox', async () => {
    const sql = (text: string): Promise<unknown> =>
      tags.create(
        { ...definition, tagId: 'by_sql', name: 'SQL', kind: 'sql', valueType: 'number', text },
        ASKER,
      );
    for (const text of [
      'DROP TABLE event',
      'SELECT 1 AS person_id, 2 AS value FROM system.users',
      "SELECT 1 AS person_id, line AS value FROM file('/etc/passwd', 'LineAsString', 'line String')",
      "SELECT 1 AS person_id, 2 AS value FROM remote('127.0.0.1:9000', 'system.one')",
      'SELECT 1 AS person_id FROM event',
      'SELECT person_id, 1 AS value FROM event SETTINGS max_execution_time = 0',
      "SELECT person_id, file('/etc/passwd') AS value FROM event",
      "SELECT 1 AS person_id, toUInt8(file('/etc/passwd')) AS value",
      "SELECT person_id, concat('--', `file`('/etc/passwd')) AS value FROM event",
      "SELECT person_id, file/* */('/etc/passwd') AS value FROM event",
      "SELECT person_id, 1 AS value FROM event PREWHERE event = 'login'",
      'SELECT person_id, 1 AS value FROM event SAMPLE 0.1',
      `SELECT person_id, ${'('.repeat(3_000)}1${')'.repeat(3_000)} AS value FROM event`,
    ]) {
      expect(await codeOf(sql(text)), text).toBe('tag_sql_refused');
    }
    await sql('SELECT person_id, count() AS value FROM event GROUP BY person_id');
    expect(await tags.get('by_sql')).toMatchObject({ people: 5, problem: null });
  });

  it.each([
    ['of events', 'SELECT person_id, count() AS value FROM event GROUP BY person_id'],
    ['where a name is written out', 'SELECT e.person_id, count() AS value FROM {db}.event AS e GROUP BY 1'],
    [
      'of the newest states',
      "SELECT person_id, toUInt64(sum(amount)) /* FINAL */ AS value FROM detail_holding final WHERE detail_id != 'final' GROUP BY person_id",
    ],
    ['whether it says FINAL or not', 'SELECT person_id, sum(amount) AS value FROM detail_holding GROUP BY 1'],
  ])('count by SQL what merged people did as one person, %s', async (_, text) => {
    await platform.clickhouse.insert('identity_override', [{ key_number: 4, person_id: 2, version: 1 }]);
    await platform.clickhouse.insert('person', [{ person_id: 4, key_number: 4, version: 2, deleted: 1 }]);
    const holding = (key: number, version: number, amount: number): object => ({
      detail_id: `d${key}`,
      owner_type: 'person',
      owner_id: String(key),
      person_id: key,
      key_number: key,
      version,
      amount,
    });
    await platform.clickhouse.insert('detail_holding', [
      holding(2, 1, 7),
      holding(2, 2, 1),
      holding(4, 1, 1),
    ]);
    const [own] = await platform.clickhouse.query<{ db: string }>('SELECT currentDatabase() AS db');
    const made = await tags.create(
      {
        ...definition,
        tagId: 'merged',
        name: 'SQL',
        kind: 'sql',
        valueType: 'number',
        text: text.replace('{db}', own!.db),
      },
      ASKER,
    );
    expect(made.problem).toBeNull();
    expect(await tags.tagsOf(2)).toMatchObject([{ tagId: 'merged', values: ['2'] }]);
  });

  it.each([
    ['below_nobody', 'toInt64(person_id) - 1000000000'],
    ['beyond_anybody', 'person_id + 1000000000'],
    ['missing', 'if(person_id > 0, NULL, person_id)'],
  ])('values from SQL for %s are kept of nobody', async (tagId, person) => {
    const text = `SELECT ${person} AS person_id, 1 AS value FROM person`;
    await tags.create({ ...definition, tagId, name: tagId, kind: 'sql', valueType: 'number', text }, ASKER);
    expect(await tags.get(tagId)).toMatchObject({ people: 0, problem: null });
  });
});
