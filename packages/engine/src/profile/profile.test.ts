import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import { createProfile, type AttributeAction, type Operation, type Profile } from './index.ts';
import { pageIds } from './page-ids.ts';

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let identity: Identity;
let profile: Profile;
let messages = 0;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  profile = createProfile(platform, identity);
});
afterAll(async () => {
  await identity.stop();
  await platform.close();
  await databases.drop();
});

const t0 = Date.UTC(2026, 0, 1);
type Keys = Record<string, string>;

/** The person of these keys, bound together when there are several. */
async function person(keys: Keys, at = t0): Promise<{ personId: number; keyNumber: number }> {
  const record = {
    keys: Object.entries(keys).map(([type, value]) => ({ type, value })),
    link: Object.keys(keys).length > 1 ? ('bind' as const) : ('none' as const),
    at,
    sourceId: 'test',
    messageId: `m${messages++}`,
  };
  const [resolution] = await platform.database.transaction((transaction) =>
    identity.resolve(transaction, [record]),
  );
  return resolution!;
}

function say(
  who: { personId: number; keyNumber: number },
  values: Record<string, unknown>,
  options: { action?: AttributeAction; at?: number; sourceId?: string; messageId?: string } = {},
): Operation {
  return {
    kind: 'attributes',
    action: 'set',
    ...who,
    values,
    at: t0,
    sourceId: 'core',
    messageId: `m${messages++}`,
    ...options,
  };
}

const apply = (operations: Operation[]) =>
  platform.database.transaction((transaction) => profile.apply(transaction, operations));
/** Changes of the map wait for older transactions of the database, and identity's loops have some. */
const eventually = (check: () => Promise<void>) =>
  vi.waitFor(async () => {
    await profile.mirror();
    await check();
  }, 10_000);
const attributesOf = async (personId: number) => (await profile.attributesOf([personId])).get(personId);

