import { countRejected } from './count-rejected.ts';
import type { Database, HttpServer, Platform, RunningLoop, Transaction } from '../platform/index.ts';
import { createBankDays } from './bank-day.ts';
import { beat, keepClaimDays, signOff } from './claim-store.ts';
import { createCommitBatch, type PipelineNeeds } from './commit-batch.ts';
import { dayNumber } from './event-id.ts';
import { createRequestGroups } from './group-requests.ts';
import { takeInbox } from './inbox-store.ts';
import { createPlanEditor, type PlanEditor } from './manage-plan.ts';
import { createSources, type Sources } from './manage-sources.ts';
import type { AppendOutcome, InboxEvent, OutboxEvent } from './outcome.ts';
import { enqueue } from './outbox-store.ts';
import type { IdentityPort, ProfilePort, WantedEvents } from './ports.ts';
import type { DecodedRecord } from './record.ts';
import { recoverBatches } from './recover-batches.ts';
import { relayOutbox } from './relay-outbox.ts';
import { createRejected } from './replay-rejected.ts';
import { addRoutes } from './routes.ts';
import { serveCollection } from './serve-collection.ts';
import { toNative } from './to-native.ts';
import { createTrackingPlan } from './tracking-plan.ts';

/** The room's front door. */
export interface Ingest {
  /**
   * Appends decoded records of a source: durable, deduplicated by message id, counted in the ledger when it
   * resolves. Safe to repeat after any failure. At most some ten thousand records a call.
   * @throws CodedError collection_busy, collection_unavailable: nothing counts, call again
   */
  append(sourceId: string, records: readonly DecodedRecord[]): Promise<AppendOutcome>;
  /** Writes facts of our own in the caller's transaction; relayed into ClickHouse and the inbox within 50 ms. */
  enqueue(transaction: Transaction, events: readonly OutboxEvent[]): Promise<void>;
  /** The oldest events waiting for a consumer, each once; taken when the transaction commits. */
  takeInbox(transaction: Transaction, consumer: string, limit: number): Promise<InboxEvent[]>;
  readonly sources: Sources;
  readonly plan: PlanEditor;
  /** Records rejected ever, and on the bank's present day. */
  rejectedTotals(): Promise<{ rejected: number; rejectedToday: number }>;
  /** One round of the relay now, for tests and orderly ends: true when there may be more. */
  relay(): Promise<boolean>;
  /** Settles cut-off batches now; returns how many. */
  recover(): Promise<number>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  /** Waits for what is under way, then says that this process is gone. */
  stop(): Promise<void>;
}

const RELAY_INTERVAL_MS = 50;
const RECOVER_INTERVAL_MS = 500;
const BEAT_INTERVAL_MS = 2_000;
const PLAN_INTERVAL_MS = 2_000;
/** Shorter than the lease after which others settle our batches. */
const LEASE_MS = 10_000;

/** Builds the room. `wantedEvents` names each consumer of the inbox and tells which events it waits for. */
export function createIngest(
  platform: Platform,
  ports: { identity: IdentityPort; profile: ProfilePort; wantedEvents: WantedEvents },
): Ingest {
  const days = createBankDays(platform.config.timeZone);
  const plan = createTrackingPlan(platform.database, days);
  const life = createLife(platform.database, platform.ids.newId());
  const needs: PipelineNeeds = {
    platform,
    ...ports,
    plan,
    days,
    processId: life.processId,
    prepare: (now) => life.prepare(now),
    underWay: new Set(),
    leaseHolds: () => life.leaseHolds(),
  };
  const groups = createRequestGroups(createCommitBatch(needs));
  const sources = createSources(platform);
  const rejected = createRejected({ platform, sources, groups });
  const planEditor = createPlanEditor(platform, () => plan.synchronise());
  const loops: RunningLoop[] = [];

  return {
    async append(sourceId, records) {
      const { mode } = await sources.settingsOf(sourceId);
      return groups.submit(
        {
          sourceId,
          mode,
          receivedAt: platform.clock.now(),
          items: records,
          rawOf: (index) => ({
            format: 'native',
            unit: 'record',
            raw: JSON.stringify(toNative(records[index]!)),
            rawEncoding: 'text',
            context: {},
          }),
        },
        records.length * ESTIMATED_RECORD_BYTES,
      );
    },
    enqueue,
    takeInbox,
    sources,
    plan: planEditor,
    relay: () => relayOutbox(needs),
    recover: () => recoverBatches(needs),
    rejectedTotals: () => countRejected(platform.database, days.dayOf(platform.clock.now())),
    routes(server) {
      serveCollection(server.fastify, { platform, sources, groups });
      addRoutes(server, { platform, sources, rejected, planEditor, days });
    },
    async start() {
      await life.prepare(platform.clock.now());
      await plan.synchronise();
      const loop = (name: string, intervalMs: number, run: () => Promise<boolean>): void => {
        loops.push(platform.jobs.loop({ name: `ingest.${name}`, intervalMs, run }));
      };
      loop('beat', BEAT_INTERVAL_MS, () => life.beat(platform.clock.now()).then(() => false));
      loop('relay', RELAY_INTERVAL_MS, () => relayOutbox(needs));
      loop('recover', RECOVER_INTERVAL_MS, () => recoverBatches(needs).then(() => false));
      loop('plan', PLAN_INTERVAL_MS, () => plan.synchronise().then(() => false));
    },
    async stop() {
      await groups.drained();
      for (const running of loops.splice(0).toReversed()) await running.stop();
      await plan.synchronise().catch(() => undefined);
      await signOff(platform.database, life.processId).catch(() => undefined);
    },
  };
}

const ESTIMATED_RECORD_BYTES = 500;

/** Signs of life and the days' partitions, each prepared before the first batch that needs them. */
function createLife(database: Database, processId: string) {
  let preparedDay = Number.NaN;
  let beatenAt = Number.NEGATIVE_INFINITY;

  async function giveSign(now: number): Promise<void> {
    const before = performance.now();
    await beat(database, processId, now);
    beatenAt = before;
  }

  return {
    processId,
    beat: giveSign,
    // Real time on purpose: whether a process stood still has nothing to do with the demo's clock.
    leaseHolds: () => performance.now() - beatenAt < LEASE_MS,
    async prepare(now: number): Promise<void> {
      if (performance.now() - beatenAt > LEASE_MS / 2) await giveSign(now);
      const day = dayNumber(now);
      if (day === preparedDay) return;
      await keepClaimDays(database, now);
      preparedDay = day;
    },
  };
}
