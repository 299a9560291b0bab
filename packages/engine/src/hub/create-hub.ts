import { setTimeout as delay } from 'node:timers/promises';
import { countOpenTasks, reportSuppliers } from './report-suppliers.ts';
import type { Platform, RunningLoop } from '../platform/index.ts';
import { booksOf, selectTally } from './books-store.ts';
import { createDelivery } from './deliver-messages.ts';
import type { Hub, HubNeeds, TallyLine } from './front-door.ts';
import { createProcessLocks } from './process-locks.ts';
import { createRecorder } from './record-outcomes.ts';
import { reserveMessages } from './reserve-messages.ts';
import { holdSteps, withdrawWaiting } from './reserve-store.ts';
import { routeHub } from './routes.ts';
import { sendNotice } from './send-notice.ts';
import { stateFact } from './state-facts.ts';
import { createSupplierDirectory } from './supplier-directory.ts';
import { createSupplierSessions } from './supplier-sessions.ts';
import { createSweep } from './sweep-overdue.ts';
import { createFeedback } from './take-feedback.ts';
import { withdrawOpenTasks } from './task-store.ts';

const MANAGE_INTERVAL_MS = 500;
const DELIVER_INTERVAL_MS = 25;
const FEEDBACK_INTERVAL_MS = 50;
const MERGES_INTERVAL_MS = 500;
const SWEEP_INTERVAL_MS = 100;
const STOP_GRACE_MS = 10_000;

/** The hub room. */
export function createHub(platform: Platform, needs: HubNeeds): Hub {
  const { database, clock, jobs, log } = platform;
  const directory = createSupplierDirectory(database);
  const locks = createProcessLocks(database, log);
  const recorder = createRecorder(platform, {
    ingest: needs.ingest,
    profile: needs.profile,
    canCascade: (message, tried) => directory.canCascade(message, tried),
  });
  const feedback = createFeedback(platform, needs, recorder);
  const sessions = createSupplierSessions(platform, directory, locks, {
    answer: (supplierId, attemptId, answer) => recorder.answer({ supplierId, attemptId }, answer),
    receipt: (supplierId, receipt) => recorder.receipt(supplierId, receipt),
    reply: (supplierId, reply) => feedback.reply(supplierId, reply),
  });
  const delivery = createDelivery(platform, { ...needs, directory, sessions, locks });
  const sweep = createSweep(platform, { hub: needs, directory, sessions, locks, recorder });
  let loops: RunningLoop[] = [];

  async function manage(): Promise<boolean> {
    await directory.refresh();
    if (await locks.keep(clock.now())) await sessions.manage();
    return false;
  }

  const hub: Hub = {
    reserve: (transaction, reservations) => reserveMessages(platform, needs, transaction, reservations),
    books: async (filter) => booksOf(await selectTally(database, filter)),
    tally: async (filter) =>
      (await selectTally(database, filter)).filter((line): line is TallyLine => line.state !== 'audience'),

    async withdraw(transaction, filter, reason) {
      // Nobody shall call a customer who has done already what the call is about.
      await withdrawOpenTasks(transaction, filter);
      const withdrawn = await withdrawWaiting(transaction, filter, reason);
      const rows = withdrawn.filter((row) => row.state === 'suppressed');
      const at = clock.now();
      await needs.ingest.enqueue(
        transaction,
        rows.map((row) =>
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
              reason,
            },
            'suppressed',
            at,
          ),
        ),
      );
      const uncalled = rows.filter((row) => row.attempts === 0);
      if (uncalled.length > 0) {
        await needs.decision.release(
          transaction,
          uncalled.map((row) => ({ personId: row.person_id, channel: row.channel, at: row.due_at })),
        );
      }
      return withdrawn.length;
    },

    hold: (transaction, strategyId, held) => holdSteps(transaction, strategyId, held),

    suppliers: () => reportSuppliers(database),
    openTasks: () => countOpenTasks(database),

    async canReach(channel, purpose) {
      await directory.refresh();
      return directory.canReach(channel, purpose);
    },

    sendNotice: (notice) => sendNotice(platform, notice),

    routes: (server) => routeHub(server, { platform, needs, hub, feedback, directory, sessions }),

    async start() {
      await manage();
      loops = [
        jobs.loop({ name: 'hub.manage', intervalMs: MANAGE_INTERVAL_MS, run: manage }),
        jobs.loop({ name: 'hub.deliver', intervalMs: DELIVER_INTERVAL_MS, run: () => delivery.round() }),
        jobs.loop({
          name: 'hub.feedback',
          intervalMs: FEEDBACK_INTERVAL_MS,
          run: () => feedback.takeEvents(),
        }),
        jobs.loop({ name: 'hub.merges', intervalMs: MERGES_INTERVAL_MS, run: () => feedback.followMerges() }),
        jobs.loop({ name: 'hub.sweep', intervalMs: SWEEP_INTERVAL_MS, run: () => sweep.round() }),
      ];
    },

    async stop() {
      for (const loop of loops.reverse()) await loop.stop();
      loops = [];
      await sessions.stop(STOP_GRACE_MS);
      // With PostgreSQL away nothing more can be recorded: what was answered is then uncertain after the next start.
      await Promise.race([recorder.drain(), delay(STOP_GRACE_MS, undefined, { ref: false })]);
      await locks.release();
    },
  };
  return hub;
}
