import type { audienceApi } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import { maySee, seenSql, SHARING_COLUMNS, sightOf, type Sharing } from './sharing.ts';
import type { Asker } from './asker.ts';
import type { UserOfNames } from './usage-store.ts';

/** A segment or a tag. */
export interface Made {
  readonly kind: 'segment' | 'tag';
  readonly id: string;
}

/** Sets who sees and changes a definition, and its owner unless that stays. */
export async function updateSharing(
  transaction: Transaction,
  { kind, id }: Made,
  sharing: audienceApi.Sharing & { owner?: string | undefined },
  at: number,
): Promise<void> {
  await transaction.execute(
    `update audience.${kind} set shared = $2, shared_with = $3, shared_users = $4, editors = $5,
       owner = coalesce($6, owner), updated_at = $7 where ${kind}_id = $1`,
    [
      id,
      sharing.shared,
      sharing.sharedWith,
      sharing.sharedWithUsers,
      sharing.editors,
      sharing.owner ?? null,
      at,
    ],
  );
}

/** Which of these segments and tags somebody may not see, as `kind:id`. */
export async function selectUnseen(
  transaction: Transaction,
  asker: Asker | undefined,
  made: readonly { readonly kind: string; readonly id: string }[],
): Promise<Set<string>> {
  if (!asker || asker.permissions.has('*') || made.length === 0) return new Set();
  const idsOf = (kind: string): string[] => made.filter((each) => each.kind === kind).map(({ id }) => id);
  const rows = await transaction.query<Sharing & Made>(
    `select 'segment' as kind, segment_id as id, ${SHARING_COLUMNS} from audience.segment where segment_id = any($1)
     union all
     select 'tag', tag_id, ${SHARING_COLUMNS} from audience.tag where tag_id = any($2)`,
    [idsOf('segment'), idsOf('tag')],
  );
  return new Set(rows.filter((row) => !maySee(asker, row)).map(({ kind, id }) => `${kind}:${id}`));
}

/** A use as it is shown. */
export type ShownUse = UserOfNames & { hidden?: true };

/** Names of those that may be seen; how many more there are says a mark for each. */
export async function namesOf(
  transaction: Transaction,
  asker: Asker,
  users: readonly UserOfNames[],
): Promise<string[]> {
  return (await hideUnseen(transaction, asker, users)).map(({ name, hidden }) => (hidden ? '***' : name));
}

/** What may not be seen keeps its place in a list, without its name. */
export async function hideUnseen<Item extends { readonly kind: string; readonly id: string }>(
  transaction: Transaction,
  asker: Asker,
  items: readonly Item[],
): Promise<(Item & { hidden?: true })[]> {
  const unseen = await selectUnseen(transaction, asker, items);
  return items.map((item, index) =>
    unseen.has(`${item.kind}:${item.id}`)
      ? { ...item, id: `hidden-${index + 1}`, name: '', hidden: true }
      : item,
  );
}

/** Which of these segments or tags have a rule that names what the asker may not see. */
export async function selectNamingUnseen(
  transaction: Transaction,
  asker: Asker,
  kind: Made['kind'],
  ids: readonly string[],
): Promise<Set<string>> {
  if (asker.permissions.has('*') || ids.length === 0) return new Set();
  const rows = await transaction.query<{ id: string }>(
    `select distinct u.user_id as id from audience.usage u
     left join audience.segment s on u.used_kind = 'segment' and s.segment_id = u.used_id
     left join audience.tag t on u.used_kind = 'tag' and t.tag_id = u.used_id
     where u.user_kind = $1 and u.user_id = any($2)
       and (s.segment_id is not null and not ${seenSql('s', 3)} or t.tag_id is not null and not ${seenSql('t', 3)})`,
    [kind, ids, ...sightOf(asker)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Ids of all that everybody may see. */
export async function selectOpenToAll(
  transaction: Transaction,
): Promise<{ segmentIds: string[]; tagIds: string[] }> {
  const rows = await transaction.query<Made>(
    `select 'segment' as kind, segment_id as id from audience.segment
      where shared and cardinality(shared_with) + cardinality(shared_users) = 0
     union all
     select 'tag', tag_id from audience.tag
      where shared and cardinality(shared_with) + cardinality(shared_users) = 0
     order by 1, 2`,
  );
  const idsOf = (kind: Made['kind']): string[] => rows.flatMap((row) => (row.kind === kind ? [row.id] : []));
  return { segmentIds: idsOf('segment'), tagIds: idsOf('tag') };
}
