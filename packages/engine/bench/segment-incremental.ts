import type { ManualClock, Platform } from '../src/platform/index.ts';
import { addEvents, EVENTS, fillBank, PEOPLE, TWENTY_SEGMENTS } from './audience/fill-bank.ts';
import { best, defineSegments } from './segments-20.ts';
import type { Bench } from './bench-context.ts';

/** Segments that ask of events how many there are: what can be brought up to date. */
const COUNTING = TWENTY_SEGMENTS.filter(
  (text) =>
    /\b(did|count)\(event/.test(text) && !/holding|days\(|sum\(|max\(|last\(|distinct\(|avg\(/.test(text),
);
const HOUR_MS = 3_600_000;

/** What those segments ask of an event, in SQL by hand. */
const ASKED = [
  "event = 'login'",
  "event = 'login' and properties.channel.:String = 'app'",
  "event = 'login' and properties.channel.:String = 'branch'",
  "event = 'purchase'",
  "event = 'purchase' and properties.category.:String = 'wealth'",
  "event = 'trade'",
  "event = 'trade' and properties.channel.:String = 'app'",
  "event = 'trade' and properties.amount.:Float64 >= 9000",
  "event = 'view_product'",
  "event = 'view_product' and properties.category.:String = 'fund'",
  "event = 'view_product' and properties.category.:String = 'wealth'",
];

/** Reads the events that came once, counts them per person and keeps nothing: no computation from them does less. */
async function readNewEvents({ clickhouse }: Platform, afterMs: number): Promise<void> {
  const counts = ASKED.map((condition, index) => `countIf(${condition}) as c${index}`).join(', ');
  const sums = ASKED.map((_, index) => `sum(c${index})`).join(', ');
  await clickhouse.query(
    `select count(), ${sums} from (select person_id, ${counts} from event
     where received_at >= fromUnixTimestamp64Milli({after:Int64}, 'UTC') group by person_id)`,
    { after: afterMs },
  );
}

/**
 * The same segments after one percent of new events: brought up to date from what is kept about people, against computed
 * in full; and how far that is from reading the new events at all. What a run that brings up to date consists of: docs/decisions/0022-kept-people.md.
 */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  try {
    context.say(`filling ${PEOPLE} people, ${EVENTS} events`);
    const clock = platform.clock as ManualClock;
    // The same rows for both ways: one room keeps counts, the other never does.
    const keeping = await fillBank(platform, { keepFromEvents: 0 });
    const full = await fillBank(platform, { keepFromEvents: Number.POSITIVE_INFINITY }, { rows: false });
    const ids = await defineSegments(platform, COUNTING);
    await keeping.computeSegments(ids);
    const fullMs = await best(() => full.computeSegments(ids));
    let next = EVENTS;
    let afterMs = clock.now();
    const incrementalMs = await best(
      async () => {
        // The part that is not measured: an hour goes by, with one percent of new events.
        const share = Math.round(EVENTS / 100);
        const now = clock.now();
        afterMs = now;
        await addEvents(platform, next, share, { fromMs: now, toMs: now + HOUR_MS });
        next += share;
        clock.advance(HOUR_MS + 1);
      },
      () => keeping.computeSegments(ids),
    );
    const readingMs = await best(() => readNewEvents(platform, afterMs));
    context.say(`full ${Math.round(fullMs)} ms, incremental ${Math.round(incrementalMs)} ms`);
    return [
      {
        name: 'segment-incremental',
        value: incrementalMs,
        unit: 'ms',
        baseline: `the same ${ids.length} segments computed in full`,
        baselineValue: fullMs,
        ratio: fullMs / incrementalMs,
        note: `${PEOPLE} people, ${EVENTS} events, 1 % new; log and commit included in both`,
      },
      {
        name: 'segment-incremental-reading',
        value: incrementalMs,
        unit: 'ms',
        baseline: 'the new events read once and counted per person, nothing kept',
        baselineValue: readingMs,
        ratio: readingMs / incrementalMs,
        note: `the least that any way begins with; in full everything takes ${(fullMs / readingMs).toFixed(1)} times as long`,
      },
    ];
  } finally {
    await databases.drop();
  }
};
