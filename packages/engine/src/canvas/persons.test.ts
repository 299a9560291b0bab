import { strategyDocumentSchema, type StrategyDocument } from '@wutong/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createCanvasRooms,
  makeContent,
  makePeople,
  type CanvasRooms,
} from '../../test/harness/canvas-rooms.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { launch, renewalDocument } from '../../test/harness/renewal-strategy.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import { enrolByRequest } from './enrol-by-request.ts';
import { createPrograms } from './load-program.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let rooms: CanvasRooms;
let messages = 0;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  rooms = await createCanvasRooms(platform);
  await makeContent(rooms, platform, 'renewal_a');
  await makeContent(rooms, platform, 'renewal_b');
});

afterAll(async () => {
  await rooms.profile.stop();
  await rooms.identity.stop();
  await platform.close();
  await databases.drop();
});

async function resolve(link: 'bind' | 'none' | 'unbind', ...pairs: string[]): Promise<number> {
  const keys = pairs.map((pair) => ({ type: pair.split('=')[0]!, value: pair.split('=')[1]! }));
  const [resolution] = await platform.database.transaction((transaction) =>
    rooms.identity.resolve(transaction, [
      { keys, link, at: platform.clock.now(), sourceId: 'test', messageId: `resolve-${messages++}` },
    ]),
  );
  return resolution!.personId;
}

async function happen(
  personId: number,
  event: string,
  properties: Record<string, unknown> = {},
  time = platform.clock.now(),
): Promise<void> {
  await platform.database.transaction((transaction) =>
    rooms.ingest.enqueue(transaction, [
      { personId, event, time, messageId: `happen-${messages++}`, properties },
    ]),
  );
  while (await rooms.ingest.relay());
}

/** A change of persons is seen once no older transaction of the database is open; the rooms' loops have some. */
async function settleFor<Value>(read: () => Promise<Value>, expected: Value): Promise<void> {
  await expect
    .poll(
      async () => {
        await rooms.canvas.settle();
        return read();
      },
      { timeout: 30_000 },
    )
    .toEqual(expected);
}
const personsIn = async (strategyId: string) => (await enrolments(strategyId)).map((each) => each.person_id);

const enrolments = (strategyId: string) =>
  platform.database.query<{
    person_id: number;
    entry: number;
    is_active: boolean;
    end_reason: string | null;
    node_id: string;
    already: string[];
    context: Record<string, unknown>;
    entered_at: number;
  }>(
    `select person_id, entry, is_active, end_reason, node_id, already, context, entered_at
       from canvas.enrolment where strategy_id = $1 order by entry`,
    [strategyId],
  );

/** An entry by event or API, then SMS, a wait, push. */
function twoSends(source: object, reentry: object = { kind: 'never' }): StrategyDocument {
  return strategyDocumentSchema.parse({
    format: 1,
    nodes: [
      { id: 'entry', kind: 'entry', source, reentry },
      { id: 'slot', kind: 'send', channel: 'in_app', content: { contentId: 'renewal_a' } },
      { id: 'pause', kind: 'wait', wait: { type: 'duration', durationMs: HOUR_MS } },
      { id: 'slot_again', kind: 'send', channel: 'in_app', content: { contentId: 'renewal_b' } },
      { id: 'day', kind: 'wait', wait: { type: 'duration', durationMs: DAY_MS } },
      { id: 'exit', kind: 'exit' },
    ],
    edges: [
      { from: 'entry', to: 'slot' },
      { from: 'slot', to: 'pause' },
      { from: 'pause', to: 'slot_again' },
      { from: 'slot_again', to: 'day' },
      { from: 'day', to: 'exit' },
    ],
    goal: {
      event: 'purchase',
      where: [{ property: 'product_id', operator: 'eq', sameAs: 'product_id' }],
      withinMs: 7 * DAY_MS,
    },
  });
}

