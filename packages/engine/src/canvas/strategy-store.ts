import { canonicalJson, strategyDocumentSchema, type canvasApi, type StrategyDocument } from '@wutong/contract';
import { createHash } from 'node:crypto';
import type { Transaction } from '../platform/index.ts';

export type StrategyState = canvasApi.StrategyState;
export type VersionState = canvasApi.StrategyVersionState;

/** A strategy as it is stored; times are epoch ms. */
export interface StoredStrategy {
  readonly strategyId: string;
  readonly name: string;
  readonly description: string;
  readonly state: StrategyState;
  readonly draft: StrategyDocument;
  readonly draftRevision: number;
  readonly publishedVersion: number | undefined;
  readonly entriesFromAt: number | undefined;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StoredVersion {
  readonly strategyId: string;
  readonly version: number;
  readonly hash: string;
  readonly state: VersionState;
  readonly document: StrategyDocument;
  readonly note: string;
  readonly submittedBy: string;
  readonly submittedAt: number;
  readonly decidedBy: string | undefined;
  readonly decidedAt: number | undefined;
  readonly decisionNote: string | undefined;
  readonly publishedBy: string | undefined;
  readonly publishedAt: number | undefined;
}

/** SHA-256 of the canonical JSON, 64 hex characters: what an approval names. */
export function hashDocument(document: StrategyDocument): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex');
}

interface StrategyRow {
  strategy_id: string;
  name: string;
  description: string;
  state: StrategyState;
  draft: unknown;
  draft_revision: number;
  published_version: number | null;
  entries_from_at: number | null;
  created_by: string;
  created_at: number;
  updated_at: number;
}

