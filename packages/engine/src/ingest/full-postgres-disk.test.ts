import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { createDatabasesOn } from '../../test/harness/databases.ts';
import { startIngestServer } from '../../test/harness/ingest-server.ts';
import { startOwnPostgres } from '../../test/harness/own-postgres.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { manualClock } from '../platform/index.ts';

const DISK_MIB = 250;
const EVENTS_A_REQUEST = 100;

/** Fills a disk up to its last block. */
async function fill(directory: string): Promise<string> {
  const path = join(directory, 'filling');
  const { bavail, bsize } = statfsSync(directory);
  await writeFile(path, Buffer.alloc(bavail * bsize)).catch(() => undefined);
  return path;
}

it('PostgreSQL’s disk full, also for its log: 503, nothing acked is lost, and collection resumes alone', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'wutong-full-postgres-'));
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=755`, 'tmpfs', directory];
    execFileSync('mount', options, { stdio: 'ignore' });
  } catch {
    rmSync(directory, { recursive: true });
    return context.skip('needs the right to mount a small disk');
  }
  let hasEnded = false;
  const postgres = await startOwnPostgres(directory, () => (hasEnded = true));
  const databases = await createDatabasesOn(postgres.url, inject('clickhouseUrl'));
  const platform = createTestPlatform(databases, { clock: { ...manualClock(0), now: () => Date.now() } });
  const room = await startIngestServer(platform);
  try {
    const { key } = await room.ingest.sources.create({ sourceId: 'full', name: 'Full' }, 'test');
    const send = async (request: number): Promise<number> => {
      const answer = await fetch(`${room.url}/api/v1/collect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({
          records: Array.from({ length: EVENTS_A_REQUEST }, (_, number) => ({
            kind: 'event',
            messageId: `full-${request}-${number}`,
            time: Date.now(),
            keys: [{ type: 'customer_number', value: `full-${request}-${number}` }],
            event: 'wanted',
            properties: { number },
          })),
        }),
      });
      if (answer.status === 503) expect(answer.headers.get('retry-after')).toBeTruthy();
      return answer.status;
    };

    expect(await send(0)).toBe(200);
    const filling = await fill(directory);
    // Its log needs another file and finds no room: the server ends itself.
    const writing = platform.database.query(
      `select pg_logical_emit_message(true, 'x', (select string_agg(md5(random()::text), '') from generate_series(1, 30000)))
       from generate_series(1, 60)`,
    );
    await expect(writing).rejects.toThrow();
    await expect.poll(() => hasEnded, { timeout: 30_000 }).toBe(true);
    expect(await send(1)).toBe(503);
    await truncate(filling, 0);
    await expect.poll(() => send(1), { timeout: 60_000, interval: 500 }).toBe(200);

    const sent = 2 * EVENTS_A_REQUEST;
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
    await postgres.stop();
    execFileSync('umount', [directory]);
    rmSync(directory, { recursive: true });
  }
});
