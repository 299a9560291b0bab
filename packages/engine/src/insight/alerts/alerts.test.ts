import { alertInputSchema, type AlertCondition } from '@wutong/contract';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { makeUser } from '../../../test/harness/make-user.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import { createHttpServer, type HttpServer, type ManualClock, type Platform } from '../../platform/index.ts';
import { createInsight, type Insight } from '../index.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import { isInside } from './find-inside-address.ts';
import { isRaised } from './look-at-alert.ts';
import { signatureOf } from './post-webhook.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let server: HttpServer;
let insight: Insight;
let receiver: Server;
const tokens = { mei: 'token-of-mei-1', bo: 'token-of-bo-12', an: 'token-of-an-12' };
const mails: { id: string; to: string; subject: string; text: string }[] = [];
const posts: { headers: IncomingMessage['headers']; body: string }[] = [];
let answer = 204;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  for (const [name, role] of [
    ['mei', 'marketer'],
    ['bo', 'manager'],
    ['an', 'administrator'],
  ] as const) {
    await makeUser(platform, { name, role }, tokens[name]);
  }
  server = createHttpServer(platform);
  const mail = {
    send: async (sent: (typeof mails)[number]) => (mails.push(sent), { kind: 'sent' as const }),
  };
  insight = createInsight(platform, { ...testNeeds({}), mail });
  insight.routes(server);
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      posts.push({ headers: request.headers, body });
      response
        .writeHead(answer, answer === 302 ? { location: 'http://127.0.0.1:1/' } : {})
        .end('x'.repeat(10));
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  receiver?.close();
  await server?.fastify.close();
  await platform?.close();
  await databases?.drop();
});

