import type { Platform } from '../platform/index.ts';
import type { HubNeeds } from './front-door.ts';
import type { ProcessLocks } from './process-locks.ts';
import type { Recorder } from './record-outcomes.ts';
import { stateFact } from './state-facts.ts';
import type { SupplierDirectory } from './supplier-directory.ts';
import type { SupplierSessions } from './supplier-sessions.ts';
import {
  deleteProcesses,
  expireTasks,
  expireWaiting,
  foldTally,
  newestTallyLine,
  holdStragglers,
  selectLeftCalling,
  selectOverdue,
} from './sweep-store.ts';

const AT_ONCE = 1_000;
// After a session is bound, its stored receipts get this long (real time) before anything is called overdue.
const BOUND_GRACE_MS = 2_000;
const SLOW_SWEEP_MS = 1_000;

export interface SweepNeeds {
  readonly hub: HubNeeds;
  readonly directory: SupplierDirectory;
  readonly sessions: SupplierSessions;
  readonly locks: ProcessLocks;
  readonly recorder: Recorder;
}

/** Finds what time or death has decided: dead callers, overdue receipts, expired messages and tasks. */
export function createSweep(platform: Platform, needs: SweepNeeds): { round(): Promise<boolean> } {
  const { database, clock } = platform;
  let slowAt = -Infinity;

  /** Attempts in the middle of a call when their process died: nobody knows, nobody guesses. */
  async function judgeDead(): Promise<boolean> {
    return database.transaction(async (transaction) => {
      const dead = await needs.locks.findDead(transaction);
      if (dead.length === 0) return false;
      const attemptIds = await selectLeftCalling(transaction, dead, AT_ONCE);
      if (attemptIds.length < AT_ONCE) await deleteProcesses(transaction, dead);
      const at = clock.now();
      await needs.recorder.apply(
        transaction,
        attemptIds.map((attemptId) => ({ attemptId, outcome: { kind: 'caller_died', at } })),
      );
      return attemptIds.length === AT_ONCE;
    });
  }

  async function judgeOverdue(supplierId: string): Promise<boolean> {
    const row = needs.directory.rows().find((each) => each.supplier_id === supplierId);
    const boundForMs = needs.sessions.boundForMs(supplierId);
    // A receipt that is heard but not yet written is not overdue.
    if (
      row === undefined ||
      boundForMs === undefined ||
      boundForMs < BOUND_GRACE_MS ||
      needs.recorder.isBusy()
    ) {
      return false;
    }
    const now = clock.now();
    return database.transaction(async (transaction) => {
      const boundAt = row.bound_at ?? now;
      const attemptIds = await selectOverdue(transaction, { supplierId, now, boundAt, limit: AT_ONCE });
      await needs.recorder.apply(
        transaction,
        attemptIds.map((attemptId) => ({ attemptId, outcome: { kind: 'no_receipt', at: now } })),
      );
      return attemptIds.length === AT_ONCE;
    });
  }

  async function expire(): Promise<boolean> {
    const now = clock.now();
    return database.transaction(async (transaction) => {
      await expireTasks(transaction, now);
      await holdStragglers(transaction);
      const rows = await expireWaiting(transaction, now, AT_ONCE);
      const failed = rows.filter((row) => row.state === 'failed');
      await needs.hub.ingest.enqueue(
        transaction,
        failed.map((row) =>
          stateFact(
            {
              messageId: row.message_id,
              personId: row.person_id,
              strategyId: row.strategy_id,
              strategyVersion: row.strategy_version,
              nodeId: row.node_id,
              entry: row.entry,
              channel: row.channel,
              supplierId: row.supplier_id,
              contentId: row.content_id,
              contentVariant: row.content_variant,
              reason: 'expired',
            },
            'failed',
            now,
          ),
        ),
      );
      const uncalled = failed.filter((row) => row.attempts === 0);
      if (uncalled.length > 0) {
        await needs.hub.decision.release(
          transaction,
          uncalled.map((row) => ({ personId: row.person_id, channel: row.channel, at: row.due_at })),
        );
      }
      return rows.length === AT_ONCE;
    });
  }

  let newestAdded = 0;
  async function addUpBooks(): Promise<boolean> {
    if ((await newestTallyLine(database)) === newestAdded) return false;
    const more = await database.transaction(foldTally);
    if (!more) newestAdded = await newestTallyLine(database);
    return more;
  }

  return {
    async round() {
      let more = await judgeDead();
      for (const supplierId of needs.sessions.owned()) more = (await judgeOverdue(supplierId)) || more;
      if (performance.now() - slowAt < SLOW_SWEEP_MS) return more;
      // Also those that another process acknowledged before it died.
      needs.recorder.resume();
      more = (await needs.recorder.adoptOrphans(needs.sessions.owned())) || more;
      more = (await expire()) || more;
      more = (await addUpBooks()) || more;
      if (!more) slowAt = performance.now();
      return more;
    },
  };
}
