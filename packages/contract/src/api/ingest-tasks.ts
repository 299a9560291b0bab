import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { mappingSchema, recordMappingSchema } from '../mapping.ts';
import { scheduleSchema } from './audience.ts';
import { mappedTableNameSchema } from './ingest-connections.ts';
import { taskStates } from './task-states.ts';

/** Ingestion tasks: SQL over mapped tables, whose rows become records as in a file import, on a schedule. */

export const taskIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/)
  .describe('short name chosen by its maker');
const taskParams = z.object({ taskId: taskIdSchema });
const runParams = z.object({ taskId: taskIdSchema, runId: z.uuid() });
const columnName = z.string().min(1).max(200);

/** What a task reads. */
export const taskQuerySchema = z.union([
  z.strictObject({ table: mappedTableNameSchema.describe('a whole mapped table') }),
  z.strictObject({
    sql: z
      .string()
      .min(1)
      .max(100_000)
      .describe('one SELECT over mapped tables, in the dialect of ClickHouse'),
  }),
]);

const keyColumns = z
  .array(columnName)
  .min(1)
  .max(10)
  .describe('columns that together name a row: they make record ids and the order of reading');

/** How much of it a run reads. */
export const taskLoadSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('full'), key: keyColumns }),
  z.strictObject({
    mode: z.literal('incremental'),
    key: keyColumns,
    watermark: columnName.describe('column that grows with every change: a time, a date or a number'),
    startAt: z
      .string()
      .max(100)
      .optional()
      .describe('where the first run begins, as the column writes it; default: the beginning'),
    overlap: z
      .number()
      .min(0)
      .max(10_000_000)
      .default(0)
      .describe(
        'read again so far back: seconds of a time, units of a number; rows that are known count once',
      ),
    delaySeconds: z
      .number()
      .int()
      .min(0)
      .max(7 * 86_400)
      .default(0)
      .describe('leave out what is younger, so that slow transactions of the source have ended'),
  }),
]);

/** What rows mean: as a file of a mapping (see docs/import.md). */
export const taskMappingSchema = z.strictObject({
  timeZone: z.string().optional().describe("zone of times without an offset; default: the bank's"),
  missing: z.array(z.string()).default(['']).describe('texts that mean that there is no value'),
  declare: mappingSchema.shape.declare,
  records: z.array(recordMappingSchema).min(1).max(50),
});
export type TaskMapping = z.output<typeof taskMappingSchema>;

const taskSettings = {
  name: z.string().min(1).max(200),
  sourceId: mappingSchema.shape.sourceId,
  query: taskQuerySchema,
  load: taskLoadSchema,
  mapping: taskMappingSchema,
  schedule: scheduleSchema,
  expectedWithinMinutes: z
    .number()
    .int()
    .min(1)
    .max(525_600)
    .optional()
    .describe('late when no run succeeded for so long'),
  timeoutSeconds: z.number().int().min(1).max(86_400),
  maximumRows: z.number().int().min(1).max(1_000_000_000),
  attempts: z.number().int().min(1).max(20).describe('tries of a run before it has failed'),
};
const settingsWithDefaults = {
  ...taskSettings,
  schedule: scheduleSchema.default({ every: 'manual' }),
  timeoutSeconds: taskSettings.timeoutSeconds.default(3_600).describe('limit of one query of the source'),
  maximumRows: taskSettings.maximumRows.default(100_000_000).describe('a query with more rows fails'),
  attempts: taskSettings.attempts.default(3),
};
export const taskDefinitionSchema = z.strictObject(settingsWithDefaults);
export type TaskDefinition = z.output<typeof taskDefinitionSchema>;

export { taskStates };
export const runStates = ['waiting', 'running', 'finished', 'failed', 'stopped'] as const;

export const freshnessSchema = z.object({
  watermark: z.string().optional().describe('of the last run that succeeded'),
  succeededAt: z.string().optional(),
  completeUntil: z.string().optional().describe('everything that the source held then is in'),
  late: z.boolean(),
});

