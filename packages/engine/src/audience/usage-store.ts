import type { Transaction } from '../platform/index.ts';

/** Who uses a segment or tag. */
export interface UserOfNames {
  readonly kind: 'segment' | 'tag' | 'strategy' | 'report';
  readonly id: string;
  readonly name: string;
}

/** Replaces what a user refers to. */
export async function replaceUses(
  transaction: Transaction,
  user: UserOfNames,
  used: { readonly segments: Iterable<string>; readonly tags: Iterable<string> },
): Promise<void> {
  await transaction.execute('delete from audience.usage where user_kind = $1 and user_id = $2', [
    user.kind,
    user.id,
  ]);
  const segments = [...new Set(used.segments)];
  const tags = [...new Set(used.tags)];
  if (segments.length + tags.length === 0) return;
  await transaction.execute(
    `insert into audience.usage (user_kind, user_id, user_name, used_kind, used_id)
     select $1, $2, $3, kind, id from unnest($4::text[], $5::text[]) as u(kind, id)`,
    [
      user.kind,
      user.id,
      user.name,
      [...segments.map(() => 'segment'), ...tags.map(() => 'tag')],
      [...segments, ...tags],
    ],
  );
}

/** What refers to a segment or tag; archived segments and tags do not count. */
export async function selectUsers(
  transaction: Transaction,
  kind: 'segment' | 'tag',
  id: string,
): Promise<UserOfNames[]> {
  return transaction.query<UserOfNames>(
    `select u.user_kind as kind, u.user_id as id, u.user_name as name from audience.usage u
     left join audience.segment s on u.user_kind = 'segment' and s.segment_id = u.user_id
     left join audience.tag t on u.user_kind = 'tag' and t.tag_id = u.user_id
     where u.used_kind = $1 and u.used_id = $2 and not coalesce(s.archived, t.archived, false)
     order by 1, 2`,
    [kind, id],
  );
}

/** What a segment or tag refers to. */
export async function selectUsed(
  transaction: Transaction,
  kind: UserOfNames['kind'],
  id: string,
): Promise<UserOfNames[]> {
  return transaction.query<UserOfNames>(
    `select u.used_kind as kind, u.used_id as id, coalesce(s.name, t.name, u.used_id) as name
     from audience.usage u
     left join audience.segment s on u.used_kind = 'segment' and s.segment_id = u.used_id
     left join audience.tag t on u.used_kind = 'tag' and t.tag_id = u.used_id
     where u.user_kind = $1 and u.user_id = $2 order by 1, 2`,
    [kind, id],
  );
}