describe('entry by event', () => {
  const source = {
    type: 'event',
    event: 'view_product',
    where: [{ property: 'category', operator: 'eq', value: 'wealth' }],
  };

  it('brings in who does it, once, with what they did; not for what is long past', async () => {
    await launch(rooms.canvas, 'viewed', twoSends(source));
    const personId = await resolve('none', 'customer_number=V1');
    const stale = await resolve('none', 'customer_number=V2');
    await happen(personId, 'view_product', { category: 'fund', product_id: 'F1' });
    await happen(personId, 'view_product', { category: 'wealth', product_id: 'W1' });
    await happen(personId, 'view_product', { category: 'wealth', product_id: 'W2' });
    await happen(stale, 'view_product', { category: 'wealth' }, platform.clock.now() - 2 * DAY_MS);
    await rooms.canvas.settle();
    const entered = await enrolments('viewed');
    expect(entered.map((each) => [each.person_id, each.context['product_id'], each.node_id])).toEqual([
      [personId, 'W1', 'pause'],
    ]);
  });

  it('counts the goal for the same product only, even when it is in the same batch as the entry', async () => {
    const personId = await resolve('none', 'customer_number=V3');
    const start = platform.clock.now();
    platform.clock.advance(60_000);
    await platform.database.transaction((transaction) =>
      rooms.ingest.enqueue(
        transaction,
        [
          { event: 'view_product', time: start, properties: { category: 'wealth', product_id: 'W1' } },
          { event: 'purchase', time: start + 1_000, properties: { product_id: 'W9' } },
          { event: 'purchase', time: start + 2_000, properties: { product_id: 'W1' } },
        ].map((each) => ({ ...each, personId, messageId: `batch-${messages++}` })),
      ),
    );
    while (await rooms.ingest.relay());
    await rooms.canvas.settle();
    const [entered] = (await enrolments('viewed')).filter((each) => each.person_id === personId);
    expect(entered).toMatchObject({
      is_active: false,
      end_reason: 'goal',
      node_id: 'entry',
      entered_at: start,
    });
    const books = await rooms.hub.books({ strategyId: 'viewed', nodeId: 'slot' });
    expect(books[0]!.audience).toBe(1);
  });
});

describe('entry by call', () => {
  const enrol = (requests: { requestId: string; key: string }[]) =>
    enrolByRequest(
      { platform, needs: rooms.needs, programs: createPrograms(), slot: 0 },
      'called',
      requests.map(({ requestId, key }) => ({
        requestId,
        key: { type: 'customer_number', value: key },
        properties: {},
      })),
    );

  it('is taken once for each request, and by the rules of re-entry', async () => {
    const document = twoSends({ type: 'api' }, { kind: 'after_exit', cooldownMs: HOUR_MS });
    await launch(rooms.canvas, 'called', document);
    const first = await enrol([
      { requestId: 'r1', key: 'A1' },
      { requestId: 'r1', key: 'A1' },
      { requestId: 'r2', key: 'A1' },
      { requestId: 'r3', key: 'A2' },
    ]);
    expect(first.map((each) => each.outcome)).toEqual(['entered', 'entered', 'inside', 'entered']);
    expect(first[1]!.entry).toBe(first[0]!.entry);
    const again = await enrol([{ requestId: 'r1', key: 'A1' }]);
    expect(again).toEqual([{ requestId: 'r1', entry: first[0]!.entry, outcome: 'repeated' }]);
    for (let hours = 0; hours < 26; hours++) {
      await rooms.canvas.settle();
      platform.clock.advance(HOUR_MS);
    }
    expect((await enrol([{ requestId: 'r4', key: 'A1' }]))[0]!.outcome).toBe('entered');
    await expect(
      enrolByRequest({ platform, needs: rooms.needs, programs: createPrograms(), slot: 0 }, 'viewed', []),
    ).rejects.toMatchObject({ code: 'strategy_entry_differs' });
  });
});