describe('attributes of persons', () => {
  test('learn themselves, keep their type, and reach ClickHouse as typed columns', async () => {
    const who = await person({ customer_number: 'C1' });
    const outcome = await apply([
      say(who, {
        age: 41,
        city: 'Hangzhou',
        since: '2020-05-01',
        vip: true,
        likes: ['fund'],
        seen: '2026-01-01 08:00:00',
      }),
      say(who, { age: 'old', city: null }, { at: t0 + 1 }),
    ]);
    expect(outcome).toEqual({
      applied: 2,
      rejections: [expect.objectContaining({ index: 1, code: 'value_type_conflict', field: 'age' })],
    });
    await profile.mirror();
    const rows = await platform.clickhouse.query(
      'select age, city, since, vip, likes, seen from person final where person_id = {id:UInt64}',
      { id: who.personId },
    );
    expect(rows).toEqual([
      {
        age: 41,
        city: null,
        since: '2020-05-01',
        vip: true,
        likes: ['fund'],
        seen: '2026-01-01 00:00:00.000',
      },
    ]);
    const catalogue = await profile.catalogue();
    expect(catalogue.attributes.find((field) => field.name === 'age')).toMatchObject({
      valueType: 'number',
      learnt: true,
      column: '`age`',
    });
  });

  test('the same batch twice changes nothing, increments count once', async () => {
    const who = await person({ customer_number: 'C2' });
    const batch = [
      say(who, { visits: 2 }, { action: 'increment' }),
      say(who, { tags: ['a'] }, { action: 'append' }),
    ];
    await apply(batch);
    await apply(batch);
    expect(await attributesOf(who.personId)).toEqual({ visits: 2, tags: ['a'] });
  });

  test('a late set tells the increments that came after it', async () => {
    const who = await person({ customer_number: 'C3' });
    await apply([say(who, { points: 5 }, { action: 'increment', at: t0 + 10 })]);
    await apply([say(who, { points: 7 }, { action: 'increment', at: t0 + 30 })]);
    await apply([say(who, { points: 100 }, { at: t0 + 20 })]);
    expect(await attributesOf(who.personId)).toEqual({ points: 107 });
  });

  test('identifying values are encrypted at rest, printed in ClickHouse, masked in views, opened for rendering', async () => {
    await profile.declare({
      attributes: [
        {
          name: 'name',
          title: { en: 'Name', zh: '姓名' },
          valueType: 'string',
          pii: 'identifying',
          mask: 'name',
        },
        { name: 'aum', title: { en: 'AUM', zh: '资产' }, valueType: 'number', unit: 'cny', pii: 'sensitive' },
      ],
    });
    const who = await person({ customer_number: 'C4' });
    await apply([say(who, { name: '张三丰', aum: 600_000 })]);
    await profile.mirror();
    const [stored] = await platform.database.query<{ text: string }>(
      `select (select attributes::text from profile.person where person_id = $1)
           || (select string_agg(cells::text, '') from profile.holder where person_id = $1) as text`,
      [who.personId],
    );
    expect(stored!.text).not.toContain('张');
    const rows = await platform.clickhouse.query(
      'select name, aum from person final where person_id = {id:UInt64}',
      {
        id: who.personId,
      },
    );
    expect(rows).toEqual([{ name: platform.secrets.fingerprint('张三丰'), aum: 600_000 }]);
    expect(await attributesOf(who.personId)).toEqual({ name: '张三丰', aum: 600_000 });
    const view = await profile.personView(who.personId);
    expect(view.title).toBe('张**');
    expect(view.attributes.map(({ name, value, masked }) => [name, value, masked])).toEqual(
      expect.arrayContaining([
        ['name', '张**', true],
        ['aum', '***', true],
      ]),
    );
    expect(view.attributes[0]!.lineage).toMatchObject({ sourceId: 'core', keyNumber: who.keyNumber });
    expect(JSON.stringify(view)).not.toContain('三丰');
    const opened = await profile.personView(who.personId, { open: true });
    expect(opened.attributes.find((each) => each.name === 'name')!.value).toBe('张三丰');
  });

  test('names that objects inherit, secrets and reserved names are refused or kept apart', async () => {
    const who = await person({ customer_number: 'C5' });
    const outcome = await apply([
      say(who, { constructor: 'x', version: 3, cvv2: '123', 'a b': 1, nested: { a: 1 } }),
    ]);
    expect(outcome.rejections.map((each) => `${each.field} ${each.code}`).sort()).toEqual([
      'a b reserved_name',
      'cvv2 value_forbidden',
      'nested value_type_conflict',
      'version value_type_conflict',
    ]);
    expect((await attributesOf(who.personId))!['constructor']).toBe('x');
  });

  test('a new order of trust folds everybody anew', async () => {
    const who = await person({ customer_number: 'C6' });
    await apply([
      say(who, { phone_brand: 'A' }, { sourceId: 'core' }),
      say(who, { phone_brand: 'B' }, { sourceId: 'app', at: t0 + 5 }),
    ]);
    expect(await attributesOf(who.personId)).toEqual({ phone_brand: 'B' });
    await profile.declare({
      attributes: [
        {
          name: 'phone_brand',
          title: { en: 'Brand', zh: '品牌' },
          valueType: 'string',
          precedence: ['core'],
        },
      ],
    });
    expect(await attributesOf(who.personId)).toEqual({ phone_brand: 'A' });
  });

  test('batches of several processes on the same persons lose nothing', async () => {
    const people = await Promise.all(
      Array.from({ length: 20 }, (_, i) => person({ customer_number: `P${i}` })),
    );
    await Promise.all(
      Array.from({ length: 8 }, (_, round) =>
        apply(
          [...people.slice(round), ...people.slice(0, round)].flatMap((who) => [
            say(who, { hits: 1 }, { action: 'increment', messageId: `hit ${round}` }),
            say(who, { last: round }, { at: t0 + round }),
          ]),
        ),
      ),
    );
    for (const who of people) expect(await attributesOf(who.personId)).toEqual({ hits: 8, last: 7 });
  });
});

describe('the way to ClickHouse', () => {
  test('what could not be written stays queued, and is written once the engine is back', async () => {
    const who = await person({ customer_number: 'Q1' });
    let away = true;
    const clickhouse: Platform['clickhouse'] = {
      ...platform.clickhouse,
      insert: async (...call) => {
        if (away) throw new Error('ClickHouse is away');
        return platform.clickhouse.insert(...call);
      },
    };
    const weak = createProfile({ ...platform, clickhouse }, identity);
    await apply([say(who, { queued: 1 })]);
    await expect(weak.mirror()).rejects.toThrow('away');
    await apply([say(who, { queued: 2 }, { at: t0 + 1 })]);
    away = false;
    await weak.mirror();
    await weak.mirror();
    const rows = await platform.clickhouse.query(
      'select queued from person final where person_id = {id:UInt64}',
      {
        id: who.personId,
      },
    );
    expect(rows).toEqual([{ queued: 2 }]);
  });

  test('as many ids as a page holds are one bound value that ClickHouse takes', async () => {
    const ids = Array.from({ length: 5_000 }, (_, i) => `客户'\\${i}`.padEnd(40, '号'));
    let found = 0;
    for (const page of pageIds(ids)) {
      const rows = await platform.clickhouse.query<{ n: number }>(
        'select toUInt32(length({page:Array(String)})) as n',
        { page },
      );
      found += rows[0]!.n;
    }
    expect(found).toBe(ids.length);
  });

  test('persons known only by their keys stand in the population', async () => {
    const who = await person({ device: 'only-seen' });
    await platform.database.transaction((transaction) => profile.meet(transaction, [who.personId, 0]));
    await platform.database.transaction((transaction) => profile.meet(transaction, [who.personId]));
    await profile.mirror();
    const rows = await platform.clickhouse.query(
      'select person_id from person final where person_id = {id:UInt64}',
      { id: who.personId },
    );
    expect(rows).toEqual([{ person_id: who.personId }]);
  });
});

