import type { Transaction } from '../platform/index.ts';

export type RunState = 'waiting' | 'counting' | 'entering' | 'done' | 'skipped' | 'failed';

/** One entry of an audience. Times are epoch ms. */
export interface EntryRun {
  readonly runId: string;
  readonly strategyId: string;
  readonly version: number;
  readonly scheduledAt: number;
  readonly state: RunState;
  readonly listId: string | undefined;
  readonly found: number | undefined;
  readonly entered: number;
  readonly passedOver: number;
  readonly afterPersonId: number;
  readonly finishedAt: number | undefined;
  readonly reason: string | undefined;
}

interface RunRow {
  run_id: string;
  strategy_id: string;
  version: number;
  scheduled_at: number;
  state: RunState;
  list_id: string | null;
  found: number | null;
  entered: number;
  passed_over: number;
  after_person_id: number;
  finished_at: number | null;
  reason: string | null;
}

const COLUMNS = `run_id, strategy_id, version, scheduled_at, state, list_id, found, entered, passed_over,
  after_person_id, finished_at, reason`;

function toRun(row: RunRow): EntryRun {
  return {
    runId: row.run_id,
    strategyId: row.strategy_id,
    version: row.version,
    scheduledAt: row.scheduled_at,
    state: row.state,
    listId: row.list_id ?? undefined,
    found: row.found ?? undefined,
    entered: row.entered,
    passedOver: row.passed_over,
    afterPersonId: row.after_person_id,
    finishedAt: row.finished_at ?? undefined,
    reason: row.reason ?? undefined,
  };
}

type Reader = Pick<Transaction, 'query'>;

/** Plans a run; nothing happens when one is planned for the same time already, unless that was called off. */
export async function insertRun(
  transaction: Transaction,
  run: { runId: string; strategyId: string; version: number; scheduledAt: number },
): Promise<void> {
  await transaction.execute(
    `insert into canvas.entry_run (run_id, strategy_id, version, scheduled_at, state)
     values ($1, $2, $3, $4, 'waiting')
     on conflict (strategy_id, scheduled_at) do update
        set version = excluded.version, state = 'waiting', reason = null, finished_at = null
      where entry_run.state = 'skipped'`,
    [run.runId, run.strategyId, run.version, run.scheduledAt],
  );
}

/** Runs of a strategy, newest first. */
export async function readRuns(reader: Reader, strategyId: string): Promise<EntryRun[]> {
  const rows = await reader.query<RunRow>(
    `select ${COLUMNS} from canvas.entry_run where strategy_id = $1 order by scheduled_at desc limit 500`,
    [strategyId],
  );
  return rows.map(toRun);
}

/** The time of the last run of each strategy. */
export async function lastRuns(reader: Reader): Promise<Map<string, number>> {
  const rows = await reader.query<{ strategy_id: string; scheduled_at: number }>(
    'select strategy_id, max(scheduled_at) as scheduled_at from canvas.entry_run group by strategy_id',
  );
  return new Map(rows.map((row) => [row.strategy_id, row.scheduled_at]));
}

/** Open runs of running strategies whose time has come, oldest first. */
export async function openRuns(reader: Reader, now: number): Promise<EntryRun[]> {
  const rows = await reader.query<RunRow>(
    `select ${COLUMNS} from canvas.entry_run
      where state in ('waiting', 'counting', 'entering') and scheduled_at <= $1
        and exists (select 1 from canvas.strategy
                     where strategy.strategy_id = entry_run.strategy_id and strategy.state = 'running')
      order by scheduled_at, run_id limit 100`,
    [now],
  );
  return rows.map(toRun);
}

/** Claims a run until the transaction ends; undefined when another process has it or it is closed. */
export async function claimRun(transaction: Transaction, runId: string): Promise<EntryRun | undefined> {
  const rows = await transaction.query<RunRow>(
    `select ${COLUMNS} from canvas.entry_run
      where run_id = $1 and state in ('waiting', 'counting', 'entering') for update skip locked`,
    [runId],
  );
  return rows[0] && toRun(rows[0]);
}

