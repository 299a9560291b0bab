import type { audienceApi, EqlDocument } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import type { ComputationProblem } from './computation-problem.ts';
import { SHARING_COLUMNS, type Sharing } from './sharing.ts';

/** A segment as stored; times are epoch ms UTC. */
export interface SegmentRow extends Sharing {
  readonly segment_id: string;
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly kind: (typeof audienceApi.segmentKinds)[number];
  readonly version: number;
  readonly body: string | null;
  readonly document: EqlDocument | null;
  readonly schedule: audienceApi.Schedule;
  readonly due_at: number | null;
  /** Since when it waits for its sources. */
  readonly waiting_since: number | null;
  /** When the newest proof found its kept members wrong; null: it found them right, or there was none. */
  readonly proved_wrong_at: number | null;
  readonly archived: boolean;
  readonly created_at: number;
  readonly updated_at: number;
  readonly run: number;
  readonly last_run: number;
  readonly members: number | null;
  readonly computed_at: number | null;
  readonly problem: string | null;
  readonly problem_zh: string | null;
  readonly lookups: number;
  readonly looked_up_at: number | null;
  readonly priority: number;
  readonly lookalike: audienceApi.Lookalike | null;
  readonly explanation: audienceApi.LookalikeExplanation | null;
}

export interface NewSegment {
  readonly segmentId: string;
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly kind: SegmentRow['kind'];
  readonly body: string | undefined;
  readonly document: EqlDocument | undefined;
  readonly schedule: audienceApi.Schedule;
  readonly priority: number;
  readonly owner: string;
  readonly at: number;
  readonly dueAt: number | undefined;
}

/** Inserts a segment and its first version; false when the id is taken. */
export async function insertSegment(transaction: Transaction, segment: NewSegment): Promise<boolean> {
  const rows = await transaction.execute(
    `insert into audience.segment
       (segment_id, name, description, folder, kind, version, body, document, schedule, owner, created_at, updated_at, due_at, priority)
     values ($1, $2, $3, $4, $5, 1, $6, $7::jsonb, $8::jsonb, $9, $10, $10, $11, $12)
     on conflict (segment_id) do nothing`,
    [
      segment.segmentId,
      segment.name,
      segment.description,
      segment.folder,
      segment.kind,
      segment.body ?? null,
      segment.document ? JSON.stringify(segment.document) : null,
      JSON.stringify(segment.schedule),
      segment.owner,
      segment.at,
      segment.dueAt ?? null,
      segment.priority,
    ],
  );
  if (rows === 0) return false;
  await insertSegmentVersion(transaction, { ...segment, version: 1, editedBy: segment.owner });
  return true;
}

export async function insertSegmentVersion(
  transaction: Transaction,
  version: {
    segmentId: string;
    version: number;
    body: string | undefined;
    document: EqlDocument | undefined;
    editedBy: string;
    at: number;
  },
): Promise<void> {
  await transaction.execute(
    `insert into audience.segment_version (segment_id, version, body, document, edited_by, edited_at)
     values ($1, $2, $3, $4::jsonb, $5, $6)`,
    [
      version.segmentId,
      version.version,
      version.body ?? null,
      version.document ? JSON.stringify(version.document) : null,
      version.editedBy,
      version.at,
    ],
  );
}

/** Replaces the definition; false when `version` is not the newest. */
export async function updateSegment(
  transaction: Transaction,
  segment: Omit<NewSegment, 'kind' | 'owner'> & { version: number },
): Promise<boolean> {
  const rows = await transaction.execute(
    `update audience.segment
     set name = $3, description = $4, folder = $5, body = $6, document = $7::jsonb, schedule = $8::jsonb,
         updated_at = $9, due_at = $10, priority = $11, version = version + 1, problem = null, waiting_since = null,
         failures = 0, failing_since = null
     where segment_id = $1 and version = $2`,
    [
      segment.segmentId,
      segment.version,
      segment.name,
      segment.description,
      segment.folder,
      segment.body ?? null,
      segment.document ? JSON.stringify(segment.document) : null,
      JSON.stringify(segment.schedule),
      segment.at,
      segment.dueAt ?? null,
      segment.priority,
    ],
  );
  return rows > 0;
}

export async function setSegmentArchived(
  transaction: Transaction,
  segmentId: string,
  archived: boolean,
  at: number,
): Promise<void> {
  await transaction.execute(
    'update audience.segment set archived = $2, updated_at = $3 where segment_id = $1',
    [segmentId, archived, at],
  );
}

export async function selectSegments(
  transaction: Transaction,
  segmentIds: readonly string[],
): Promise<SegmentRow[]> {
  return transaction.query<SegmentRow>(
    'select * from audience.segment where segment_id = any($1) order by segment_id',
    [segmentIds],
  );
}

/** Segments whose time has come: by priority, then the longest overdue first. */
export async function selectDueSegments(
  transaction: Transaction,
  now: number,
  limit: number,
): Promise<SegmentRow[]> {
  return transaction.query<SegmentRow>(
    `select * from audience.segment where due_at <= $1 and not archived and kind <> 'import'
     order by priority, due_at limit $2`,
    [now, limit],
  );
}

/** All rule segments in use. */
export async function selectRuleSegments(transaction: Transaction): Promise<SegmentRow[]> {
  return transaction.query<SegmentRow>(
    `select * from audience.segment where kind = 'rule' and not archived order by segment_id`,
  );
}

