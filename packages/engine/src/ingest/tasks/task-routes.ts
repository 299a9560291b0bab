import { Readable } from 'node:stream';
import { ingestionTasksApi } from '@wutong/contract';
import { allows, CodedError, type HttpServer, type Platform } from '../../platform/index.ts';
import type { Tasks } from './manage-tasks.ts';
import { reportReadiness } from './report-readiness.ts';
import { showRun } from './show-task.ts';
import { readLog, readRejections } from './run-log-store.ts';
import { selectRun, selectRuns, type RunRow } from './task-run-store.ts';

const REJECTIONS_A_PAGE = 5_000;

/** Endpoints of ingestion tasks. */
export function taskRoutes(server: HttpServer, platform: Platform, tasks: Tasks): void {
  const { database } = platform;

  async function findRun({ taskId, runId }: { taskId: string; runId: string }): Promise<RunRow> {
    const run = await selectRun(database, runId);
    if (run?.task_id !== taskId)
      throw new CodedError('ingestion_run_not_found', { details: { taskId, runId } });
    return run;
  }

  server.handle(ingestionTasksApi.listTasks, async () => ({ items: await tasks.list() }));
  server.handle(ingestionTasksApi.createTask, ({ body: { taskId, ...definition }, user }) =>
    tasks.create(taskId, definition, user.name),
  );
  server.handle(ingestionTasksApi.readTask, ({ params }) => tasks.read(params.taskId));
  server.handle(ingestionTasksApi.updateTask, ({ params, body, user }) =>
    tasks.update(params.taskId, body, user.name),
  );
  server.handle(ingestionTasksApi.deleteTask, async ({ params, user }) => {
    await tasks.remove(params.taskId, user.name);
    return { deleted: true };
  });
  server.handle(ingestionTasksApi.startTask, ({ params, user }) => tasks.start(params.taskId, user.name));
  server.handle(ingestionTasksApi.stopTask, ({ params, user }) => tasks.stop(params.taskId, user.name));
  server.handle(ingestionTasksApi.retryTask, ({ params, user }) => tasks.retry(params.taskId, user.name));
  server.handle(ingestionTasksApi.listTaskRuns, async ({ params, query }) => {
    await tasks.read(params.taskId);
    const runs = await selectRuns(database, params.taskId, { after: query.cursor, limit: query.limit });
    const items = runs.map(showRun);
    const last = items.at(-1);
    return last && items.length === query.limit ? { items, nextCursor: last.runId } : { items };
  });
  server.handle(ingestionTasksApi.readTaskLog, async ({ params }) => {
    await findRun(params);
    const lines = await readLog(database, params.runId);
    return { items: lines.map((line) => ({ ...line, at: new Date(line.at).toISOString() })) };
  });
  server.handle(ingestionTasksApi.readTaskErrors, async ({ params, user, reply }) => {
    await findRun(params);
    const open = allows(user.permissions, 'pii.open');
    if (open) {
      const object = `rejected rows of ingestion run ${params.runId}`;
      await database.transaction((transaction) =>
        platform.audit.record(transaction, { actor: user.name, action: 'pii.open', object }),
      );
    }
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="rejected.csv"');
    return Readable.from(rejections(platform, params.runId, open)) as unknown as string;
  });
  server.handle(ingestionTasksApi.readReadiness, async ({ query }) => {
    const sourceIds = [...new Set(query.sources.split(',').filter((id) => id !== ''))];
    const since = query.since === undefined ? undefined : Date.parse(query.since);
    const sources = await reportReadiness(platform, sourceIds, since);
    return {
      items: sources.map(({ name, tasks: shown, ...source }) => ({
        ...source,
        ...(name === undefined ? {} : { name }),
        tasks: shown.map(({ completeUntil, problem, ...task }) => ({
          ...task,
          ...(completeUntil === undefined ? {} : { completeUntil: new Date(completeUntil).toISOString() }),
          ...(problem === undefined ? {} : { problem }),
        })),
      })),
    };
  });
}

/** Lines of a CSV of what was rejected and why; with the cells of the rows when `open`. */
async function* rejections(platform: Platform, runId: string, open: boolean): AsyncGenerator<string> {
  yield `row,record,code,reason${open ? ',cells' : ''}\r\n`;
  let after = { row: 0, record: 0, position: 0 };
  for (;;) {
    const page = await readRejections(platform.database, runId, after, REJECTIONS_A_PAGE);
    for (const each of page) {
      const cells = open ? (JSON.parse(platform.secrets.decrypt(each.row_box)) as (string | null)[]) : [];
      const line = [each.row_number, each.record + 1, each.code, each.detail, ...cells];
      yield `${line.map(csvCell).join(',')}\r\n`;
    }
    const last = page.at(-1);
    if (!last || page.length < REJECTIONS_A_PAGE) return;
    after = { row: last.row_number, record: last.record, position: last.position };
  }
}

const csvCell = (value: string | number | null): string => {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