describe('merges and splits', () => {
  test('attributes and consents follow the keys that asserted them', async () => {
    await profile.declare({
      purposes: [{ purpose: 'marketing', version: 1, title: { en: 'Marketing', zh: '营销' } }],
    });
    const customer = await person({ customer_number: 'M1' });
    const device = await person({ device: 'dev-m1' });
    await apply([
      say(customer, { city: 'Wuhan' }),
      say(device, { os: 'android' }),
      say(device, { logins: 3 }, { action: 'increment' }),
      {
        kind: 'consent',
        ...device,
        purpose: 'marketing',
        channel: 'sms',
        granted: true,
        at: t0,
        sourceId: 'app',
        messageId: 'c',
      },
    ]);
    await profile.mirror();
    const merged = await person({ customer_number: 'M1', device: 'dev-m1' }, t0 + 1000);
    await eventually(async () =>
      expect(await attributesOf(merged.personId)).toEqual({ city: 'Wuhan', os: 'android', logins: 3 }),
    );
    expect(
      (await profile.consentsOf(platform.database, [merged.personId])).get(merged.personId),
    ).toHaveLength(1);
    expect(await attributesOf(device.personId)).toBeUndefined();
    const mirrored = await platform.clickhouse.query<{ person_id: number }>(
      'select person_id from person final where person_id in {ids:Array(UInt64)}',
      { ids: [customer.personId, device.personId] },
    );
    expect(mirrored).toEqual([{ person_id: merged.personId }]);
    const consents = await platform.clickhouse.query<{ person_id: number }>(
      `select person_id from consent final where person_id in {ids:Array(UInt64)} and granted = 1`,
      { ids: [customer.personId, device.personId] },
    );
    expect(consents).toEqual([{ person_id: merged.personId }]);

    await platform.database.transaction((transaction) =>
      identity.resolve(transaction, [
        {
          keys: [
            { type: 'customer_number', value: 'M1' },
            { type: 'device', value: 'dev-m1' },
          ],
          link: 'unbind',
          at: t0 + 2000,
          sourceId: 'test',
          messageId: 'unbind',
        },
      ]),
    );
    await eventually(async () => expect(await attributesOf(customer.personId)).toEqual({ city: 'Wuhan' }));
    expect(await attributesOf(device.personId)).toEqual({ os: 'android', logins: 3 });
    expect(
      (await profile.consentsOf(platform.database, [device.personId])).get(device.personId),
    ).toHaveLength(1);
    const again = await platform.clickhouse.query<{ person_id: number }>(
      `select person_id from consent final where person_id in {ids:Array(UInt64)} and granted = 1`,
      { ids: [customer.personId, device.personId] },
    );
    expect(again).toEqual([{ person_id: device.personId }]);
  });
});

