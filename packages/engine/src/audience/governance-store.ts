import type { EqlDocument } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import { SHARING_COLUMNS, type Sharing } from './sharing.ts';
import type { UserOfNames } from './usage-store.ts';

/** A segment or tag as lineage and clean-up look at it; times are epoch ms UTC. */
export interface GovernedRow extends Sharing {
  readonly kind: 'segment' | 'tag';
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly document: EqlDocument | null;
  readonly archived: boolean;
  readonly people: number | null;
  readonly problem: string | null;
  readonly problem_zh: string | null;
  readonly waiting_since: number | null;
  readonly created_at: number;
  /** Committed run of a segment; 0 for tags. */
  readonly run: number;
  readonly lookups: number;
  readonly looked_up_at: number | null;
}

/** Every segment and tag, in a stable order. */
export async function selectGoverned(transaction: Transaction): Promise<GovernedRow[]> {
  return transaction.query<GovernedRow>(
    `select 'segment' as kind, segment_id as id, name, ${SHARING_COLUMNS}, folder, document, archived, members as people,
            problem, problem_zh, waiting_since, created_at, run, lookups, looked_up_at
       from audience.segment
     union all
     select 'tag', tag_id, name, ${SHARING_COLUMNS}, folder, document, archived, people, problem, problem_zh, waiting_since, created_at, 0, 0, null
       from audience.tag
     order by kind, id`,
  );
}

/** Every use that was declared. */
export async function selectAllUses(
  transaction: Transaction,
): Promise<{ user: UserOfNames; usedKind: 'segment' | 'tag'; usedId: string }[]> {
  const rows = await transaction.query<{
    user_kind: UserOfNames['kind'];
    user_id: string;
    user_name: string;
    used_kind: 'segment' | 'tag';
    used_id: string;
  }>('select user_kind, user_id, user_name, used_kind, used_id from audience.usage order by 1, 2, 4, 5');
  return rows.map((row) => ({
    user: { kind: row.user_kind, id: row.user_id, name: row.user_name },
    usedKind: row.used_kind,
    usedId: row.used_id,
  }));
}

/** What the computations of a segment or tag took. */
export interface RunCost {
  readonly kind: 'segment' | 'tag';
  readonly id: string;
  /** Since the given instant. */
  readonly runs: number;
  readonly total_ms: number;
  readonly last_at: number | null;
  readonly last_ms: number | null;
}

/** Costs of the computations since an instant (epoch ms), with the newest one of each. */
export async function selectRunCosts(transaction: Transaction, sinceMs: number): Promise<RunCost[]> {
  return transaction.query<RunCost>(
    `select 'segment' as kind, segment_id as id, count(*) filter (where at >= $1)::int as runs,
            coalesce(sum(took_ms) filter (where at >= $1), 0) as total_ms, max(at) as last_at,
            (array_agg(took_ms order by run desc))[1] as last_ms
       from audience.segment_run where kind in ('full', 'incremental') group by segment_id
     union all
     select 'tag', tag_id, count(*) filter (where at >= $1)::int,
            coalesce(sum(took_ms) filter (where at >= $1), 0), max(at), (array_agg(took_ms order by run desc))[1]
       from audience.tag_run group by tag_id`,
    [sinceMs],
  );
}
