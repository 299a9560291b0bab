import { ingestApi } from '@wutong/contract';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../test/harness/ingest-server.ts';
import { makeUser } from '../../test/harness/make-user.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import type { DecodedRecord, EventRecord } from './index.ts';

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let room: IngestServer;
const TOKEN = 'administrator-token-for-tests';

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  room = await startIngestServer(platform);
  await makeUser(platform, { name: 'root', displayName: 'Root', role: 'administrator' }, TOKEN);
});

afterAll(async () => {
  await room.stop();
  await platform.close();
  await databases.drop();
});

async function api<Body>(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Body }> {
  const answer = await fetch(`${room.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Body };
}

async function makeSource(sourceId: string, more: object = {}): Promise<string> {
  const made = await api<{ key: string }>('POST', '/sources', { sourceId, name: sourceId, ...more });
  expect(made.status).toBe(200);
  return made.body.key;
}

async function send(
  key: string,
  records: object[],
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${room.url}/api/v1/collect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ records }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const event = (messageId: string, properties: object, name = 'login'): object => ({
  kind: 'event',
  messageId,
  keys: [{ type: 'customer_number', value: '10001' }],
  event: name,
  properties,
});

describe('sources and keys', () => {
  it('rotates keys without a gap, revokes at once, and never the last one', async () => {
    const first = await makeSource('rotating');
    expect((await api('POST', '/sources', { sourceId: 'rotating', name: 'again' })).status).toBe(409);
    const rotated = await api<{ key: string; source: { keys: { keyId: string; expiresAt?: string }[] } }>(
      'POST',
      '/sources/rotating/keys',
      {
        expireOthersInHours: 1,
      },
    );
    for (const key of [first, rotated.body.key]) expect((await send(key, [event(key, {})])).status).toBe(200);
    platform.clock.advance(3_601_000);
    await expect
      .poll(async () => (await send(first, [event('late', {})])).status, { timeout: 10_000 })
      .toBe(401);
    expect((await send(rotated.body.key, [event('late', {})])).status).toBe(200);
    const last = rotated.body.source.keys.find((each) => each.expiresAt === undefined);
    expect((await api('DELETE', `/sources/rotating/keys/${last!.keyId}`)).status).toBe(409);
    const ledger = await api<{ items: object[] }>('GET', '/sources/rotating/ledger?day=2026-03-02');
    expect(ledger.body.items).toMatchObject([{ day: '2026-03-02', stored: 3, rejected: 0, balanced: true }]);
    expect((await api('GET', '/sources/nowhere/ledger')).status).toBe(404);
    expect((await api('GET', '/sources/rotating/ledger?day=2026-02-30')).status).toBe(400);
  });
});

describe('sources that a mapping named', () => {
  it('are opened and changed by the ids that lists give out', async () => {
    await room.ingest.sources.create({ sourceId: '2024-core', name: 'Core' }, 'test');
    await room.ingest.sources.create({ sourceId: `0${'x'.repeat(63)}`, name: 'Long' }, 'test');
    const { body } = await api('GET', '/sources');
    const { items } = ingestApi.listSources.response.parse(body);
    expect(items.length).toBeGreaterThan(1);
    for (const { sourceId } of items) {
      expect((await api('GET', `/sources/${sourceId}`)).status, sourceId).toBe(200);
      expect((await api('PATCH', `/sources/${sourceId}`, {})).status, sourceId).toBe(200);
      expect((await api('GET', `/sources/${sourceId}/ledger`)).status, sourceId).toBe(200);
      expect((await api('GET', `/rejected?sourceId=${sourceId}`)).status, sourceId).toBe(200);
    }
    expect((await api('POST', '/sources', { sourceId: '2024-core', name: 'Core' })).status).toBe(400);
  });
});

describe('rejected records', () => {
  it('are searched, opened, repaired and replayed into the books', async () => {
    const key = await makeSource('broken');
    await send(key, [
      event('r1', { a: 1 }, ''),
      event('r2', { a: 2 }),
      { kind: 'event', messageId: 'r3', event: 'login', keys: [] },
    ]);
    const list = await api<{ items: { rejectedId: string; code: string }[]; codes: object[] }>(
      'GET',
      '/rejected?sourceId=broken',
    );
    expect(list.body.codes).toEqual([
      { code: 'event_name_invalid', count: 1 },
      { code: 'keys_missing', count: 1 },
    ]);
    const { rejectedId } = list.body.items.find((item) => item.code === 'event_name_invalid')!;
    const opened = await api<{ raw: string }>('GET', `/rejected/${rejectedId}`);
    expect(JSON.parse(opened.body.raw)).toEqual(event('r1', { a: 1 }, ''));
    const box = await platform.database.query<{ raw_box: string }>('select raw_box from ingest.rejected');
    for (const row of box) expect(row.raw_box).toMatch(/^v1\./);

    await api('PUT', `/rejected/${rejectedId}`, {
      raw: opened.body.raw.replace('"event":""', '"event":"login"'),
    });
    const replayed = await api('POST', '/rejected/replay', { filter: { sourceId: 'broken' } });
    expect(replayed.body).toEqual({
      replayed: 2,
      stored: 1,
      duplicate: 0,
      rejectedAgain: 1,
      reasons: [{ code: 'keys_missing', count: 1 }],
      more: false,
    });
    const again = await api('POST', '/rejected/replay', { rejectedIds: [rejectedId] });
    expect(again.body).toMatchObject({ replayed: 0 });
    const ledger = await api<{ items: object[] }>('GET', '/sources/broken/ledger');
    expect(ledger.body.items).toMatchObject([{ received: 5, stored: 2, rejected: 3, balanced: true }]);
    const waiting = await api<{ items: { rejectedId: string }[] }>(
      'GET',
      '/rejected?sourceId=broken&state=waiting',
    );
    expect(waiting.body.items).toHaveLength(1);
    const ids = waiting.body.items.map((item) => item.rejectedId);
    expect((await api('POST', '/rejected/discard', { rejectedIds: ids })).body).toEqual({ discarded: 1 });
  });
});

describe('a replay', () => {
  it('keeps a body waiting that is as broken as before', async () => {
    const key = await makeSource('garbled');
    const answer = await fetch(`${room.url}/api/v1/collect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"records":[',
    });
    expect(answer.status).toBe(400);
    const replayed = await api('POST', '/rejected/replay', { filter: { sourceId: 'garbled' } });
    expect(replayed.body).toMatchObject({ replayed: 1, rejectedAgain: 1 });
    const waiting = await api<{ items: { rejectedId: string; code: string }[] }>(
      'GET',
      '/rejected?sourceId=garbled&state=waiting',
    );
    expect(waiting.body.items).toMatchObject([{ code: 'body_undecodable' }]);
    const opened = await api<{ raw: string }>('GET', `/rejected/${waiting.body.items[0]!.rejectedId}`);
    expect(Buffer.from(opened.body.raw, 'base64').toString()).toBe('{"records":[');
    const ledger = await api<{ items: object[] }>('GET', '/sources/garbled/ledger');
    expect(ledger.body.items).toMatchObject([{ received: 2, stored: 0, rejected: 2, balanced: true }]);
  });

  it('wants to be told of what', async () => {
    expect((await api('POST', '/rejected/replay', {})).status).toBe(400);
    expect((await api('POST', '/rejected/replay', { filter: { source: 'garbled' } })).status).toBe(400);
  });
});

