import { strategyDocumentSchema, type canvasApi, type StrategyDocument } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';

export type StrategyState = canvasApi.StrategyState;

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
