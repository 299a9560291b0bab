import type { OperatorAlerts } from '@wutong/contract';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSmtpSink, type SmtpSink } from '../../../../lab/src/simulators/index.ts';
import { startAudienceServer, type AudienceServer } from '../../../test/harness/audience-server.ts';
import { insertTestSupplier, sendNotice } from '../../../test/harness/hub-rooms.ts';
import { signatureOf } from '../alerts/post-webhook.ts';
import { createInsight, type Insight } from '../index.ts';
import { testNeeds } from '../insight-world.ts';

const DAY_MS = 86_400_000;
let bank: AudienceServer;
let insight: Insight;
let relay: SmtpSink;
let receiver: Server;
const posts: { headers: IncomingMessage['headers']; body: Record<string, any>; raw: string }[] = [];

beforeAll(async () => {
  bank = await startAudienceServer({ ops: 'administrator', mei: 'marketer' });
  relay = await startSmtpSink();
  await insertTestSupplier(bank.platform, {
    supplierId: 'mail',
    kind: 'smtp',
    channel: 'email',
    settings: { host: '127.0.0.1', port: relay.port, from: 'bank@bank.example' },
  });
  insight = createInsight(bank.platform, {
    ...testNeeds({ audience: { troubles: (reader, now) => bank.audience.troubles(reader, now) } }),
    mail: { send: (mail) => sendNotice(bank.platform, mail) },
  });
  insight.routes(bank.server);
  receiver = createServer((request, response) => {
    let raw = '';
    request.on('data', (part: Buffer) => (raw += part.toString('utf8')));
    request.on('end', () => {
      posts.push({ headers: request.headers, body: JSON.parse(raw) as Record<string, any>, raw });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  receiver?.close();
  await relay?.stop();
  await bank?.close();
});

/** Looks for troubles, and tells all there is to tell. */
async function tell(): Promise<void> {
  bank.platform.clock.advance(1_000);
  await insight.tellOperators();
  while (await insight.deliverNotices());
}
const newPosts = async () => {
  const before = posts.length;
  await tell();
  return posts.slice(before);
};
const save = (notify: object[], language = 'zh') =>
  bank.call<OperatorAlerts>('ops', 'PUT', '/operator-alerts', { notify, language });
const hook = () => ({
  kind: 'webhook',
  url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/ops?key=s3cret`,
});
const setAge = (segmentId: string, name: string) =>
  bank.platform.database.execute(
    `update audience.segment set document = jsonb_set(document, '{where,left,path,0}', to_jsonb($2::text)) where segment_id = $1`,
    [segmentId, name],
  );

test('operators are told of what fails repeatedly and of what is proved wrong, once, and when it is over', async () => {
  expect((await bank.call('mei', 'GET', '/operator-alerts')).status).toBe(403);
  const rules = { smallestGroup: 5, insideWebhookHosts: ['127.0.0.1'] };
  await bank.call('ops', 'PUT', '/report-settings', rules);
  for (const segmentId of ['young', 'old']) {
    const made = await bank.call('ops', 'POST', '/segments', {
      segmentId,
      name: `人群 ${segmentId}`,
      kind: 'rule',
      text: 'person where age < 30',
    });
    expect(made.status).toBe(200);
  }
  // Nobody set: nothing is told, and what is wrong then is told to whoever is set later.
  await setAge('young', 'gone');
  for (let time = 0; time < 3; time++) await bank.audience.computeSegments(['young']);
  expect(await newPosts()).toEqual([]);
  expect((await save([hook(), { kind: 'email', address: 'ops@bank.example' }])).status).toBe(200);

  const [told, ...others] = await newPosts();
  expect(others).toEqual([]);
  expect(told!.body).toMatchObject({
    type: 'computation.raised',
    data: {
      beganCount: 1,
      began: [{ kind: 'segment_failing', objectId: 'young', name: '人群 young', failures: 3 }],
      endedCount: 0,
    },
  });
  const { secret } = (
    await bank.call<{ secret: string }>('ops', 'POST', '/operator-alerts/signing-secret', {})
  ).body;
  const headers = told!.headers as Record<string, string>;
  expect(headers['webhook-signature']).toBe(
    signatureOf(headers['webhook-id']!, Number(headers['webhook-timestamp']), told!.raw, secret),
  );
  const mail = relay.messages.at(-1)!;
  expect(mail.to).toBe('ops@bank.example');
  expect(mail.raw).toContain(Buffer.from('【运行告警】').toString('base64').slice(0, 12));

  // Told once, also by two processes at a time; another one is told by itself.
  await bank.audience.computeSegments(['young']);
  await bank.platform.database.execute(
    `update audience.segment set proved_wrong_at = $1 where segment_id = 'old'`,
    [bank.platform.clock.now()],
  );
  await Promise.all([insight.tellOperators(), insight.tellOperators()]);
  const later = await newPosts();
  expect(later.map(({ body }) => body['data'].began)).toMatchObject([
    [{ kind: 'proved_wrong', objectId: 'old' }],
  ]);

  await setAge('young', 'age');
  await bank.audience.computeSegments(['young']);
  await bank.platform.database.execute('update audience.segment set proved_wrong_at = null');
  const over = await newPosts();
  expect(over.map(({ body }) => [body['type'], body['data'].endedCount])).toEqual([
    ['computation.cleared', 2],
  ]);

  const read = (await bank.call<OperatorAlerts>('ops', 'GET', '/operator-alerts')).body;
  expect(read.troubles).toEqual([]);
  expect(read.notices.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'cleared sent',
    'cleared sent',
    'raised sent',
    'raised sent',
    'raised sent',
    'raised sent',
  ]);
  // Addresses and the secret are encrypted at rest, and the log of alerts does not show them to others.
  const stored = await bank.platform.database.query(
    'select setting.value, notice.* from platform.setting, insight.alert_notice as notice',
  );
  expect(JSON.stringify(stored)).not.toMatch(/s3cret|ops@|whsec_/);
  expect((await bank.call<{ items: [] }>('mei', 'GET', '/alert-notices')).body.items).toEqual([]);
});

test('what fails or waits for a day is told however seldom it is due', async () => {
  await save([hook()], 'en');
  await setAge('old', 'gone');
  await bank.audience.computeSegments(['old']);
  expect(await newPosts()).toEqual([]);
  await bank.platform.database.execute(
    `update audience.segment set waiting_since = $1 where segment_id = 'young'`,
    [bank.platform.clock.now()],
  );
  bank.platform.clock.advance(DAY_MS);
  const [told] = await newPosts();
  expect(told!.body['data'].began).toMatchObject([
    {
      kind: 'segment_failing',
      objectId: 'old',
      failures: 1,
      problem: { zh: expect.stringContaining('gone') },
    },
    { kind: 'segment_waiting', objectId: 'young' },
  ]);
  // Archived, it is nobody's trouble.
  await bank.platform.database.execute(
    `update audience.segment set archived = true where segment_id in ('old', 'young')`,
  );
  expect((await newPosts()).map(({ body }) => body['data'].endedCount)).toEqual([2]);
});

test('a test goes to all of them, and nobody set is told nothing', async () => {
  await save([hook()], 'en');
  expect((await bank.call('ops', 'POST', '/operator-alerts/test', {})).body).toEqual({ notices: 1 });
  expect((await newPosts()).map(({ body }) => body['type'])).toEqual(['computation.test']);
  // Those of a quarter ago go also where nothing was ever wrong.
  bank.platform.clock.advance(93 * DAY_MS);
  await bank.call('ops', 'POST', '/operator-alerts/test', {});
  await newPosts();
  const { notices } = (await bank.call<OperatorAlerts>('ops', 'GET', '/operator-alerts')).body;
  expect(notices.map(({ kind }) => kind)).toEqual(['test']);
  await save([]);
  expect((await bank.call('ops', 'POST', '/operator-alerts/test', {})).body).toEqual({ notices: 0 });
  expect((await save([{ kind: 'webhook', url: 'http://user:pass@x/' }])).status).toBe(400);
});