export const taskRunSchema = z.object({
  runId: z.string(),
  state: z.enum(runStates),
  cause: z.enum(['schedule', 'request']),
  attempt: z.number().int(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  from: z.string().optional().describe('watermark from which it reads'),
  until: z.string().optional(),
  watermark: z.string().optional().describe('highest that it settled'),
  rowsIn: z.number().int().describe('rows read and settled'),
  rowsRejected: z.number().int().describe('rows of them with something rejected'),
  records: z.record(z.string(), z.number()).describe('records out, by kind'),
  code: z.string().optional(),
  problem: z.string().optional(),
});
export type TaskRun = z.output<typeof taskRunSchema>;

export const taskSchema = z.object({
  taskId: taskIdSchema,
  ...taskDefinitionSchema.shape,
  state: z.enum(taskStates),
  nextDueAt: z.string().optional(),
  freshness: freshnessSchema,
  lastRun: taskRunSchema.optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Task = z.output<typeof taskSchema>;

const definitionErrors = [
  'ingestion_task_invalid',
  'source_query_refused',
  'source_query_invalid',
  'mapped_table_not_found',
  'mapping_invalid',
  'source_unreachable',
  'source_login_refused',
  'source_too_slow',
  'source_failed',
] as const;

export const listTasks = endpoint({
  name: 'listIngestionTasks',
  method: 'GET',
  path: '/api/v1/ingestion-tasks',
  room: 'ingest',
  summary: { en: 'Ingestion tasks with state and freshness', zh: '接入任务及其状态与新鲜度' },
  permission: 'source.read',
  response: z.object({ items: z.array(taskSchema) }),
});

export const createTask = endpoint({
  name: 'createIngestionTask',
  method: 'POST',
  path: '/api/v1/ingestion-tasks',
  room: 'ingest',
  summary: {
    en: 'Create an ingestion task; it is stopped until it is started',
    zh: '新建接入任务，启动前为停止状态',
  },
  permission: 'source.write',
  body: z.strictObject({ taskId: taskIdSchema, ...settingsWithDefaults }),
  response: taskSchema,
  errors: ['ingestion_task_exists', ...definitionErrors],
});

export const readTask = endpoint({
  name: 'readIngestionTask',
  method: 'GET',
  path: '/api/v1/ingestion-tasks/:taskId',
  room: 'ingest',
  summary: { en: 'One ingestion task', zh: '接入任务详情' },
  permission: 'source.read',
  params: taskParams,
  response: taskSchema,
  errors: ['ingestion_task_not_found'],
});

export const updateTask = endpoint({
  name: 'updateIngestionTask',
  method: 'PUT',
  path: '/api/v1/ingestion-tasks/:taskId',
  room: 'ingest',
  summary: {
    en: 'Change an ingestion task; another query or watermark column starts from the beginning',
    zh: '修改接入任务；更换查询或水位列后从头读取',
  },
  permission: 'source.write',
  params: taskParams,
  body: z.strictObject(taskSettings).partial(),
  response: taskSchema,
  errors: ['ingestion_task_not_found', 'ingestion_task_running', ...definitionErrors],
});

export const deleteTask = endpoint({
  name: 'deleteIngestionTask',
  method: 'DELETE',
  path: '/api/v1/ingestion-tasks/:taskId',
  room: 'ingest',
  summary: {
    en: 'Delete a task with its history; what it read stays',
    zh: '删除任务及历史；已接入的数据保留',
  },
  permission: 'source.write',
  params: taskParams,
  response: z.object({ deleted: z.boolean() }),
  errors: ['ingestion_task_not_found', 'ingestion_task_running'],
});

export const startTask = endpoint({
  name: 'startIngestionTask',
  method: 'POST',
  path: '/api/v1/ingestion-tasks/:taskId/start',
  room: 'ingest',
  summary: { en: 'Run now, and from then on by the schedule', zh: '立即执行，并按计划持续执行' },
  permission: 'source.write',
  params: taskParams,
  response: taskSchema,
  errors: ['ingestion_task_not_found'],
});

export const stopTask = endpoint({
  name: 'stopIngestionTask',
  method: 'POST',
  path: '/api/v1/ingestion-tasks/:taskId/stop',
  room: 'ingest',
  summary: {
    en: 'Stop the schedule and the run under way; what it settled stays',
    zh: '停止计划与正在执行的运行；已完成部分保留',
  },
  permission: 'source.write',
  params: taskParams,
  response: taskSchema,
  errors: ['ingestion_task_not_found'],
});

export const retryTask = endpoint({
  name: 'retryIngestionTask',
  method: 'POST',
  path: '/api/v1/ingestion-tasks/:taskId/retry',
  room: 'ingest',
  summary: { en: 'Go on with the last run where it failed or was stopped', zh: '从失败或停止处继续上次运行' },
  permission: 'source.write',
  params: taskParams,
  response: taskSchema,
  errors: ['ingestion_task_not_found', 'ingestion_nothing_to_retry'],
});

export const listTaskRuns = endpoint({
  name: 'listIngestionRuns',
  method: 'GET',
  path: '/api/v1/ingestion-tasks/:taskId/runs',
  room: 'ingest',
  summary: { en: 'Runs of a task, newest first', zh: '任务运行记录（最新在前）' },
  permission: 'source.read',
  params: taskParams,
  query: z.object({
    cursor: z.uuid().optional().describe('run after which to go on'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({ items: z.array(taskRunSchema), nextCursor: z.string().optional() }),
  errors: ['ingestion_task_not_found'],
});

export const readTaskLog = endpoint({
  name: 'readIngestionRunLog',
  method: 'GET',
  path: '/api/v1/ingestion-tasks/:taskId/runs/:runId/log',
  room: 'ingest',
  summary: { en: 'Log of a run, at most 1,000 lines', zh: '运行日志（最多 1,000 行）' },
  permission: 'source.read',
  params: runParams,
  response: z.object({
    items: z.array(
      z.object({ at: z.string(), level: z.enum(['info', 'warning', 'error']), text: z.string() }),
    ),
  }),
  errors: ['ingestion_run_not_found'],
});

export const readTaskErrors = endpoint({
  name: 'readIngestionRunErrors',
  method: 'GET',
  path: '/api/v1/ingestion-tasks/:taskId/runs/:runId/errors',
  room: 'ingest',
  summary: {
    en: 'Rejected rows of a run as CSV: row, record, code, reason; and, for those who may open personal data, the cells',
    zh: '运行中被拒绝的行（CSV）：行号、记录、错误码、原因；有权查看明文者另含原始单元格',
  },
  permission: 'source.read',
  params: runParams,
  response: z.string().describe('text/csv'),
  errors: ['ingestion_run_not_found'],
});

export const readReadiness = endpoint({
  name: 'readSourceReadiness',
  method: 'GET',
  path: '/api/v1/source-readiness',
  room: 'ingest',
  summary: {
    en: 'Whether what tasks bring from sources is complete since an instant, and which are late',
    zh: '数据源就绪情况：任务接入是否已完整到某一时刻、是否迟到',
  },
  permission: 'source.read',
  query: z.object({
    sources: z.string().max(5_000).describe('ids of sources, separated by commas'),
    since: z.iso.datetime({ offset: true }).optional().describe('default: lateness only'),
  }),
  response: z.object({
    items: z.array(
      z.object({
        sourceId: z.string(),
        name: z.string().optional().describe('absent: there is no such source'),
        ready: z.boolean(),
        late: z.boolean(),
        tasks: z.array(
          z.object({
            taskId: z.string(),
            name: z.string(),
            state: z.enum(taskStates),
            started: z.boolean().describe('false: it does not run by itself, and holds nothing up'),
            completeUntil: z.string().optional(),
            late: z.boolean(),
            problem: z.string().optional(),
          }),
        ),
      }),
    ),
  }),
});
