import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../../test/harness/ingest-server.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import { createAudience } from '../../audience/index.ts';
import type { CallingUser, ManualClock, Platform } from '../../platform/index.ts';
import { createOutputs, type Outputs } from './create-outputs.ts';

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let server: IngestServer;
let makeOutputs: () => Outputs;
let outputs: Outputs;
let user: CallingUser;
let receiver: Server;

interface Got {
  readonly id: string;
  readonly bytes: number;
  readonly numbers: readonly number[];
}
/** What the receiver got, in order. */
const got: Got[] = [];
/** How it answers, by the number of deliveries before. */
let answer: (response: ServerResponse, before: number) => unknown;
const take = (response: ServerResponse): unknown => response.writeHead(204).end();

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  const userId = await platform.access.createUser({
    name: 'tester',
    displayName: '',
    password: 'a long password',
    role: 'administrator',
  });
  user = {
    userId,
    name: 'tester',
    displayName: '',
    role: 'administrator',
    permissions: new Set(),
    language: 'en',
    institutionId: undefined,
  };
  server = await startIngestServer(platform);
  const { identity, profile, ingest } = server;
  const audience = createAudience(platform, { identity, profile, ingest });
  makeOutputs = () => createOutputs({ platform, identity, profile, ports: audience });
  outputs = makeOutputs();
  await ingest.sources.create({ sourceId: 'bank', name: 'Bank' }, 'test');
  receiver = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.once('end', () => {
      const { deliveryId, rows } = JSON.parse(text) as {
        deliveryId: string;
        rows: { properties: { number: number } }[];
      };
      const numbers = rows.map(({ properties }) => properties.number);
      got.push({ id: deliveryId, bytes: Buffer.byteLength(text), numbers });
      answer(response, got.length - 1);
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  await outputs.book.savePolicy({ privateHosts: ['127.0.0.1'] }, user);
});

afterAll(async () => {
  receiver?.closeAllConnections();
  receiver?.close();
  await outputs?.stop();
  await server?.stop();
  await platform?.close();
  await databases?.drop();
});

beforeEach(() => {
  got.length = 0;
  answer = take;
});

/** An output of one event of its own, before which nothing of it happened. */
async function hook(event: string, settings: { rowsADelivery: number; timeoutMs?: number }): Promise<void> {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const output = {
    outputId: event,
    name: event,
    selection: { subject: 'events' as const, events: [event], startAt: 'now' as const, keyTypes: [] },
    destination: { kind: 'webhook' as const, url, attempts: 5, timeoutMs: 2_000, ...settings },
    schedule: { kind: 'continuous' as const },
    openPersonalData: false,
    secrets: {},
  };
  await outputs.book.create(output, user);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

const append = (event: string, numbers: readonly number[], text = '') =>
  server.ingest.append(
    'bank',
    numbers.map((number) => ({
      kind: 'event' as const,
      messageId: `${event}-${number}`,
      time: TEST_START_MS + number,
      keys: [{ type: 'customer_number', value: 'K1' }],
      link: 'none' as const,
      event,
      properties: { number, text },
    })),
  );

const later = async (): Promise<void> => {
  platform.clock.advance(60_000);
  await outputs.runDue();
};

/** The first time that each number came, in order. */
const arrived = (): number[] => [...new Set(got.flatMap(({ numbers }) => numbers))];
it('a delivery has a bounded length, whatever its rows hold; a row that is longer goes alone', async () => {
  await hook('long', { rowsADelivery: 1_000 });
  await append('long', upTo(40), '梧'.repeat(20_000));
  // In the middle, and not at a multiple of what is taken at once.
  answer = (response, before) => (before === 1 ? response.writeHead(500).end() : take(response));
  await outputs.runDue();
  await later();
  expect(arrived()).toEqual(upTo(40));
  expect(Math.max(...got.map(({ bytes }) => bytes))).toBeLessThanOrEqual(1_000_000);
  expect(got).toHaveLength(4);
  expect(got[2]).toEqual(got[1]);
  expect(new Set(got.map(({ id }) => id)).size).toBe(3);
  expect(await outputs.book.read('long', user)).toMatchObject({ rows: 40, dead: 0 });
});

it('a receiver that is slow, breaks off or answers late gets everything in order, under the same ids', async () => {
  await hook('slow', { rowsADelivery: 2, timeoutMs: 300 });
  await append('slow', upTo(10));
  const faults: ((response: ServerResponse) => unknown)[] = [
    (response) => response.socket!.destroy(),
    (response) => response.writeHead(500).end('no'),
    // Nothing, until the time is over.
    () => undefined,
    // Its 200 is there, and its text never ends.
    (response) => response.writeHead(200).write('...'),
    (response) => response.writeHead(200, { 'content-length': 100 }).write('1', () => response.destroy()),
  ];
  answer = (response, before) => (before % 2 === 0 ? (faults[before / 2] ?? take)(response) : take(response));
  for (let turn = 0; turn <= faults.length; turn++) await later();
  expect(got.map(({ numbers }) => numbers[0])).toEqual([0, 0, 2, 2, 4, 4, 6, 6, 8, 8]);
  for (let number = 0; number < got.length; number += 2) expect(got[number + 1]!.id).toBe(got[number]!.id);
  expect(await outputs.book.read('slow', user)).toMatchObject({ rows: 10, dead: 0, attempts: 0 });
});

it('a process whose turn went to another one does not carry that one past its rows', async () => {
  await hook('torn', { rowsADelivery: 1, timeoutMs: 30_000 });
  await append('torn', [0, 1, 2, 3]);
  const other = makeOutputs();
  answer = async (response, before) => {
    // While the first process waits for its second answer, PostgreSQL forgets whose turn it is.
    if (before === 1) {
      await platform.database.query(
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database =
           (select oid from pg_database where datname = current_database())`,
      );
      await other.runDue();
      await append('torn', [4, 5, 6]);
      platform.clock.advance(60_000);
      await other.runDue();
    }
    // The other one sends that portion, and comes to the second row of the next one.
    if (before === 6) response.writeHead(500).end();
    else take(response);
  };
  await outputs.runDue();
  await other.stop();
  await later();
  expect(got.map(({ numbers }) => numbers[0])).toEqual([0, 1, 1, 2, 3, 4, 5, 5, 6]);
  expect(await outputs.book.read('torn', user)).toMatchObject({ rows: 7, dead: 0 });
});
