import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startIngestServer } from '../test/harness/ingest-server.ts';
import type { Bench } from './bench-context.ts';

// The claim is made on 10,000,000 events; WUTONG_BENCH_MEMORY_EVENTS makes it fewer.
const EVENTS = Number(process.env['WUTONG_BENCH_MEMORY_EVENTS'] ?? 10_000_000);
const PEOPLE = 100_000;
const EVENTS_A_REQUEST = 500;
const CONCURRENCY = 64;
/** The memory is looked at after each tenth; the first two fill caches and pools. */
const PARTS = 10;
const PARTS_TO_FILL = 2;
const SAMPLE_MS = 250;

/**
 * The collector's memory over ten million events: the highest resident size of the process in the last tenths against
 * that of the early ones. The load comes from a process of its own, whose memory does not count.
 */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  const room = await startIngestServer(platform);
  try {
    const { key } = await room.ingest.sources.create({ sourceId: 'bench', name: 'Bench' }, 'bench');
    const requests = Math.ceil(EVENTS / PARTS / EVENTS_A_REQUEST);
    const highest: number[] = [];
    const started = performance.now();
    for (let part = 0; part < PARTS; part++) {
      const first = part * requests * EVENTS_A_REQUEST;
      highest.push(
        await highestDuring(
          sendFromOutside({
            url: room.url,
            key,
            people: PEOPLE,
            startMs: platform.clock.now(),
            requests,
            first,
          }),
        ),
      );
      context.say(`${first + requests * EVENTS_A_REQUEST} events: ${highest.at(-1)!.toFixed(0)} MiB`);
    }
    const seconds = (performance.now() - started) / 1000;
    const events = PARTS * requests * EVENTS_A_REQUEST;
    const early = median(highest.slice(PARTS_TO_FILL, PARTS_TO_FILL + 3));
    const late = median(highest.slice(-3));
    return [
      {
        name: 'ingest-memory',
        value: late,
        unit: 'MiB resident',
        baseline: 'the same after three to five tenths of the events',
        baselineValue: early,
        ratio: early / late,
        note: `${events} events of ${PEOPLE} people in ${seconds.toFixed(0)} s; flat: 0.9 and more`,
      },
    ];
  } finally {
    await room.stop();
    await databases.drop();
  }
};

async function sendFromOutside(load: Record<string, unknown>): Promise<void> {
  const settings = { ...load, eventsARequest: EVENTS_A_REQUEST, concurrency: CONCURRENCY };
  const file = fileURLToPath(new URL('./ingest-load.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, [file, JSON.stringify(settings)]);
}

/** Highest resident size of this process, in MiB, while something goes on. */
async function highestDuring(work: Promise<void>): Promise<number> {
  let highest = 0;
  const timer = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss() / 2 ** 20);
  }, SAMPLE_MS);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
  return highest;
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
