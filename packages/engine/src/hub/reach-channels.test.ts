import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  startFcm,
  startSmsc,
  startSmtpSink,
  type FcmSimulator,
  type Smsc,
  type SmtpSink,
} from '../../../lab/src/simulators/index.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import {
  createHubRooms,
  insertTestSupplier,
  makeApprovedContent,
  makeReachablePeople,
  mobileOf,
  reservationsFor,
  until,
  type HubRooms,
} from '../../test/harness/hub-rooms.ts';
import { makeUser } from '../../test/harness/make-user.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createHttpServer, type HttpServer } from '../platform/index.ts';
import type { Reservation } from './index.ts';

const TOKEN = 'administrator-token-for-tests';
let databases: TestDatabases;
let platform: ReturnType<typeof createTestPlatform>;
let rooms: HubRooms;
let server: HttpServer;
let people: number[];
let smsc: Smsc;
let mail: SmtpSink;
let fcm: FcmSimulator;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  rooms = await createHubRooms(platform);
  await makeApprovedContent(rooms, platform, 'renewal_a');
  people = await makeReachablePeople(rooms, platform, 12);
  await makeUser(platform, { name: 'admin', displayName: '管理员', role: 'administrator' }, TOKEN);
  server = createHttpServer(platform);
  rooms.content.routes(server);
  rooms.hub.routes(server);
  await server.fastify.ready();

  smsc = await startSmsc({ name: 'sms', systemId: 'wutong', password: 'secret' });
  mail = await startSmtpSink();
  fcm = await startFcm();
  await insertTestSupplier(platform, {
    supplierId: 'sms',
    kind: 'smpp',
    channel: 'sms',
    settings: { host: '127.0.0.1', port: smsc.port, systemId: 'wutong' },
    secrets: { password: 'secret' },
  });
  await insertTestSupplier(platform, {
    supplierId: 'mail',
    kind: 'smtp',
    channel: 'email',
    settings: { host: '127.0.0.1', port: mail.port, from: '"梧桐银行" <service@bank.example>' },
  });
  await insertTestSupplier(platform, {
    supplierId: 'fcm',
    kind: 'fcm',
    channel: 'push',
    settings: {
      projectId: fcm.projectId,
      clientEmail: fcm.clientEmail,
      endpoint: fcm.url,
      tokenUri: `${fcm.url}/token`,
    },
    secrets: { privateKey: fcm.privateKey },
  });
  await rooms.hub.start();
});
afterAll(async () => {
  await rooms?.hub.stop();
  await server?.fastify.close();
  await smsc?.stop();
  await mail?.stop();
  await fcm?.stop();
  await rooms?.stop();
  await platform?.close();
  await databases?.drop();
});

async function send(nodeId: string, personIds: readonly number[], step: Partial<Reservation>) {
  const reservations = reservationsFor(personIds, { nodeId, purpose: 'service', ...step });
  return platform.database.transaction((transaction) => rooms.hub.reserve(transaction, reservations));
}

async function books(nodeId: string) {
  return (await rooms.hub.books({ nodeId }))[0]!;
}

