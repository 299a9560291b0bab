import { countRejected } from './count-rejected.ts';
import type { HttpServer, Platform, RunningLoop, Transaction } from '../platform/index.ts';
import { createBankDays } from './bank-day.ts';
import type { FileRows } from './batch.ts';
import { createLife } from './process-life.ts';
import { createCommitBatch } from './commit-batch.ts';
import type { PipelineNeeds } from './pipeline-needs.ts';
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
import { createRejectedRows } from './imports/replay-rows.ts';
import { createRejected } from './replay-rejected.ts';
import { addRoutes } from './routes.ts';
import { serveCollection } from './serve-collection.ts';
import { createStreams, type Streams } from './streams/manage-streams.ts';
import { addStreamRoutes } from './streams/stream-routes.ts';
import { createStreamSupervisor } from './streams/supervise-streams.ts';
import { toNative } from './to-native.ts';
import { createStagedAppender, type StagedAppender } from './append-staged.ts';
import { createTrackingPlan } from './tracking-plan.ts';

/** The room's front door. */
export interface Ingest {
  /**
   * Appends decoded records of a source: durable, deduplicated by message id, counted in the ledger when it
   * resolves. Safe to repeat after any failure. At most some ten thousand records a call. `rows`: where they stand in
   * a file, for those that are named by it.
   * @throws CodedError collection_busy, collection_unavailable: nothing counts, call again
   */
  append(sourceId: string, records: readonly DecodedRecord[], rows?: FileRows): Promise<AppendOutcome>;
  /** The same for events that lie in ClickHouse already. */
  readonly staged: StagedAppender;
  /** Writes facts of our own in the caller's transaction; relayed into ClickHouse and the inbox within 50 ms. */
  enqueue(transaction: Transaction, events: readonly OutboxEvent[]): Promise<void>;
  /** The oldest events waiting for a consumer, each once; taken when the transaction commits. */
  takeInbox(transaction: Transaction, consumer: string, limit: number): Promise<InboxEvent[]>;
  readonly sources: Sources;
  readonly plan: PlanEditor;
  /** Kafka topics and the like that are read in. */
  readonly streams: Streams;
  /** Records rejected ever, and on the bank's present day. */
  rejectedTotals(): Promise<{ rejected: number; rejectedToday: number }>;
  /** Writes down what the tracking plan learnt; a running server does so every two seconds. */
  writePlan(): Promise<void>;
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
const PLAN_INTERVAL_MS = 2_000;
const STREAMS_INTERVAL_MS = 500;
/** A process that gave no sign of life for this long (real ms) is dead: others settle its batches. */
const LEASE_MS = 15_000;

/** Builds the room. `wantedEvents` names each consumer of the inbox and tells which events it waits for. */
export function createIngest(
  platform: Platform,
  ports: { identity: IdentityPort; profile: ProfilePort; wantedEvents: WantedEvents; leaseMs?: number },
): Ingest {
  const { identity, profile, wantedEvents } = ports;
  const days = createBankDays(platform.config.timeZone);
  const plan = createTrackingPlan(platform.database, days);
  const life = createLife(platform, ports.leaseMs ?? LEASE_MS);
  const needs: PipelineNeeds = {
    platform,
    identity,
    profile,
    wantedEvents,
    plan,
    days,
    life,
    underWay: new Set(),
  };
  const groups = createRequestGroups(createCommitBatch(needs));
  const sources = createSources(platform);
  const streams = createStreams(platform, sources);
  const supervisor = createStreamSupervisor({ platform, groups, sources, processId: life.processId });

  const append: Ingest['append'] = async (sourceId, records, rows) => {
    const { mode } = await sources.settingsOf(sourceId);
    return groups.submit(
      {
        sourceId,
        mode,
        receivedAt: platform.clock.now(),
        items: records,
        rows,
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
  };
  const rows = createRejectedRows({ platform, rooms: { identity, profile, ingest: { append } } });
  const rejected = createRejected({ platform, sources, groups, streams, rows });
  const planEditor = createPlanEditor(platform, () => plan.synchronise());
  const loops: RunningLoop[] = [];

  return {
    append,
    staged: createStagedAppender(needs, sources),
    enqueue,
    takeInbox,
    sources,
    plan: planEditor,
    streams,
    writePlan: () => plan.synchronise(),
    relay: () => relayOutbox(needs),
    recover: () => recoverBatches(needs),
    rejectedTotals: () => countRejected(platform.database, days.dayOf(platform.clock.now())),
    routes(server) {
      serveCollection(server.fastify, { platform, sources, groups });
      addRoutes(server, { platform, sources, rejected, planEditor, days });
      addStreamRoutes(server, platform, streams);
    },
    async start() {
      await life.prepare();
      await plan.synchronise();
      const loop = (name: string, intervalMs: number, run: () => Promise<boolean>): void => {
        loops.push(platform.jobs.loop({ name: `ingest.${name}`, intervalMs, run }));
      };
      loop('beat', life.beatIntervalMs, () => life.beat().then(() => false));
      loop('relay', RELAY_INTERVAL_MS, () => relayOutbox(needs));
      loop('recover', RECOVER_INTERVAL_MS, () => recoverBatches(needs).then(() => false));
      if (platform.config.roles.has('worker'))
        loop('streams', STREAMS_INTERVAL_MS, () => supervisor.round().then(() => false));
      loop('plan', PLAN_INTERVAL_MS, () => plan.synchronise().then(() => false));
    },
    async stop() {
      await groups.drained();
      for (const running of loops.splice(0).toReversed()) await running.stop();
      await supervisor.stop();
      await plan.synchronise().catch(() => undefined);
      await life.signOff().catch(() => undefined);
    },
  };
}

const ESTIMATED_RECORD_BYTES = 500;
