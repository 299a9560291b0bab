/** An ingestion task as its editor holds it, and the definition that follows. */
import type { BodyInputOf, connectionsApi, ingestionTasksApi } from '@wutong/contract';
import type { Schedule } from '../../../api/vocabulary.ts';
import { declarationsOf, problemsOf, recordOf, type RecordPlan } from '../mapping/record-plan.ts';
import type { SampledColumn } from '../mapping/suggest-plan.ts';

export type Definition = BodyInputOf<typeof ingestionTasksApi.createTask>;
type Task = ingestionTasksApi.Task;

export interface TaskDraft {
  taskId: string;
  name: string;
  sourceId: string;
  reads: 'table' | 'sql';
  table: string;
  sql: string;
  mode: 'full' | 'incremental';
  key: string[];
  watermark: string;
  startAt: string;
  overlap: number;
  delaySeconds: number;
  schedule: Schedule;
  expectedWithinMinutes: number | null;
}

export const newDraft: TaskDraft = {
  taskId: '',
  name: '',
  sourceId: '',
  reads: 'sql',
  table: '',
  sql: '',
  mode: 'incremental',
  key: [],
  watermark: '',
  startAt: '',
  overlap: 0,
  delaySeconds: 0,
  schedule: { every: 'day', at: '06:00' },
  expectedWithinMinutes: null,
};

export function draftOf({ query, load, ...task }: Task): TaskDraft {
  const incremental = load.mode === 'incremental' ? load : undefined;
  return {
    taskId: task.taskId,
    name: task.name,
    sourceId: task.sourceId,
    reads: 'table' in query ? 'table' : 'sql',
    table: 'table' in query ? query.table : '',
    sql: 'sql' in query ? query.sql : '',
    mode: load.mode,
    key: load.key,
    watermark: incremental?.watermark ?? '',
    startAt: incremental?.startAt ?? '',
    overlap: incremental?.overlap ?? 0,
    delaySeconds: incremental?.delaySeconds ?? 0,
    schedule: task.schedule,
    expectedWithinMinutes: task.expectedWithinMinutes ?? null,
  };
}

/** Whether everything is said; a stored task may keep its mapping. */
export function isComplete(draft: TaskDraft, plan: RecordPlan | undefined, keepsMapping: boolean): boolean {
  const reads = draft.reads === 'table' ? draft.table : draft.sql;
  return (
    /^[a-z][a-z0-9_]{0,62}$/.test(draft.taskId) &&
    draft.name.trim() !== '' &&
    /^[a-z0-9][a-z0-9_-]{0,63}$/.test(draft.sourceId) &&
    reads.trim() !== '' &&
    draft.key.length > 0 &&
    (draft.mode === 'full' || draft.watermark !== '') &&
    (keepsMapping || (plan !== undefined && problemsOf(plan).length === 0))
  );
}

/** What the API takes, without the id; the mapping as planned, or as it was. */
export function definitionOf(
  draft: TaskDraft,
  plan: RecordPlan | undefined,
  kept: Task['mapping'] | undefined,
): Omit<Definition, 'taskId'> {
  const { key, watermark, startAt, overlap, delaySeconds } = draft;
  return {
    name: draft.name.trim(),
    sourceId: draft.sourceId,
    query: draft.reads === 'table' ? { table: draft.table } : { sql: draft.sql },
    load:
      draft.mode === 'full'
        ? { mode: 'full', key }
        : {
            mode: 'incremental',
            key,
            watermark,
            overlap,
            delaySeconds,
            ...(startAt.trim() ? { startAt: startAt.trim() } : {}),
          },
    mapping: plan ? { declare: declarationsOf(plan), records: [recordOf(plan)] } : (kept ?? { records: [] }),
    schedule: draft.schedule,
    ...(draft.expectedWithinMinutes ? { expectedWithinMinutes: draft.expectedWithinMinutes } : {}),
  };
}

const TYPICAL: [RegExp, string][] = [
  [/DateTime/, '2024-01-01 00:00:00'],
  [/Date/, '2024-01-01'],
  [/Bool/, 'true'],
  [/Int|Float|Decimal/, '1'],
];

/**
 * Columns of a preview with examples. Where values are masked, an example of the column's type stands in for them, so
 * that types are still seen.
 */
export function sampledColumns({ columns, rows }: connectionsApi.Preview): SampledColumn[] {
  return columns.map(({ name, type }, index) => {
    const values = rows.map((row) => row[index] ?? '').filter((value) => value !== '');
    const clear = values.filter((value) => !value.includes('*'));
    const typical = TYPICAL.find(([pattern]) => pattern.test(type))?.[1];
    if (clear.length > 0 || typical === undefined)
      return { name, samples: clear.length > 0 ? clear : values };
    return { name, samples: [typical] };
  });
}
