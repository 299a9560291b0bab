import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
import { SINGLE_USER_SETTING } from '../platform/index.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PEOPLE = 40;
let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let rooms: CanvasRooms;
let strategies = 0;
let strategyId: string;
let days = 0;

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

beforeEach(() => {
  strategyId = `life-${strategies++}`;
  // Far enough apart for caps of one test not to reach into the next.
  platform.clock.set(TEST_START_MS + (days += 40) * DAY_MS);
});

afterEach(async () => {
  await platform.database.execute(`update canvas.strategy set state = 'stopped', closed_at = 0`);
  await rooms.canvas.settle();
});

const numbers = (version = 1) => rooms.canvas.numbers(strategyId, version);
const node = async (nodeId: string, version = 1) =>
  (await numbers(version)).nodes.find((each) => each.nodeId === nodeId)!;
const draftRevision = async (): Promise<number> =>
  (
    await platform.database.query<{ draft_revision: number }>(
      'select draft_revision from canvas.strategy where strategy_id = $1',
      [strategyId],
    )
  )[0]!.draft_revision;
const act = (action: 'pause' | 'resume' | 'stop') =>
  rooms.canvas.changeState({ actor: 'maker', strategyId, action });

describe('approval', () => {
  it('names a hash, is given by somebody else, and only approved versions are published', async () => {
    const document = renewalDocument();
    const { draftRevision: revision } = await rooms.canvas.create({
      actor: 'maker',
      strategyId,
      name: 'Renewal',
      document,
    });
    await expect(
      rooms.canvas.saveDraft({ actor: 'other', strategyId, document, draftRevision: revision + 1 }),
    ).rejects.toMatchObject({ code: 'strategy_draft_changed' });
    const submitted = await rooms.canvas.submit({ actor: 'maker', strategyId, draftRevision: revision });
    const { version, hash } = submitted;
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const sms = submitted.document.nodes.find((each) => each.id === 'sms')!;
    expect(sms.kind === 'send' && sms.contentByVariant!['A']).toEqual({ contentId: 'renewal_a', version: 1 });
    const wrong = '0'.repeat(64);
    const decide = (actor: string, named = hash) =>
      rooms.canvas.decide({ actor, strategyId, version, hash: named, decision: 'approve' });
    await expect(rooms.canvas.publish({ actor: 'maker', strategyId, version, hash })).rejects.toMatchObject({
      code: 'strategy_not_approved',
    });
    await expect(decide('maker')).rejects.toMatchObject({ code: 'strategy_same_person' });
    await expect(decide('checker', wrong)).rejects.toMatchObject({ code: 'strategy_hash_differs' });
    expect((await decide('checker')).state).toBe('approved');
    await expect(decide('checker')).rejects.toMatchObject({ code: 'strategy_state_differs' });
    await expect(
      rooms.canvas.publish({ actor: 'maker', strategyId, version, hash: wrong }),
    ).rejects.toMatchObject({ code: 'strategy_hash_differs' });
    const published = await rooms.canvas.publish({ actor: 'maker', strategyId, version, hash });
    expect(published.state).toBe('published');
    const audit = await platform.database.query<{ action: string }>(
      `select action from platform.audit where object = $1 order by sequence`,
      [`strategy ${strategyId}`],
    );
    expect(audit.map((each) => each.action)).toEqual([
      'strategy.create',
      'strategy.submit',
      'strategy.approve',
      'strategy.publish',
    ]);
  });

  it('of one’s own is possible where one person works alone', async () => {
    const { draftRevision: revision } = await rooms.canvas.create({
      actor: 'maker',
      strategyId,
      name: 'Alone',
      document: renewalDocument(),
    });
    const { version, hash } = await rooms.canvas.submit({
      actor: 'maker',
      strategyId,
      draftRevision: revision,
    });
    const approve = () =>
      rooms.canvas.decide({ actor: 'maker', strategyId, version, hash, decision: 'approve' });
    await expect(approve()).rejects.toMatchObject({ code: 'strategy_same_person' });
    const set = (value: boolean) =>
      platform.database.transaction((transaction) =>
        platform.settings.set(transaction, SINGLE_USER_SETTING, value),
      );
    await set(true);
    expect((await approve()).state).toBe('approved');
    await set(false);
  });

  it('is not asked for what the check finds wrong', async () => {
    const document = renewalDocument((draft) => {
      (draft['edges'] as unknown[]).pop();
    });
    const { draftRevision: revision } = await rooms.canvas.create({
      actor: 'maker',
      strategyId,
      name: 'Broken',
      document,
    });
    await expect(
      rooms.canvas.submit({ actor: 'maker', strategyId, draftRevision: revision }),
    ).rejects.toMatchObject({ code: 'strategy_has_findings' });
  });
});

