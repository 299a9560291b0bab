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
import { peopleOfVersion, peopleWaiting, peopleWhoLeft } from './people-store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PEOPLE = 400;
let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let rooms: CanvasRooms;
let personIds: number[];

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  rooms = await createCanvasRooms(platform);
  await makeContent(rooms, platform, 'renewal_a');
  await makeContent(rooms, platform, 'renewal_b');
  const people = Array.from({ length: PEOPLE }, (_, index) => ({
    number: index + 1,
    attributes: { wealth: index % 100 },
    // Every tenth has consented to nothing that comes unasked: only the slot of the app and the task reach them.
    consents: index % 10 === 0 ? [] : ['sms', 'push'],
  }));
  personIds = await makePeople(rooms, platform, people);
});

afterAll(async () => {
  await rooms.profile.stop();
  await rooms.identity.stop();
  await platform.close();
  await databases.drop();
});

const node = async (nodeId: string) =>
  (await rooms.canvas.numbers('renewal', 1)).nodes.find((each) => each.nodeId === nodeId)!;
const everybody = () =>
  peopleOfVersion(platform.database, {
    strategyId: 'renewal',
    version: 1,
    afterEntry: 0,
    limit: 10_000,
    standing: 'any',
  });

async function happen(
  events: { personId: number; event: string; properties?: Record<string, unknown> }[],
): Promise<void> {
  await platform.database.transaction((transaction) =>
    rooms.ingest.enqueue(
      transaction,
      events.map((each, index) => ({
        time: platform.clock.now(),
        messageId: `${each.event}-${each.personId}-${platform.clock.now()}-${index}`,
        properties: {},
        ...each,
      })),
    ),
  );
  while (await rooms.ingest.relay());
}

async function settleAt(ms: number): Promise<void> {
  platform.clock.set(ms);
  await rooms.canvas.settle();
}

