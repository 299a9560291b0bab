import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../src/platform/index.ts';
import { createTestDatabases, type TestDatabases } from '../harness/databases.ts';
import { spawnProcess, spawnServer, type SpawnedProcess } from '../harness/spawn-wutong.ts';

/**
 * The server is killed with SIGKILL in the middle of the strategy, again and again, while the demo
 * bank's world goes on. Afterwards: the loop has ended, the books balance, no handset got two messages
 * of one step, every person of the audience is accounted for, and no acknowledged event is missing.
 */
const LONG = process.env['WUTONG_TEST_FAULTS'] === 'long';
const KILLS = LONG ? 20 : 3;
const SECONDS = LONG ? 180 : 70;
const PEOPLE = LONG ? 4_000 : 1_200;

interface Summary {
  audience: number;
  holdout: number;
  balanced: boolean;
  running: number;
  pending: number;
  goal: { treated: { people: number; converted: number }; holdout: { people: number; converted: number } };
  steps: { nodeId: string; audience: number; balanced: boolean }[];
  /** Without its mails: they expire after a day, which here is less than a restart on a busy machine. */
  handsets: { delivered: number; doubles: number };
  trueEffect: number;
}

let databases: TestDatabases;
let folder: string;
let server: SpawnedProcess;
let world: SpawnedProcess;

beforeAll(async () => {
  databases = await createTestDatabases();
  folder = mkdtempSync(join(tmpdir(), 'wutong-faults-'));
});
afterAll(async () => {
  await world?.stop();
  await server?.stop();
  await databases.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('kill -9 of the server in the middle of the strategy', () => {
  it(
    `${KILLS} times: the loop ends with balanced books and nobody gets anything twice`,
    { timeout: 20 * 60_000 },
    async () => {
      const port = await findFreePort();
      const token = 'a-token-of-the-fault-test';
      const DAY_MS = 86_400_000;
      // Two days more than the loop takes: what dead servers made late, managers do in office hours of a fast clock,
      // not of tomorrow's.
      const startAt = Math.floor((Date.now() - 10.1 * DAY_MS) / DAY_MS) * DAY_MS + 3_600_000;
      const start = async (): Promise<void> => {
        server = await spawnServer({
          dataDirectory: folder,
          databaseUrl: databases.databaseUrl,
          clickhouseUrl: databases.clickhouseUrl,
          port,
          token,
          environment: {
            WUTONG_DEMO_CLOCK_START: String(startAt),
            WUTONG_PUBLIC_URL: `http://localhost:${port}`,
          },
        });
        await server.message((message) => message.kind === 'ready', 60_000);
      };
      await start();
      world = await spawnProcess('world', {
        WUTONG_URL: `http://localhost:${port}`,
        WUTONG_ADMIN_TOKEN: token,
        WUTONG_DEMO_PEOPLE: String(PEOPLE),
        WUTONG_DEMO_SECONDS: String(SECONDS),
        WUTONG_LAB_DATA: join(folder, 'lab'),
      });
      await world.message((message) => message.kind === 'summary', 120_000);

      for (let kill = 0; kill < KILLS; kill++) {
        // Spread over the run, at no particular point.
        await new Promise((resolve) =>
          setTimeout(resolve, ((SECONDS * 1_000) / (KILLS + 2)) * (0.4 + Math.random())),
        );
        await server.crash();
        await start();
      }
      const { summary } = await world.message<{ summary: Summary }>(
        (message) => message.kind === 'summary' && (message as { final?: boolean }).final === true,
        10 * 60_000,
      );
      expect(summary.balanced, JSON.stringify(summary.steps)).toBe(true);
      expect(summary.handsets.doubles).toBe(0);
      expect(summary.handsets.delivered).toBeGreaterThan(0);
      expect(summary.running).toBe(0);
      expect(summary.pending).toBe(0);
      expect(summary.goal.treated.people + summary.goal.holdout.people).toBe(summary.audience);
      expect(summary.steps.find((step) => step.nodeId === 'banner')?.audience).toBe(
        summary.goal.treated.people,
      );
    },
  );
});