function call(method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, body?: object) {
  return server.fastify.inject({
    method,
    url,
    headers: { authorization: `Bearer ${TOKEN}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { payload: body } : {}),
  });
}

describe('e-mail', () => {
  test('carries one-click unsubscribe, which the gate then obeys', async () => {
    await send('email', people.slice(0, 1), { channel: 'email', purpose: 'marketing' });
    await until(async () => (await books('email')).sent === 1, 'sent');
    const { raw } = mail.messages.at(-1)!;
    expect(raw).toMatch(/List-Unsubscribe-Post: List-Unsubscribe=One-Click/);
    const path = /List-Unsubscribe: <http:\/\/localhost:7500(\/u\/[\w-]+)>/.exec(raw)![1]!;
    expect((await server.fastify.inject({ method: 'GET', url: path })).statusCode).toBe(200);
    const posted = await server.fastify.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'List-Unsubscribe=One-Click',
    });
    expect(posted.statusCode).toBe(200);
    const [outcome] = await send('email_2', people.slice(0, 1), { channel: 'email', purpose: 'marketing' });
    expect(outcome).toMatchObject({ state: 'suppressed', reason: 'opted_out' });
  });

  test('a mailbox that does not exist is suppressed', async () => {
    mail.missing.add('person2@example.com');
    await send('email_3', people.slice(1, 2), { channel: 'email' });
    await until(async () => (await books('email_3')).failed === 1, 'failed');
    const [outcome] = await send('email_4', people.slice(1, 2), { channel: 'email' });
    expect(outcome).toMatchObject({ state: 'suppressed', reason: 'suppressed_address' });
  });
});

describe('app push', () => {
  test('is accepted, and a removed app is suppressed', async () => {
    fcm.unregistered.add('device-4');
    await send('push', people.slice(2, 4), { channel: 'push' });
    await until(async () => (await books('push')).pending === 0, 'answered');
    expect(await books('push')).toMatchObject({ sent: 1, failed: 1, balanced: true });
    expect(fcm.handsets.of('device-3')[0]!.text).toBe('理财即将到期\n客户3，看看新的产品');
    const [outcome] = await send('push_2', people.slice(3, 4), { channel: 'push' });
    expect(outcome).toMatchObject({ state: 'suppressed', reason: 'suppressed_address' });
  });

  test('goes on after its token was revoked, and after being throttled', async () => {
    fcm.revokeTokens();
    fcm.throttle(1);
    await send('push_3', people.slice(4, 6), { channel: 'push' });
    await until(async () => (await books('push_3')).sent === 2, 'sent');
  });

  test('a person whose app is gone is reached by the next channel', async () => {
    fcm.unregistered.add('device-6');
    await send('push_4', people.slice(5, 6), {
      channel: 'push',
      cascade: { onReject: true, maximumAttempts: 2, nextChannels: ['sms'] },
    });
    await until(async () => (await books('push_4')).delivered === 1, 'delivered');
    const [message] = (await call('GET', '/api/v1/messages?nodeId=push_4')).json().items;
    expect(message).toMatchObject({ channel: 'sms', supplierId: 'sms', attempts: 2 });
  });
});

test('a slot shows the message, and showing it is its delivery', async () => {
  await send('slot', people.slice(0, 1), { channel: 'in_app' });
  await until(async () => (await books('slot')).sent === 1, 'placed');
  const shown = await server.fastify.inject({
    method: 'GET',
    url: '/api/v1/slots/home_banner?type=device&value=device-1',
  });
  const [item] = shown.json().items;
  expect(item).toMatchObject({ title: '理财即将到期', body: '客户1' });
  const nobody = await server.fastify.inject({
    method: 'GET',
    url: '/api/v1/slots/home_banner?type=device&value=device-999',
  });
  expect(nobody.json()).toEqual({ items: [] });
  await platform.database.transaction((transaction) =>
    rooms.ingest.enqueue(transaction, [
      {
        personId: people[0]!,
        event: '$slot_shown',
        time: platform.clock.now(),
        messageId: '00000000-0000-8000-8000-000000000001',
        properties: { message_id: item.messageId },
      },
    ]),
  );
  await rooms.ingest.start();
  await until(async () => (await books('slot')).delivered === 1, 'shown');

  // The app says only which message was clicked; the fact says of which step, and is stated once.
  const click = (number: number): Promise<void> =>
    platform.database.transaction((transaction) =>
      rooms.ingest.enqueue(transaction, [
        {
          personId: people[0]!,
          event: '$message_clicked',
          time: platform.clock.now(),
          messageId: `00000000-0000-8000-8000-00000000010${number}`,
          properties: { message_id: item.messageId },
        },
      ]),
    );
  await click(1);
  await until(async () => (await books('slot')).clicked === 1, 'clicked');
  await click(2);
  const facts = (): Promise<{ facts: number }[]> =>
    platform.clickhouse.query(
      `select count() as facts from event where event = '$message_clicked'
       and properties.message_id.:String = {message:String} and properties.node_id.:String = 'slot'`,
      { message: item.messageId },
    );
  await until(async () => (await facts())[0]!.facts === 1, 'stated');
  await rooms.ingest.stop();
});

test('a task is claimed once and its outcome recorded once', async () => {
  await send('task', people.slice(0, 1), { channel: 'task' });
  await until(async () => (await books('task')).sent === 1, 'on the list');
  const [task] = (await call('GET', '/api/v1/tasks?state=open')).json().items;
  expect(task).toMatchObject({ title: '到期跟进', script: '客户1 您好', state: 'open' });
  expect((await call('POST', `/api/v1/tasks/${task.taskId}/claim`, {})).json().state).toBe('claimed');
  const done = await call('POST', `/api/v1/tasks/${task.taskId}/outcome`, { outcome: 'interested' });
  expect(done.json()).toMatchObject({ state: 'done', outcome: 'interested' });
  const again = await call('POST', `/api/v1/tasks/${task.taskId}/outcome`, { outcome: 'refused' });
  expect(again.json().code).toBe('task_done');
});

test('an open task goes from the list when the person has reached the goal; a claimed one stays', async () => {
  const [claimed, open, other] = people.slice(1, 4);
  await send('call', people.slice(1, 4), { channel: 'task' });
  await until(async () => (await books('call')).sent === 3, 'on the list');
  const states = async (): Promise<Record<number, string>> => {
    const rows = await platform.database.query<{ person_id: number; state: string }>(
      "select person_id, state from hub.task where node_id = 'call'",
    );
    return Object.fromEntries(rows.map((row) => [row.person_id, row.state]));
  };
  await platform.database.execute(
    "update hub.task set state = 'claimed' where node_id = 'call' and person_id = $1",
    [claimed],
  );
  await platform.database.transaction((transaction) =>
    rooms.hub.withdraw(transaction, { strategyId: 'renewal', personIds: [claimed!, open!] }, 'goal_reached'),
  );
  expect(await states()).toEqual({ [claimed!]: 'claimed', [open!]: 'expired', [other!]: 'open' });
  expect((await books('call')).sent).toBe(3);
});

test('a short link counts the click and leads on', async () => {
  await send('link', people.slice(6, 7), { channel: 'sms' });
  await until(async () => (await books('link')).delivered === 1, 'delivered');
  const path = /http:\/\/localhost:7500(\/r\/\w+)/.exec(smsc.handsets.of(mobileOf(7)).at(-1)!.text)![1]!;
  const preview = await server.fastify.inject({ method: 'HEAD', url: path });
  expect(preview.statusCode).toBe(302);
  expect((await books('link')).clicked).toBe(0);
  const click = await server.fastify.inject({ method: 'GET', url: path });
  expect([click.statusCode, click.headers.location]).toEqual([302, 'https://bank.example/renew']);
  await server.fastify.inject({ method: 'GET', url: path });
  expect((await books('link')).clicked).toBe(1);
});

test.each(['R', 'ｔｄ', ' t。', 'N'])('the reply %j is an opt-out', async (text) => {
  const place = 7 + ['R', 'ｔｄ', ' t。', 'N'].indexOf(text);
  smsc.reply(mobileOf(place + 1), text);
  await until(async () => {
    const suppressions = await rooms.profile.suppressionsOf(
      platform.database,
      [people[place]!],
      platform.clock.now(),
    );
    return (suppressions.get(people[place]!) ?? []).some((each) => each.reason === 'opted_out');
  }, 'opted out');
  const [outcome] = await send(`reply_${place}`, [people[place]!], { channel: 'sms', purpose: 'marketing' });
  expect(outcome).toMatchObject({ state: 'suppressed', reason: 'opted_out' });
});

test('withdrawing consent after the reservation stops the message', async () => {
  await platform.database.transaction((transaction) => rooms.hub.hold(transaction, 'renewal', true));
  await send('late', people.slice(11, 12), { channel: 'sms', purpose: 'marketing' });
  await rooms.needs.profile.optOut(platform.database, {
    personId: people[11]!,
    channel: 'sms',
    at: platform.clock.now(),
    messageId: 'late',
    evidence: 'test',
  });
  await platform.database.transaction((transaction) => rooms.hub.hold(transaction, 'renewal', false));
  await until(async () => (await books('late')).pending === 0, 'decided');
  expect(await books('late')).toMatchObject({ suppressed: { opted_out: 1 }, sent: 0, balanced: true });
});

test('the message API: same key, same message; its story has attempts and receipts', async () => {
  await makeApprovedContent(
    rooms,
    platform,
    'code',
    { sms: { text: '【梧桐银行】验证码 {{ code }}' } },
    'verification',
  );
  const body = {
    messages: [
      {
        idempotencyKey: 'login-1',
        to: { type: 'mobile', value: mobileOf(1) },
        channel: 'sms',
        purpose: 'verification',
        contentId: 'code',
        context: { code: '482910' },
      },
    ],
  };
  const [first] = (await call('POST', '/api/v1/messages', body)).json().items;
  const [second] = (await call('POST', '/api/v1/messages', body)).json().items;
  expect(second).toMatchObject({ messageId: first.messageId, existing: true });
  await until(async () => (await books('code')).delivered === 1, 'delivered');
  const story = (
    await call('GET', `/api/v1/messages/${first.messageId}?openFor=customer%20complaint`)
  ).json();
  expect(story.message).toMatchObject({ state: 'sent', lane: 'urgent', supplierId: 'sms' });
  expect(story.attempts[0].rendered.text).toBe('【梧桐银行】验证码 482910');
  expect(story.receipts[0]).toMatchObject({ state: 'delivered', changed: true });
  const closed = (await call('GET', `/api/v1/messages/${first.messageId}`)).json();
  expect(JSON.stringify(closed)).not.toContain('482910');
});

test('a webhook is signed, and delivered by its 2xx', async () => {
  const heard: { headers: Record<string, unknown>; body: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const created = await call('POST', '/api/v1/suppliers', {
    supplierId: 'hook',
    name: '行内系统',
    kind: 'webhook',
    settings: { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook` },
    secrets: { signingSecret: `whsec_${Buffer.from('secret').toString('base64')}` },
  });
  expect(created.json()).toMatchObject({ channel: 'webhook', hasSecrets: ['signingSecret'] });
  expect(created.body).not.toContain('whsec_');
  await send('hook', people.slice(0, 1), { channel: 'webhook' });
  await until(async () => (await books('hook')).delivered === 1, 'delivered');
  expect(JSON.parse(heard[0]!.body)).toEqual({ name: '客户1' });
  expect(heard[0]!.headers['webhook-signature']).toMatch(/^v1,/);
  receiver.close();
});

test('suppliers and routes: listed with health, bad settings refused', async () => {
  const { items } = (await call('GET', '/api/v1/suppliers')).json();
  expect(items.find((each: { supplierId: string }) => each.supplierId === 'sms').health.link).toBe('up');
  const bad = await call('POST', '/api/v1/suppliers', {
    supplierId: 'x',
    name: 'x',
    kind: 'smpp',
    settings: { host: '' },
  });
  expect(bad.json().code).toBe('supplier_settings_invalid');
  const route = { name: '短信', channel: 'sms', shares: [{ supplierId: 'mail', share: 1 }] };
  expect((await call('PUT', '/api/v1/routes/sms', route)).json().code).toBe('route_channel_differs');
  const good = await call('PUT', '/api/v1/routes/sms', {
    ...route,
    shares: [{ supplierId: 'sms', share: 100 }],
  });
  expect(good.json()).toMatchObject({ routeId: 'sms', enabled: true });
});