describe('pause and resume', () => {
  it('keep everybody where they are, and send nothing twice', async () => {
    await launch(rooms.canvas, strategyId, renewalDocument());
    await rooms.canvas.settle();
    const waiting = (await node('click_wait')).waiting;
    await act('pause');
    platform.clock.advance(10 * DAY_MS);
    await rooms.canvas.settle();
    expect((await node('click_wait')).waiting).toBe(waiting);
    expect((await node('sms')).in).toBe(0);
    const before = await rooms.hub.books({ strategyId });
    await act('resume');
    await rooms.canvas.settle();
    // The day of waiting has passed for everybody, so all go on now, each once; the next wait is whole.
    expect((await node('sms')).in).toBe(waiting);
    expect((await node('purchase_wait')).waiting).toBe(waiting);
    const after = await rooms.hub.books({ strategyId });
    for (const books of before) {
      expect(after.find((each) => each.nodeId === books.nodeId)!.audience).toBe(books.audience);
    }
    await expect(act('resume')).rejects.toMatchObject({ code: 'strategy_state_differs' });
  });

  it('stop lets everybody go and withdraws what waits', async () => {
    await launch(rooms.canvas, strategyId, renewalDocument());
    await rooms.canvas.settle();
    const { active } = await numbers();
    await act('stop');
    await rooms.canvas.settle();
    const after = await numbers();
    expect(after.active).toBe(0);
    expect(after.endReasons['stopped']).toBe(active);
    const tally = await rooms.hub.tally({ strategyId });
    expect(tally.filter((line) => line.state === 'pending')).toEqual([]);
    await expect(act('resume')).rejects.toMatchObject({ code: 'strategy_state_differs' });
  });
});

describe('publishing again', () => {
  it('enters nobody again; people inside stay on their version', async () => {
    await launch(rooms.canvas, strategyId, renewalDocument());
    await rooms.canvas.settle();
    const changed = renewalDocument((draft) => {
      (draft['policy'] as Record<string, unknown>)['priority'] = 80;
    });
    await launch(rooms.canvas, strategyId, changed, { draftRevision: await draftRevision() });
    await rooms.canvas.settle();
    expect((await numbers(2)).entered).toBe(0);
    platform.clock.advance(DAY_MS);
    await rooms.canvas.settle();
    expect((await node('sms', 1)).in).toBeGreaterThan(0);
    expect((await numbers(1)).entered).toBe(PEOPLE);
    const runs = await platform.database.query('select 1 from canvas.entry_run where strategy_id = $1', [
      strategyId,
    ]);
    expect(runs).toHaveLength(1);
  });

  it('runs a one-time entry again only when told to, and then by the rules of re-entry', async () => {
    const again = (kind: 'never' | 'after_exit') =>
      renewalDocument((draft) => {
        const entry = (draft['nodes'] as Record<string, unknown>[])[0]!;
        entry['reentry'] = kind === 'never' ? { kind } : { kind, cooldownMs: DAY_MS };
      });
    await launch(rooms.canvas, strategyId, again('never'));
    await rooms.canvas.settle();
    const inside = (await numbers(1)).active;
    await launch(rooms.canvas, strategyId, again('after_exit'), {
      draftRevision: await draftRevision(),
      enterAgain: true,
    });
    platform.clock.advance(1);
    await rooms.canvas.settle();
    expect((await numbers(2)).entered).toBe(0);
    for (let day = 0; day < 6; day++) {
      platform.clock.advance(DAY_MS);
      await rooms.canvas.settle();
    }
    expect((await numbers(1)).active).toBe(0);
    await launch(rooms.canvas, strategyId, again('after_exit'), {
      draftRevision: await draftRevision(),
      enterAgain: true,
    });
    await rooms.canvas.settle();
    const third = await numbers(3);
    expect(third.entered).toBe(PEOPLE);
    // Who was set aside then is set aside now.
    expect(third.holdout.people).toBe(PEOPLE - inside);
  });
});