async function call(
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  payload?: object,
  user: keyof typeof tokens = 'mei',
) {
  const headers = { authorization: `Bearer ${tokens[user]}` };
  const reply = await server.fastify.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  return { status: reply.statusCode, body: reply.json<Record<string, any>>() };
}
const hook = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts?key=s3cret`;
const logins = (people: number[], time: number) =>
  insertEvents(
    platform,
    people.map((person) => ({ person, event: 'login', time })),
  );
const tellAll = async () => {
  while (await insight.deliverNotices());
};
const analysis = { period: { lastDays: 1 }, series: [{ event: 'login' }] };
const above = { kind: 'threshold', direction: 'above', value: 1 };

test('raised and cleared once, with a history, and each told to mail and webhook', async () => {
  const settings = { smallestGroup: 5, insideWebhookHosts: ['127.0.0.1'] };
  expect((await call('PUT', '/api/v1/report-settings', settings)).status).toBe(403);
  expect((await call('PUT', '/api/v1/report-settings', settings, 'an')).status).toBe(200);
  const made = await call('POST', '/api/v1/alerts', {
    name: '登录过多 <b>"\n',
    analysis,
    condition: above,
    everyMinutes: 10,
    notify: [
      { kind: 'email', address: 'risk@bank.example' },
      { kind: 'webhook', url: hook() },
    ],
  });
  expect(made.status).toBe(200);
  const { alertId } = made.body;
  expect(await insight.checkAlerts()).toBe(true);
  expect(await insight.checkAlerts()).toBe(false);
  await logins([1, 2], TEST_START_MS);
  for (const minutes of [10, 20, 24 * 60]) {
    platform.clock.set(TEST_START_MS + minutes * MINUTE_MS);
    await insight.checkAlerts();
  }
  await tellAll();
  const checks = await call('GET', `/api/v1/alerts/${alertId}/checks`);
  expect(checks.body.items.map((check: { value: number }) => check.value)).toEqual([0, 2, 2, 0]);
  // Raised at ten minutes, not told again at twenty, over on the next day.
  expect(mails.map((mail) => mail.subject.slice(0, 6))).toEqual(['【预警】登录', '【预警解除】']);
  expect(mails[0]!.text).toContain('当前数值: 2\n');
  // As the console has it: the list with this alert open beside it.
  expect(mails[0]!.text).toContain(`/insight/alerts?alert=${alertId}`);

  const { secret } = (await call('POST', `/api/v1/alerts/${alertId}/signing-secret`, {})).body;
  const [told] = posts;
  const headers = told!.headers as Record<string, string>;
  expect(JSON.parse(told!.body)).toMatchObject({ type: 'alert.raised', data: { alertId, value: 2 } });
  expect(headers['webhook-signature']).toBe(
    signatureOf(headers['webhook-id']!, Number(headers['webhook-timestamp']), told!.body, secret),
  );
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);

  const log = (await call('GET', `/api/v1/alert-notices?alertId=${alertId}`, undefined, 'bo')).body.items;
  expect(log).toMatchObject([
    { kind: 'cleared', state: 'sent' },
    { kind: 'cleared', state: 'sent' },
    { kind: 'raised', state: 'sent', attempts: 1 },
    { kind: 'raised', state: 'sent', attempts: 1 },
  ]);
  // Others see neither the address nor the key in the webhook's path.
  const seen =
    JSON.stringify((await call('GET', '/api/v1/alerts', undefined, 'bo')).body) + JSON.stringify(log);
  expect(seen).toContain('r***@bank.example');
  expect(seen).not.toMatch(/s3cret|risk@/);
  const stored = await platform.database.query('select * from insight.alert, insight.alert_notice');
  expect(JSON.stringify(stored)).not.toMatch(/s3cret|risk@|whsec_/);
  platform.clock.set(TEST_START_MS);
});

test('a target that fails is tried again with growing pauses, and given up', async () => {
  const made = await call('POST', '/api/v1/alerts', {
    name: 'a',
    analysis,
    condition: above,
    enabled: false,
    notify: [{ kind: 'webhook', url: hook() }],
  });
  const { alertId } = made.body;
  const notice = async () =>
    (await call('GET', `/api/v1/alert-notices?alertId=${alertId}&limit=1`)).body.items[0];
  const send = async (status: number) => {
    answer = status;
    platform.clock.set(platform.clock.now() + 1);
    await call('POST', `/api/v1/alerts/${alertId}/test`);
    await tellAll();
    return notice();
  };
  posts.length = 0;
  const waiting = await send(503);
  expect(waiting).toMatchObject({ state: 'waiting', attempts: 1, lastError: 'HTTP 503' });
  const pauses: number[] = [];
  for (let at = await notice(); at.state === 'waiting'; at = await notice()) {
    pauses.push(Date.parse(at.nextAttemptAt) - platform.clock.now());
    platform.clock.set(Date.parse(at.nextAttemptAt));
    await tellAll();
  }
  expect(pauses).toEqual([30_000, 120_000, 600_000, 3_600_000, 21_600_000]);
  expect(await notice()).toMatchObject({ state: 'failed', attempts: 6 });
  // The same message under the same id, so that the receiver can tell.
  expect(new Set(posts.map((post) => `${String(post.headers['webhook-id'])} ${post.body}`)).size).toBe(1);

  expect(await send(302)).toMatchObject({ state: 'failed', attempts: 1, lastError: 'redirect HTTP 302' });
  expect(await send(410)).toMatchObject({ state: 'failed', attempts: 1 });
  expect(await send(204)).toMatchObject({ state: 'sent' });
  const closed = { smallestGroup: 5, insideWebhookHosts: [] };
  await call('PUT', '/api/v1/report-settings', closed, 'an');
  posts.length = 0;
  expect(await send(204)).toMatchObject({ state: 'failed', lastError: 'host_inside' });
  expect(posts).toEqual([]);
});

test('a target that was away hears what happened in order', async () => {
  const settings = { smallestGroup: 5, insideWebhookHosts: ['127.0.0.1'] };
  await call('PUT', '/api/v1/report-settings', settings, 'an');
  platform.clock.set(TEST_START_MS + 10 * MINUTE_MS);
  const input = { name: 'b', analysis, condition: above, notify: [{ kind: 'webhook', url: hook() }] };
  const { alertId } = (await call('POST', '/api/v1/alerts', input)).body;
  const checkAndTell = async () => {
    while (await insight.checkAlerts());
    await tellAll();
    platform.clock.set(platform.clock.now() + 10);
    await tellAll();
  };
  posts.length = 0;
  const told = () => posts.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  answer = 503;
  await checkAndTell();
  await call('PUT', `/api/v1/alerts/${alertId}`, { ...input, condition: { ...above, value: 100 } });
  // Still away: what is older is tried again at once, and only that.
  await checkAndTell();
  expect(told()).toEqual(['alert.raised', 'alert.raised']);
  answer = 204;
  platform.clock.set(platform.clock.now() + 10 * MINUTE_MS);
  await checkAndTell();
  expect(told().slice(2)).toEqual(['alert.raised', 'alert.cleared']);
  platform.clock.set(TEST_START_MS);
});

test('who may tell whom', async () => {
  const input = {
    name: 'x',
    analysis,
    condition: above,
    notify: [{ kind: 'email', address: 'a@b.example' }],
  };
  expect((await call('POST', '/api/v1/alerts', input, 'bo')).body.code).toBe('permission_denied');
  expect((await call('POST', '/api/v1/alerts', { ...input, notify: [] }, 'bo')).status).toBe(200);
  for (const target of [
    { kind: 'webhook', url: 'ftp://bank.example/' },
    { kind: 'webhook', url: 'https://user:pass@bank.example/' },
    { kind: 'email', address: 'a@b.example\r\nBcc: all@bank.example' },
  ]) {
    expect((await call('POST', '/api/v1/alerts', { ...input, notify: [target] })).status).toBe(400);
  }
  const mine = (await call('POST', '/api/v1/alerts', input)).body.alertId;
  expect((await call('POST', `/api/v1/alerts/${mine}/signing-secret`, {}, 'an')).status).toBe(404);
  expect((await call('PUT', `/api/v1/alerts/${mine}`, input, 'an')).status).toBe(404);
});

test('an anomaly: too little history says so; a fall below the same weekdays is raised, by its own bounds', async () => {
  platform.clock.set(TEST_START_MS);
  const anomaly = (lastDays: number) => ({
    name: '异常',
    analysis: { period: { lastDays }, series: [{ event: 'pay' }] },
    condition: { kind: 'anomaly', direction: 'fall' },
    everyMinutes: 1,
  });
  expect((await call('POST', '/api/v1/alerts', anomaly(15))).status).toBe(400);
  const { alertId } = (await call('POST', '/api/v1/alerts', anomaly(60))).body;
  const look = async () => {
    platform.clock.set(platform.clock.now() + MINUTE_MS);
    while (await insight.checkAlerts());
    return (await call('GET', `/api/v1/alerts/${alertId}/checks?limit=1`)).body.items[0];
  };
  const payments = (daysAgo: number, count: number) =>
    Array.from({ length: count }, (_, person) => ({
      person,
      event: 'pay',
      time: TEST_START_MS - daysAgo * DAY_MS,
    }));
  const usual = (from: number, to: number) =>
    Array.from({ length: from - to + 1 }, (_, index) => from - index).flatMap((day) =>
      payments(day, day % 7 === 1 ? 20 : 60 + (day % 3)),
    );
  await insertEvents(platform, [...usual(14, 2), ...payments(1, 2)]);
  expect(await look()).toMatchObject({ raised: false, problem: 'not_enough_history' });
  await insertEvents(platform, usual(30, 15));
  // Two yesterday, where twenty are usual on that weekday and sixty on others.
  expect(await look()).toMatchObject({ raised: true, value: 2, expected: 20 });
  await insertEvents(platform, payments(1, 14));
  expect(await look()).toMatchObject({ raised: false, value: 16, expected: 20 });
});

test('an average of nothing is no average of 0: it neither raises nor clears', async () => {
  platform.clock.set(TEST_START_MS + 40 * DAY_MS);
  const average = { event: 'spend', measure: { kind: 'avg', property: 'amount' } };
  const alertOf = async (name: string, condition: object, lastDays: number) =>
    (
      await call('POST', '/api/v1/alerts', {
        name,
        analysis: { period: { lastDays }, series: [average] },
        condition,
        everyMinutes: 1,
      })
    ).body.alertId as string;
  const low = await alertOf('均额过低', { kind: 'threshold', direction: 'below', value: 50 }, 1);
  const change = await alertOf('均额变化', { kind: 'change', direction: 'either', percent: 20 }, 1);
  const unusual = await alertOf('均额异常', { kind: 'anomaly' }, 40);
  const spend = (daysAgo: number, amount: number) => ({
    person: 1,
    event: 'spend',
    time: TEST_START_MS + (40 - daysAgo) * DAY_MS - MINUTE_MS,
    properties: { amount },
  });
  const look = async () => {
    platform.clock.set(platform.clock.now() + MINUTE_MS);
    while (await insight.checkAlerts());
    return Promise.all(
      [low, change, unusual].map(
        async (id) => (await call('GET', `/api/v1/alerts/${id}/checks?limit=1`)).body.items[0],
      ),
    );
  };
  // Every other day of a month, and neither yesterday nor today.
  const days = Array.from({ length: 17 }, (_, index) => 2 * index + 3);
  await insertEvents(
    platform,
    days.map((daysAgo) => spend(daysAgo, 100 + (daysAgo % 3))),
  );
  for (const check of await look()) expect(check).toMatchObject({ raised: false, problem: 'no_data' });
  await insertEvents(platform, [spend(0, 101), spend(1, 101)]);
  const found = await look();
  expect(found.map((check) => check.problem)).toEqual([undefined, undefined, undefined]);
  expect(found.map((check) => check.raised)).toEqual([false, false, false]);
  await insertEvents(platform, [spend(0, 1), spend(1, 9_000)]);
  expect((await look()).map((check) => check.raised)).toEqual([false, true, true]);
});

test.each<[Exclude<AlertCondition, { kind: 'anomaly' }>, number, number | undefined, boolean]>([
  [{ kind: 'threshold', direction: 'below', value: 5 }, 4, undefined, true],
  [{ kind: 'threshold', direction: 'below', value: 5 }, 5, undefined, false],
  [{ kind: 'change', direction: 'rise', percent: 20 }, 120, 100, true],
  [{ kind: 'change', direction: 'rise', percent: 20 }, 119, 100, false],
  [{ kind: 'change', direction: 'fall', percent: 20 }, 80, 100, true],
  [{ kind: 'change', direction: 'either', percent: 20 }, 81, 100, false],
  [{ kind: 'change', direction: 'either', percent: 20 }, 5, 0, true],
  [{ kind: 'change', direction: 'fall', percent: 20 }, 5, 0, false],
  [{ kind: 'change', direction: 'either', percent: 20 }, 0, 0, false],
])('%j of %d after %s: %s', (condition, value, before, raised) => {
  expect(isRaised(condition, value, before)).toBe(raised);
});

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['0.0.0.0', true],
  ['::1', true],
  ['::ffff:10.0.0.1', true],
  ['::ffff:a00:1', true],
  ['fe80::1', true],
  ['fd12::1', true],
  ['64:ff9b::a00:1', true],
  ['not an address', true],
  ['8.8.8.8', false],
  ['172.32.0.1', false],
  ['2606:4700::1111', false],
])('%s inside: %s', (address, inside) => {
  expect(isInside(address)).toBe(inside);
});

test('an alert keeps what an older input has not', () => {
  expect(alertInputSchema.parse({ name: 'a', analysis, condition: above })).toMatchObject({
    notify: [],
    notifyCleared: true,
    language: 'zh',
  });
});
