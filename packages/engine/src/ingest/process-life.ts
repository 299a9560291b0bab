import type { Platform } from '../platform/index.ts';
import { beat, keepClaimWeeks, listProcesses, signOff, type ProcessRow } from './claim-store.ts';
import { claimWeeks, type ClaimWeeks } from './claim-weeks.ts';
import { dayNumber } from './event-id.ts';

/** The right to insert for a batch. It ends for good when the others may have taken this process for dead. */
export interface Lease {
  holds(): boolean;
}

/** The life of this process as the others see it, and the claim partitions that its batches need. */
export interface ProcessLife {
  readonly processId: string;
  readonly beatIntervalMs: number;
  /** Gives a sign of life. */
  beat(): Promise<void>;
  /**
   * Before each batch: the first sign of life and the partitions around now, when they are not there yet. The batch
   * may insert only while its lease holds.
   */
  prepare(): Promise<Lease>;
  /** Where claims made at an instant (epoch ms) lie; after `prepare`. */
  claimWeeks(now: number): ClaimWeeks;
  /** Ids of the processes that are taken for dead. Those of this machine that are no more are signed off instead. */
  deadProcesses(): Promise<string[]>;
  signOff(): Promise<void>;
}

/** `leaseMs` in real milliseconds. */
export function createLife(platform: Platform, leaseMs: number): ProcessLife {
  const { database, clock } = platform;
  const processId = platform.ids.newId();
  // Embedded engines serve one machine, so every process on them is visible here by its pid.
  const isLocal = platform.config.databaseUrl === undefined;
  let preparedDay = Number.NaN;
  let isLastWeekEmpty = false;
  let beatenAt = Number.NEGATIVE_INFINITY;
  // Counts the times in which the others surely took this process for alive without a break.
  let term = 0;
  // A third shorter than the others' patience: time for an insert that was started in the last moment.
  const lasts = (leaseMs * 2) / 3;
  // Time that only goes on: a clock that is stepped says nothing about who lives.
  const sinceBeat = (): number => performance.now() - beatenAt;
  const silence = createSilence(leaseMs);

  async function giveSign(): Promise<void> {
    const before = performance.now();
    await beat(database, processId, process.pid, clock.now());
    if (before - beatenAt >= lasts) term++;
    beatenAt = Math.max(beatenAt, before);
  }

  /** Signs off the processes of this machine that are no more, so that nobody waits for their lease. */
  async function buryLocal(): Promise<void> {
    if (!isLocal) return;
    for (const row of await listProcesses(database)) {
      const isDead = row.process_id !== processId && (row.pid === process.pid || !isRunning(row.pid));
      if (isDead) await signOff(database, row.process_id);
    }
  }

  async function keepDays(): Promise<void> {
    const now = clock.now();
    const day = dayNumber(now);
    if (day === preparedDay) return;
    ({ isLastWeekEmpty } = await keepClaimWeeks(database, now));
    preparedDay = day;
  }

  return {
    processId,
    beatIntervalMs: Math.ceil(leaseMs / 8),
    beat: giveSign,
    async prepare() {
      if (sinceBeat() > leaseMs / 3) await giveSign();
      const begunIn = term;
      await keepDays();
      return { holds: () => begunIn === term && sinceBeat() < lasts };
    },
    claimWeeks: (now) => claimWeeks(now, isLastWeekEmpty),
    async deadProcesses() {
      await buryLocal();
      return silence.longerThanLease(() => listProcesses(database));
    },
    signOff: () => signOff(database, processId),
  };
}

interface Silence {
  /** Looks who gave a sign since the last look, and answers with the ids of those who gave none for a lease. */
  longerThanLease(look: () => Promise<ProcessRow[]>): Promise<string[]>;
}

/**
 * Counts how long each process has given no sign, by what is seen and not by anybody's clock. Between two looks no more
 * than half of the lease counts: while nobody could look, nobody could give a sign either.
 */
function createSilence(leaseMs: number): Silence {
  let silent = new Map<string, { seenAt: number; forMs: number }>();
  let answeredAt = performance.now();
  return {
    async longerThanLease(look) {
      const passed = Math.min(performance.now() - answeredAt, leaseMs / 2);
      const rows = await look();
      answeredAt = performance.now();
      silent = new Map(
        rows.map(({ process_id, seen_at }) => {
          const before = silent.get(process_id);
          const forMs = before?.seenAt === seen_at ? before.forMs + passed : 0;
          return [process_id, { seenAt: seen_at, forMs }];
        }),
      );
      return [...silent].flatMap(([processId, { forMs }]) => (forMs > leaseMs ? [processId] : []));
    },
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
