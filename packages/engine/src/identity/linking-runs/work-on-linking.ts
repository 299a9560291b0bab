import { errorDefinitions } from '@wutong/contract';
import { CodedError, isEngineUnavailable, realClock } from '../../platform/index.ts';
import { dropLinkageTables } from '../linking/index.ts';
import { applyRun } from './apply-run.ts';
import type { AssertNeeds } from './assert-links.ts';
import { compareRun, linkageName, type LinkingNeeds } from './compare-run.ts';
import { changeRun, readRun, runsPastKeeping, runUnderWay, type RunRow } from './run-store.ts';
import { withdrawRun } from './withdraw-run.ts';

/** Begun so often without an end, a run is given up: it would take the process with it again. */
const MAXIMUM_ATTEMPTS = 3;
const STOP_POLL_MS = 500;
/** Compared records hold personal data: real milliseconds for which they are kept. */
const KEEP_MS = 7 * 86_400_000;

export type WorkNeeds = LinkingNeeds & AssertNeeds;

/** Raised when a person asked a run to stop. */
class StopWish extends Error {}
/** Raised when the process ends: the run is gone on with by the next one. */
class Interruption extends Error {}

export interface LinkingWorker {
  /** Takes up the run that waits, or that a process left when it died; returns at once. */
  round(): Promise<void>;
  /** Waits until no run is under way here. */
  settled(): Promise<void>;
  /** Interrupts what is under way. */
  stop(): Promise<void>;
}

/** Works on one run at a time, whatever the number of processes. */
export function createLinkingWorker(needs: WorkNeeds): LinkingWorker {
  const { database, clickhouse, log } = needs.platform;
  let underWay: { ended: Promise<void>; interrupt: AbortController } | undefined;
  let isStopping = false;

  async function take(row: RunRow): Promise<void> {
    const connection = await database.connect();
    try {
      // The lock goes with the connection, so that a kill frees it.
      const [lock] = await connection.query<{ locked: boolean }>(
        "select pg_try_advisory_lock(hashtextextended('linking', 0)) as locked",
      );
      if (!lock!.locked) return connection.release();
    } catch (error) {
      connection.release(true);
      throw error;
    }
    const interrupt = new AbortController();
    const watch = setInterval(() => void passOnStop(row.run_id, interrupt), STOP_POLL_MS);
    const ended = work(needs, row.run_id, interrupt.signal)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ run: row.run_id, reason }, 'a linking run is left for later');
      })
      .finally(() => {
        clearInterval(watch);
        underWay = undefined;
        connection.release(true);
      });
    underWay = { ended, interrupt };
  }

  async function passOnStop(runId: string, interrupt: AbortController): Promise<void> {
    const row = await readRun(database, runId).catch(() => undefined);
    if (row?.stop_requested && !interrupt.signal.aborted) await abort(runId, interrupt, new StopWish());
  }

  /** ClickHouse is told too: a comparison may take half a minute. */
  async function abort(runId: string, interrupt: AbortController, why: Error): Promise<void> {
    interrupt.abort(why);
    await clickhouse
      .command('kill query where position(query, {name:String}) > 0 and query not like {own:String} async', {
        name: `_${linkageName(runId)}`,
        own: 'kill%',
      })
      .catch(() => undefined);
  }

  return {
    async round() {
      if (underWay || isStopping) return;
      const row = await runUnderWay(database);
      if (row) await take(row);
      else await removePairs(needs);
    },
    async settled() {
      await underWay?.ended;
    },
    async stop() {
      isStopping = true;
      if (!underWay) return;
      const row = await runUnderWay(database).catch(() => undefined);
      await abort(row?.run_id ?? '', underWay.interrupt, new Interruption());
      await underWay.ended;
    },
  };
}

async function work(needs: WorkNeeds, runId: string, signal: AbortSignal): Promise<void> {
  const { database, clickhouse, clock } = needs.platform;
  const row = (await readRun(database, runId))!;
  const end = (change: Parameters<typeof changeRun>[3]): Promise<boolean> =>
    changeRun(database, runId, ['waiting', 'running', 'applying', 'withdrawing'], {
      finished_at: clock.now(),
      stop_requested: false,
      step: null,
      ...change,
    });
  try {
    if (row.state === 'applying') {
      const { together } = await applyRun(needs, row, signal);
      await end({ state: 'applied', together });
    } else if (row.state === 'withdrawing') {
      await withdrawRun(needs, runId, signal);
      await end({ state: 'withdrawn', pairs_until: realClock().now() });
    } else {
      if (row.attempts >= MAXIMUM_ATTEMPTS) throw new CodedError('linking_interrupted');
      await changeRun(database, runId, ['waiting', 'running'], {
        state: 'running',
        attempts: row.attempts + 1,
      });
      const { findings, seconds } = await compareRun(needs, row, signal);
      await end({ state: 'compared', findings, seconds, pairs_until: realClock().now() + KEEP_MS });
    }
  } catch (error) {
    if (signal.reason instanceof Interruption || isEngineUnavailable(error)) throw error;
    const isStopped = signal.reason instanceof StopWish;
    if (row.state === 'waiting' || row.state === 'running')
      await dropLinkageTables(clickhouse, linkageName(runId));
    // What is linked stays, and so do the pairs: an application may be taken up again.
    if (isStopped) await end({ state: row.state === 'applying' ? 'compared' : 'stopped' });
    else await end({ state: 'failed', ...problemOf(error) });
  }
}

function problemOf(error: unknown): { error_code: string; error_reason: string } {
  if (!(error instanceof CodedError)) {
    // Texts of engines may hold values of records.
    return { error_code: 'internal_error', error_reason: '' };
  }
  const { reason, missing } = error.details;
  const details = [reason, missing].filter((each) => each !== undefined).map(String);
  return {
    error_code: error.code in errorDefinitions ? error.code : 'internal_error',
    error_reason: details.join(', '),
  };
}

/** Removes the compared records of runs that have had their time. */
async function removePairs({ platform }: LinkingNeeds): Promise<void> {
  const { database, clickhouse } = platform;
  for (const runId of await runsPastKeeping(database, realClock().now())) {
    await dropLinkageTables(clickhouse, linkageName(runId));
    await changeRun(database, runId, ['compared', 'applied', 'withdrawn', 'stopped', 'failed'], {
      pairs_until: null,
    });
  }
}
