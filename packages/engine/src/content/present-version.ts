import type { contentApi } from '@wutong/contract';
import type { VersionRow } from './store.ts';

/** A row as the API shows it. */
export function presentVersion(row: VersionRow): contentApi.ContentVersion {
  return {
    contentId: row.content_id,
    version: row.version,
    hash: row.hash,
    name: row.name,
    purpose: row.purpose,
    state: row.state,
    variants: row.variants,
    problems: row.problems,
    createdBy: row.created_by,
    createdAt: new Date(row.created_at).toISOString(),
    ...(row.approved_by === null ? {} : { approvedBy: row.approved_by }),
    ...(row.approved_at === null ? {} : { approvedAt: new Date(row.approved_at).toISOString() }),
  };
}