function toStrategy(row: StrategyRow): StoredStrategy {
  return {
    strategyId: row.strategy_id,
    name: row.name,
    description: row.description,
    state: row.state,
    draft: strategyDocumentSchema.parse(row.draft),
    draftRevision: row.draft_revision,
    publishedVersion: row.published_version ?? undefined,
    entriesFromAt: row.entries_from_at ?? undefined,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

interface VersionRow {
  strategy_id: string;
  version: number;
  hash: string;
  state: VersionState;
  document: unknown;
  note: string;
  submitted_by: string;
  submitted_at: number;
  decided_by: string | null;
  decided_at: number | null;
  decision_note: string | null;
  published_by: string | null;
  published_at: number | null;
}

function toVersion(row: VersionRow): StoredVersion {
  return {
    strategyId: row.strategy_id,
    version: row.version,
    hash: row.hash,
    state: row.state,
    document: strategyDocumentSchema.parse(row.document),
    note: row.note,
    submittedBy: row.submitted_by,
    submittedAt: row.submitted_at,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    decisionNote: row.decision_note ?? undefined,
    publishedBy: row.published_by ?? undefined,
    publishedAt: row.published_at ?? undefined,
  };
}

type Reader = Pick<Transaction, 'query'>;

export async function readStrategy(
  reader: Reader,
  strategyId: string,
  options: { forUpdate?: boolean } = {},
): Promise<StoredStrategy | undefined> {
  const rows = await reader.query<StrategyRow>(
    `select * from canvas.strategy where strategy_id = $1 ${options.forUpdate ? 'for update' : ''}`,
    [strategyId],
  );
  return rows[0] && toStrategy(rows[0]);
}

/** A page of strategies, last changed first. `before` is the (updatedAt, id) of the last one shown. */
export async function readStrategies(
  reader: Reader,
  filter: {
    search?: string | undefined;
    state?: StrategyState | undefined;
    before?: { updatedAt: number; strategyId: string } | undefined;
    limit: number;
  },
): Promise<StoredStrategy[]> {
  const rows = await reader.query<StrategyRow>(
    `select * from canvas.strategy
      where ($1::text is null or strpos(lower(name), lower($1)) > 0 or strategy_id = $1)
        and ($2::text is null or state = $2)
        and ($3::bigint is null or (updated_at, strategy_id) < ($3, $4))
      order by updated_at desc, strategy_id desc limit $5`,
    [
      filter.search ?? null,
      filter.state ?? null,
      filter.before?.updatedAt ?? null,
      filter.before?.strategyId ?? null,
      filter.limit,
    ],
  );
  return rows.map(toStrategy);
}

/** Inserts a draft; false when the id is taken. */
export async function insertStrategy(
  transaction: Transaction,
  strategy: Pick<StoredStrategy, 'strategyId' | 'name' | 'description' | 'draft' | 'createdBy' | 'createdAt'>,
): Promise<boolean> {
  const inserted = await transaction.execute(
    `insert into canvas.strategy (strategy_id, name, description, state, draft, draft_revision, created_by,
        created_at, updated_at)
     values ($1, $2, $3, 'draft', $4::jsonb, 1, $5, $6, $6) on conflict (strategy_id) do nothing`,
    [
      strategy.strategyId,
      strategy.name,
      strategy.description,
      JSON.stringify(strategy.draft),
      strategy.createdBy,
      strategy.createdAt,
    ],
  );
  return inserted === 1;
}

/** Writes the draft when nobody has saved since `revision`; false otherwise. */
export async function updateDraft(
  transaction: Transaction,
  draft: {
    strategyId: string;
    revision: number;
    document: StrategyDocument;
    name: string | undefined;
    description: string | undefined;
    now: number;
  },
): Promise<boolean> {
  const updated = await transaction.execute(
    `update canvas.strategy set draft = $3::jsonb, draft_revision = draft_revision + 1,
        name = coalesce($4, name), description = coalesce($5, description), updated_at = $6
      where strategy_id = $1 and draft_revision = $2`,
    [
      draft.strategyId,
      draft.revision,
      JSON.stringify(draft.document),
      draft.name ?? null,
      draft.description ?? null,
      draft.now,
    ],
  );
  return updated === 1;
}

/** Sets the state; `entriesFromAt` and `closedAt` only where given. */
export async function updateState(
  transaction: Transaction,
  change: {
    strategyId: string;
    state: StrategyState;
    publishedVersion?: number;
    entriesFromAt?: number;
    closedAt?: number;
    now: number;
  },
): Promise<void> {
  await transaction.execute(
    `update canvas.strategy set state = $2, published_version = coalesce($3, published_version),
        entries_from_at = coalesce($4, entries_from_at), closed_at = $5, updated_at = $6
      where strategy_id = $1`,
    [
      change.strategyId,
      change.state,
      change.publishedVersion ?? null,
      change.entriesFromAt ?? null,
      change.closedAt ?? null,
      change.now,
    ],
  );
}

export async function insertVersion(
  transaction: Transaction,
  version: Pick<StoredVersion, 'strategyId' | 'hash' | 'document' | 'note' | 'submittedBy' | 'submittedAt'>,
): Promise<number> {
  const rows = await transaction.query<{ version: number }>(
    `insert into canvas.version (strategy_id, version, hash, state, document, note, submitted_by, submitted_at)
     select $1, coalesce(max(version), 0) + 1, $2, 'submitted', $3::jsonb, $4, $5, $6
       from canvas.version where strategy_id = $1 returning version`,
    [
      version.strategyId,
      version.hash,
      JSON.stringify(version.document),
      version.note,
      version.submittedBy,
      version.submittedAt,
    ],
  );
  return rows[0]!.version;
}

export async function readVersions(
  reader: Reader,
  strategyId: string,
  version?: number,
): Promise<StoredVersion[]> {
  const rows = await reader.query<VersionRow>(
    `select * from canvas.version where strategy_id = $1 and ($2::integer is null or version = $2)
      order by version desc limit 1000`,
    [strategyId, version ?? null],
  );
  return rows.map(toVersion);
}

/** Newest version of each strategy that waits for a decision or for publication. */
export async function pendingVersions(
  reader: Reader,
  strategyIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await reader.query<{ strategy_id: string; version: number }>(
    `select strategy_id, max(version) as version from canvas.version
      where strategy_id = any($1::text[]) and state in ('submitted', 'approved') group by strategy_id`,
    [strategyIds],
  );
  return new Map(rows.map((row) => [row.strategy_id, row.version]));
}

export async function decideVersion(
  transaction: Transaction,
  decision: {
    strategyId: string;
    version: number;
    state: 'approved' | 'rejected';
    actor: string;
    note: string;
    now: number;
  },
): Promise<void> {
  await transaction.execute(
    `update canvas.version set state = $3, decided_by = $4, decision_note = $5, decided_at = $6
      where strategy_id = $1 and version = $2`,
    [decision.strategyId, decision.version, decision.state, decision.actor, decision.note, decision.now],
  );
}

/** Publishes a version; the one published before is superseded. */
export async function markPublished(
  transaction: Transaction,
  publication: { strategyId: string; version: number; actor: string; now: number },
): Promise<void> {
  await transaction.execute(
    `update canvas.version set state = 'superseded' where strategy_id = $1 and state = 'published'`,
    [publication.strategyId],
  );
  await transaction.execute(
    `update canvas.version set state = 'published', published_by = $3, published_at = $4
      where strategy_id = $1 and version = $2`,
    [publication.strategyId, publication.version, publication.actor, publication.now],
  );
}

/** Versions whose people or goals still listen at `now`. Documents are not parsed: only names are read. */
export async function listeningVersions(reader: Reader, now: number): Promise<StrategyDocument[]> {
  const rows = await reader.query<{ document: StrategyDocument }>(
    `select version.document from canvas.version version join canvas.strategy strategy using (strategy_id)
      where version.published_at is not null
        and (strategy.closed_at is null
             or strategy.closed_at + coalesce((version.document -> 'goal' ->> 'withinMs')::bigint, 0) >= $1)`,
    [now],
  );
  return rows.map((row) => row.document);
}
