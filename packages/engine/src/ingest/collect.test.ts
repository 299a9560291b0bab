import { gzipSync } from 'node:zlib';
import { ingestApi } from '@wutong/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../test/harness/ingest-server.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { ManualClock, Platform } from '../platform/index.ts';

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let room: IngestServer;
let key: string;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  room = await startIngestServer(platform, {
    wantedEvents: { canvas: () => new Set(['view_product', '$fact']), hub: () => new Set(['$fact']) },
  });
  ({ key } = await room.ingest.sources.create({ sourceId: 'app', name: 'App' }, 'test'));
});

afterAll(async () => {
  await room.stop();
  await platform.close();
  await databases.drop();
});

const now = (): number => platform.clock.now();
const event = (messageId: string, more: object = {}): object => ({
  kind: 'event',
  messageId,
  time: now() - 1_000,
  keys: [{ type: 'customer_number', value: '10001' }],
  event: 'view_product',
  properties: { product_id: 'P1', amount: 12 },
  ...more,
});

async function collect(records: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${room.url}/api/v1/collect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: typeof records === 'string' ? records : JSON.stringify({ records }),
  });
}

const ledger = async (sourceId = 'app'): Promise<unknown> =>
  platform.database.query(
    'select received, stored, duplicate, rejected from ingest.ledger where source_id = $1',
    [sourceId],
  );

