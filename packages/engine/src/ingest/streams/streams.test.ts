import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Consumer, Producer } from '@platformatic/kafka';
import type { KafkaSecrets, streamsApi, StreamSettings } from '@wutong/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { makeUser } from '../../../test/harness/make-user.ts';
import { noLaterRooms } from '../../../test/harness/no-later-rooms.ts';
import { startIngestServer, type IngestServer } from '../../../test/harness/ingest-server.ts';
import { startKafkaBroker, whyNoKafka, type KafkaBroker } from '../../../test/harness/kafka-broker.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { manualClock, type Platform } from '../../platform/index.ts';
import { createOutputs } from '../outputs/create-outputs.ts';

const missing = whyNoKafka();
if (missing) console.log(`streams.test.ts is skipped: ${missing}`);

const LEASE_MS = 2_000;
const SESSION_MS = 1_500;
const token = 'token-of-the-test-1234';
const realTime = () => ({ ...manualClock(0), now: () => Date.now() });

/** Every 50 ms: each look is two queries, which would take a core if they came at once. */
async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 15_000,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(missing)('streams from a Kafka broker', () => {
  let databases: TestDatabases;
  let platform: Platform;
  let broker: KafkaBroker;
  let server: IngestServer;
  let producer: Producer;

  beforeAll(async () => {
    [databases, broker] = await Promise.all([createTestDatabases(), startKafkaBroker()]);
    platform = createTestPlatform(databases, { clock: realTime() });
    server = await startIngestServer(platform, { leaseMs: LEASE_MS });
    await makeUser(platform, { name: 'test', displayName: 'Test', role: 'administrator' }, token);
    producer = new Producer({
      clientId: 'test',
      bootstrapBrokers: [broker.plain],
      acks: -1,
      retries: 100,
      retryDelay: 100,
    });
  });

  afterAll(async () => {
    await new Promise<void>((resolve) => (producer ? producer.close(true, () => resolve()) : resolve()));
    await server?.stop();
    await platform?.close();
    await broker?.stop();
    await databases?.drop();
  });

  const settings = (change: Partial<StreamSettings>): StreamSettings => ({
    kind: 'kafka',
    brokers: [broker.plain],
    topics: ['unset'],
    group: `wutong-${change.topics?.[0]}`,
    sessionTimeoutMs: SESSION_MS,
    startAt: 'earliest',
    format: 'native',
    ...change,
  });

  async function open(
    streamId: string,
    change: Partial<StreamSettings>,
    secrets: KafkaSecrets = {},
  ): Promise<void> {
    await server.ingest.sources.create({ sourceId: streamId, name: streamId }, 'test');
    await server.ingest.streams.create(
      { streamId, name: streamId, sourceId: streamId, settings: settings(change), secrets, state: 'running' },
      'test',
    );
  }

  const send = (
    topic: string,
    values: (object | string)[],
    partition?: number,
    headers?: Record<string, string>,
  ): Promise<unknown> =>
    producer.send({
      messages: values.map((value) => ({
        topic,
        value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
        ...(partition === undefined ? {} : { partition }),
        ...(headers
          ? {
              headers: new Map(
                Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]),
              ),
            }
          : {}),
      })),
    });

  const rowsOf = (sourceId: string): Promise<{ event: string; person: number; properties: object }[]> =>
    platform.clickhouse.query(
      `select event, person_id as person, properties from event where source_id = {sourceId:String} order by time, event`,
      { sourceId },
    );

  const read = (streamId: string): Promise<streamsApi.Stream> => server.ingest.streams.read(streamId);
  const settled = (streamId: string, messages: number): Promise<void> =>
    until(
      async () => {
        const stream = await read(streamId);
        return stream.messages >= messages && stream.lag === 0;
      },
      `${streamId} reads ${messages} messages`,
      30_000,
    );
  const keys = [{ type: 'customer_number', value: 'K1' }];
  const event = (properties: object): object => ({ kind: 'event', keys, event: 'paid', properties });

  it('stores what has no id once per message, and keeps poison with its bytes to be repaired', async () => {
    await broker.createTopic('payments', 2);
    await open('payments', { topics: ['payments'] });
    // Two equal payments are two payments: without ids of their own, their places in the topic are their ids.
    await send('payments', [event({ amount: 5 }), event({ amount: 5 })], 0);
    await send('payments', [{ records: [event({ amount: 6 }), { kind: 'event', event: 'nobody' }] }], 1);
    await send('payments', ['{"kind":'], 1);
    await settled('payments', 4);
    const rows = await rowsOf('payments');
    expect(rows.map((row) => row.properties)).toEqual([{ amount: 5 }, { amount: 5 }, { amount: 6 }]);
    expect(await read('payments')).toMatchObject({ stored: 3, rejected: 2, duplicate: 0, lag: 0 });

    const api = await server.ingest.rejectedTotals();
    expect(api.rejected).toBe(2);
    const [poison] = await platform.database.query<{ rejected_id: string; context: object }>(
      `select rejected_id, context from ingest.rejected where unit = 'body'`,
    );
    expect(poison!.context).toMatchObject({
      stream: { streamId: 'payments', topic: 'payments', partition: 1, offset: 1 },
    });
    const call = (method: 'GET' | 'PUT' | 'POST', path: string, body?: object) =>
      fetch(`${server.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }).then((answer) => answer.json() as Promise<Record<string, unknown>>);
    const opened = await call('GET', `/api/v1/rejected/${poison!.rejected_id}`);
    expect(Buffer.from(opened.raw as string, 'base64').toString()).toBe('{"kind":');
    await call('PUT', `/api/v1/rejected/${poison!.rejected_id}`, {
      raw: JSON.stringify(event({ amount: 7 })),
    });
    const replayed = await call('POST', '/api/v1/rejected/replay', { rejectedIds: [poison!.rejected_id] });
    expect(replayed).toMatchObject({ stored: 1, rejectedAgain: 0 });
    const listed = await call('GET', '/api/v1/streams');
    expect((listed.items as object[])[0]).toMatchObject({ streamId: 'payments', lag: 0, lostMessages: 0 });
  });

  it('stores what was committed and nothing of aborted transactions, and counts no lag behind them', async () => {
    await broker.createTopic('transactions', 1);
    const value = JSON.stringify(event({ end: 'END' }));
    await broker.sendTransactions('transactions', value, ['abort', 'commit', 'abort', 'commit', 'abort']);
    await open('transactions', { topics: ['transactions'] });
    await settled('transactions', 6);
    const rows = await rowsOf('transactions');
    const ends = rows.map(({ properties }) => (properties as { end: string }).end);
    expect(ends.toSorted()).toEqual(
      ['lz4', 'snappy', 'zstd'].flatMap((compression) => [`${compression} commit`, `${compression} commit`]),
    );
  });

  it('reads CloudEvents from headers, and plain JSON by a mapping', async () => {
    await broker.createTopic('mixed', 1);
    await broker.createTopic('cdc', 1);
    await open('mixed', { topics: ['mixed'], format: 'cloudevents' });
    await send('mixed', [{ amount: 1 }], 0, {
      ce_specversion: '1.0',
      ce_type: '开户',
      ce_source: '/core',
      ce_id: '1',
      ce_subject: 'customer_number:K2',
      'content-type': 'application/json',
    });
    await open('cdc', {
      topics: ['cdc'],
      format: 'json',
      mapping: {
        missing: [''],
        records: [
          {
            record: 'event',
            event: { column: 'op', steps: [{ map: { c: 'card_opened' }, otherwise: 'missing' }] },
            when: [{ column: 'op', in: ['c'] }],
            keys: [{ type: 'customer_number', value: 'after.customer' }],
            time: 'after.opened',
            properties: { limit: { column: 'after.limit', steps: [{ number: true, scale: 1 }] } },
          },
        ],
      },
    });
    const row = { op: 'c', after: { customer: 'K3', opened: '2026-11-01 10:00:00', limit: '5000' } };
    await send('cdc', [row, { ...row, op: 'd' }, { ...row, after: { ...row.after, limit: 'much' } }]);
    await settled('mixed', 1);
    await settled('cdc', 3);
    expect(await rowsOf('mixed')).toMatchObject([{ event: '开户', properties: { amount: 1 } }]);
    expect(await rowsOf('cdc')).toMatchObject([{ event: 'card_opened', properties: { limit: 5000 } }]);
    expect(await read('cdc')).toMatchObject({ messages: 3, stored: 1, rejected: 1 });
  });

  it('speaks TLS and SASL, says what is in the way, and begins at the end when told so', async () => {
    await broker.createTopic('secured', 1);
    await send('secured', [event({ amount: 1 })]);
    const secured: Partial<StreamSettings> = {
      topics: ['secured'],
      brokers: [broker.secured],
      tls: { certificateAuthority: broker.certificateAuthority },
      sasl: { mechanism: 'PLAIN', username: 'bank' },
      startAt: 'latest',
    };
    const { streams } = server.ingest;
    await expect(
      streams.look({ settings: settings(secured), secrets: { saslPassword: 'wrong' } }),
    ).rejects.toMatchObject({
      code: 'stream_login_refused',
    });
    await expect(
      streams.look({ settings: settings({ ...secured, tls: {} }), secrets: { saslPassword: 'secret' } }),
    ).rejects.toMatchObject({ code: 'stream_certificate_refused' });
    await expect(
      streams.look({ settings: settings({ topics: ['nowhere'] }), secrets: {} }),
    ).rejects.toMatchObject({ code: 'stream_topic_missing' });
    expect(await streams.look({ settings: settings(secured), secrets: { saslPassword: 'secret' } })).toEqual([
      { topic: 'secured', partitions: 1, messages: 1 },
    ]);
    await open('secured', secured, { saslPassword: 'wrong' });
    await until(async () => (await read('secured')).workers[0]?.error !== undefined, 'the error is shown');
    expect(await read('secured')).toMatchObject({
      secrets: ['saslPassword'],
      messages: 0,
      workers: [{ code: 'stream_login_refused' }],
    });
    // Its password may not be sent elsewhere: neither tried nor kept.
    const elsewhere = settings({ ...secured, brokers: [broker.plain] });
    const refused = { code: 'stream_settings_invalid' };
    await expect(
      streams.look({ settings: elsewhere, secrets: {}, streamId: 'secured' }),
    ).rejects.toMatchObject(refused);
    await expect(streams.update('secured', { settings: elsewhere }, 'test')).rejects.toMatchObject(refused);
    await streams.update('secured', { secrets: { saslPassword: 'secret' } }, 'test');
    await until(async () => (await read('secured')).partitions.length === 1, 'it is connected');
    await streams.setState('secured', 'paused', 'test');
    await until(async () => (await read('secured')).workers[0]?.activity === 'paused', 'it pauses');
    await send('secured', [event({ amount: 2 })]);
    await until(async () => (await read('secured')).lag === 1, 'the lag is seen');
    await streams.setState('secured', 'stopped', 'test');
    await until(async () => (await read('secured')).workers.length === 0, 'it stops');
    await send('secured', [event({ amount: 3 })]);
    await streams.setState('secured', 'running', 'test');
    await settled('secured', 2);
    expect((await rowsOf('secured')).map((row) => row.properties)).toEqual([{ amount: 2 }, { amount: 3 }]);
    expect((await read('secured')).messagesPerSecond).toBeGreaterThan(0);
    const { items: log } = await streams.log('secured', undefined, 100);
    const told = log.map(({ event: what }) => what).reverse();
    expect(told.slice(0, 2)).toEqual(['created', 'failed']);
    expect(told).toEqual(expect.arrayContaining(['changed', 'connected', 'paused', 'stopped', 'running']));
    expect(log.find(({ event: what }) => what === 'failed')).toMatchObject({ code: 'stream_login_refused' });
  });

  it('shows the newest messages and what would become of them, moving nothing', async () => {
    await broker.createTopic('looked', 2);
    await broker.createTopic('empty', 1);
    const row = (amount: unknown): object => ({
      customer: { mobile: '13800001111' },
      amount,
      at: '2026-01-02 03:04:05',
      vip: true,
    });
    await send('looked', [row(1), '{"broken'], 0);
    await send('looked', [row('much')], 1);
    const { streams } = server.ingest;
    const undescribed = settings({ topics: ['looked', 'empty'], format: 'json' });
    const first = await streams.preview({ settings: undescribed, secrets: {} }, false);
    expect(first.messages).toHaveLength(3);
    expect(JSON.stringify(first)).not.toContain('13800001111');
    expect(first.preview.columns).toEqual([
      { name: 'customer.mobile', type: 'String' },
      { name: 'amount', type: 'String' },
      { name: 'at', type: 'DateTime' },
      { name: 'vip', type: 'Bool' },
    ]);
    const described: StreamSettings = {
      ...undescribed,
      mapping: {
        missing: [''],
        records: [
          {
            record: 'event',
            event: { constant: 'paid' },
            keys: [{ type: 'mobile', value: 'customer.mobile' }],
            time: 'at',
            properties: { amount: { column: 'amount', steps: [{ number: true, scale: 1 }] } },
          },
        ],
      } as unknown as StreamSettings['mapping'],
    };
    const told = await streams.preview({ settings: described, secrets: {} }, true);
    expect(JSON.stringify(told)).toContain('13800001111');
    const fates = told.messages.map(({ records, problem }) => `${records} ${problem?.code ?? 'taken'}`);
    expect(fates.sort()).toEqual(['0 body_undecodable', '0 property_value_invalid', '1 taken']);
    const again = await streams.preview({ settings: undescribed, secrets: {} }, false);
    expect(again.messages).toHaveLength(3);
  });

  it('sends events to a topic, keyed by person, each under its own id', async () => {
    await broker.createTopic('out', 2);
    const { identity, profile } = server;
    const outputs = createOutputs({ platform, identity, profile, ports: noLaterRooms });
    const administrator = await platform.access.userOf({ token });
    await outputs.book.create(
      {
        outputId: 'out',
        name: 'out',
        selection: {
          subject: 'events',
          events: ['paid'],
          startAt: 'beginning',
          keyTypes: ['customer_number'],
        },
        destination: { kind: 'kafka', brokers: [broker.plain], topic: 'out' },
        schedule: { kind: 'continuous' },
        openPersonalData: false,
        secrets: {},
      },
      administrator!,
    );
    await outputs.runDue();
    const sent = await outputs.book.read('out', administrator!);
    await outputs.stop();
    const [stored] = await platform.clickhouse.query<{ events: string[]; people: number }>(
      `select groupUniqArray(toString(event_id)) as events, uniqExact(person_id) as people from event where event = 'paid'`,
    );
    expect(sent).toMatchObject({ rows: stored!.events.length, attempts: 0 });
    const consumer = new Consumer({
      clientId: 'test',
      groupId: 'reader-of-out',
      bootstrapBrokers: [broker.plain],
    });
    const ids = new Set<string>();
    const partitionOf = new Map<string, Set<number>>();
    const stream = await consumer.consume({ topics: ['out'], mode: 'earliest', maxWaitTime: 200 });
    for await (const message of stream) {
      const value = JSON.parse(message.value.toString()) as { id: string; person_id: number };
      expect(message.key.toString()).toBe(String(value.person_id));
      expect([...message.headers.values()].map(String)).toEqual([value.id]);
      ids.add(value.id);
      const key = message.key.toString();
      partitionOf.set(key, (partitionOf.get(key) ?? new Set()).add(message.partition));
      if (ids.size === stored!.events.length) break;
    }
    expect([...ids].sort()).toEqual([...stored!.events].sort());
    expect([...partitionOf.values()].every((partitions) => partitions.size === 1)).toBe(true);
    expect(partitionOf.size).toBe(stored!.people);
    await new Promise<void>((resolve) => consumer.close(true, () => resolve()));
  });

  it('sends rows that are together, or one by one, larger than what the topic takes at once', async () => {
    const rows = 40;
    const padding = 'x'.repeat(30_000);
    const records = Array.from({ length: rows }, (_, index) => ({
      kind: 'event' as const,
      keys,
      event: 'scanned',
      properties: { padding },
      link: 'none' as const,
      time: Date.now(),
      messageId: `s${index}`,
    }));
    await server.ingest.sources.create({ sourceId: 'scans', name: 'scans' }, 'test');
    expect(await server.ingest.append('scans', records)).toMatchObject({ stored: rows });
    const { identity, profile } = server;
    const outputs = createOutputs({ platform, identity, profile, ports: noLaterRooms });
    const administrator = await platform.access.userOf({ token });
    const sentTo = async (topic: string, maximumMessageBytes?: number): Promise<unknown> => {
      await broker.createTopic(topic, 1, maximumMessageBytes);
      await outputs.book.create(
        {
          outputId: topic,
          name: topic,
          selection: { subject: 'events', events: ['scanned'], startAt: 'beginning', keyTypes: [] },
          destination: { kind: 'kafka', brokers: [broker.plain], topic },
          schedule: { kind: 'continuous' },
          openPersonalData: false,
          secrets: {},
        },
        administrator!,
      );
      await outputs.runDue();
      const { code, rows: sent } = await outputs.book.read(topic, administrator!);
      const [end] = await server.ingest.streams.look({
        settings: settings({ topics: [topic] }),
        secrets: {},
      });
      return { code, sent, messages: end!.messages };
    };
    const all = { code: undefined, sent: rows, messages: rows };
    expect(await sentTo('usual')).toEqual(all);
    expect(await sentTo('narrow', 100_000)).toEqual(all);
    expect(await sentTo('closed', 10_000)).toEqual({
      code: 'output_message_too_large',
      sent: 0,
      messages: 0,
    });
    await outputs.stop();
  });

  it('loses and doubles nothing when a reader and the broker are killed', async () => {
    await broker.createTopic('killed', 4);
    await open('killed', { topics: ['killed'] });
    const other = await startCollector();
    await until(
      async () => (await read('killed')).workers.filter((worker) => worker.partitions === 2).length === 2,
      'two processes share the partitions',
      20_000,
    );
    const total = 2_000;
    const sent = (async () => {
      for (let number = 0; number < total; number += 200) {
        await send(
          'killed',
          Array.from({ length: 200 }, (_, index) => ({
            ...event({ number: number + index }),
            messageId: `m${number + index}`,
          })),
        );
      }
    })();
    await until(async () => (await read('killed')).messages > total / 10, 'it reads');
    other.kill('SIGKILL');
    await broker.restart();
    await sent;
    const count = async (): Promise<{ rows: number; distinct: number }> =>
      (
        await platform.clickhouse.query<{ rows: number; distinct: number }>(
          `select count() as rows, uniqExact(properties.number) as distinct from event where source_id = 'killed'`,
        )
      )[0]!;
    await until(async () => (await count()).distinct === total, 'all are stored', 60_000);
    expect(await count()).toEqual({ rows: total, distinct: total });
    const underWay = (): Promise<unknown[]> => platform.database.query('select 1 from ingest.batch');
    await until(async () => (await underWay()).length === 0, 'what the killed one left is settled');
    const [ledger] = await platform.database.query<Record<string, number>>(
      `select sum(received)::int as received, sum(stored)::int as stored, sum(duplicate)::int as duplicate,
         sum(rejected)::int as rejected from ingest.ledger where source_id = 'killed'`,
    );
    expect(ledger).toMatchObject({ stored: total, rejected: 0 });
    expect(ledger!.received).toBe(ledger!.stored! + ledger!.duplicate!);
    // Two starts of Java and one of Node, which a busy machine makes slow.
  }, 120_000);

  async function startCollector(): Promise<ChildProcess> {
    const script = fileURLToPath(new URL('../../../test/harness/collector-process.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', script, databases.databaseUrl, databases.clickhouseUrl, '0', String(LEASE_MS)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout!, 'data');
    return child;
  }
});