describe('people who merge', () => {
  it('go on once, in the earlier entry, and do not get again what the other has had', async () => {
    await launch(rooms.canvas, 'merging', twoSends({ type: 'api' }));
    const of = { platform, needs: rooms.needs, programs: createPrograms(), slot: 0 };
    const enter = (requestId: string, type: string, value: string) =>
      enrolByRequest(of, 'merging', [{ requestId, key: { type, value }, properties: {} }]);
    const visitor = await resolve('none', 'cookie=merging-1');
    const customer = await resolve('none', 'customer_number=M1');
    await enter('customer', 'customer_number', 'M1');
    await rooms.canvas.settle();
    platform.clock.advance(HOUR_MS / 2);
    await enter('visitor', 'cookie', 'merging-1');
    await rooms.canvas.settle();
    await resolve('bind', 'customer_number=M1', 'cookie=merging-1');
    await settleFor(() => personsIn('merging'), [visitor, visitor]);
    expect(visitor).toBeLessThan(customer);
    expect(await enrolments('merging')).toMatchObject([
      { person_id: visitor, is_active: true, node_id: 'pause', already: ['slot'] },
      { person_id: visitor, is_active: false, end_reason: 'merged' },
    ]);
    platform.clock.advance(HOUR_MS);
    await rooms.canvas.settle();
    const [inside] = await enrolments('merging');
    expect(inside).toMatchObject({ node_id: 'day', is_active: true });
    const books = await rooms.hub.books({ strategyId: 'merging' });
    expect(new Map(books.map((each) => [each.nodeId, each.audience]))).toEqual(
      new Map([
        ['slot', 2],
        ['slot_again', 1],
      ]),
    );
    const numbers = await rooms.canvas.numbers('merging', 1);
    expect(numbers.active).toBe(1);
    expect((await enter('third', 'cookie', 'merging-1'))[0]!.outcome).toBe('inside');
  });

  it('keep their draw: holdout and variant are those of the entry', async () => {
    // Anonymous visitors come first and have smaller numbers, so that every merge renames the customer.
    const visitors: number[] = [];
    for (let index = 0; index < 20; index++) visitors.push(await resolve('none', `cookie=older-${index}`));
    await makePeople(
      rooms,
      platform,
      Array.from({ length: 60 }, (_, index) => ({ number: 500 + index })),
    );
    await launch(rooms.canvas, 'sticky', renewalDocument());
    await rooms.canvas.settle();
    const before = await platform.database.query<{ entry: number; holdout: boolean; variants: object }>(
      'select entry, holdout, variants from canvas.enrolment where strategy_id = $1 order by entry',
      ['sticky'],
    );
    for (const index of visitors.keys()) {
      await resolve('bind', `customer_number=C${500 + index}`, `cookie=older-${index}`);
    }
    const moved = async (): Promise<boolean> => {
      const persons = new Set(await personsIn('sticky'));
      return visitors.every((visitor) => persons.has(visitor));
    };
    await settleFor(moved, true);
    const after = await platform.database.query(
      'select entry, holdout, variants from canvas.enrolment where strategy_id = $1 order by entry',
      ['sticky'],
    );
    expect(after).toEqual(before);
  });

  it('come apart again with their own entries', async () => {
    await launch(rooms.canvas, 'parting', twoSends({ type: 'api' }));
    const of = { platform, needs: rooms.needs, programs: createPrograms(), slot: 0 };
    const visitor = await resolve('none', 'cookie=parting-1');
    const customer = await resolve('none', 'customer_number=P1');
    await enrolByRequest(of, 'parting', [
      { requestId: 'p', key: { type: 'customer_number', value: 'P1' }, properties: {} },
    ]);
    await resolve('bind', 'customer_number=P1', 'cookie=parting-1');
    await settleFor(() => personsIn('parting'), [visitor]);
    platform.clock.advance(1_000);
    await resolve('unbind', 'customer_number=P1', 'cookie=parting-1');
    await settleFor(() => personsIn('parting'), [customer]);
  });
});

describe('simulation', () => {
  it('foresees what then happens', async () => {
    const document = renewalDocument();
    const foreseen = await rooms.canvas.simulate({ document, sample: 20_000, eventRate: 0 });
    const at = (nodeId: string) => foreseen.nodes.find((each) => each.nodeId === nodeId)!;
    expect(at('entry').expected).toBe(foreseen.audience);
    // The simulation draws as a strategy of its own name, so shares agree, not persons.
    expect(at('sms').expected).toBe(at('click_wait').expected);
    expect(at('in_app').expected + at('exit_holdout').expected).toBe(foreseen.audience);
    const small = await rooms.canvas.simulate({ document, sample: 100, eventRate: 1 });
    const seen = small.nodes.find((each) => each.nodeId === 'sms')!;
    expect(seen.expected).toBe(0);
    expect(await rooms.hub.books({ strategyId: '$simulation' })).toEqual([]);
  });
});