describe('consents and suppressions', () => {
  const consent = (
    who: { personId: number; keyNumber: number },
    granted: boolean,
    at: number,
    channel = 'sms',
  ): Operation => ({
    kind: 'consent',
    ...who,
    purpose: 'marketing',
    channel,
    granted,
    at,
    sourceId: 'branch',
    messageId: `m${messages++}`,
    proof: { form: 'A-17' },
  });
  const stateOf = async (personId: number, channel = 'sms') =>
    (await profile.consentsOf(platform.database, [personId]))
      .get(personId)
      ?.find((each) => each.channel === channel);

  test('the newest word counts, a withdrawal beats a grant of the same instant, all is kept', async () => {
    const who = await person({ customer_number: 'K1' });
    await apply([consent(who, false, t0 + 5), consent(who, true, t0)]);
    expect(await stateOf(who.personId)).toMatchObject({ granted: false, valid: false });
    await apply([consent(who, true, t0 + 9), consent(who, false, t0 + 9)]);
    expect(await stateOf(who.personId)).toMatchObject({ granted: false });
    await apply([consent(who, true, t0 + 10)]);
    expect(await stateOf(who.personId)).toMatchObject({
      granted: true,
      valid: true,
      proof: { form: 'A-17' },
    });
    const [kept] = await platform.database.query<{ n: number }>(
      'select count(*) as n from profile.consent where person_id = $1',
      [who.personId],
    );
    expect(kept!.n).toBe(5);
  });

  test('`*` covers every channel; a new version of the purpose does not accept the old consent', async () => {
    const who = await person({ customer_number: 'K2' });
    await apply([consent(who, true, t0, '*')]);
    expect(await stateOf(who.personId, 'push')).toMatchObject({ valid: true });
    await profile.declare({
      purposes: [{ purpose: 'marketing', version: 2, title: { en: 'Marketing', zh: '营销' } }],
    });
    expect(await stateOf(who.personId, 'push')).toMatchObject({ granted: true, valid: false });
    await profile.mirror();
    const rows = await platform.clickhouse.query(
      'select granted, count() as n from consent final where person_id = {id:UInt64} group by granted',
      { id: who.personId },
    );
    expect(rows).toEqual([{ granted: 0, n: 6 }]);
    const outcome = await apply([{ ...consent(who, true, t0), purpose: 'sharing' } as Operation]);
    expect(outcome.rejections).toEqual([expect.objectContaining({ code: 'purpose_not_declared' })]);
  });

  test('suppressions are in force until they expire; the same message suppresses once', async () => {
    const who = await person({ customer_number: 'K3', mobile: '19900000001' });
    const order = {
      ...who,
      scope: 'person' as const,
      channel: 'sms',
      purpose: '*',
      reason: 'opted_out',
      at: t0,
      expiresAt: t0 + 100,
      sourceId: 'hub',
      messageId: 'reply 1',
    };
    const suppress = () =>
      platform.database.transaction((transaction) => profile.suppress(transaction, [order]));
    expect(await suppress()).toBe(1);
    expect(await suppress()).toBe(0);
    const at = async (now: number) =>
      (await profile.suppressionsOf(platform.database, [who.personId], now)).get(who.personId);
    expect(await at(t0 + 50)).toEqual([
      expect.objectContaining({ reason: 'opted_out', expiresAt: t0 + 100 }),
    ]);
    expect(await at(t0 + 100)).toBeUndefined();
  });
});

