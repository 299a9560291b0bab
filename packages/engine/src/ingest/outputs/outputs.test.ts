import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutputSchedule, OutputSelection } from '@wutong/contract';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../../test/harness/ingest-server.ts';
import { makeUser } from '../../../test/harness/make-user.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import { createAudience, type Audience } from '../../audience/index.ts';
import type { CallingUser, ManualClock, Platform } from '../../platform/index.ts';
import { createOutputs, type Outputs } from './create-outputs.ts';
import { addressAllowed } from './destinations/guard-address.ts';
import { nextRunAt } from './next-run.ts';

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let server: IngestServer;
let audience: Audience;
let outputs: Outputs;
let folder: string;
let receiver: Server;
let address: string;
/** What the receiver got, and what it answers next. */
const got: {
  headers: IncomingHttpHeaders;
  body: { rows: { id: string; amount?: number }[]; deliveryId: string };
}[] = [];
/** What happens while the receiver has a delivery in its hands. */
let meanwhile: (() => Promise<unknown>) | undefined;
let answers: (number | { status: number; location: string })[] = [];

/** Whose right the outputs run with. */
let testerId: string;
const user = (...permissions: string[]): CallingUser => ({
  userId: testerId,
  name: 'tester',
  displayName: '',
  role: 'data_engineer',
  permissions: new Set(permissions),
  language: 'zh',
  institutionId: undefined,
});

beforeAll(async () => {
  databases = await createTestDatabases();
  folder = await mkdtemp(join(tmpdir(), 'wutong-outputs-'));
  const base = createTestPlatform(databases);
  platform = { ...base, config: { ...base.config, outputDirectory: folder } };
  testerId = await makeUser(platform, { name: 'tester', role: 'administrator' }, 'token-of-tester');
  server = await startIngestServer(platform);
  const { identity, profile, ingest } = server;
  audience = createAudience(platform, { identity, profile, ingest });
  outputs = makeOutputs();
  await ingest.sources.create({ sourceId: 'bank', name: 'Bank' }, 'test');
  await ingest.plan.saveEvent('paid', { title: 'Paid' }, 'test');
  await ingest.plan.saveProperty('paid', 'mobile', { type: 'string', piiClass: 'identifying' }, 'test');
  await ingest.append('bank', [paid('K1', 0, '13800001111'), paid('K2', 1, '13900002222')]);
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    const takeIn = async (): Promise<void> => {
      got.push({ headers: request.headers, body: JSON.parse(text) as never });
      await meanwhile?.();
      const answer = answers.shift() ?? 204;
      if (typeof answer === 'number') response.writeHead(answer).end();
      else response.writeHead(answer.status, { location: answer.location }).end();
    };
    request.on('end', () => void takeIn());
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});

afterAll(async () => {
  receiver?.close();
  await outputs?.stop();
  await server?.stop();
  await platform?.close();
  await databases?.drop();
  await rm(folder, { recursive: true, force: true });
});

function makeOutputs(): Outputs {
  return createOutputs({ platform, identity: server.identity, profile: server.profile, ports: audience });
}

const paid = (customer: string, number: number, mobile = '13700000000') => ({
  kind: 'event' as const,
  messageId: `paid-${number}`,
  time: TEST_START_MS + number,
  keys: [{ type: 'customer_number', value: customer }],
  link: 'none' as const,
  event: 'paid',
  properties: { amount: number, mobile },
});

async function addFiles(
  outputId: string,
  selection: OutputSelection,
  open = false,
  schedule: OutputSchedule = { kind: 'every', minutes: 60 },
): Promise<void> {
  await outputs.book.create(
    {
      outputId,
      name: outputId,
      selection,
      destination: { kind: 'files', format: 'csv', gzip: true, folder: 'warehouse' },
      schedule,
      openPersonalData: open,
      secrets: {},
    },
    user('output.write', ...(open ? ['pii.open'] : [])),
  );
}

