import type { Platform } from '../platform/index.ts';
import { beat, keepClaimDays, listProcesses, signOff } from './claim-store.ts';
import { dayNumber } from './event-id.ts';

/** The life of this process as the others see it, and the claim partitions that its batches need. */
export interface ProcessLife {
  readonly processId: string;
  readonly beatIntervalMs: number;
  /** Gives a sign of life. */
  beat(): Promise<void>;
  /** Whether the others surely still take this process for alive; it may insert only while they do. */
  leaseHolds(): boolean;
  /** Before each batch: the first sign of life and the partitions around today, when they are not there yet. */
  prepare(): Promise<void>;
  /** Epoch ms: a process last seen before this is dead. */
  deadline(): number;
  /** Signs off the processes of this machine that are no more, so that nobody waits for their lease. */
  buryLocal(): Promise<void>;
  signOff(): Promise<void>;
}

/** `leaseMs` in real milliseconds. */
export function createLife(platform: Platform, leaseMs: number): ProcessLife {
  const { database, clock } = platform;
  const processId = platform.ids.newId();
  // Embedded engines serve one machine, so every process on them is visible here by its pid.
  const isLocal = platform.config.databaseUrl === undefined;
  let preparedDay = Number.NaN;
  let beatenAt = Number.NEGATIVE_INFINITY;
  // Real time on purpose: whether a process stood still has nothing to do with the demo's clock.
  const sinceBeat = (): number => performance.now() - beatenAt;

  async function giveSign(): Promise<void> {
    const before = performance.now();
    await beat(database, processId, process.pid, clock.now());
    beatenAt = before;
  }

  return {
    processId,
    beatIntervalMs: Math.ceil(leaseMs / 8),
    beat: giveSign,
    // A third shorter than the others' patience: time for an insert that was started in the last moment.
    leaseHolds: () => sinceBeat() < (leaseMs * 2) / 3,
    deadline: () => Math.floor(clock.now() - leaseMs * Math.max(1, clock.rate)),
    async prepare() {
      if (sinceBeat() > leaseMs / 3) await giveSign();
      const now = clock.now();
      const day = dayNumber(now);
      if (day === preparedDay) return;
      await keepClaimDays(database, now);
      preparedDay = day;
    },
    async buryLocal() {
      if (!isLocal) return;
      for (const row of await listProcesses(database)) {
        const isDead = row.process_id !== processId && (row.pid === process.pid || !isRunning(row.pid));
        if (isDead) await signOff(database, row.process_id);
      }
    },
    signOff: () => signOff(database, processId),
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as { code?: string }).code === 'EPERM';
  }
}
