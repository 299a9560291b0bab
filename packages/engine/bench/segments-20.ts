import type { Audience } from '../src/audience/index.ts';
import type { Platform } from '../src/platform/index.ts';
import { parseEql, type EqlDocument } from '@wutong/contract';
import { fillBank, EVENTS, ONE_MORE_SEGMENT, PEOPLE, TWENTY_SEGMENTS } from './audience/fill-bank.ts';
import type { Bench, BenchRow } from './bench-context.ts';

/** Each figure is the best of so many runs: what the work costs, not what the machine did besides. */
const REPEATS = 3;

/**
 * Twenty segments computed in one run with shared scans, against the same conditions as one query each, as
 * systems do that make a sub-query of every condition; also against the segments one by one, and what a
 * twenty-first adds to the run.
 */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  try {
    context.say(`filling ${PEOPLE} people, ${EVENTS} events`);
    const audience = await fillBank(platform, { keepFromEvents: Number.POSITIVE_INFINITY });
    const ids = await defineSegments(platform, [...TWENTY_SEGMENTS, ONE_MORE_SEGMENT]);
    const twenty = ids.slice(0, 20);
    const together = await best(() => audience.computeSegments(twenty));
    const withOneMore = await best(() => audience.computeSegments(ids));
    const apart = await best(() => oneByOne(audience, twenty));
    const conditions = TWENTY_SEGMENTS.flatMap(conditionsOf);
    const each = await best(async () => {
      for (const document of conditions) await audience.count({ document });
    });
    context.say(
      `together ${Math.round(together)} ms, 21: ${Math.round(withOneMore)} ms, apart ${Math.round(apart)} ms`,
    );
    const rows: BenchRow[] = [
      {
        name: 'segments-20',
        value: together,
        unit: 'ms',
        baseline: `the same ${conditions.length} conditions, a query each`,
        baselineValue: each,
        ratio: each / together,
        note: `${PEOPLE} people, ${EVENTS} events; members, enter/leave log and commit included in the run only`,
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

/** The conditions of a rule, each a population of its own. */
function conditionsOf(text: string): EqlDocument[] {
  const { document } = parseEql(text);
  if (document?.kind !== 'population' || !document.where) throw new Error(text);
  const { where } = document;
  const items = where.kind === 'and' || where.kind === 'or' ? where.items : [where];
  return items.map((item) => ({ kind: 'population', of: 'person', where: item }));
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
