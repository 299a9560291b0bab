import {
  canonicalJson,
  strategyDocumentSchema,
  type canvasApi,
  type StrategyDocument,
} from '@wutong/contract';
import { createHash } from 'node:crypto';
import type { Transaction } from '../platform/index.ts';

export type VersionState = canvasApi.StrategyVersionState;

/** A frozen document and what was decided about it; times are epoch ms. */
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

/** Freezes a document as the strategy's next version; returns its number. */
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
