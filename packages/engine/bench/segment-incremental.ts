import type { ManualClock } from '../src/platform/index.ts';
import { addEvents, EVENTS, fillBank, PEOPLE, TWENTY_SEGMENTS } from './audience/fill-bank.ts';
import { best, defineSegments } from './segments-20.ts';
import type { Bench } from './bench-context.ts';

/** Segments that ask of events how many there are: what can be brought up to date. */
const COUNTING = TWENTY_SEGMENTS.filter(
  (text) =>
    /\b(did|count)\(event/.test(text) && !/holding|days\(|sum\(|max\(|last\(|distinct\(|avg\(/.test(text),
);
const HOUR_MS = 3_600_000;

/**
 * The same segments after one percent of new events: brought up to date from what is kept about people, against computed
 * in full. What a run that brings up to date consists of: docs/decisions/0022-kept-people.md.
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
    const incrementalMs = await best(
      async () => {
        // The part that is not measured: an hour goes by, with one percent of new events.
        const share = Math.round(EVENTS / 100);
        const now = clock.now();
        await addEvents(platform, next, share, { fromMs: now, toMs: now + HOUR_MS });
        next += share;
        clock.advance(HOUR_MS + 1);
      },
      () => keeping.computeSegments(ids),
    );
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
    ];
  } finally {
    await databases.drop();
  }
};
