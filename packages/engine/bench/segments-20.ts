import type { Audience } from '../src/audience/index.ts';
import type { Platform } from '../src/platform/index.ts';
import { parseEql } from '@wutong/contract';
import { fillBank, EVENTS, ONE_MORE_SEGMENT, PEOPLE, TWENTY_SEGMENTS } from './audience/fill-bank.ts';
import { PeersWay, splitSegment } from './audience/peers-way.ts';
import type { Bench, BenchRow } from './bench-context.ts';

/** Each figure is the best of so many runs: what the work costs, not what the machine did besides. */
const REPEATS = 5;

/**
 * Twenty segments computed in one run with shared scans, against the same segments the peers' way (a query for each
 * condition, see `PeersWay`), against bare counts of the same conditions, which keep nothing, against the segments one
 * by one, and what a twenty-first adds to the run.
 */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  try {
    context.say(`filling ${PEOPLE} people, ${EVENTS} events`);
    const audience = await fillBank(platform, { keepFromEvents: Number.POSITIVE_INFINITY });
    const ids = await defineSegments(platform, [...TWENTY_SEGMENTS, ONE_MORE_SEGMENT]);
    const twenty = ids.slice(0, 20);
    const [together, withOneMore] = await bestByTurns(
      () => audience.computeSegments(twenty),
      () => audience.computeSegments(ids),
    );
    const apart = await best(() => oneByOne(audience, twenty));
    const segments = TWENTY_SEGMENTS.map(splitSegment);
    const conditions = segments.flatMap((segment) => segment.conditions);
    const counted = await best(async () => {
      for (const document of conditions) await audience.count({ document });
    });
    const peers = new PeersWay(platform, audience, segments);
    await peers.start();
    const kept = await best(() => peers.compute());
    await requireSameMembers(platform, twenty, await peers.counts());
    context.say(
      `together ${Math.round(together)} ms, 21: ${Math.round(withOneMore)} ms, apart ${Math.round(apart)} ms`,
    );
    const rows: BenchRow[] = [
      {
        name: 'segments-20',
        value: together,
        unit: 'ms',
        baseline: `the peers' way: the same ${conditions.length} conditions, a query each that keeps its people, put together`,
        baselineValue: kept,
        ratio: kept / together,
        note: `${PEOPLE} people, ${EVENTS} events; members and enter/leave log included in both, and the same`,
      },
      {
        name: 'segments-20-counts',
        value: together,
        unit: 'ms',
        baseline: `the same ${conditions.length} conditions, a bare count each`,
        baselineValue: counted,
        ratio: counted / together,
        note: 'members, enter/leave log and commit included in the run only; the counts keep nothing',
      },
      {
        name: 'segments-20-apart',
        value: together,
        unit: 'ms',
        baseline: 'the same segments, a run each',
        baselineValue: apart,
        ratio: apart / together,
        note: 'members, enter/leave log and commit included in both',
      },
      {
        name: 'segments-21',
        value: withOneMore,
        unit: 'ms',
        baseline: 'twenty segments in one run',
        baselineValue: together,
        ratio: together / withOneMore,
        note: 'what one more segment costs',
      },
    ];
    return rows;
  } finally {
    await databases.drop();
  }
};

async function requireSameMembers(
  platform: Platform,
  ids: readonly string[],
  counts: readonly number[],
): Promise<void> {
  const rows = await platform.database.query<{ segment_id: string; members: number }>(
    'select segment_id, members::integer as members from audience.segment where segment_id = any($1)',
    [[...ids]],
  );
  const members = new Map(rows.map((row) => [row.segment_id, row.members]));
  const differing = ids.filter((id, index) => members.get(id) !== counts[index]);
  if (differing.length > 0) throw new Error(`not the same members: ${differing.join(', ')}`);
}

/** Writes definitions without computing them. */
export async function defineSegments(platform: Platform, texts: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, text] of texts.entries()) {
    const parsed = parseEql(text);
    if (!parsed.document) throw new Error(`${text}: ${parsed.problem.en}`);
    const id = `segment_${index + 1}`;
    ids.push(id);
    await platform.database.execute(
      `insert into audience.segment (segment_id, name, description, folder, kind, version, body, document, schedule, owner, created_at, updated_at)
       values ($1, $1, '', '', 'rule', 1, $2, $3::jsonb, '{"every":"manual"}', 'bench', 0, 0)`,
      [id, text, JSON.stringify(parsed.document)],
    );
  }
  return ids;
}

async function oneByOne(audience: Audience, ids: readonly string[]): Promise<void> {
  for (const id of ids) await audience.computeSegments([id]);
}

/** Milliseconds of the fastest repeat of two works that take turns: what the machine does besides is the same for both. */
async function bestByTurns(
  one: () => Promise<void>,
  other: () => Promise<void>,
): Promise<[one: number, other: number]> {
  const fastest: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const [place, work] of [one, other].entries()) {
      const startedAt = performance.now();
      await work();
      fastest[place] = Math.min(fastest[place]!, performance.now() - startedAt);
    }
  }
  return fastest;
}

/** Milliseconds of the fastest repeat; with two arguments, the first is done before each and not measured. */
export async function best(first: () => Promise<void>, second?: () => Promise<void>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    if (second) await first();
    const startedAt = performance.now();
    await (second ?? first)();
    fastest = Math.min(fastest, performance.now() - startedAt);
  }
  return fastest;
}