describe('the tracking plan', () => {
  it('learns, sets conflicting values aside, and brings times and numbers into form', async () => {
    const key = await makeSource('learning');
    await send(key, [event('p1', { amount: 5, at: '2026-03-02 10:00:00', code: 'x', tags: ['a'] }, 'plan')]);
    await send(key, [
      event('p2', { amount: 'many', at: '2026-03-02T02:00:00Z', code: 7, tags: 'b', password: 'x' }, 'plan'),
    ]);
    await send(key, [event('p3', { amount: '6.5' }, 'plan')]);
    const rows = await platform.clickhouse.query<{ properties: object }>(
      `select properties from event where event = 'plan' order by event_id`,
    );
    expect(rows.map((row) => row.properties)).toEqual(
      expect.arrayContaining(
        [
          { amount: 5, at: '2026-03-02 10:00:00', code: 'x', tags: ['a'] },
          { at: '2026-03-02T02:00:00.000Z', code: '7', tags: ['b'], $type_conflicts: { amount: 'many' } },
          { amount: 6.5 },
        ].map((expected) =>
          expected.at?.includes(' ') ? { ...expected, at: '2026-03-02T02:00:00.000Z' } : expected,
        ),
      ),
    );
    await expect
      .poll(async () => (await api<{ items: object[] }>('GET', '/tracking-plan?search=plan')).body.items, {
        timeout: 10_000,
      })
      .toMatchObject([
        {
          event: 'plan',
          state: 'learnt',
          usage: 3,
          properties: [
            { property: 'amount', type: 'number', usage: 3, conflicts: 1 },
            { property: 'at', type: 'datetime' },
            { property: 'code', type: 'string' },
            { property: 'tags', type: 'string[]' },
          ],
        },
      ]);
  });

  it('refuses what a strict source may not say, until the plan has it', async () => {
    const key = await makeSource('strict_app', { mode: 'strict' });
    expect((await send(key, [event('s1', {}, 'unplanned')])).body).toMatchObject({ rejected: 1 });
    await api('PUT', '/tracking-plan/unplanned', { title: '计划外' });
    expect((await send(key, [event('s2', { colour: 'red' }, 'unplanned')])).body).toMatchObject({
      rejected: 1,
    });
    await api('PUT', '/tracking-plan/unplanned/properties/colour', { type: 'string', piiClass: 'none' });
    const answer = await send(key, [event('s3', { colour: 'red', $os: 'iOS' }, 'unplanned')]);
    expect(answer.body).toMatchObject({ stored: 1, rejected: 0 });
  });
});

describe('append', () => {
  it('stores any properties that JSON can say, and rejects alone what ClickHouse cannot hold', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 })), {
          minLength: 1,
          maxLength: 20,
        }),
        async (all) => {
          const records = all.map((properties): DecodedRecord => ({
            kind: 'event',
            messageId: `any-${number++}`,
            time: platform.clock.now(),
            keys: [{ type: 'customer_number', value: '10001' }],
            link: 'none',
            event: 'anything',
            properties: JSON.parse(JSON.stringify(properties)) as Record<string, unknown>,
          }));
          const outcome = await room.ingest.append('imports', [
            ...records,
            {
              ...(records[0] as EventRecord),
              messageId: `good-${number}`,
              properties: { fine: true },
            },
          ]);
          expect(outcome.stored + outcome.rejected).toBe(records.length + 1);
          expect(
            outcome.rejections.every(
              (rejection) => rejection.code === 'store_refused' && rejection.index < records.length,
            ),
          ).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});