/** Notes that a computation failed at `at`, how often in a row, and when the next one is due (epoch ms). */
export async function postponeSegment(
  transaction: Transaction,
  segmentId: string,
  failure: { dueAt: number | undefined; problem: ComputationProblem; at: number },
): Promise<void> {
  const { dueAt, problem, at } = failure;
  await transaction.execute(
    `update audience.segment set due_at = $2, problem = $3, problem_zh = $4, failures = failures + 1,
       failing_since = coalesce(failing_since, $5)
     where segment_id = $1`,
    [segmentId, dueAt ?? null, problem.en, problem.zh, at],
  );
}

/** Takes the next run number of each segment; committed at once, so that no number is ever used twice. */
export async function beginRuns(
  transaction: Transaction,
  segmentIds: readonly string[],
): Promise<{ segmentId: string; run: number; committedRun: number }[]> {
  const rows = await transaction.query<{ segment_id: string; last_run: number; run: number }>(
    `update audience.segment set last_run = last_run + 1 where segment_id = any($1)
     returning segment_id, last_run, run`,
    [segmentIds],
  );
  return rows.map((row) => ({ segmentId: row.segment_id, run: row.last_run, committedRun: row.run }));
}

export interface FinishedRun {
  readonly segmentId: string;
  readonly run: number;
  readonly at: number;
  readonly kind: 'full' | 'incremental' | 'identity' | 'import';
  readonly members: number;
  readonly entered: number;
  readonly left: number;
  readonly tookMs: number;
  readonly dueAt: number | undefined;
}

/** Makes runs the present ones: from here on they are the members everybody sees. */
export async function commitRuns(transaction: Transaction, runs: readonly FinishedRun[]): Promise<void> {
  await transaction.execute(
    `with done as (
       select * from jsonb_to_recordset($1::jsonb) as run(segment_id text, run bigint, at bigint, kind text,
         members bigint, entered bigint, left_count bigint, took_ms double precision, due_at bigint)),
     noted as (
       insert into audience.segment_run (segment_id, run, at, kind, members, entered, left_count, took_ms)
       select segment_id, run, at, kind, members, entered, left_count, took_ms from done)
     -- A run that moved memberships for identity does not count as a computation: the schedule goes on.
     update audience.segment s
     set run = done.run, members = done.members,
         problem = case when done.kind = 'identity' then s.problem end,
         failures = case when done.kind = 'identity' then s.failures else 0 end,
         failing_since = case when done.kind = 'identity' then s.failing_since end,
         computed_at = case when done.kind = 'identity' then s.computed_at else done.at end,
         due_at = case when done.kind = 'identity' then s.due_at else done.due_at end
     from done where s.segment_id = done.segment_id`,
    [
      JSON.stringify(
        runs.map((run) => ({
          segment_id: run.segmentId,
          run: run.run,
          at: run.at,
          kind: run.kind,
          members: run.members,
          entered: run.entered,
          left_count: run.left,
          took_ms: run.tookMs,
          due_at: run.dueAt ?? null,
        })),
      ),
    ],
  );
}

export interface RunRow {
  readonly run: number;
  readonly at: number;
  readonly kind: 'full' | 'incremental' | 'identity' | 'import';
  readonly members: number;
  readonly entered: number;
  readonly left_count: number;
  readonly took_ms: number;
}

/** Newest runs first. */
export async function selectRuns(
  transaction: Transaction,
  segmentId: string,
  limit: number,
): Promise<RunRow[]> {
  return transaction.query<RunRow>(
    `select run, at, kind, members, entered, left_count, took_ms from audience.segment_run
     where segment_id = $1 order by run desc limit $2`,
    [segmentId, limit],
  );
}

export async function selectVersions(
  transaction: Transaction,
  segmentId: string,
): Promise<{ version: number; body: string | null; edited_by: string; edited_at: number }[]> {
  return transaction.query(
    `select version, body, edited_by, edited_at from audience.segment_version
     where segment_id = $1 order by version desc limit 200`,
    [segmentId],
  );
}

/** Present runs of all segments that are in use, for the look-up in memory. */
export async function selectPresentRuns(
  transaction: Transaction,
): Promise<
  (Sharing & Pick<SegmentRow, 'segment_id' | 'name' | 'run' | 'proved_wrong_at'> & { members: number })[]
> {
  return transaction.query(
    `select segment_id, name, run, coalesce(members, 0) as members, proved_wrong_at, ${SHARING_COLUMNS} from audience.segment
     where run > 0 and not archived order by segment_id`,
  );
}

export async function addLookups(
  transaction: Transaction,
  counts: ReadonlyMap<string, number>,
  at: number,
): Promise<void> {
  await transaction.execute(
    `update audience.segment s set lookups = lookups + c.amount, looked_up_at = greatest(looked_up_at, $3)
     from unnest($1::text[], $2::bigint[]) as c(segment_id, amount) where s.segment_id = c.segment_id`,
    [[...counts.keys()], [...counts.values()], at],
  );
}

/** Sets whom a lookalike resembles; its newest version says it in words. */
export async function setLookalike(
  transaction: Transaction,
  segmentId: string,
  lookalike: audienceApi.Lookalike,
): Promise<void> {
  await transaction.execute('update audience.segment set lookalike = $2::jsonb where segment_id = $1', [
    segmentId,
    JSON.stringify(lookalike),
  ]);
}

export async function setExplanation(
  transaction: Transaction,
  segmentId: string,
  explanation: audienceApi.LookalikeExplanation,
): Promise<void> {
  await transaction.execute('update audience.segment set explanation = $2::jsonb where segment_id = $1', [
    segmentId,
    JSON.stringify(explanation),
  ]);
}
