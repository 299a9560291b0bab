import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createCanvasRooms,
  makeContent,
  makePeople,
  type CanvasRooms,
} from '../../test/harness/canvas-rooms.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../test/harness/platform.ts';
import { launch, renewalDocument } from '../../test/harness/renewal-strategy.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import { createCanvas, type Canvas } from './index.ts';

const DAY_MS = 86_400_000;
const PEOPLE = 150;
let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let rooms: CanvasRooms;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  rooms = await createCanvasRooms(platform);
  await makeContent(rooms, platform, 'renewal_a');
  await makeContent(rooms, platform, 'renewal_b');
  await makePeople(
    rooms,
    platform,
    Array.from({ length: PEOPLE }, (_, index) => ({ number: index + 1, attributes: { wealth: index } })),
  );
});

afterAll(async () => {
  await rooms.profile.stop();
  await rooms.identity.stop();
  await platform.close();
  await databases.drop();
});

class ProcessDied extends Error {}

/**
 * A process on the same databases that dies again and again: before a commit (nothing of the transaction
 * remains) or after it (everything does, and the process does not know).
 */
function dyingCanvas(random: () => number, slot: number): Canvas {
  const dying: Platform = {
    ...platform,
    database: {
      ...platform.database,
      transaction: (work) => {
        const fate = random();
        if (fate < 0.3) {
          return platform.database.transaction(async (transaction) => {
            await work(transaction);
            throw new ProcessDied('before the commit');
          });
        }
        return platform.database.transaction(work).then((result) => {
          if (fate < 0.6) throw new ProcessDied('after the commit');
          return result;
        });
      },
    },
  };
  return createCanvas(dying, rooms.needs, { slot });
}

/** A small generator (Lehmer, 48,271): the same seed dies at the same points. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Lets a dying process work until it lives through a whole round; like a supervisor that starts it again. */
async function workThrough(canvas: Canvas): Promise<void> {
  for (;;) {
    try {
      return await canvas.settle();
    } catch (error) {
      if (!(error instanceof ProcessDied)) throw error;
    }
  }
}

async function expectWhole(strategyId: string): Promise<void> {
  const { database } = platform;
  const twice = await database.query(
    `select person_id from canvas.enrolment where strategy_id = $1 group by person_id having count(*) > 1`,
    [strategyId],
  );
  expect(twice).toEqual([]);
  const [enrolled] = await database.query<{ people: number }>(
    'select count(*) as people from canvas.enrolment where strategy_id = $1',
    [strategyId],
  );
  expect(enrolled!.people).toBe(PEOPLE);
  const [run] = await database.query<{ entered: number; state: string }>(
    'select entered, state from canvas.entry_run where strategy_id = $1',
    [strategyId],
  );
  expect(run).toEqual({ entered: PEOPLE, state: 'done' });

  const numbers = await rooms.canvas.numbers(strategyId, 1);
  const visits = await database.query<{ node_id: string; people: number }>(
    'select node_id, count(*) as people from canvas.visit where strategy_id = $1 group by node_id',
    [strategyId],
  );
  for (const node of numbers.nodes) {
    expect(node.out, node.nodeId).toBe(visits.find((each) => each.node_id === node.nodeId)?.people ?? 0);
  }
  for (const books of await rooms.hub.books({ strategyId })) {
    expect(books.balanced, books.nodeId).toBe(true);
    const node = numbers.nodes.find((each) => each.nodeId === books.nodeId)!;
    expect(books.audience, books.nodeId).toBe(node.in);
  }
}

describe('two processes that die at any commit', () => {
  it.each([1, 2, 3])('move everybody exactly once (seed %i)', async (seed) => {
    const strategyId = `dying-${seed}`;
    platform.clock.set(TEST_START_MS + seed * 20 * DAY_MS);
    await launch(rooms.canvas, strategyId, renewalDocument());
    const random = seeded(seed);
    const first = dyingCanvas(random, 1);
    const second = dyingCanvas(random, 2);
    for (let day = 0; day <= 4; day++) {
      await Promise.all([workThrough(first), workThrough(second)]);
      await expectWhole(strategyId);
      platform.clock.advance(DAY_MS);
    }
    const numbers = await rooms.canvas.numbers(strategyId, 1);
    expect(numbers.active).toBe(0);
    expect(numbers.entered).toBe(PEOPLE);
  });
});

describe('two processes at the same time', () => {
  it('enter and step everybody once', async () => {
    platform.clock.set(TEST_START_MS + 100 * DAY_MS);
    const strategyId = 'together';
    await launch(rooms.canvas, strategyId, renewalDocument());
    const others = Array.from({ length: 3 }, (_, index) =>
      createCanvas(platform, rooms.needs, { slot: index }),
    );
    await Promise.all([rooms.canvas, ...others].map((canvas) => canvas.settle()));
    await rooms.canvas.settle();
    await expectWhole(strategyId);
  });

  it('want every event until they know which, so that a start misses none', async () => {
    const starting = createCanvas(platform, rooms.needs);
    expect(starting.wantedEvents().size).toBeGreaterThan(0);
    expect(starting.wantedEvents().has('purchase') && starting.wantedEvents().has('login')).toBe(true);
    await starting.settle();
    expect(new Set(starting.wantedEvents())).toEqual(new Set(['$message_clicked', 'purchase']));
  });

  it('refuses a stored version that is not the approved document', async () => {
    await expect(
      platform.database.execute(`update canvas.version set document = '{}' where strategy_id = 'together'`),
    ).rejects.toThrow('a strategy version never changes');
    await platform.database.execute('alter table canvas.version disable trigger version_is_immutable');
    await platform.database.execute(
      `update canvas.version set document = jsonb_set(document, '{policy,priority}', '99')
        where strategy_id = 'together'`,
    );
    const fresh = createCanvas(platform, rooms.needs);
    await expect(fresh.numbers('together', 1)).rejects.toThrow('not the document that was approved');
  });
});
