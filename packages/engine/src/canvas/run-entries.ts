import { CodedError, isEngineUnavailable, type Platform, type Transaction } from '../platform/index.ts';
import { enrolPeople } from './enrol-people.ts';
import { readEntryList, writeEntryList } from './entry-list-store.ts';
import {
  addProgress,
  claimRun,
  closeRun,
  emptyStrategies,
  insertRun,
  lastRuns,
  markCounting,
  markFound,
  openLists,
  openRuns,
  type EntryRun,
} from './entry-run-store.ts';
import { lockEntry, lockFlow, lockStrategy } from './locks.ts';
import { dueDailySlot, OVERDUE_MS } from './plan-entries.ts';
import type { Program } from './program.ts';
import type { StepDependencies } from './step-strategy.ts';
import { updateState } from './strategy-store.ts';
import { runningPrograms } from './take-events.ts';

const ENTRY_BATCH = 5_000;

export interface EntryDependencies extends StepDependencies {
  readonly platform: Pick<Platform, 'database' | 'clickhouse' | 'clock' | 'config' | 'ids' | 'log'>;
}

/** Plans the daily entries that are due, and closes strategies that have come to their end. */
export async function planEntries(of: EntryDependencies): Promise<void> {
  const { database, clock, config, ids } = of.platform;
  const now = clock.now();
  const running = await runningPrograms(of, database);
  const last = await lastRuns(database);
  const finite: Program[] = [];
  for (const { program, entriesFromAt } of running) {
    const source = program.entry.source;
    if (source.type !== 'audience') continue;
    if (source.schedule.kind === 'once') {
      finite.push(program);
      continue;
    }
    const after = Math.max(entriesFromAt, last.get(program.strategyId) ?? 0);
    const slot = dueDailySlot(source.schedule, after, now, config.timeZone);
    if (slot !== undefined) {
      const { strategyId, version } = program;
      await insertRun(database, { runId: ids.newId(), strategyId, version, scheduledAt: slot });
    }
  }
  await finishEmpty(of, finite);
}

/** A one-time audience that has been through is finished; its goal is still counted to the window's end. */
async function finishEmpty(of: EntryDependencies, programs: readonly Program[]): Promise<void> {
  if (programs.length === 0) return;
  const candidates = await emptyStrategies(
    of.platform.database,
    programs.map((program) => program.strategyId),
  );
  for (const strategyId of candidates) {
    await of.platform.database.transaction(async (transaction) => {
      await lockStrategy(transaction, strategyId, 'alone');
      const stillEmpty = await emptyStrategies(transaction, [strategyId]);
      const rows = await transaction.query<{ state: string }>(
        'select state from canvas.strategy where strategy_id = $1',
        [strategyId],
      );
      if (stillEmpty.length === 0 || rows[0]?.state !== 'running') return;
      const now = of.platform.clock.now();
      await updateState(transaction, { strategyId, state: 'finished', closedAt: now, now });
    });
  }
}

/** Takes every open run one page further. Returns whether there is more to do. */
export async function runEntries(of: EntryDependencies): Promise<boolean> {
  const runs = await openRuns(of.platform.database, of.platform.clock.now());
  let more = false;
  for (const run of runs) {
    try {
      const advanced = run.state === 'entering' ? await enterPage(of, run) : await findPeople(of, run);
      more ||= advanced;
    } catch (error) {
      // An audience that cannot be computed must not keep the others out; an absent engine only delays.
      if (isEngineUnavailable(error) || !(error instanceof CodedError)) throw error;
      const now = of.platform.clock.now();
      await closeRun(of.platform.database, { runId: run.runId, state: 'failed', now, reason: error.code });
      of.platform.log.error({ run: run.runId, strategy: run.strategyId, code: error.code }, 'entry failed');
    }
  }
  return more;
}

/**
 * Computes the audience into a list. A crash in between leaves a list that nobody names: it is done again.
 * Returns whether the list is there; false when another process works on it, or the run is closed.
 */
async function findPeople(of: EntryDependencies, run: EntryRun): Promise<boolean> {
  const { database, clickhouse, clock, ids } = of.platform;
  await markCounting(database, run.runId);
  return database.transaction(async (transaction) => {
    const claimed = await claimRun(transaction, run.runId);
    if (!claimed || claimed.state === 'entering') return claimed !== undefined;
    const now = clock.now();
    const program = await of.programs.of(transaction, claimed.strategyId, claimed.version);
    const source = program.entry.source;
    const isLate = now - claimed.scheduledAt > OVERDUE_MS;
    if (source.type !== 'audience' || isLate) {
      const reason = isLate ? 'overdue' : 'superseded';
      await closeRun(transaction, { runId: run.runId, state: 'skipped', now, reason });
      return false;
    }
    const { sql, parameters } = await of.needs.audience.peopleSql({ text: source.eql }, 'audience_');
    const listId = ids.newId();
    const { strategyId } = claimed;
    const neededListIds = await openLists(transaction, strategyId);
    const found = await writeEntryList(clickhouse, { strategyId, listId, neededListIds, sql, parameters });
    await markFound(transaction, run.runId, listId, found);
    return true;
  });
}

/** Lets one page of the list enter; progress and enrolments commit together. Returns whether there is more. */
async function enterPage(of: EntryDependencies, run: EntryRun): Promise<boolean> {
  const { database, clock } = of.platform;
  return database.transaction(async (transaction) => {
    await lockFlow(transaction, 'shared');
    await lockStrategy(transaction, run.strategyId, 'shared');
    if (!(await isRunning(transaction, run.strategyId))) return false;
    const claimed = await claimRun(transaction, run.runId);
    if (!claimed || claimed.listId === undefined) return false;
    const page = await readEntryList(
      of.platform.clickhouse,
      { strategyId: claimed.strategyId, listId: claimed.listId },
      claimed.afterPersonId,
      ENTRY_BATCH,
    );
    const now = clock.now();
    if (page.length > 0) {
      const program = await of.programs.of(transaction, claimed.strategyId, claimed.version);
      await lockEntry(transaction, claimed.strategyId);
      const candidates = page.map((keyNumber) => ({ keyNumber, context: {} }));
      const outcomes = await enrolPeople(of.needs, transaction, program, candidates, { now, slot: of.slot });
      const entered = outcomes.filter((outcome) => outcome.kind === 'entered').length;
      await addProgress(transaction, {
        runId: run.runId,
        afterPersonId: page.at(-1)!,
        entered,
        passedOver: page.length - entered,
      });
    }
    if (page.length < ENTRY_BATCH) await closeRun(transaction, { runId: run.runId, state: 'done', now });
    return page.length === ENTRY_BATCH;
  });
}

async function isRunning(transaction: Transaction, strategyId: string): Promise<boolean> {
  const rows = await transaction.query<{ state: string }>(
    'select state from canvas.strategy where strategy_id = $1',
    [strategyId],
  );
  return rows[0]?.state === 'running';
}