// One strategy from launch to end, in the order of its days.
describe('the renewal strategy', () => {
  const start = Date.parse('2026-03-02T10:00:00+08:00');

  it('draws the holdout, splits the rest, and reserves in one go', async () => {
    await launch(rooms.canvas, 'renewal', renewalDocument());
    await settleAt(start);
    const numbers = await rooms.canvas.numbers('renewal', 1);
    expect(numbers.entered).toBe(PEOPLE);
    expect(numbers.holdout.people).toBeGreaterThan(20);
    expect(numbers.holdout.people).toBeLessThan(65);
    expect(numbers.endReasons).toEqual({ exit: numbers.holdout.people });
    expect((await node('click_wait')).waiting).toBe(numbers.treated.people);
    const split = (await node('content')).outcomes;
    expect(split['A']! + split['B']!).toBe(numbers.treated.people);
    const push = await node('push');
    expect(push.refused).toBeGreaterThan(0);
    expect(push.outcomes).toEqual({ reserved: push.in - push.refused, refused: push.refused });
    for (const each of await rooms.hub.books({ strategyId: 'renewal' })) {
      expect(each.balanced, each.nodeId).toBe(true);
      expect(each.audience).toBe(numbers.treated.people);
    }
  });

  it('moves on who clicks, and hears each click for its own entry only', async () => {
    const people = await everybody();
    const treated = people.filter((person) => !person.holdout);
    const clicked = treated.slice(0, 30);
    const at = start + 2 * HOUR_MS;
    platform.clock.set(at);
    await happen([
      ...clicked.map((person) => ({
        personId: person.personId,
        event: '$message_clicked',
        properties: { strategy_id: 'renewal', node_id: 'push', entry: person.entry },
      })),
      {
        personId: treated[40]!.personId,
        event: '$message_clicked',
        properties: { strategy_id: 'other', node_id: 'push', entry: treated[40]!.entry },
      },
    ]);
    await rooms.canvas.settle();
    expect((await node('click_wait')).outcomes).toEqual({ happened: 30 });
    const waiting = await peopleWaiting(platform.database, {
      strategyId: 'renewal',
      version: 1,
      nodeId: 'purchase_wait',
      afterEntry: 0,
      limit: 100,
    });
    expect(waiting.map((person) => person.personId)).toEqual(clicked.map((person) => person.personId));
  });

  it('lets the goal end it at once in the middle of a wait, and counts it for the holdout too', async () => {
    const people = await everybody();
    const treated = people.filter((person) => !person.holdout).slice(100, 120);
    const holdout = people.filter((person) => person.holdout).slice(0, 3);
    platform.clock.set(start + 3 * HOUR_MS);
    await happen(
      [...treated, ...holdout].map(({ personId }) => ({
        personId,
        event: 'purchase',
        properties: { kind: 'wealth' },
      })),
    );
    // Not what the strategy is for: heard by nobody, since nobody waits for a purchase there.
    await happen([{ personId: treated[0]!.personId, event: 'purchase', properties: { kind: 'fund' } }]);
    await rooms.canvas.settle();
    const numbers = await rooms.canvas.numbers('renewal', 1);
    expect(numbers.treated.goalReached).toBe(20);
    expect(numbers.holdout.goalReached).toBe(3);
    expect(numbers.endReasons['goal']).toBe(20);
    const gone = await peopleWhoLeft(platform.database, {
      strategyId: 'renewal',
      version: 1,
      nodeId: 'click_wait',
      outcome: 'goal',
      afterEntry: 0,
      limit: 100,
    });
    expect(new Set(gone.map((person) => person.personId))).toEqual(
      new Set(treated.map((person) => person.personId)),
    );
    // What was still waiting to be sent to them is withdrawn, in the books too.
    const tally = await rooms.hub.tally({ strategyId: 'renewal' });
    const withdrawn = tally.filter((line) => line.reason === 'goal_reached');
    expect(withdrawn.reduce((sum, line) => sum + line.messages, 0)).toBeGreaterThan(0);
  });

  it('sends an SMS after a day to those who did not click', async () => {
    const before = (await node('click_wait')).waiting;
    await settleAt(start + DAY_MS - 1);
    expect((await node('sms')).in).toBe(0);
    await settleAt(start + DAY_MS);
    expect((await node('click_wait')).outcomes['timeout']).toBe(before);
    expect((await node('sms')).in).toBe(before);
    expect((await node('sms')).refused).toBeGreaterThan(0);
  });

  it('makes tasks of the wealthy, and comes to an end with all books closed', async () => {
    await settleAt(start + 4 * DAY_MS);
    const numbers = await rooms.canvas.numbers('renewal', 1);
    expect(numbers.active).toBe(0);
    const branch = (await node('wealthy')).outcomes;
    expect((await node('task')).in).toBe(branch['yes']);
    for (const each of numbers.nodes) expect(each.in, each.nodeId).toBe(each.out);
    const books = await rooms.hub.books({ strategyId: 'renewal' });
    expect(books.map((each) => each.balanced)).toEqual(books.map(() => true));
    const [strategy] = await platform.database.query<{ state: string }>('select state from canvas.strategy');
    expect(strategy!.state).toBe('finished');
  });

  it('counts late conversions to the end of the window and not beyond', async () => {
    const people = await everybody();
    const late = people.filter((person) => person.goalAt === undefined);
    platform.clock.set(start + 6 * DAY_MS);
    await happen([{ personId: late[0]!.personId, event: 'purchase', properties: { kind: 'wealth' } }]);
    await rooms.canvas.settle();
    platform.clock.set(start + 7 * DAY_MS + 1);
    await happen([{ personId: late[1]!.personId, event: 'purchase', properties: { kind: 'wealth' } }]);
    await rooms.canvas.settle();
    const numbers = await rooms.canvas.numbers('renewal', 1);
    expect(numbers.treated.goalReached + numbers.holdout.goalReached).toBe(24);
  });

  it('leaves facts in ClickHouse that agree with the numbers', async () => {
    while (await rooms.ingest.relay());
    const numbers = await rooms.canvas.numbers('renewal', 1);
    const facts = await platform.clickhouse.query<{ event: string; facts: number; people: number }>(
      `select event, count() as facts, uniqExact(person_id) as people from event
        where event in ('$strategy_entered', '$goal_reached', '$node_passed') group by event`,
    );
    const count = (event: string): number | undefined => facts.find((each) => each.event === event)?.facts;
    expect(count('$strategy_entered')).toBe(PEOPLE);
    expect(count('$goal_reached')).toBe(24);
    expect(count('$node_passed')).toBe(numbers.nodes.reduce((sum, each) => sum + each.out, 0));
    expect(personIds).toHaveLength(PEOPLE);
  });
});