async function filesOf(outputId: string): Promise<{ lines: string[]; manifest: Record<string, unknown> }[]> {
  const names = (await readdir(join(folder, 'warehouse'))).filter((name) => name.startsWith(`${outputId}-`));
  const manifests = names.filter((name) => name.endsWith('.manifest.json')).sort();
  return Promise.all(
    manifests.map(async (name) => {
      const manifest = JSON.parse(await readFile(join(folder, 'warehouse', name), 'utf8')) as Record<
        string,
        unknown
      >;
      const bytes = await readFile(join(folder, 'warehouse', String(manifest.file)));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(manifest.sha256);
      return { lines: gunzipSync(bytes).toString('utf8').trim().split('\r\n'), manifest };
    }),
  );
}

const events = {
  subject: 'events' as const,
  events: [] as string[],
  startAt: 'beginning' as const,
  keyTypes: ['customer_number'],
};

describe('files', () => {
  it('hold what was there before, then only what is new, masked, with a manifest', async () => {
    await addFiles('history', { ...events, events: ['paid'] });
    await outputs.runDue();
    await server.ingest.append('bank', [paid('K1', 2)]);
    await outputs.runDue();
    expect(await filesOf('history')).toHaveLength(1);
    platform.clock.advance(3_600_000);
    await outputs.runDue();
    const [first, second, ...rest] = await filesOf('history');
    expect(rest).toEqual([]);
    expect(first!.manifest).toMatchObject({ output: 'history', subject: 'events', slice: 0, rows: 2 });
    expect(first!.lines[0]).toBe(
      'id,event,time,person_id,key_customer_number,received_at,source_id,properties',
    );
    expect(first!.lines).toHaveLength(3);
    expect(first!.lines.join()).not.toContain('13800001111');
    expect(first!.lines[1]).toContain('""mobile"":""***""');
    expect(second!.lines).toHaveLength(2);
    expect(second!.lines[1]).toContain('""amount"":2');
    expect(await outputs.book.read('history', user())).toMatchObject({
      state: 'running',
      rows: 3,
      slices: 2,
      dead: 0,
    });
  });

  it('leave unmasked only for those who may open personal data', async () => {
    await expect(
      outputs.book.create(
        {
          outputId: 'opened',
          name: 'opened',
          selection: events,
          destination: { kind: 'files', format: 'csv', gzip: true, folder: 'warehouse' },
          schedule: { kind: 'once' },
          openPersonalData: true,
          secrets: {},
        },
        user('output.write'),
      ),
    ).rejects.toMatchObject({ code: 'permission_denied' });
    await addFiles('opened', events, true);
    await outputs.runDue();
    await expect(
      addFiles('empty', { ...events, startAt: 'now' }, false, { kind: 'once' }),
    ).rejects.toMatchObject({ code: 'output_settings_invalid' });
    const [file] = await filesOf('opened');
    expect(file!.lines.join()).toContain('13800001111');
  });

  it('hold portraits and memberships', async () => {
    const { profile, identity } = server;
    await profile.declare({
      attributes: [
        { name: 'city', title: { en: 'City', zh: '城市' }, valueType: 'string' },
        {
          name: 'name',
          title: { en: 'Name', zh: '姓名' },
          valueType: 'string',
          pii: 'identifying',
          mask: 'name',
        },
      ],
    });
    const [found] = await identity.findPeople('K1');
    const personId = found!.personId;
    await server.ingest.append('bank', [
      {
        kind: 'attributes',
        messageId: 'a1',
        time: TEST_START_MS,
        keys: [{ type: 'customer_number', value: 'K1' }],
        link: 'none',
        action: 'set',
        attributes: { city: '上海', name: '张小明' },
      },
    ]);
    await profile.mirror();
    await audience.importSegment({
      segmentId: 'wealthy',
      name: 'Wealthy',
      owner: 'tester',
      people: (async function* () {
        yield [personId];
      })(),
    });
    await addFiles('portraits', {
      subject: 'portraits',
      attributes: ['city', 'name'],
      tags: [],
      keyTypes: [],
    });
    await addFiles('members', {
      subject: 'memberships',
      segmentIds: ['wealthy'],
      startAt: 'beginning',
      keyTypes: ['customer_number'],
    });
    await addFiles('once', { subject: 'portraits', attributes: ['city'], tags: [], keyTypes: [] }, false, {
      kind: 'once',
    });
    await expect(
      addFiles('nobody', { subject: 'memberships', segmentIds: ['absent'], startAt: 'now', keyTypes: [] }),
    ).rejects.toMatchObject({ code: 'output_settings_invalid' });
    await outputs.runDue();
    const [portraits] = await filesOf('portraits');
    expect(portraits!.lines[0]).toBe('id,person_id,city,name');
    expect(portraits!.lines.find((line) => line.includes(`,${personId},`))).toMatch(/,上海,张\*\*$/);
    expect(portraits!.manifest.rows).toBe(2);
    const [members] = await filesOf('members');
    expect(members!.lines[1]).toMatch(new RegExp(`,wealthy,${personId},.+,entered,`));
    // The next run is everybody again; memberships have nothing new.
    platform.clock.advance(3_600_000);
    await outputs.runDue();
    expect(await filesOf('portraits')).toHaveLength(2);
    expect(await filesOf('members')).toHaveLength(1);
    expect(await outputs.book.read('once', user())).toMatchObject({ state: 'finished', rows: 2 });
    await outputs.book.runNow('once', user());
    await outputs.runDue();
    expect(await outputs.book.read('once', user())).toMatchObject({ state: 'finished', rows: 4 });
  });
});

