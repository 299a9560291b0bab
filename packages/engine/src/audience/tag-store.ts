import type { audienceApi, EqlDocument } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import type { EqlType } from './bind/bound.ts';
import type { ComputationProblem } from './computation-problem.ts';
import { restampTags, touchPeople } from './tag-change-store.ts';
import type { Sharing } from './sharing.ts';

/** A tag as stored; times are epoch ms UTC. */
export interface TagRow extends Sharing {
  readonly tag_id: string;
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly kind: (typeof audienceApi.tagKinds)[number];
  readonly value_type: EqlType;
  readonly version: number;
  readonly body: string | null;
  readonly document: EqlDocument | null;
  readonly schedule: audienceApi.Schedule;
  readonly due_at: number | null;
  /** Since when it waits for its sources. */
  readonly waiting_since: number | null;
  readonly archived: boolean;
  readonly created_at: number;
  readonly updated_at: number;
  readonly last_run: number;
  readonly people: number | null;
  readonly computed_at: number | null;
  readonly problem: string | null;
  readonly problem_zh: string | null;
  readonly priority: number;
  readonly model: audienceApi.TagModel | null;
  /** Of the newest scores of a model tag. */
  readonly model_version: string | null;
}

export interface NewTag {
  readonly tagId: string;
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly kind: TagRow['kind'];
  readonly valueType: EqlType;
  readonly body: string | undefined;
  readonly document: EqlDocument | undefined;
  readonly schedule: audienceApi.Schedule;
  readonly priority: number;
  readonly owner: string;
  readonly at: number;
  readonly dueAt: number | undefined;
  readonly model: audienceApi.TagModel | undefined;
}

/** Inserts a tag; false when the id is taken. */
export async function insertTag(transaction: Transaction, tag: NewTag): Promise<boolean> {
  const rows = await transaction.execute(
    `insert into audience.tag
       (tag_id, name, description, folder, kind, value_type, version, body, document, schedule, owner, created_at, updated_at, due_at, priority, model)
     values ($1, $2, $3, $4, $5, $6, 1, $7, $8::jsonb, $9::jsonb, $10, $11, $11, $12, $13, $14::jsonb)
     on conflict (tag_id) do nothing`,
    [
      tag.tagId,
      tag.name,
      tag.description,
      tag.folder,
      tag.kind,
      tag.valueType,
      tag.body ?? null,
      tag.document ? JSON.stringify(tag.document) : null,
      JSON.stringify(tag.schedule),
      tag.owner,
      tag.at,
      tag.dueAt ?? null,
      tag.priority,
      tag.model ? JSON.stringify(tag.model) : null,
    ],
  );
  if (rows === 0) return false;
  await insertTagVersion(transaction, { ...tag, version: 1, editedBy: tag.owner });
  return true;
}

async function insertTagVersion(
  transaction: Transaction,
  version: Pick<NewTag, 'tagId' | 'body' | 'document' | 'at'> & { version: number; editedBy: string },
): Promise<void> {
  await transaction.execute(
    `insert into audience.tag_version (tag_id, version, body, document, edited_by, edited_at)
     values ($1, $2, $3, $4::jsonb, $5, $6)`,
    [
      version.tagId,
      version.version,
      version.body ?? null,
      version.document ? JSON.stringify(version.document) : null,
      version.editedBy,
      version.at,
    ],
  );
}

/** Replaces the definition and keeps the version; false when `version` is not the newest. */
export async function updateTag(
  transaction: Transaction,
  tag: Omit<NewTag, 'kind' | 'owner'> & { version: number; editedBy: string },
): Promise<boolean> {
  const rows = await transaction.execute(
    `update audience.tag
     set name = $3, description = $4, folder = $5, value_type = $6, body = $7, document = $8::jsonb,
         schedule = $9::jsonb, priority = $10, updated_at = $11, due_at = $12, version = version + 1, problem = null,
         failures = 0, failing_since = null,
         waiting_since = null, model = coalesce($13::jsonb, model)
     where tag_id = $1 and version = $2`,
    [
      tag.tagId,
      tag.version,
      tag.name,
      tag.description,
      tag.folder,
      tag.valueType,
      tag.body ?? null,
      tag.document ? JSON.stringify(tag.document) : null,
      JSON.stringify(tag.schedule),
      tag.priority,
      tag.at,
      tag.dueAt ?? null,
      tag.model ? JSON.stringify(tag.model) : null,
    ],
  );
  if (rows === 0) return false;
  await insertTagVersion(transaction, { ...tag, version: tag.version + 1 });
  return true;
}

