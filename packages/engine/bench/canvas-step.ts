import { strategyDocumentSchema, type StrategyDocument } from '@wutong/contract';
import type { Platform } from '../src/platform/index.ts';
import { createCanvasRooms, makeContent, type CanvasRooms } from '../test/harness/canvas-rooms.ts';
import { launch } from '../test/harness/renewal-strategy.ts';
import type { Bench, BenchRow } from './bench-context.ts';

const PEOPLE = Number(process.env['WUTONG_BENCH_ENROLMENTS'] ?? 100_000);
const BATCH = 5_000;
const HOUR_MS = 3_600_000;
const BASELINE = 'claim 5,000 due rows (for update skip locked) and write them back with unnest';

/**
 * People moved per second by one stepper: claimed, walked through several nodes each, and written back with
 * the visit log, the live numbers and a fact for every node left; against the bare claim and write of as
 * many rows in the same database.
 */
export const run: Bench = async (context) => {
  const opened = await context.createPlatform();
  const { platform } = opened;
  try {
    const rooms = await createCanvasRooms(platform);
    await makeContent(rooms, platform, 'bench');
    context.say(`${PEOPLE} people`);
    await makeKeys(platform);
    const bare = await measureBare(platform);
    const row = (name: string, value: number, note: string): BenchRow => ({
      name,
      value: Math.round(value),
      unit: 'people/s',
      baseline: BASELINE,
      baselineValue: Math.round(bare),
      ratio: value / bare,
      note,
    });
    const waits = await measureSteps(rooms, platform, 'waits', waitDocument());
    const sends = await measureSteps(rooms, platform, 'sends', sendDocument());
    await rooms.profile.stop();
    await rooms.identity.stop();
    return [
      row('canvas-step', waits, 'wait over, split, next wait: two nodes left, two facts and visits each'),
      row('canvas-step-send', sends, 'the same with a slot message reserved and judged for each'),
    ];
  } finally {
    await opened.drop();
  }
};

/** Keys are people of their own; the bench needs no values behind them. */
async function makeKeys(platform: Platform): Promise<void> {
  await platform.database.execute(
    `insert into identity.key (key_number, person_id, type, fingerprint, value_encrypted, first_seen_at)
     select number, number, 'customer_number', md5(number::text)::uuid, '', 0
       from generate_series(1, $1) as number`,
    [PEOPLE],
  );
}

async function measureBare(platform: Platform): Promise<number> {
  const { database } = platform;
  await database.execute('create table bare_step (id bigint primary key, due_at bigint, node text)');
  await database.execute('create index bare_due on bare_step (due_at)');
  await database.execute(
    `insert into bare_step select number, 0, 'first' from generate_series(1, $1) as number`,
    [PEOPLE],
  );
  await database.execute('analyze bare_step');
  const started = performance.now();
  for (let done = 0; done < PEOPLE; done += BATCH) {
    await database.transaction(async (transaction) => {
      const rows = await transaction.query<{ id: number }>(
        `select id, due_at, node from bare_step where due_at <= 0 order by due_at limit ${BATCH} for update skip locked`,
      );
      await transaction.execute(
        `update bare_step stored set due_at = fresh.due_at, node = fresh.node
           from unnest($1::bigint[], $2::bigint[], $3::text[]) as fresh (id, due_at, node)
          where stored.id = fresh.id`,
        [rows.map((row) => row.id), rows.map(() => 1), rows.map(() => 'second')],
      );
    });
  }
  return (PEOPLE * 1_000) / (performance.now() - started);
}

async function measureSteps(
  rooms: CanvasRooms,
  platform: Platform,
  strategyId: string,
  document: StrategyDocument,
): Promise<number> {
  await launch(rooms.canvas, strategyId, document);
  const now = platform.clock.now();
  await platform.database.execute(
    `insert into canvas.enrolment (strategy_id, version, node_id, arrived_at, due_at, anchor_at, entered_at,
        goal_until_at, is_active, person_id, key_number, holdout)
     select $1, 1, 'first_wait', $2, $2, $2 - $3::bigint, $2, $2 + $3::bigint * 100, true, number, number, false
       from generate_series(1, $4) as number`,
    [strategyId, now - HOUR_MS, HOUR_MS, PEOPLE],
  );
  await platform.database.execute('analyze canvas.enrolment');
  const started = performance.now();
  await rooms.canvas.settle();
  const seconds = (performance.now() - started) / 1_000;
  const moved = await platform.database.query<{ people: number }>(
    `select count(*) as people from canvas.enrolment where strategy_id = $1 and node_id = 'second_wait'`,
    [strategyId],
  );
  if (moved[0]!.people !== PEOPLE) throw new Error(`only ${moved[0]!.people} moved`);
  return PEOPLE / seconds;
}

function waitDocument(): StrategyDocument {
  return strategyDocumentSchema.parse({
    format: 1,
    nodes: [
      { id: 'entry', kind: 'entry', source: { type: 'api' } },
      { id: 'first_wait', kind: 'wait', wait: { type: 'duration', durationMs: HOUR_MS } },
      {
        id: 'split',
        kind: 'split',
        branches: [
          { label: 'A', share: 5_000 },
          { label: 'B', share: 5_000 },
        ],
      },
      { id: 'second_wait', kind: 'wait', wait: { type: 'duration', durationMs: 24 * HOUR_MS } },
      { id: 'exit', kind: 'exit' },
    ],
    edges: [
      { from: 'entry', to: 'first_wait' },
      { from: 'first_wait', to: 'split' },
      { from: 'split', label: 'A', to: 'second_wait' },
      { from: 'split', label: 'B', to: 'second_wait' },
      { from: 'second_wait', to: 'exit' },
    ],
  });
}

function sendDocument(): StrategyDocument {
  const document = waitDocument();
  return strategyDocumentSchema.parse({
    ...document,
    nodes: [
      ...document.nodes,
      { id: 'slot', kind: 'send', channel: 'in_app', content: { contentId: 'bench' } },
    ],
    edges: [
      ...document.edges.map((edge) => (edge.from === 'split' ? { ...edge, to: 'slot' } : edge)),
      { from: 'slot', to: 'second_wait' },
    ],
  });
}
