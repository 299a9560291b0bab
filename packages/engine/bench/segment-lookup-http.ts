import { Agent, request } from 'node:http';
import { createHttpServer } from '../src/platform/index.ts';
import { PEOPLE, fillBank } from './audience/fill-bank.ts';
import { customerNumber, fillKeys } from './audience/fill-keys.ts';
import { defineSegments } from './segments-20.ts';
import type { Bench, BenchRow } from './bench-context.ts';

const SEGMENTS = 100;
const TAGS = 20;
const LOOKUPS = Number(process.env['WUTONG_BENCH_LOOKUPS'] ?? 20_000);
/** Callers at one time; one connection each. */
const CALLERS = 8;
const CALM_ROUNDS = 15;
const WARM_UP_MS = 120_000;
const TOKEN = 'segment-lookup-http-token';

/**
 * Which of a hundred segments is a person in, and what are the person's tags, asked through the API by callers who
 * each wait for their answer: look-ups a second of one process and their times, against a route of the same server
 * that looks nothing up.
 */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const server = createHttpServer({ access: platform.access, log: platform.log, ids: platform.ids });
  try {
    const audience = await fillBank(platform, {}, { rows: false });
    await fillSegments(platform);
    await fillTags(platform);
    await fillKeys(platform, PEOPLE);
    audience.routes(server);
    const user = {
      name: 'bench',
      displayName: 'bench',
      password: 'long-enough-1',
      role: 'marketer',
    } as const;
    const { userId } = await platform.access.ensureUser(user);
    await platform.access.ensureToken(userId, 'bench', TOKEN);
    server.fastify.get('/bare', () => ({ personId: 0, segments: [] }));
    const origin = await server.fastify.listen({ host: '127.0.0.1', port: 0 });
    const person = (index: number): number => ((index * 2_654_435_761) % PEOPLE) + 1;
    const ways: readonly { name: string; says: string; bound: string; ask: (index: number) => Question }[] = [
      {
        name: 'segment-lookup-http',
        says: 'segments by person',
        bound: 'the processor: HTTP, validation and a hundred sets in memory',
        ask: (index) => ({ path: `/api/v1/people/${person(index)}/segments` }),
      },
      {
        name: 'segment-lookup-http-key',
        says: 'segments by customer number',
        bound: 'the processor, and one round trip of PostgreSQL for all callers who wait',
        ask: (index) => ({
          path: '/api/v1/people/segments',
          body: JSON.stringify({ key: { type: 'customer_number', value: customerNumber(person(index)) } }),
        }),
      },
      {
        name: 'segment-lookup-http-tags',
        says: `segments and ${TAGS} tags by person`,
        bound:
          'the processor, and the round trip of PostgreSQL that says whether any tag changed, for all callers who wait',
        ask: (index) => ({ path: `/api/v1/people/${person(index)}/segments?tags=true` }),
      },
    ];
    const rows: BenchRow[] = [];
    for (const { name, says, bound, ask } of ways) {
      await warmUp(() => measure(origin, agent, ask, CALLERS * 10));
      const lookups = await measure(origin, agent, ask, LOOKUPS);
      const bare = await measure(origin, agent, () => ({ path: '/bare' }), LOOKUPS);
      context.say(
        `${says}: ${Math.round(lookups.perSecond)}/s, p50 ${lookups.p50.toFixed(2)} ms, p99 ${lookups.p99.toFixed(2)} ms; bare ${Math.round(bare.perSecond)}/s`,
      );
      const note = `${says}; ${SEGMENTS} segments of a quarter of ${PEOPLE} people; ${CALLERS} callers in the same process; bound by ${bound}`;
      const baseline = 'a route of the same server that looks nothing up';
      rows.push(
        {
          name,
          value: lookups.perSecond,
          unit: 'look-ups/s',
          baseline,
          baselineValue: bare.perSecond,
          ratio: lookups.perSecond / bare.perSecond,
          note,
        },
        {
          name: `${name}-p50`,
          value: lookups.p50,
          unit: 'ms',
          baseline,
          baselineValue: bare.p50,
          ratio: bare.p50 / lookups.p50,
          note: `p99 ${lookups.p99.toFixed(2)} ms; ${note}`,
        },
      );
    }
    return rows;
  } finally {
    agent.destroy();
    await server.fastify.close();
    await databases.drop();
  }
};

async function fillSegments(platform: Parameters<typeof defineSegments>[0]): Promise<void> {
  const texts = Array.from({ length: SEGMENTS }, () => 'person');
  const ids = await defineSegments(platform, texts);
  await platform.database.execute('update audience.segment set run = 1, last_run = 1, members = $1', [
    PEOPLE / 4,
  ]);
  for (const [seed, segment] of ids.entries()) {
    await platform.clickhouse.command(
      `INSERT INTO segment_membership SELECT {segment:String}, 1, groupBitmapStateIf(number + 1, cityHash64(number, {seed:UInt64}) % 4 = 0)
       FROM numbers({people:UInt64})`,
      { segment, seed, people: PEOPLE },
    );
  }
}

/** Twenty tags of which everybody has a value: half texts of few values, half numbers. */
async function fillTags(platform: Parameters<typeof defineSegments>[0]): Promise<void> {
  for (let tag = 1; tag <= TAGS; tag++) {
    const isText = tag % 2 === 0;
    await platform.database.execute(
      `insert into audience.tag (tag_id, name, description, folder, kind, value_type, version, schedule, owner, created_at, updated_at)
       values ($1, $1, '', '', 'rule', $2, 1, '{"every":"manual"}', 'bench', 0, 0)`,
      [`tag_${tag}`, isText ? 'text' : 'number'],
    );
    await platform.clickhouse.command(
      `INSERT INTO tag_value (tag_id, person_id, texts, numbers, version)
       SELECT {tag:String}, number + 1, ${isText ? "[concat('value ', toString(cityHash64(number) % 8))], []" : '[], [cityHash64(number) % 100000 / 100]'}, 1
       FROM numbers({people:UInt64})`,
      { tag: `tag_${tag}`, people: PEOPLE },
    );
  }
}

/** Values of tags are read into memory once they are asked for: goes on until questions are no longer getting faster. */
async function warmUp(measureOnce: () => Promise<{ p50: number }>): Promise<void> {
  const startedAt = performance.now();
  let best = Number.POSITIVE_INFINITY;
  for (let calm = 0; calm < CALM_ROUNDS && performance.now() - startedAt < WARM_UP_MS;) {
    const { p50 } = await measureOnce();
    calm = p50 < best * 0.8 ? 0 : calm + 1;
    best = Math.min(best, p50);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A request; with a body it is a POST of JSON. */
interface Question {
  readonly path: string;
  readonly body?: string;
}

async function measure(
  origin: string,
  agent: Agent,
  questionOf: (index: number) => Question,
  amount: number,
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const times = new Float64Array(amount);
  let next = 0;
  const startedAt = performance.now();
  const caller = async (): Promise<void> => {
    for (let index = next++; index < amount; index = next++) {
      const before = performance.now();
      await ask(origin, questionOf(index), agent);
      times[index] = performance.now() - before;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const perSecond = (amount * 1_000) / (performance.now() - startedAt);
  times.sort();
  return {
    perSecond,
    p50: times[Math.floor(amount / 2)] ?? 0,
    p99: times[Math.floor(amount * 0.99)] ?? 0,
  };
}

function ask(origin: string, { path, body }: Question, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
    };
    const method = body === undefined ? 'GET' : 'POST';
    const asked = request(`${origin}${path}`, { agent, headers, method }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${path}: ${answer.statusCode}`));
      answer.resume();
      answer.on('end', resolve);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
