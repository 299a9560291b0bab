import type { Transaction } from '../platform/index.ts';

export interface TaskRow {
  task_id: string;
  message_id: string;
  person_id: number;
  manager_id: string | null;
  institution_id: string | null;
  body: string;
  strategy_id: string;
  node_id: string;
  state: 'open' | 'claimed' | 'done' | 'expired';
  outcome: string | null;
  note: string | null;
  created_at: number;
  expires_at: number;
  claimed_at: number | null;
  claimed_by: string | null;
  done_at: number | null;
}

export interface TaskFilter {
  readonly state?: string;
  readonly managerId?: string;
  readonly institutionId?: string;
  readonly strategyId?: string;
}

const COLUMNS = `task_id, message_id, person_id, manager_id, institution_id, body, strategy_id, node_id, state, outcome, note,
  created_at, expires_at, claimed_at, claimed_by, done_at`;
const FILTER = `($1::text is null or state = $1) and ($2::text is null or manager_id = $2)
  and ($3::text is null or institution_id = $3) and ($4::text is null or strategy_id = $4)`;

function filterValues(filter: TaskFilter): unknown[] {
  return [
    filter.state ?? null,
    filter.managerId ?? null,
    filter.institutionId ?? null,
    filter.strategyId ?? null,
  ];
}

/** Tasks, oldest first. */
export function selectTasks(
  transaction: Transaction,
  filter: TaskFilter,
  page: { after?: string; limit: number },
): Promise<TaskRow[]> {
  return transaction.query<TaskRow>(
    `select ${COLUMNS} from hub.task where ${FILTER} and ($5::uuid is null or task_id > $5) order by task_id limit $6`,
    [...filterValues(filter), page.after ?? null, page.limit],
  );
}

/** Tasks by state and outcome, over the filter without its state. */
export async function countTasks(
  transaction: Transaction,
  filter: TaskFilter,
): Promise<Record<string, number>> {
  const rows = await transaction.query<{ state: string; tasks: number }>(
    `select state, count(*) as tasks from hub.task where ${FILTER} group by 1
     union all select 'outcome:' || outcome, count(*) from hub.task where ${FILTER} and outcome is not null group by 1`,
    filterValues({ ...filter, state: undefined }),
  );
  return Object.fromEntries(rows.map((row) => [row.state, row.tasks]));
}

/** Locks one task of the caller's institution. */
export async function lockTask(
  transaction: Transaction,
  taskId: string,
  institutionId: string | undefined,
): Promise<TaskRow | undefined> {
  const rows = await transaction.query<TaskRow>(
    `select ${COLUMNS} from hub.task where task_id = $1 and ($2::text is null or institution_id = $2) for update`,
    [taskId, institutionId ?? null],
  );
  return rows[0];
}

/** Which entry into which version a task belongs to: what a waiting strategy must hear. */
export async function selectTaskEntry(
  transaction: Transaction,
  messageId: string,
): Promise<{ entry: number; strategy_version: number } | undefined> {
  const rows = await transaction.query<{ entry: number; strategy_version: number }>(
    `select m.entry, s.strategy_version from hub.message m join hub.step s using (step_id) where m.message_id = $1`,
    [messageId],
  );
  return rows[0];
}

export async function updateTask(transaction: Transaction, row: TaskRow): Promise<void> {
  await transaction.execute(
    `update hub.task set state = $2, outcome = $3, note = $4, claimed_at = $5, claimed_by = $6, done_at = $7 where task_id = $1`,
    [row.task_id, row.state, row.outcome, row.note, row.claimed_at, row.claimed_by, row.done_at],
  );
}

/** Takes back the tasks that nobody has begun: of a strategy, or of some people in it. */
export async function withdrawOpenTasks(
  transaction: Transaction,
  filter: { strategyId: string; nodeId?: string; personIds?: readonly number[] },
): Promise<void> {
  await transaction.execute(
    `update hub.task set state = 'expired'
     where state = 'open' and strategy_id = $1 and ($2::bigint[] is null or person_id = any($2))
       and ($3::text is null or node_id = $3)`,
    [filter.strategyId, filter.personIds ?? null, filter.nodeId ?? null],
  );
}