describe('webhooks', () => {
  const webhook = (url: string) => ({
    outputId: 'hook',
    name: 'hook',
    selection: { ...events, events: ['paid'], startAt: 'now' as const, keyTypes: [] },
    destination: { kind: 'webhook' as const, url, rowsADelivery: 2, timeoutMs: 2_000, attempts: 5 },
    schedule: { kind: 'continuous' as const },
    openPersonalData: false,
    secrets: {},
  });
  const later = async (): Promise<void> => {
    platform.clock.advance(60_000);
    await outputs.runDue();
  };
  const amounts = (from = 0): (number | undefined)[] =>
    got
      .slice(from)
      .flatMap(({ body }) =>
        body.rows.map((row) => (row as never as { properties: { amount: number } }).properties.amount),
      );

  it('call no private address unless the policy says so', async () => {
    for (const url of [address, 'http://localhost:1', 'http://[::1]:1', 'http://169.254.169.254/latest'])
      await expect(outputs.book.create(webhook(url), user())).rejects.toMatchObject({
        code: 'address_not_allowed',
      });
    const policy = { privateHosts: ['10.0.0.0/8', 'crm.bank'] };
    for (const [host, ip, allowed] of [
      ['a', '8.8.8.8', true],
      ['a', '::ffff:127.0.0.1', false],
      ['a', '::ffff:7f00:1', false],
      ['a', '192.168.1.1', false],
      ['a', 'fd00::1', false],
      ['a', '64:ff9b::a00:1', false],
      ['a', '2606:4700::1', true],
      ['a', '10.1.2.3', true],
      ['crm.bank', '192.168.1.1', true],
    ] as const)
      expect(addressAllowed(host, ip, policy), ip).toBe(allowed);
  });

  it('are signed, tried again under the same id, set aside when refused, and replayed', async () => {
    await outputs.book.savePolicy({ privateHosts: ['127.0.0.0/8'] }, user());
    const { signingSecret } = await outputs.book.create(webhook(`${address}/in`), user());
    await server.ingest.append(
      'bank',
      [11, 12, 13, 14, 15].map((number) => paid('K1', number)),
    );
    // The first delivery goes through, the second fails for a while.
    answers = [204, 503, 503];
    await outputs.runDue();
    expect(await outputs.book.read('hook', user())).toMatchObject({ attempts: 1, error: 'HTTP 503' });
    // Another process goes on where this one stopped.
    await outputs.stop();
    outputs = makeOutputs();
    await later();
    await later();
    expect(amounts()).toEqual([11, 12, 13, 14, 13, 14, 13, 14, 15]);
    expect(new Set(got.slice(1, 4).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const { headers, body } = got[0]!;
    const signed = [headers['webhook-id'], headers['webhook-timestamp'], JSON.stringify(body)].join('.');
    const key = Buffer.from(signingSecret!.replace('whsec_', ''), 'base64');
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(await outputs.book.read('hook', user())).toMatchObject({ rows: 5, dead: 0, attempts: 0 });

    const before = got.length;
    await server.ingest.append('bank', [paid('K1', 16), paid('K1', 17), paid('K1', 18)]);
    answers = [{ status: 302, location: `${address}/elsewhere` }, 204];
    await later();
    expect(amounts(before)).toEqual([16, 17, 18]);
    expect(await outputs.book.read('hook', user())).toMatchObject({ rows: 8, dead: 1 });
    expect(await outputs.book.dead('hook', user())).toMatchObject([{ rows: 2, reason: 'HTTP 302' }]);
    expect(await outputs.book.replayDead('hook', undefined, user())).toEqual({ delivered: 1, failed: 0 });
    expect(got.at(-1)!.headers['webhook-id']).toBe(got[before]!.headers['webhook-id']);
    expect(await outputs.book.read('hook', user())).toMatchObject({ dead: 0 });
  });

  it('lose and double nothing when the rows of a delivery are changed in the middle of a portion', async () => {
    const before = got.length;
    await server.ingest.append(
      'bank',
      [21, 22, 23, 24, 25, 26].map((number) => paid('K1', number)),
    );
    const { destination } = webhook(`${address}/in`);
    for (const [rowsADelivery, given] of [
      [5, [204, 503]],
      [1, [204, 503]],
      [2, []],
    ] as const) {
      answers = [...given];
      await later();
      await outputs.book.update('hook', { destination: { ...destination, rowsADelivery } }, user());
    }
    await later();
    const taken = new Map(got.slice(before).map(({ headers, body }) => [headers['webhook-id'], body.rows]));
    const sent = [...taken.values()].flat().map((row) => row.id);
    expect(sent).toHaveLength(6);
    expect(new Set(sent).size).toBe(6);
    expect(await outputs.book.read('hook', user())).toMatchObject({ dead: 0, attempts: 0 });
  });
});

it('what is declared personal leaves masked from then on: the rest of a portion, and what was set aside', async () => {
  const { plan } = server.ingest;
  const noted = (number: number) => ({
    ...paid('K1', number),
    event: 'noted',
    messageId: `noted-${number}`,
    properties: { note: `secret ${number}` },
  });
  await plan.saveEvent('noted', { title: 'Noted' }, 'test');
  await plan.saveProperty('noted', 'note', { type: 'string', piiClass: 'none' }, 'test');
  await outputs.book.savePolicy({ privateHosts: ['127.0.0.0/8'] }, user());
  await outputs.book.create(
    {
      outputId: 'notes',
      name: 'notes',
      selection: { ...events, events: ['noted'], startAt: 'now', keyTypes: [] },
      destination: { kind: 'webhook', url: address, rowsADelivery: 1, timeoutMs: 2_000, attempts: 5 },
      schedule: { kind: 'continuous' },
      openPersonalData: false,
      secrets: {},
    },
    user(),
  );
  await server.ingest.append('bank', [noted(1), noted(2), noted(3)]);
  const before = got.length;
  answers = [400];
  meanwhile = async () => {
    meanwhile = undefined;
    await plan.saveProperty('noted', 'note', { type: 'string', piiClass: 'sensitive' }, 'test');
  };
  await outputs.runDue();
  const notes = () =>
    got.slice(before).flatMap(({ body }) => body.rows.map((row) => (row as never as Noted).properties.note));
  expect(notes()).toEqual(['secret 1', '***', '***']);
  expect(await outputs.book.read('notes', user())).toMatchObject({ rows: 3, dead: 1, attempts: 0 });
  expect(await outputs.book.replayDead('notes', undefined, user())).toEqual({ delivered: 1, failed: 0 });
  expect(notes()).toEqual(['secret 1', '***', '***', '***']);
  await outputs.book.remove('notes', user());
});

interface Noted {
  properties: { note: string };
}

describe('looks at outputs', () => {
  it('show columns and rows as they would leave, masked unless one may open them', async () => {
    const selection = { ...events, events: ['paid'], keyTypes: ['customer_number'] };
    const shown = await outputs.looks.preview(selection, false, user());
    expect(shown.columns.filter(({ personal }) => personal).map(({ name }) => name)).toEqual([
      'key_customer_number',
      'properties',
    ]);
    expect(shown.rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(shown)).not.toMatch(/1[37]\d{9}/);
    await expect(outputs.looks.preview(selection, true, user())).rejects.toMatchObject({
      code: 'permission_denied',
    });
    expect(JSON.stringify(await outputs.looks.preview(selection, true, user('pii.open')))).toMatch(
      /1[37]\d{9}/,
    );
    const portraits = { subject: 'portraits' as const, attributes: [], tags: [], keyTypes: [] };
    expect((await outputs.looks.preview(portraits, false, user())).columns[1]!.name).toBe('person_id');
    const nothing = { ...events, events: ['never_happened'] };
    expect((await outputs.looks.preview(nothing, false, user())).rows).toEqual([]);
  });

  it('try a delivery without data, and say in a code what is wrong', async () => {
    await outputs.book.savePolicy({ privateHosts: ['127.0.0.0/8'] }, user());
    const webhook = (url: string) => ({
      destination: { kind: 'webhook' as const, url, rowsADelivery: 2, timeoutMs: 2_000, attempts: 5 },
      secrets: {},
    });
    const before = got.length;
    answers = [204, 401, { status: 302, location: address }, 500];
    expect(await outputs.looks.test(webhook(`${address}/in`))).toMatchObject({ ok: true });
    expect(got[before]!.body.rows).toEqual([]);
    for (const code of ['output_login_refused', 'output_redirected', 'output_refused'])
      expect(await outputs.looks.test(webhook(`${address}/in`))).toMatchObject({ ok: false, code });
    expect(await outputs.looks.test(webhook('http://127.0.0.1:1/'))).toMatchObject({
      ok: false,
      code: 'output_unreachable',
    });
    const files = { kind: 'files' as const, format: 'csv' as const, gzip: true, folder: 'tried' };
    expect(await outputs.looks.test({ destination: files, secrets: {} })).toMatchObject({ ok: true });
    expect(await readdir(join(folder, 'tried'))).toEqual([]);
  });

  it('hand out files of portions, open ones only to those who may, and keep a log', async () => {
    await addFiles('to_fetch', { ...events, startAt: 'beginning' });
    await addFiles('to_fetch_open', { ...events, startAt: 'beginning' }, true);
    await outputs.runDue();
    const { content, name, bytes } = await outputs.looks.file('to_fetch', 0, user());
    expect(name).toBe('to_fetch-00000000.csv.gz');
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces)).toHaveLength(bytes);
    expect(gunzipSync(Buffer.concat(pieces)).toString()).toMatch(/^id,event,time,person_id/);
    await expect(outputs.looks.file('to_fetch_open', 0, user())).rejects.toMatchObject({
      code: 'permission_denied',
    });
    await expect(outputs.looks.file('to_fetch', 99, user())).rejects.toMatchObject({
      code: 'output_file_missing',
    });
    const { items } = await outputs.book.log('to_fetch', { before: undefined, limit: 10 }, user());
    expect(items.map(({ event }) => event)).toEqual(['downloaded', 'sent', 'created']);
    expect((await outputs.book.read('to_fetch', user())).lastRun).toMatchObject({ rows: items[1]!.count });
  });
});

it('schedules run at times that all processes agree on', () => {
  const at = Date.UTC(2026, 2, 2, 2, 10);
  expect(nextRunAt({ kind: 'every', minutes: 60 }, at, 'Asia/Shanghai')).toBe(Date.UTC(2026, 2, 2, 3, 0));
  expect(nextRunAt({ kind: 'daily', at: '10:30' }, at, 'Asia/Shanghai')).toBe(Date.UTC(2026, 2, 2, 2, 30));
  expect(nextRunAt({ kind: 'daily', at: '10:10' }, at, 'Asia/Shanghai')).toBe(Date.UTC(2026, 2, 3, 2, 10));
  expect(nextRunAt({ kind: 'once' }, at, 'UTC')).toBeUndefined();
});