describe('entities, relations, details', () => {
  const title = (en: string) => ({ en, zh: en });
  const said = (at: number) => ({ at, sourceId: 'core', messageId: `m${messages++}` });

  beforeAll(async () => {
    await profile.declare({
      entityTypes: [
        {
          name: 'company',
          title: title('Company'),
          titleField: 'name',
          fields: [
            { name: 'name', title: title('Name'), valueType: 'string' },
            { name: 'capital', title: title('Capital'), valueType: 'number' },
          ],
        },
        {
          name: 'manager',
          title: title('Manager'),
          fields: [{ name: 'name', title: title('Name'), valueType: 'string' }],
        },
      ],
      relationTypes: [
        { name: 'legal_representative', title: title('Legal representative'), from: 'person', to: 'company' },
        {
          name: 'managed_by',
          title: title('Managed by'),
          from: 'person',
          to: 'manager',
          cardinality: 'many_to_one',
        },
      ],
      detailTypes: [
        {
          name: 'holding',
          title: title('Holding'),
          owner: 'person',
          fields: [
            { name: 'amount', title: title('Amount'), valueType: 'number' },
            { name: 'maturity_date', title: title('Maturity'), valueType: 'date' },
            { name: 'status', title: title('Status'), valueType: 'string' },
          ],
        },
      ],
    });
  });

  test('partial states are laid over the stored one; an older one only fills gaps', async () => {
    const entity = (fields: Record<string, unknown>, at: number): Operation => ({
      kind: 'entity',
      type: 'company',
      id: 'E1',
      fields,
      ...said(at),
    });
    await apply([entity({ name: 'Wutong Ltd', capital: 5 }, t0 + 10)]);
    await profile.mirror();
    await apply([entity({ capital: 7, staff: 12 }, t0 + 20), entity({ capital: 1, city: 'Xi’an' }, t0 + 5)]);
    await profile.mirror();
    expect((await profile.entitiesOf('company', ['E1'])).get('E1')).toEqual({
      name: 'Wutong Ltd',
      capital: 7,
      staff: 12,
      city: 'Xi’an',
    });
    const outcome = await apply([{ ...entity({}, t0), type: 'unknown' } as Operation]);
    expect(outcome.rejections[0]).toMatchObject({ code: 'type_not_declared' });
  });

  test('a detail has its newest state and its history', async () => {
    const who = await person({ customer_number: 'D1' });
    const detail = (fields: Record<string, unknown>, at: number): Operation => ({
      kind: 'detail',
      type: 'holding',
      id: 'H1',
      owner: { type: 'person', ...who },
      time: t0,
      fields,
      ...said(at),
    });
    await apply([detail({ amount: 100, maturity_date: '2026-02-01', status: 'held' }, t0)]);
    await profile.mirror();
    await apply([detail({ status: 'redeemed' }, t0 + 50)]);
    await profile.mirror();
    expect((await profile.detailsOf([who.personId], 'holding')).get(who.personId)).toEqual([
      { detailId: 'H1', time: t0, fields: { amount: 100, maturity_date: '2026-02-01', status: 'redeemed' } },
    ]);
    const history = await platform.clickhouse.query(
      `select status from detail_holding_history final where detail_id = 'H1' order by version`,
    );
    expect(history).toEqual([{ status: 'held' }, { status: 'redeemed' }]);
  });

  test('360°: a person’s company with its other people; a new manager ends the old one', async () => {
    const boss = await person({ customer_number: 'R1' });
    const partner = await person({ customer_number: 'R2' });
    const relation = (type: string, who: typeof boss, to: string, id: string, at: number): Operation => ({
      kind: 'relation',
      type,
      from: { type: 'person', ...who },
      to: { type: to, id },
      fields: { share: 40 },
      validFrom: at,
      ...said(at),
    });
    await apply([
      { kind: 'entity', type: 'company', id: 'E2', fields: { name: 'Plane Tree' }, ...said(t0) },
      { kind: 'entity', type: 'manager', id: 'RM1', fields: { name: 'Li' }, ...said(t0) },
      { kind: 'entity', type: 'manager', id: 'RM2', fields: { name: 'Wang' }, ...said(t0) },
      relation('legal_representative', boss, 'company', 'E2', t0),
      relation('legal_representative', partner, 'company', 'E2', t0),
      relation('managed_by', boss, 'manager', 'RM1', t0),
    ]);
    await profile.mirror();
    await apply([relation('managed_by', boss, 'manager', 'RM2', t0 + 1000)]);
    await profile.mirror();
    const view = await profile.personView(boss.personId);
    const company = view.relations.find((each) => each.end.type === 'company')!;
    expect(company.end).toEqual({ type: 'company', id: 'E2', title: 'Plane Tree' });
    expect(company.attributes).toEqual({ share: 40 });
    expect(company.neighbours.map((each) => each.id)).toEqual([String(partner.personId)]);
    const managers = await profile.relatedTo([boss.personId], 'managed_by', t0 + 2000);
    expect(managers.get(boss.personId)!.map((each) => each.fields['name'])).toEqual(['Wang']);
    const before = await profile.relatedTo([boss.personId], 'managed_by', t0 + 500);
    expect(before.get(boss.personId)!.map((each) => each.id)).toEqual(['RM1']);
    const entity = await profile.entityView('company', 'E2');
    expect(entity.relations.map((each) => each.end.id).sort()).toEqual(
      [boss.personId, partner.personId].map(String).sort(),
    );
  });

  test('the timeline finds events under the present and the former person', async () => {
    const first = await person({ device: 'dev-t' });
    const second = await person({ customer_number: 'T1' });
    const event = (who: typeof first, name: string, time: string) => ({
      person_id: who.personId,
      key_number: who.keyNumber,
      time,
      received_at: time,
      event: name,
      event_id: platform.ids.newId(),
      source_id: 'app',
      batch_id: platform.ids.newId(),
      properties: { page: name },
    });
    await platform.clickhouse.insert('event', [
      event(first, 'open', '2026-01-01 10:00:00.000'),
      event(second, 'buy', '2026-01-02 10:00:00.000'),
    ]);
    const merged = await person({ customer_number: 'T1', device: 'dev-t' }, t0 + 5);
    await eventually(async () =>
      expect((await profile.timeline({ personId: merged.personId, limit: 5 })).items).toHaveLength(2),
    );
    const page = await profile.timeline({ personId: merged.personId, limit: 1 });
    expect(page.items).toMatchObject([
      { event: 'buy', time: '2026-01-02T10:00:00.000Z', properties: { page: 'buy' } },
    ]);
    const next = await profile.timeline({ personId: merged.personId, limit: 1, cursor: page.nextCursor! });
    expect(next.items.map((each) => each.event)).toEqual(['open']);
    expect(
      (await profile.timeline({ personId: merged.personId, limit: 5, events: ['open'] })).items,
    ).toHaveLength(1);
  });
});
