import type { contentApi } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';

/** A row of content.version. */
export interface VersionRow {
  content_id: string;
  version: number;
  hash: string;
  name: string;
  purpose: contentApi.Purpose;
  variants: contentApi.ContentVariants;
  problems: contentApi.ContentProblem[];
  state: 'draft' | 'approved' | 'withdrawn';
  created_by: string;
  created_at: number;
  approved_by: string | null;
  approved_at: number | null;
}

const COLUMNS = `v.content_id, v.version, v.hash, v.name, v.purpose, v.variants, v.problems, v.state,
  v.created_by, v.created_at, v.approved_by, v.approved_at`;

/** One version, or the newest, or the newest approved. */
export async function selectVersion(
  transaction: Transaction,
  contentId: string,
  which: number | 'latest' | 'approved',
): Promise<VersionRow | undefined> {
  const version =
    typeof which === 'number'
      ? '$2::integer'
      : which === 'latest'
        ? 'i.latest_version'
        : 'i.approved_version';
  const rows = await transaction.query<VersionRow>(
    `select ${COLUMNS} from content.item i
     join content.version v on v.content_id = i.content_id and v.version = ${version}
     where i.content_id = $1`,
    typeof which === 'number' ? [contentId, which] : [contentId],
  );
  return rows[0];
}

/** All versions of an item, newest first. */
export function selectVersions(transaction: Transaction, contentId: string): Promise<VersionRow[]> {
  return transaction.query<VersionRow>(
    `select ${COLUMNS} from content.version v where v.content_id = $1 order by v.version desc limit 500`,
    [contentId],
  );
}

/** A page of items in the order of their ids, each with its newest version. */
export function selectItems(
  transaction: Transaction,
  page: { search?: string; channel?: string; after?: string; limit: number },
): Promise<(VersionRow & { approved_version: number | null })[]> {
  return transaction.query(
    `select ${COLUMNS}, i.approved_version from content.item i
     join content.version v on v.content_id = i.content_id and v.version = i.latest_version
     where ($1::text is null or i.content_id > $1)
       and ($2::text is null or position(lower($2) in lower(i.name || ' ' || i.content_id)) > 0)
       and ($3::text is null or v.variants ? $3)
     order by i.content_id limit $4`,
    [page.after ?? null, page.search ?? null, page.channel ?? null, page.limit],
  );
}

/** Takes the item's lock, making the item when it is new; gives the number of its newest version (0: none). */
export async function lockItem(
  transaction: Transaction,
  item: { contentId: string; name: string; at: number },
): Promise<number> {
  const rows = await transaction.query<{ latest_version: number }>(
    `insert into content.item (content_id, name, latest_version, created_at, updated_at)
     values ($1, $2, 0, $3, $3)
     on conflict (content_id) do update set name = excluded.name, updated_at = excluded.updated_at
     returning latest_version`,
    [item.contentId, item.name, item.at],
  );
  return rows[0]!.latest_version;
}

/** Appends a version and makes it the item's newest. */
export async function insertVersion(
  transaction: Transaction,
  row: Omit<VersionRow, 'state' | 'approved_by' | 'approved_at'>,
): Promise<void> {
  await transaction.execute(
    `insert into content.version (content_id, version, hash, name, purpose, variants, problems, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      row.content_id,
      row.version,
      row.hash,
      row.name,
      row.purpose,
      JSON.stringify(row.variants),
      JSON.stringify(row.problems),
      row.created_by,
      row.created_at,
    ],
  );
  await transaction.execute('update content.item set latest_version = $2 where content_id = $1', [
    row.content_id,
    row.version,
  ]);
}

/** Marks a draft approved; the item's approved version only moves forward. */
export async function updateApproved(
  transaction: Transaction,
  approval: { contentId: string; version: number; actor: string; at: number },
): Promise<void> {
  await transaction.execute(
    `update content.version set state = 'approved', approved_by = $3, approved_at = $4
     where content_id = $1 and version = $2 and state = 'draft'`,
    [approval.contentId, approval.version, approval.actor, approval.at],
  );
  await transaction.execute(
    `update content.item set approved_version = greatest(coalesce(approved_version, 0), $2), updated_at = $3
     where content_id = $1`,
    [approval.contentId, approval.version, approval.at],
  );
}
