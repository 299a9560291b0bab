import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { createDatabasesOn } from '../../test/harness/databases.ts';
import { startIngestServer } from '../../test/harness/ingest-server.ts';
import { startOwnClickHouse } from '../../test/harness/own-clickhouse.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { manualClock } from '../platform/index.ts';

const DISK_MIB = 400;
const REQUESTS = 60;
const EVENTS_A_REQUEST = 200;

/** Fills a disk up to its last block. */
async function fill(directory: string): Promise<string> {
  const path = join(directory, 'filling');
  const { bavail, bsize } = statfsSync(directory);
  await writeFile(path, Buffer.alloc(bavail * bsize)).catch(() => undefined);
  return path;
}

it('ClickHouse’s disk full: clients are told to come back, nothing acked is lost, and collection resumes alone', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'wutong-full-disk-'));
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', directory];
    execFileSync('mount', options, { stdio: 'ignore' });
  } catch {
    rmSync(directory, { recursive: true });
    return context.skip('needs the right to mount a small disk');
  }
  const clickhouse = await startOwnClickHouse(directory);
  const databases = await createDatabasesOn(inject('databaseUrl'), clickhouse.url);
  const platform = createTestPlatform(databases, { clock: { ...manualClock(0), now: () => Date.now() } });
  const room = await startIngestServer(platform);
  try {
    const { key } = await room.ingest.sources.create({ sourceId: 'full', name: 'Full' }, 'test');
    const send = async (request: number): Promise<Response> =>
      fetch(`${room.url}/api/v1/collect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({
          records: Array.from({ length: EVENTS_A_REQUEST }, (_, number) => ({
            kind: 'event',
            messageId: `full-${request}-${number}`,
            time: Date.now(),
            keys: [{ type: 'customer_number', value: `full-${number % 10}` }],
            event: 'wanted',
            properties: { number, text: `${request}-${number}-${Math.random()}` },
          })),
        }),
      });

    const statuses = new Map<number, number>();
    expect((await send(0)).status).toBe(200);
    const filling = await fill(directory);
    let request = 1;
    for (; request < REQUESTS; request++) {
      const answer = await send(request);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status !== 503) continue;
      expect(answer.headers.get('retry-after')).toBeTruthy();
      break;
    }
    expect([...statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(statuses.get(503)).toBe(1);

    await truncate(filling, 0);
    // The client comes back with what was refused.
    await expect.poll(async () => (await send(request)).status, { timeout: 60_000, interval: 500 }).toBe(200);
    const sent = (request + 1) * EVENTS_A_REQUEST;
    const [stored] = await platform.clickhouse.query(
      'select count() as rows, uniqExact(event_id) as distinct from event',
    );
    expect(stored).toEqual({ rows: sent, distinct: sent });
    const [ledger] = await platform.database.query<Record<string, number>>(
      `select received - stored - duplicate - rejected as difference, stored from ingest.ledger where source_id = 'full'`,
    );
    expect(ledger).toEqual({ difference: 0, stored: sent });
  } finally {
    await room.stop();
    await platform.close();
    await databases.drop();
    await clickhouse.stop();
    execFileSync('umount', [directory]);
    rmSync(directory, { recursive: true });
  }
});
