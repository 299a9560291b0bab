import { hubApi, type ResponseOf } from '@wutong/contract';
import { CodedError, deterministicId, type HttpServer, type Platform } from '../platform/index.ts';
import type { RouteNeeds } from './route-needs.ts';
import {
  countTasks,
  lockTask,
  selectTaskEntry,
  selectTasks,
  updateTask,
  type TaskRow,
} from './task-store.ts';

type Task = ResponseOf<typeof hubApi.claimTask>;

/** Tasks: a manager sees those of the own institution only. */
export function routeTasks(server: HttpServer, { platform, needs }: RouteNeeds): void {
  const { database, clock } = platform;

  server.handle(hubApi.listTasks, async ({ query, user }) => {
    const filter = { ...query, institutionId: user.institutionId ?? query.institutionId };
    const rows = await selectTasks(database, filter, { after: query.cursor, limit: query.limit });
    const last = rows.length === query.limit ? rows.at(-1) : undefined;
    const idsOf = (column: 'manager_id' | 'institution_id'): string[] => [
      ...new Set(rows.flatMap((row) => row[column] ?? [])),
    ];
    const managers = await needs.profile.entityNames('manager', idsOf('manager_id'));
    const institutions = await needs.profile.entityNames('institution', idsOf('institution_id'));
    return {
      items: rows.map((row) => ({
        ...presentTask(platform, row),
        managerName: managers.get(row.manager_id ?? ''),
        institutionName: institutions.get(row.institution_id ?? ''),
      })),
      counts: await countTasks(database, filter),
      ...(last ? { nextCursor: last.task_id } : {}),
    };
  });

  server.handle(hubApi.claimTask, async ({ params, user }) =>
    database.transaction(async (transaction) => {
      const row = await lockTask(transaction, params.taskId, user.institutionId);
      if (row === undefined) throw new CodedError('task_not_found');
      if (row.state === 'claimed' && row.claimed_by === user.name) return presentTask(platform, row);
      if (row.state !== 'open') throw new CodedError('task_taken', { details: { state: row.state } });
      const claimed: TaskRow = { ...row, state: 'claimed', claimed_at: clock.now(), claimed_by: user.name };
      await updateTask(transaction, claimed);
      return presentTask(platform, claimed);
    }),
  );

  server.handle(hubApi.recordTaskOutcome, async ({ params, body, user }) =>
    database.transaction(async (transaction) => {
      const row = await lockTask(transaction, params.taskId, user.institutionId);
      if (row === undefined) throw new CodedError('task_not_found');
      if (row.state === 'done' || row.state === 'expired')
        throw new CodedError('task_done', { details: { state: row.state } });
      if (row.state === 'claimed' && row.claimed_by !== user.name) throw new CodedError('task_taken');
      const at = clock.now();
      const done: TaskRow = {
        ...row,
        state: 'done',
        outcome: body.outcome,
        note: body.note === undefined ? null : platform.secrets.encrypt(body.note),
        claimed_at: row.claimed_at ?? at,
        claimed_by: user.name,
        done_at: at,
      };
      await updateTask(transaction, done);
      if (body.outcome === 'opt_out') {
        await needs.profile.optOut(transaction, {
          personId: row.person_id,
          channel: 'any',
          at,
          messageId: deterministicId('hub', 'task_opt_out', row.task_id),
          evidence: `task ${row.task_id}, recorded by ${user.name}`,
        });
      }
      const belongsTo = await selectTaskEntry(transaction, row.message_id);
      await needs.ingest.enqueue(transaction, [
        {
          personId: row.person_id,
          event: '$task_outcome',
          time: at,
          messageId: deterministicId('hub', 'task_outcome', row.task_id),
          properties: {
            task_id: row.task_id,
            message_id: row.message_id,
            strategy_id: row.strategy_id,
            ...belongsTo,
            node_id: row.node_id,
            outcome: body.outcome,
            ...(row.manager_id === null ? {} : { manager_id: row.manager_id }),
            ...(row.institution_id === null ? {} : { institution_id: row.institution_id }),
          },
        },
      ]);
      return presentTask(platform, done);
    }),
  );
}

function presentTask(platform: Platform, row: TaskRow): Task {
  const texts = JSON.parse(platform.secrets.decrypt(row.body)) as Record<string, string>;
  const at = (ms: number): string => new Date(ms).toISOString();
  return {
    taskId: row.task_id,
    messageId: row.message_id,
    personId: row.person_id,
    ...(row.manager_id === null ? {} : { managerId: row.manager_id }),
    ...(row.institution_id === null ? {} : { institutionId: row.institution_id }),
    title: texts.title ?? '',
    script: texts.script ?? '',
    ...(texts.reason ? { reason: texts.reason } : {}),
    strategyId: row.strategy_id,
    nodeId: row.node_id,
    state: row.state,
    ...(row.outcome === null ? {} : { outcome: row.outcome as Task['outcome'] }),
    ...(row.note === null ? {} : { note: platform.secrets.decrypt(row.note) }),
    createdAt: at(row.created_at),
    dueAt: at(row.expires_at),
    ...(row.claimed_at === null ? {} : { claimedAt: at(row.claimed_at) }),
    ...(row.claimed_by === null ? {} : { claimedBy: row.claimed_by }),
    ...(row.done_at === null ? {} : { doneAt: at(row.done_at) }),
  };
}
