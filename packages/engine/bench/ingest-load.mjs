// Worker of bench/ingest-http.ts, or a process of its own (bench/ingest-memory.ts, settings as JSON in the first
// argument): builds request bodies first, then sends them as fast as they are answered.
// JavaScript, because worker threads do not inherit the TypeScript loader on every Node version.
import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';

const { url, key, people, requests, eventsARequest, concurrency, startMs, first } =
  workerData ?? JSON.parse(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
const EVENTS = ['view_product', 'login', 'transfer', 'search', 'buy_fund'];

/** One Sensors record with the size and shape that app SDKs send. */
function record(number) {
  return {
    _track_id: 1_000_000 + number,
    type: 'track',
    event: EVENTS[number % EVENTS.length],
    time: startMs - 3_600_000 + (number % 3_600_000),
    distinct_id: `C${String((number * 7919) % people).padStart(8, '0')}`,
    lib: { $lib: 'Java', $lib_method: 'code', $lib_version: '3.6.8' },
    properties: {
      $is_login_id: true,
      product_id: `P${number % 500}`,
      category: number % 3 ? 'wealth' : 'fund',
      amount: (number % 10_000) / 10,
      rank: number % 50,
      is_vip: number % 7 === 0,
      $os: 'iOS',
      $app_version: '8.2.1',
      page: `/wealth/detail/${number % 900}`,
    },
  };
}

const bodies = [];
for (let index = 0; index < requests; index++) {
  const records = [];
  for (let each = 0; each < eventsARequest; each++)
    records.push(record(first + index * eventsARequest + each));
  const data = gzipSync(JSON.stringify(records), { level: 1 }).toString('base64');
  bodies.push(`gzip=1&data_list=${encodeURIComponent(data)}`);
}
parentPort?.postMessage('ready');

function send(body) {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/sa?token=${key}`, { method: 'POST', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    call.on('error', reject);
    call.end(body);
  });
}

if (parentPort) parentPort.once('message', () => void load());
else void load();

async function load() {
  let next = 0;
  let refused = 0;
  const sender = async () => {
    while (next < bodies.length) {
      const body = bodies[next++];
      while ((await send(body)) !== 200) {
        refused++;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  if (parentPort) parentPort.postMessage({ refused });
  else process.stdout.write(`${refused}\n`);
  agent.destroy();
}
