import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import { createProfile, type FactOperation, type Profile } from './index.ts';

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let identity: Identity;
let profile: Profile;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  profile = createProfile(platform, identity);
  const title = (en: string) => ({ en, zh: en });
  const fields = ['status', 'amount', 'tags'].map((name) => ({
    name,
    title: title(name),
    valueType: ({ status: 'string', amount: 'number', tags: 'string[]' } as const)[name]!,
  }));
  const secret = { name: 'memo', title: title('memo'), valueType: 'string', pii: 'identifying' } as const;
  await profile.declare({
    entityTypes: [{ name: 'firm', title: title('firm'), fields: [...fields, secret] }],
    detailTypes: [{ name: 'bill', title: title('bill'), owner: 'firm', fields: [...fields, secret] }],
  });
});
afterAll(async () => {
  await identity.stop();
  await platform.close();
  await databases.drop();
});

const t0 = Date.UTC(2026, 0, 1);
type Fields = Record<string, string | number | string[] | null>;
/** What was said at an instant: some fields, all there are, or that it is gone. */
interface Said {
  readonly kind: 'some' | 'whole' | 'gone';
  readonly fields: Fields;
  readonly at: number;
}

const fieldsSaid = fc.record(
  {
    status: fc.constantFrom('open', 'paid', null),
    amount: fc.constantFrom(1, 2, 3, null),
    tags: fc.constantFrom<string[]>(['a'], ['b', 'c']),
    memo: fc.constantFrom('Zhang', 'Li', null),
  },
  { requiredKeys: [] },
);
const said = fc.record({
  kind: fc.constantFrom('some' as const, 'some' as const, 'some' as const, 'whole' as const, 'gone' as const),
  fields: fieldsSaid,
});
const lives = fc.array(said, { minLength: 1, maxLength: 6 });

/** All states there were, in the order of time, each undefined while it was gone. */
function statesOf(life: readonly Said[]): (Fields | undefined)[] {
  let state: Fields | undefined;
  return life.map((each) => {
    if (each.kind === 'gone') state = undefined;
    else state = each.kind === 'whole' ? each.fields : { ...state, ...each.fields };
    return state;
  });
}

const known = (fields: Fields | undefined): Fields | undefined =>
  fields && Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

test('states of entities and details come out as in the order of time, however late and often they arrive', async () => {
  const random = fc.sample(fc.tuple(lives, fc.infiniteStream(fc.nat())), { numRuns: 150, seed: 7 });
  const people = random.map(([life, stream], index) => {
    const dated = life.map((each, order): Said => ({ ...each, at: t0 + order * 1_000 }));
    const arriving = [...dated, ...dated.slice(0, 2)]
      .map((each) => ({ each, place: stream.next().value as number }))
      .sort((a, b) => a.place - b.place)
      .map(({ each }) => each);
    return { id: `F${index}`, life: dated, arriving };
  });
  const operation = (
    kind: 'entity' | 'detail',
    id: string,
    { kind: how, fields, at }: Said,
  ): FactOperation => {
    const what = { id, fields, at, sourceId: 'core', messageId: `${id} ${at}` };
    const state = { ...what, whole: how === 'whole', deleted: how === 'gone' };
    return kind === 'entity'
      ? { kind, type: 'firm', ...state }
      : { kind, type: 'bill', owner: { type: 'firm', id: 'X' }, time: at, ...state };
  };
  // Two arrive together, then the next two; whole states also by the way of files.
  for (let round = 0; round < 8; round += 2) {
    const arriving = people.flatMap(({ id, arriving }) =>
      arriving.slice(round, round + 2).map((each) => ({ id, each })),
    );
    const isFiled = ({ each }: { each: Said }): boolean => each.kind === 'whole' && each.at % 2_000 === 0;
    for (const [filed, batch] of [
      [false, arriving.filter((each) => !isFiled(each))],
      [true, arriving.filter(isFiled)],
    ] as const) {
      const operations = batch.flatMap(({ id, each }) => [
        operation('entity', id, each),
        operation('detail', id, each),
      ]);
      if (filed) await profile.writeFacts(operations);
      else await platform.database.transaction((transaction) => profile.apply(transaction, operations));
      await profile.mirror();
    }
  }
  const entities = await profile.entitiesOf(
    'firm',
    people.map((each) => each.id),
  );
  const details = await platform.clickhouse.query<{
    id: string;
    status: string | null;
    amount: number | null;
    tags: string[];
  }>('select detail_id as id, status, amount, tags from detail_bill final');
  const history = await platform.clickhouse.query<{
    id: string;
    at: number;
    status: string | null;
    amount: number | null;
    tags: string[];
    memo: string | null;
  }>(
    'select detail_id as id, version as at, status, amount, tags, memo from detail_bill_history final where deleted = 0 order by version',
  );
  for (const { id, life } of people) {
    const states = statesOf(life);
    const present = known(states.at(-1));
    const told = JSON.stringify(life);
    expect({ told, state: entities.get(id) }).toEqual({ told, state: present });
    const plain = (state: Fields | undefined) =>
      state && {
        status: state['status'] ?? null,
        amount: state['amount'] ?? null,
        tags: state['tags'] ?? [],
      };
    const { id: _, ...detail } = details.find((each) => each.id === id) ?? { id };
    expect({ told, state: detail }).toEqual({ told, state: plain(present) ?? {} });
    const ofId = history.filter((each) => each.id === id);
    const expected = life.flatMap(({ at }, index) => {
      const state = states[index];
      const memo = state?.['memo'];
      return state
        ? [{ id, at, ...plain(state), memo: memo ? platform.secrets.fingerprint(String(memo)) : null }]
        : [];
    });
    expect({ told, states: ofId }).toEqual({ told, states: expected });
  }
});

test('a nightly file lies under what was said of its details in the morning, before it came', async () => {
  const bill = (fields: Fields, at: number): FactOperation => ({
    kind: 'detail',
    type: 'bill',
    id: 'N1',
    owner: { type: 'firm', id: 'X' },
    time: t0,
    fields,
    at,
    sourceId: 'stream',
    messageId: `N1 ${at}`,
  });
  const morning = [bill({ status: 'open' }, t0), bill({ status: 'paid' }, t0 + 20_000)];
  await platform.database.transaction((transaction) => profile.apply(transaction, morning));
  await profile.mirror();
  await profile.writeStagedFacts({
    kind: 'detail',
    type: 'bill',
    from: `(select arrayJoin(['N1', 'N2']) as id)`,
    id: 'id',
    at: `toInt64(${t0 + 10_000})`,
    owner: { type: 'firm', id: `'X'` },
    fields: new Map([
      ['status', `'open'`],
      ['amount', '7.5'],
      ['tags', `['new']`],
      ['memo', 'null'],
    ]),
  });
  const states = (table: string) =>
    platform.clickhouse.query(
      `select detail_id as id, version - {t0:UInt64} as after, status, amount, tags from ${table} final
       where detail_id in ('N1', 'N2') order by id, version`,
      { t0 },
    );
  const paid = { id: 'N1', after: 20_000, status: 'paid', amount: 7.5, tags: ['new'] };
  const filed = { status: 'open', amount: 7.5, tags: ['new'], after: 10_000 };
  expect(await states('detail_bill')).toEqual([paid, { ...filed, id: 'N2' }]);
  expect(await states('detail_bill_history')).toEqual([
    { id: 'N1', after: 0, status: 'open', amount: null, tags: [] },
    { ...filed, id: 'N1' },
    paid,
    { ...filed, id: 'N2' },
  ]);
});