/** Says that the audience is being looked for, so that the console can show it. */
export async function markCounting(transaction: Transaction, runId: string): Promise<void> {
  await transaction.execute(
    `update canvas.entry_run set state = 'counting' where run_id = $1 and state = 'waiting'`,
    [runId],
  );
}

/** The list of people is complete. */
export async function markFound(
  transaction: Transaction,
  runId: string,
  listId: string,
  found: number,
): Promise<void> {
  await transaction.execute(
    `update canvas.entry_run set state = 'entering', list_id = $2, found = $3 where run_id = $1`,
    [runId, listId, found],
  );
}

/** Lists from which people are still entering. */
export async function openLists(reader: Reader, strategyId: string): Promise<string[]> {
  const rows = await reader.query<{ list_id: string }>(
    `select list_id from canvas.entry_run where strategy_id = $1 and state = 'entering'`,
    [strategyId],
  );
  return rows.map((row) => row.list_id);
}

/** A page of the list has entered, up to `afterPersonId`. */
export async function addProgress(
  transaction: Transaction,
  progress: { runId: string; afterPersonId: number; entered: number; passedOver: number },
): Promise<void> {
  await transaction.execute(
    `update canvas.entry_run set after_person_id = $2, entered = entered + $3, passed_over = passed_over + $4
      where run_id = $1`,
    [progress.runId, progress.afterPersonId, progress.entered, progress.passedOver],
  );
}

export async function closeRun(
  transaction: Transaction,
  close: { runId: string; state: 'done' | 'skipped' | 'failed'; now: number; reason?: string },
): Promise<void> {
  await transaction.execute(
    'update canvas.entry_run set state = $2, finished_at = $3, reason = $4 where run_id = $1',
    [close.runId, close.state, close.now, close.reason ?? null],
  );
}

/** Open runs go on for the version published now; those that have not begun may be called off instead. */
export async function carryRuns(
  transaction: Transaction,
  carry: { strategyId: string; version: number; callOff: 'waiting' | 'all' | 'none'; now: number },
): Promise<void> {
  await transaction.execute(
    `update canvas.entry_run set state = 'skipped', reason = 'superseded', finished_at = $2
      where strategy_id = $1 and state = any($3::text[])`,
    [
      carry.strategyId,
      carry.now,
      carry.callOff === 'all'
        ? ['waiting', 'counting', 'entering']
        : carry.callOff === 'waiting'
          ? ['waiting']
          : [],
    ],
  );
  await transaction.execute(
    `update canvas.entry_run set version = $2
      where strategy_id = $1 and state in ('waiting', 'counting', 'entering')`,
    [carry.strategyId, carry.version],
  );
}

/** Whether a run of the strategy has begun to bring people in, or has done so. */
export async function hasRun(reader: Reader, strategyId: string): Promise<boolean> {
  const rows = await reader.query(
    `select 1 from canvas.entry_run
      where strategy_id = $1 and state in ('counting', 'entering', 'done') limit 1`,
    [strategyId],
  );
  return rows.length > 0;
}

/** Of these strategies, those whose audience has been in and nobody is inside of any more. */
export async function emptyStrategies(reader: Reader, strategyIds: readonly string[]): Promise<string[]> {
  const rows = await reader.query<{ strategy_id: string }>(
    `select strategy_id from unnest($1::text[]) as candidate (strategy_id)
      where not exists (select 1 from canvas.enrolment
                         where enrolment.strategy_id = candidate.strategy_id and is_active)
        and not exists (select 1 from canvas.entry_run
                         where entry_run.strategy_id = candidate.strategy_id
                           and state in ('waiting', 'counting', 'entering'))
        and exists (select 1 from canvas.entry_run
                     where entry_run.strategy_id = candidate.strategy_id and state in ('done', 'skipped'))`,
    [strategyIds],
  );
  return rows.map((row) => row.strategy_id);
}
