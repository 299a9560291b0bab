import type { audienceApi } from '@wutong/contract';
import type { Asker } from './asker.ts';

/** Who sees a segment or tag and who changes it, as stored. */
export interface Sharing {
  readonly owner: string;
  readonly shared: boolean;
  readonly shared_with: readonly string[];
  readonly shared_users: readonly string[];
  readonly editors: readonly string[];
}

/** Columns of `Sharing` in both tables. */
export const SHARING_COLUMNS = 'owner, shared, shared_with, shared_users, editors';

/** Whether somebody may know of a definition at all. No asker: the system; no sharing: everybody's. */
export function maySee(asker: Asker | undefined, sharing: Sharing | undefined): boolean {
  if (!asker || !sharing || mayEdit(asker, sharing)) return true;
  const { shared, shared_with: roles, shared_users: users } = sharing;
  if (!shared) return false;
  if (roles.length === 0 && users.length === 0) return true;
  return users.includes(asker.userId) || (asker.role !== undefined && roles.includes(asker.role));
}

/** Whether somebody may change a definition, its members or its values. */
export function mayEdit(asker: Asker, sharing: Sharing): boolean {
  return mayShare(asker, sharing) || sharing.editors.includes(asker.userId);
}

/** Whether somebody may say who sees a definition, and hand it over. */
export function mayShare(asker: Asker, sharing: Sharing): boolean {
  return asker.permissions.has('*') || sharing.owner === asker.userId;
}

/** `maySee` in SQL, of the columns of a table; the parameters stand from `$first` on, in the order of `sightOf`. */
export function seenSql(table: string, first: number): string {
  const [everything, userId, role] = [`$${first}::boolean`, `$${first + 1}::text`, `$${first + 2}::text`];
  return `(${everything} or ${table}.owner = ${userId} or ${userId} = any(${table}.editors)
    or (${table}.shared and (cardinality(${table}.shared_with) + cardinality(${table}.shared_users) = 0
      or ${role} = any(${table}.shared_with) or ${userId} = any(${table}.shared_users))))`;
}

/** Parameters of `seenSql`. */
export function sightOf(asker: Asker | undefined): [boolean, string, string] {
  return [asker?.permissions.has('*') ?? true, asker?.userId ?? '', asker?.role ?? ''];
}

/** The sharing of a definition, and what the asker may do with it. */
export function showSharing(
  row: Sharing,
  asker: Asker,
): Pick<audienceApi.SegmentView, 'owner' | 'sharing' | 'mayEdit' | 'mayShare'> {
  return {
    owner: row.owner,
    sharing: {
      shared: row.shared,
      sharedWith: [...row.shared_with] as audienceApi.Sharing['sharedWith'],
      sharedWithUsers: [...row.shared_users],
      editors: [...row.editors],
    },
    mayEdit: mayEdit(asker, row),
    mayShare: mayShare(asker, row),
  };
}
