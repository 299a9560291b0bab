import type { ingestionTasksApi } from '@wutong/contract';
import { CodedError, type Platform, type Transaction } from '../../platform/index.ts';
import type { SourceReader } from '../warehouse/index.ts';
import { nextDue } from './next-due.ts';
import { prepareTask } from './prepare-task.ts';
import { showTask } from './show-task.ts';
import { insertRun, lastRuns, reopenRun, requestStop } from './task-run-store.ts';
import { changeTask, insertTask, removeTask, selectTasks, switchTask, type TaskRow } from './task-store.ts';

type Definition = ingestionTasksApi.TaskDefinition;
/** A change as it comes: what is not given stays. */
type Change = { readonly [Name in keyof Definition]?: Definition[Name] | undefined };

/** Ingestion tasks: made, changed, started, stopped and retried. */
export interface Tasks {
  list(): Promise<ingestionTasksApi.Task[]>;
  /** @throws CodedError ingestion_task_not_found */
  read(taskId: string): Promise<ingestionTasksApi.Task>;
  /** Reads the query and checks the mapping against its columns. @throws CodedError ingestion_task_exists and those of prepareTask */
  create(taskId: string, definition: Definition, actor: string): Promise<ingestionTasksApi.Task>;
  /** Another query, key, watermark or mapping forgets what was settled. @throws CodedError ingestion_task_running */
  update(taskId: string, change: Change, actor: string): Promise<ingestionTasksApi.Task>;
  /** @throws CodedError ingestion_task_running */
  remove(taskId: string, actor: string): Promise<void>;
  /** Runs now, and from then on by the schedule. */
  start(taskId: string, actor: string): Promise<ingestionTasksApi.Task>;
  /** Stops the schedule and the run under way. */
  stop(taskId: string, actor: string): Promise<ingestionTasksApi.Task>;
  /** Goes on with the last run. @throws CodedError ingestion_nothing_to_retry */
  retry(taskId: string, actor: string): Promise<ingestionTasksApi.Task>;
}

export function createTasks(platform: Platform, reader: SourceReader): Tasks {
  const { database, clock, ids, audit, config } = platform;

  async function find(taskId: string): Promise<TaskRow> {
    const [task] = await selectTasks(database, { taskId });
    if (!task) throw new CodedError('ingestion_task_not_found', { details: { taskId } });
    return task;
  }

  async function read(taskId: string): Promise<ingestionTasksApi.Task> {
    const task = await find(taskId);
    return showTask(task, (await lastRuns(database, [taskId])).get(taskId), clock.now());
  }

  const note = (transaction: Transaction, actor: string, verb: string, taskId: string): Promise<void> =>
    audit.record(transaction, { actor, action: `ingestion_task.${verb}`, object: taskId });

  async function refuseUnderWay(taskId: string): Promise<void> {
    const last = (await lastRuns(database, [taskId])).get(taskId);
    if (last?.state === 'waiting' || last?.state === 'running')
      throw new CodedError('ingestion_task_running', { details: { taskId } });
  }

  const tablesOf = (taskId: string, definition: Definition): Promise<readonly string[]> =>
    reader.use(async (running) => (await prepareTask(platform, running, taskId, definition)).query.tables);

  return {
    read,
    async list() {
      const tasks = await selectTasks(database);
      const last = await lastRuns(
        database,
        tasks.map((task) => task.task_id),
      );
      const now = clock.now();
      return tasks.map((task) => showTask(task, last.get(task.task_id), now));
    },
    async create(taskId, definition, actor) {
      const tables = await tablesOf(taskId, definition);
      await database.transaction(async (transaction) => {
        const made = await insertTask(transaction, { taskId, definition, tables, now: clock.now() });
        if (!made) throw new CodedError('ingestion_task_exists', { details: { taskId } });
        await note(transaction, actor, 'create', taskId);
      });
      return read(taskId);
    },
    async update(taskId, change, actor) {
      const { definition: before } = await find(taskId);
      await refuseUnderWay(taskId);
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      const definition = { ...before, ...Object.fromEntries(given) } as Definition;
      const tables = await tablesOf(taskId, definition);
      const now = clock.now();
      await database.transaction(async (transaction) => {
        await changeTask(transaction, {
          taskId,
          definition,
          tables,
          nextDueAt: nextDue(definition.schedule, now, config.timeZone),
          fromStart: whatItReads(before) !== whatItReads(definition),
          now,
        });
        await note(transaction, actor, 'update', taskId);
      });
      return read(taskId);
    },
    async remove(taskId, actor) {
      await refuseUnderWay(taskId);
      await database.transaction(async (transaction) => {
        if (!(await removeTask(transaction, taskId)))
          throw new CodedError('ingestion_task_not_found', { details: { taskId } });
        await note(transaction, actor, 'delete', taskId);
      });
    },
    async start(taskId, actor) {
      const { definition } = await find(taskId);
      const now = clock.now();
      await database.transaction(async (transaction) => {
        const nextDueAt = nextDue(definition.schedule, now, config.timeZone);
        await switchTask(transaction, taskId, { enabled: true, nextDueAt, now });
        await insertRun(transaction, { runId: ids.newId(), taskId, cause: 'request', now });
        await note(transaction, actor, 'start', taskId);
      });
      return read(taskId);
    },
    async stop(taskId, actor) {
      await find(taskId);
      const now = clock.now();
      await database.transaction(async (transaction) => {
        await switchTask(transaction, taskId, { enabled: false, nextDueAt: undefined, now });
        await requestStop(transaction, taskId, now);
        await note(transaction, actor, 'stop', taskId);
      });
      return read(taskId);
    },
    async retry(taskId, actor) {
      await find(taskId);
      const last = (await lastRuns(database, [taskId])).get(taskId);
      const mayGoOn = last?.state === 'failed' || last?.state === 'stopped';
      const nothing = new CodedError('ingestion_nothing_to_retry', { details: { taskId } });
      if (!mayGoOn) throw nothing;
      await database.transaction(async (transaction) => {
        if (!(await reopenRun(transaction, last, clock.now()))) throw nothing;
        await note(transaction, actor, 'retry', taskId);
      });
      return read(taskId);
    },
  };
}

/** What decides which rows were already settled, and as what. */
function whatItReads({ query, load, mapping }: Definition): string {
  const order = load.mode === 'full' ? load.key : [load.watermark, ...load.key];
  return JSON.stringify([query, load.mode, order, mapping]);
}
