import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../src/platform/index.ts';

/** The whole product as a newcomer starts it: one command, a bank, a strategy, its effect. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wutong-loop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** `npm test` names a folder that outlives this file: the browser tests look at the same bank. */
const data = process.env['WUTONG_TEST_DEMO'] || join(folder, 'demo');
rmSync(data, { recursive: true, force: true }); // of a first try that failed

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function start(flags: string[], environment: Record<string, string> = {}): Promise<Result> {
  const { DATABASE_URL: _own, CLICKHOUSE_URL: _too, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'scripts/start.mjs'), ...flags], {
    cwd: ROOT,
    env: { ...inherited, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

interface Comparison {
  people: number;
  converted: number;
  rate: number;
}
interface Summary {
  people: number;
  keys: number;
  merged: number;
  audience: number;
  holdout: number;
  suppressed: Record<string, number>;
  pending: number;
  sent: number;
  delivered: number;
  clicked: number;
  failed: number;
  uncertain: number;
  tasks: number;
  goal: {
    treated: Comparison;
    holdout: Comparison;
    difference: number;
    low: number;
    high: number;
    p: number;
  };
  channels: { channel: string; supplier: string; sent: number }[];
  steps: {
    nodeId: string;
    audience: number;
    suppressed: Record<string, number>;
    pending: number;
    sent: number;
    failed: number;
    uncertain: number;
    balanced: boolean;
  }[];
  balanced: boolean;
  trueEffect: number;
  handsets: { delivered: number; mails: number; doubles: number };
}

const total = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

describe('npm start -- --once --json', () => {
  it(
    'runs the demo loop to its end with balanced books and finds the true effect',
    { timeout: 8 * 60_000 },
    async () => {
      const { code, stdout, stderr } = await start(
        ['--once', '--json', '--people', '2000', '--port', String(await findFreePort()), '--data', data],
        { WUTONG_DEMO_SECONDS: '60' },
      );
      expect(code, stderr.slice(-3_000)).toBe(0);
      expect(stdout.trim().split('\n')).toHaveLength(1);
      const summary = JSON.parse(stdout) as Summary;

      expect(summary.people).toBeGreaterThanOrEqual(2_000);
      expect(summary.keys).toBeGreaterThan(summary.people * 3);
      expect(summary.merged).toBeGreaterThan(0);
      expect(summary.audience).toBeGreaterThan(100);
      expect(summary.goal.treated.people + summary.goal.holdout.people).toBe(summary.audience);
      expect(summary.holdout).toBe(summary.goal.holdout.people);
      expect(summary.sent).toBeGreaterThan(0);
      expect(summary.delivered).toBeGreaterThan(0);
      expect(summary.clicked).toBeGreaterThan(0);
      expect(summary.pending).toBe(0);

      // Two carriers, about 70 to 30.
      const carriers = summary.channels.filter((each) => each.channel === 'sms');
      expect(carriers.map((each) => each.supplier).sort()).toEqual(['sms-north', 'sms-south']);
      const north = carriers.find((each) => each.supplier === 'sms-north')!.sent;
      expect(north / carriers.reduce((sum, each) => sum + each.sent, 0)).toBeGreaterThan(0.5);

      for (const step of summary.steps) {
        const accounted = total(step.suppressed) + step.pending + step.sent + step.failed + step.uncertain;
        expect(accounted, step.nodeId).toBe(step.audience);
        expect(step.balanced).toBe(true);
      }
      expect(summary.balanced).toBe(true);
      expect(summary.handsets.doubles).toBe(0);
      expect(summary.handsets.mails).toBeGreaterThan(0);

      expect(summary.goal.low).toBeLessThanOrEqual(summary.trueEffect);
      expect(summary.goal.high).toBeGreaterThanOrEqual(summary.trueEffect);

      // A second start on the same data goes on where it stopped: the loop is over, the summary the same.
      const again = await start(
        ['--once', '--json', '--people', '2000', '--port', String(await findFreePort()), '--data', data],
        { WUTONG_DEMO_SECONDS: '60' },
      );
      expect(again.code, again.stderr.slice(-3_000)).toBe(0);
      const second = JSON.parse(again.stdout) as Summary;
      expect(second.steps).toEqual(summary.steps);
      expect(second.goal).toEqual(summary.goal);
    },
  );
});