describe('daily entry', () => {
  const daily = () =>
    renewalDocument((draft) => {
      const entry = (draft['nodes'] as Record<string, unknown>[])[0]!;
      entry['source'] = {
        type: 'audience',
        eql: 'person where wealth >= 20',
        schedule: { kind: 'daily', at: '09:00' },
      };
    });
  const runs = () =>
    platform.database.query<{ scheduled_at: number; state: string; entered: number }>(
      'select scheduled_at, state, entered from canvas.entry_run where strategy_id = $1 order by scheduled_at',
      [strategyId],
    );

  it('enters once a day from publication on, makes up for one missed slot, and for none of a pause', async () => {
    const published = platform.clock.now();
    await launch(rooms.canvas, strategyId, daily());
    await rooms.canvas.settle();
    expect(await runs()).toEqual([]);
    const nine = published + 23 * HOUR_MS;
    platform.clock.set(nine);
    await rooms.canvas.settle();
    await rooms.another(platform).settle();
    expect(await runs()).toEqual([{ scheduled_at: nine, state: 'done', entered: 20 }]);
    platform.clock.set(nine + 4 * DAY_MS + HOUR_MS);
    await rooms.canvas.settle();
    expect((await runs()).map((run) => run.scheduled_at)).toEqual([nine, nine + 4 * DAY_MS]);
    await act('pause');
    platform.clock.set(nine + 6 * DAY_MS + HOUR_MS);
    await rooms.canvas.settle();
    await act('resume');
    await rooms.canvas.settle();
    expect(await runs()).toHaveLength(2);
    platform.clock.set(nine + 7 * DAY_MS);
    await rooms.canvas.settle();
    expect((await runs()).at(-1)).toEqual({ scheduled_at: nine + 7 * DAY_MS, state: 'done', entered: 0 });
  });

  it('does not fire a one-time entry whose time is long past', async () => {
    const late = renewalDocument((draft) => {
      const entry = (draft['nodes'] as Record<string, unknown>[])[0]!;
      const at = new Date(platform.clock.now() - 3 * DAY_MS).toISOString();
      entry['source'] = { type: 'audience', eql: 'person', schedule: { kind: 'once', at } };
    });
    await launch(rooms.canvas, strategyId, late);
    await rooms.canvas.settle();
    expect((await runs()).map((run) => run.state)).toEqual(['skipped']);
  });
});

describe('quiet hours', () => {
  it('defer messages, and the waits after them count from the morning', async () => {
    const night = Date.parse(new Date(platform.clock.now()).toISOString().slice(0, 10) + 'T23:30:00+08:00');
    platform.clock.set(night);
    await launch(rooms.canvas, strategyId, renewalDocument());
    await rooms.canvas.settle();
    const morning = night + 8.5 * HOUR_MS;
    const due = await platform.database.query<{ due_at: number; people: number }>(
      `select due_at, count(*) as people from canvas.enrolment
        where strategy_id = $1 and is_active group by due_at`,
      [strategyId],
    );
    expect(due).toEqual([{ due_at: morning + DAY_MS, people: (await numbers()).active }]);
  });
});