/** Newest versions first. */
export async function selectTagVersions(
  transaction: Transaction,
  tagId: string,
): Promise<{ version: number; body: string | null; edited_by: string; edited_at: number }[]> {
  return transaction.query(
    `select version, body, edited_by, edited_at from audience.tag_version
     where tag_id = $1 order by version desc limit 200`,
    [tagId],
  );
}

export async function selectTags(transaction: Transaction, tagIds: readonly string[]): Promise<TagRow[]> {
  return transaction.query<TagRow>('select * from audience.tag where tag_id = any($1) order by tag_id', [
    tagIds,
  ]);
}

export async function selectRuleTags(transaction: Transaction): Promise<TagRow[]> {
  return transaction.query<TagRow>(
    `select * from audience.tag where kind = 'rule' and not archived order by tag_id`,
  );
}

export async function selectDueTags(transaction: Transaction, now: number, limit: number): Promise<TagRow[]> {
  return transaction.query<TagRow>(
    `select * from audience.tag where due_at <= $1 and not archived and kind in ('rule', 'sql', 'model')
     order by priority, due_at limit $2`,
    [now, limit],
  );
}

/** The next version number of each tag's values, never used twice. */
export async function beginTagRuns(
  transaction: Transaction,
  tagIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await transaction.query<{ tag_id: string; last_run: number }>(
    'update audience.tag set last_run = last_run + 1 where tag_id = any($1) returning tag_id, last_run',
    [tagIds],
  );
  return new Map(rows.map((row) => [row.tag_id, row.last_run]));
}

/** Notes a computation that is done. */
export async function finishTagRun(
  transaction: Transaction,
  done: {
    tagId: string;
    run: number;
    at: number;
    people: number;
    tookMs: number;
    dueAt: number | undefined;
    modelVersion?: string | undefined;
    /** Only these people's values may have changed; absent: any. */
    touched?: readonly number[];
  },
): Promise<void> {
  await transaction.execute(
    `insert into audience.tag_run (tag_id, run, at, people, took_ms, model_version)
     values ($1, $2, $3, $4, $5, $6)`,
    [done.tagId, done.run, done.at, done.people, done.tookMs, done.modelVersion ?? null],
  );
  await transaction.execute(
    `update audience.tag set people = $2, computed_at = $3, due_at = $4, problem = null, failures = 0,
       failing_since = null,
       model_version = coalesce($5, model_version) where tag_id = $1`,
    [done.tagId, done.people, done.at, done.dueAt ?? null, done.modelVersion ?? null],
  );
  if (done.touched) await touchPeople(transaction, done.tagId, done.touched);
  else await restampTags(transaction, [done.tagId]);
}

/** Notes that a computation failed at `at`, how often in a row, and when the next one is due (epoch ms). */
export async function postponeTag(
  transaction: Transaction,
  tagId: string,
  failure: { dueAt: number | undefined; problem: ComputationProblem; at: number },
): Promise<void> {
  const { dueAt, problem, at } = failure;
  await transaction.execute(
    // A computation that failed may have written some values.
    `update audience.tag set due_at = $2, problem = $3, problem_zh = $4, values_stamp = values_stamp + 1,
       failures = failures + 1, failing_since = coalesce(failing_since, $5)
     where tag_id = $1`,
    [tagId, dueAt ?? null, problem.en, problem.zh, at],
  );
}

export async function setTagArchived(
  transaction: Transaction,
  tagId: string,
  archived: boolean,
  at: number,
): Promise<void> {
  await transaction.execute('update audience.tag set archived = $2, updated_at = $3 where tag_id = $1', [
    tagId,
    archived,
    at,
  ]);
}

export async function selectTagRuns(
  transaction: Transaction,
  tagId: string,
): Promise<{ at: number; people: number; took_ms: number; model_version: string | null }[]> {
  return transaction.query(
    'select at, people, took_ms, model_version from audience.tag_run where tag_id = $1 order by run desc limit 400',
    [tagId],
  );
}

/** The newest run of a tag before an instant (epoch ms). */
export async function selectRunBefore(
  transaction: Transaction,
  tagId: string,
  beforeMs: number,
): Promise<number | undefined> {
  const rows = await transaction.query<{ run: number | null }>(
    'select max(run) as run from audience.tag_run where tag_id = $1 and at < $2',
    [tagId, beforeMs],
  );
  return rows[0]?.run ?? undefined;
}
