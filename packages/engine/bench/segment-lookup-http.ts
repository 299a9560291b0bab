import { Agent, request } from 'node:http';
import { createHttpServer } from '../src/platform/index.ts';
import { PEOPLE, fillBank } from './audience/fill-bank.ts';
import { defineSegments } from './segments-20.ts';
import type { Bench } from './bench-context.ts';

const SEGMENTS = 100;
const LOOKUPS = Number(process.env['WUTONG_BENCH_LOOKUPS'] ?? 20_000);
/** Callers at one time; one connection each. */
const CALLERS = 8;
const TOKEN = 'segment-lookup-http-token';

/**
 * Which of a hundred segments is a person in, asked through the API by callers who each wait for their answer:
 * look-ups a second of one process and their times, against a route of the same server that looks nothing up.
 */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const server = createHttpServer({ access: platform.access, log: platform.log, ids: platform.ids });
  try {
    const audience = await fillBank(platform, {}, { rows: false });
    await fillSegments(platform);
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
    const path = (index: number): string =>
      `/api/v1/people/${((index * 2_654_435_761) % PEOPLE) + 1}/segments`;
    await measure(origin, agent, path, CALLERS * 10);
    const lookups = await measure(origin, agent, path, LOOKUPS);
    const bare = await measure(origin, agent, () => '/bare', LOOKUPS);
    context.say(
      `${Math.round(lookups.perSecond)}/s, p50 ${lookups.p50.toFixed(2)} ms, p99 ${lookups.p99.toFixed(2)} ms; bare ${Math.round(bare.perSecond)}/s`,
    );
    const note = `${SEGMENTS} segments of a quarter of ${PEOPLE} people; ${CALLERS} callers in the same process`;
    const baseline = 'a route of the same server that looks nothing up';
    return [
      {
        name: 'segment-lookup-http',
        value: lookups.perSecond,
        unit: 'look-ups/s',
        baseline,
        baselineValue: bare.perSecond,
        ratio: lookups.perSecond / bare.perSecond,
        note,
      },
      {
        name: 'segment-lookup-http-p50',
        value: lookups.p50,
        unit: 'ms',
        baseline,
        baselineValue: bare.p50,
        ratio: bare.p50 / lookups.p50,
        note: `p99 ${lookups.p99.toFixed(2)} ms; ${note}`,
      },
    ];
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

async function measure(
  origin: string,
  agent: Agent,
  pathOf: (index: number) => string,
  amount: number,
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const times = new Float64Array(amount);
  let next = 0;
  const startedAt = performance.now();
  const caller = async (): Promise<void> => {
    for (let index = next++; index < amount; index = next++) {
      const before = performance.now();
      await ask(`${origin}${pathOf(index)}`, agent);
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

function ask(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, headers: { authorization: `Bearer ${TOKEN}` } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url}: ${answer.statusCode}`));
      answer.resume();
      answer.on('end', resolve);
    });
    asked.on('error', reject);
    asked.end();
  });
}
