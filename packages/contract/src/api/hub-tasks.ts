import { z } from 'zod';
import { endpoint } from '../endpoint.ts';

export const taskStates = ['open', 'claimed', 'done', 'expired'] as const;
export const taskOutcomes = [
  'interested',
  'purchased',
  'refused',
  'unreachable',
  'follow_up',
  'opt_out',
] as const;
export const taskSchema = z.object({
  taskId: z.string(),
  messageId: z.string(),
  personId: z.number().int(),
  managerId: z.string().optional(),
  institutionId: z.string().optional(),
  title: z.string(),
  script: z.string(),
  reason: z.string().optional(),
  strategyId: z.string(),
  nodeId: z.string(),
  state: z.enum(taskStates),
  outcome: z.enum(taskOutcomes).optional(),
  note: z.string().optional(),
  createdAt: z.string(),
  dueAt: z.string().optional().describe('expires then'),
  managerName: z.string().optional(),
  institutionName: z.string().optional(),
  claimedAt: z.string().optional(),
  claimedBy: z.string().optional(),
  doneAt: z.string().optional(),
});

export const listTasks = endpoint({
  name: 'listTasks',
  method: 'GET',
  path: '/api/v1/tasks',
  room: 'hub',
  summary: { en: 'Managers’ tasks, oldest open first', zh: '客户经理任务列表' },
  permission: 'task.read',
  query: z.object({
    state: z.enum(taskStates).optional(),
    managerId: z.string().optional(),
    institutionId: z.string().optional(),
    strategyId: z.string().optional(),
    cursor: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  response: z.object({
    items: z.array(taskSchema),
    counts: z.record(z.string(), z.number().int()).describe('state → number'),
    nextCursor: z.string().optional(),
  }),
});

export const claimTask = endpoint({
  name: 'claimTask',
  method: 'POST',
  path: '/api/v1/tasks/:taskId/claim',
  room: 'hub',
  summary: { en: 'Take a task; nobody else works on it then', zh: '领取任务' },
  permission: 'task.write',
  params: z.object({ taskId: z.uuid() }),
  response: taskSchema,
  errors: ['task_not_found', 'task_taken'],
});

export const recordTaskOutcome = endpoint({
  name: 'recordTaskOutcome',
  method: 'POST',
  path: '/api/v1/tasks/:taskId/outcome',
  room: 'hub',
  summary: { en: 'Record what came of a task', zh: '记录任务结果' },
  permission: 'task.write',
  params: z.object({ taskId: z.uuid() }),
  body: z.object({ outcome: z.enum(taskOutcomes), note: z.string().max(2_000).optional() }),
  response: taskSchema,
  errors: ['task_not_found', 'task_taken', 'task_done'],
});