describe('collection', () => {
  it('stores events once, and answers with what became of each', async () => {
    const records = [
      event('m1'),
      event('m2', { properties: { amount: 1.5, tags: ['a'], nested: { x: 1 } } }),
    ];
    const first = await collect([...records, event('m1')]);
    expect(first.status).toBe(200);
    expect(await first.json()).toEqual({ received: 3, stored: 2, duplicate: 1, rejected: 0, rejections: [] });
    const again = await collect(records);
    expect(await again.json()).toMatchObject({ received: 2, stored: 0, duplicate: 2 });
    const rows = await platform.clickhouse.query(
      `select person_id > 0 as known, event, toFloat64(properties.amount.:Float64) as amount, toUnixTimestamp64Milli(time) as time
       from event order by amount`,
    );
    expect(rows).toEqual([
      { known: 1, event: 'view_product', amount: 1.5, time: now() - 1_000 },
      { known: 1, event: 'view_product', amount: 12, time: now() - 1_000 },
    ]);
    expect(await ledger()).toEqual([{ received: 5, stored: 2, duplicate: 3, rejected: 0 }]);
  });

  it('hands wanted events to each consumer once', async () => {
    await collect([event('inbox-1', { event: 'not_wanted' }), event('inbox-2')]);
    const take = (consumer: string, limit = 10) =>
      platform.database.transaction((transaction) => room.ingest.takeInbox(transaction, consumer, limit));
    const taken = await take('canvas');
    expect(taken.map((each) => each.event)).toEqual(['view_product', 'view_product', 'view_product']);
    expect(taken[2]).toMatchObject({
      sourceId: 'app',
      time: now() - 1_000,
      properties: { product_id: 'P1' },
    });
    expect(await take('canvas')).toEqual([]);
    expect(await take('hub')).toEqual([]);
  });

  it('keeps what is wrong with its reason, and stores the rest', async () => {
    const response = await collect([
      event('bad-1', { keys: [] }),
      event('good-1'),
      event('bad-2', { time: now() + 7_200_000 }),
      event('bad-3', { time: now() - 10 * 365 * 86_400_000 }),
      event('good-2', { time: now() - 10 * 365 * 86_400_000, historical: true }),
      event('bad-4', { keys: [{ type: 'cookie', value: '00000000' }] }),
      'not an object',
      event('bad-5', { event: '' }),
      // Nobody could govern it: addresses take `..` for a way up.
      event('bad-6', { event: '..' }),
    ]);
    const answer = (await response.json()) as { rejections: { index: number; code: string }[] };
    expect(ingestApi.collect.response.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({ received: 9, stored: 2, duplicate: 0, rejected: 7 });
    expect(answer.rejections.map(({ index, code }) => [index, code])).toEqual([
      [0, 'keys_missing'],
      [2, 'time_in_future'],
      [3, 'time_too_old'],
      [5, 'key_refused'],
      [6, 'record_not_object'],
      [7, 'event_name_invalid'],
      [8, 'event_name_invalid'],
    ]);
  });

  it('applies records of every kind to the model', async () => {
    await room.profile.declare({
      purposes: [{ purpose: 'marketing', version: 1, title: { en: 'Marketing', zh: '营销' } }],
      entityTypes: [{ name: 'company', title: { en: 'Company', zh: '企业' }, fields: [] }],
    });
    const keys = [{ type: 'customer_number', value: '20001' }];
    const response = await collect([
      { kind: 'attributes', messageId: 'a1', keys, attributes: { age: 40, city: '上海' } },
      { kind: 'entity', messageId: 'e1', entityType: 'company', entityId: 'C1', attributes: { name: 'A' } },
      { kind: 'consent', messageId: 'c1', keys, purpose: 'marketing', channel: 'sms', granted: true },
      { kind: 'identity', messageId: 'i1', keys: [...keys, { type: 'mobile', value: '19912345678' }] },
      { kind: 'relation', messageId: 'r1', relationType: 'unknown', keys, to: { type: 'company', id: 'C1' } },
    ]);
    expect(await response.json()).toMatchObject({
      received: 5,
      stored: 4,
      rejected: 1,
      rejections: [{ index: 4 }],
    });
    const [found] = await room.identity.findPeople('19912345678');
    const attributes = await room.profile.attributesOf([found!.personId]);
    expect(attributes.get(found!.personId)).toMatchObject({ age: 40, city: '上海' });
  });

  // It empties its buffer after any answer, whatever the status, and keeps it when the line breaks.
  it('hangs up on the PHP SDK where it would have to refuse', async () => {
    const record = { type: 'track', event: 'Buy', distinct_id: 'd1', time: now(), properties: {} };
    const send = (source: string, path = '/sa'): Promise<number> =>
      fetch(`${room.url}${path}?project=${source}`, {
        method: 'POST',
        headers: { 'user-agent': 'PHP SDK' },
        body: `data_list=${encodeURIComponent(gzipSync(JSON.stringify([record])).toString('base64'))}&gzip=1`,
      }).then((answer) => answer.status);
    await expect(send('not-there')).rejects.toThrow('fetch failed');
    expect(await send('not-there', '/debug')).toBe(403);
    expect(await send(key)).toBe(200);
  });

  it('answers an unknown key, an undecodable body and a bomb as its clients need', async () => {
    expect((await collect([event('x')], { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await collect('{"records":')).status).toBe(400);
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, 0x20));
    const response = await fetch(`${room.url}/sa?token=${key}`, { method: 'POST', body: bomb });
    expect(response.status).toBe(200);
    const reasons = await platform.database.query<{ reason: string }>(
      `select details ->> 'reason' as reason from ingest.rejected where unit = 'body' order by received_at, reason`,
    );
    expect(reasons.map((row) => row.reason)).toEqual(['bad_json', 'inflates_over_limit']);
  });

  it('refuses a batch of more records than a format takes, in the words of its clients, and keeps it', async () => {
    const many = (count: number, make: (index: number) => object): object[] =>
      Array.from({ length: count }, (_, index) => make(index));
    const native = (count: number): Promise<Response> =>
      collect(many(count, (index) => event(`many-${index}`, { event: 'many' })));
    const refused = await native(5_001);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({
      code: 'batch_too_long',
      details: { records: 5_001, limit: 5_000 },
    });
    expect(await (await native(5_000)).json()).toMatchObject({ received: 5_000, stored: 5_000 });

    const send = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${room.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const sensors = await send(
      `/sa?token=${key}`,
      many(10_001, (index) => ({
        type: 'track',
        event: 'e',
        distinct_id: 'd',
        time: now(),
        _track_id: index,
      })),
    );
    expect([sensors.status, await sensors.text()]).toEqual([
      413,
      'batch_too_long: {"records":10001,"limit":10000}',
    ]);
    const segment = await send('/v1/batch', {
      writeKey: key,
      batch: many(10_001, () => ({ type: 'track' })),
    });
    expect([segment.status, await segment.json()]).toMatchObject([400, { code: 'batch_too_long' }]);
    const cloudEvents = await send(
      '/cloudevents',
      many(10_001, () => ({})),
      {
        authorization: `Bearer ${key}`,
      },
    );
    expect([cloudEvents.status, await cloudEvents.json()]).toMatchObject([413, { code: 'batch_too_long' }]);
    const kept = await platform.database.query(
      `select format, details ->> 'limit' as maximum from ingest.rejected
       where code = 'batch_too_long' and unit = 'body' order by format`,
    );
    expect(kept).toEqual([
      { format: 'cloudevents', maximum: '10000' },
      { format: 'native', maximum: '5000' },
      { format: 'segment', maximum: '10000' },
      { format: 'sensors', maximum: '10000' },
    ]);
  });

  it('counts a body over the limit, which is not read', async () => {
    const before = await platform.database.query<{ rejected: number }>(`select rejected from ingest.ledger`);
    const large = Buffer.alloc(17 * 1024 * 1024, 0x20);
    const answer = await fetch(`${room.url}/sa?token=${key}`, { method: 'POST', body: large }).catch(
      () => undefined,
    );
    // A server may close the line before the client has said everything.
    if (answer) expect(answer.status).toBe(413);
    await expect
      .poll(() => platform.database.query<{ rejected: number }>(`select rejected from ingest.ledger`))
      .toEqual([{ rejected: before[0]!.rejected + 1 }]);
  });

  it('relays facts of our own once, to ClickHouse and the inbox', async () => {
    const fact = { personId: 1, event: '$fact', time: now(), messageId: 'fact-1', properties: { a: 1 } };
    await platform.database.transaction((transaction) => room.ingest.enqueue(transaction, [fact]));
    await platform.database.transaction((transaction) => room.ingest.enqueue(transaction, [fact]));
    await platform.database
      .transaction(async (transaction) => {
        await room.ingest.enqueue(transaction, [{ ...fact, messageId: 'never' }]);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    await expect
      .poll(() => platform.database.query('select count(*) as waiting from ingest.outbox'))
      .toEqual([{ waiting: 0 }]);
    expect(
      await platform.clickhouse.query(`select count() as stored from event where event = '$fact'`),
    ).toEqual([{ stored: 1 }]);
    for (const consumer of ['canvas', 'hub']) {
      const taken = await platform.database.transaction((transaction) =>
        room.ingest.takeInbox(transaction, consumer, 10),
      );
      expect(taken.filter((each) => each.event === '$fact')).toHaveLength(1);
    }
  });

  it('balances the ledger', async () => {
    const rows = await platform.database.query<{ balanced: boolean }>(
      'select bool_and(received = stored + duplicate + rejected) as balanced from ingest.ledger',
    );
    expect(rows).toEqual([{ balanced: true }]);
  });
});

describe('addresses and types of other clients', () => {
  let foreignKey: string;
  beforeAll(async () => {
    ({ key: foreignKey } = await room.ingest.sources.create(
      { sourceId: 'foreign', name: 'Foreign' },
      'test',
    ));
  });

  it.each([
    // Segment's Java, Ruby and .NET clients.
    ['/v1/import/', 'application/json; charset=utf-8'],
    ['/v1/import', 'application/json'],
    ['/v1/batch/', 'text/plain'],
    ['/v1/batch', ';;;'],
    ['/v1/batch', 'json'],
    ['/v1/batch', 'application/json, application/json'],
  ])('takes a batch at %s as "%s"', async (path, type) => {
    const messageId = `${path}${type}`;
    const answer = await fetch(room.url + path, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Basic ${btoa(`${foreignKey}:`)}` },
      body: JSON.stringify({ batch: [{ type: 'track', userId: 'other', event: 'foreign', messageId }] }),
    });
    expect(answer.status).toBe(200);
    // All that came here is stored.
    const [row] = (await ledger('foreign')) as Record<string, number>[];
    expect(row).toMatchObject({ received: row!.stored, duplicate: 0, rejected: 0 });
  });

  it('says why in words, which Python clients look for before they give up', async () => {
    const answer = await fetch(`${room.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${foreignKey}:`)}` },
      body: '{',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'body_undecodable',
      message: expect.any(String) as string,
    });
  });

  it('takes a record of 30 kB in the address of an image', async () => {
    const record = {
      type: 'track',
      event: 'foreign_image',
      distinct_id: 'd',
      time: now(),
      properties: { t: 'x'.repeat(20_000) },
    };
    const data = encodeURIComponent(Buffer.from(JSON.stringify(record)).toString('base64'));
    const answer = await fetch(`${room.url}/sa.gif/?token=${foreignKey}&data=${data}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/gif');
  });
});
