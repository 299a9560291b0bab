import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnProcess, type SpawnedProcess } from '../harness/spawn-wutong.ts';

/** An engine is killed under a running server: it waits, says so, and goes on; nothing acknowledged is lost. */
const TOKEN = 'token-of-the-engine-kill-test';
let folder: string;
let server: SpawnedProcess;
let url: string;
let enginePids: { postgres: number; clickhouse: number };
let key: string;

async function post<Answer>(
  path: string,
  body: object,
  token = TOKEN,
): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Answer };
}

const event = (number: number): object => ({
  kind: 'event',
  messageId: `event-${number}`,
  event: 'tick',
  keys: [{ type: 'customer_number', value: `C${number % 50}` }],
});

/** Sends one event until it is acknowledged, as every client does. */
async function sendPersistently(number: number, deadline: number): Promise<void> {
  while (Date.now() < deadline) {
    try {
      const { status } = await post('/api/v1/collect', { records: [event(number)] }, key);
      if (status === 200) return;
      expect([503, 500]).toContain(status);
    } catch (error) {
      if ((error as Error).name === 'AssertionError') throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`event ${number} was never acknowledged`);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wutong-engines-'));
  server = await spawnProcess('server', {
    WUTONG_DATA: folder,
    WUTONG_PORT: '0',
    WUTONG_ADMIN_TOKEN: TOKEN,
    DATABASE_URL: '',
    CLICKHOUSE_URL: '',
  });
  const ready = await server.message<{ url: string; enginePids: typeof enginePids }>(
    (message) => message.kind === 'ready',
    90_000,
  );
  ({ url, enginePids } = ready);
  const { answer } = await post<{ key: string }>('/api/v1/sources', { sourceId: 'ticks', name: '测试' });
  key = answer.key;
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['clickhouse', 'postgres'] as const)('kill -9 of %s under a running server', (engine) => {
  it(
    'the server waits, says so, and goes on; every acknowledged event is there once',
    { timeout: 180_000 },
    async () => {
      const base = engine === 'clickhouse' ? 0 : 1_000;
      for (let number = 0; number < 40; number++) await sendPersistently(base + number, Date.now() + 30_000);

      const readiness: string[] = [];
      let watching = true;
      const watch = (async () => {
        while (watching) {
          const response = await fetch(`${url}/readyz`).catch(() => undefined);
          if (response)
            readiness.push(
              `${response.status} ${((await response.json()) as { waitingFor: string[] }).waitingFor.join()}`,
            );
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      })();
      process.kill(enginePids[engine], 'SIGKILL');
      const deadline = Date.now() + 90_000;
      await Promise.all(
        Array.from({ length: 40 }, (_, number) => sendPersistently(base + 40 + number, deadline)),
      );
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 60_000 }).toBe(200);
      watching = false;
      await watch;
      expect((await fetch(`${url}/healthz`)).status).toBe(200);

      const counted = async (): Promise<number> =>
        (await post<{ count: number }>('/api/v1/eql/count', { text: 'person where count(event tick) >= 1' }))
          .answer.count;
      await expect.poll(counted, { timeout: 30_000 }).toBe(50);
      const ledger = await fetch(`${url}/api/v1/sources/ticks/ledger`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      const { items } = (await ledger.json()) as {
        items: { received: number; stored: number; duplicate: number; rejected: number; balanced: boolean }[];
      };
      expect(items.every((row) => row.balanced)).toBe(true);
      expect(items.reduce((sum, row) => sum + row.stored, 0)).toBe(engine === 'clickhouse' ? 80 : 160);
      expect(
        readiness.some((seen) => seen === `503 ${engine}`),
        readiness.join(' | '),
      ).toBe(true);
    },
  );
});
