import type { audienceApi } from '@wutong/contract';
import { CodedError, type Transaction } from '../platform/index.ts';
import type { Asker } from './asker.ts';
import type { SegmentRow } from './segment-store.ts';
import { seenSql, sightOf } from './sharing.ts';
import type { TagRow } from './tag-store.ts';

/** Which segments or tags a list holds; absent: whatever it is. */
export interface DefinitionFilter {
  /** In the name, the id or the description, in any case. */
  readonly search?: string | undefined;
  readonly archived: boolean;
  /** Only those that nothing uses. */
  readonly unused?: boolean;
  readonly folder?: string | undefined;
  readonly owner?: string | undefined;
  readonly madeAs?: string | undefined;
  readonly status?: audienceApi.DefinitionStatus | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** One page of a list; `cursor` is the `nextCursor` of the page before, of the same sort. */
export interface DefinitionPage extends DefinitionFilter {
  readonly sort: audienceApi.DefinitionSort;
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly asker: Asker;
}

interface Rows {
  readonly segment: SegmentRow;
  readonly tag: TagRow;
}

const SIZE = { segment: 'members', tag: 'people' } as const;
const STATUS: Readonly<Record<Exclude<audienceApi.DefinitionStatus, 'differing'>, string>> = {
  computed: 'd.problem is null and d.computed_at is not null',
  failed: 'd.problem is not null',
  never: 'd.problem is null and d.computed_at is null',
  waiting: 'd.waiting_since is not null',
};

/** Only members of segments are kept from run to run, and proved. */
function statusSql(kind: keyof Rows, status: DefinitionFilter['status']): string {
  if (status === undefined) return 'true';
  if (status === 'differing') return kind === 'segment' ? 'd.proved_wrong_at is not null' : 'false';
  return STATUS[status];
}

/**
 * One page of the segments or tags that the asker may see. The id breaks ties, so that no row of an unchanged list is
 * shown twice or left out. @throws CodedError invalid_request for a cursor of another sort
 */
export async function pageDefinitions<Kind extends keyof Rows>(
  transaction: Transaction,
  kind: Kind,
  page: DefinitionPage,
): Promise<{ rows: Rows[Kind][]; nextCursor?: string }> {
  const id = `${kind}_id` as const;
  const { value, column, direction } = sortOf(kind, page.sort);
  const after = positionOf(page);
  const rows = await transaction.query<Rows[Kind]>(
    `select d.* from audience.${kind} d
     where d.archived = $1
       and ($2::text is null or d.name ilike $2 or d.${id} ilike $2 or d.description ilike $2)
       and (not $3::boolean or not exists (
             select from audience.usage u where u.used_kind = '${kind}' and u.used_id = d.${id}))
       and ($4::text is null or d.folder = $4)
       and ($5::text is null or d.owner = $5)
       and ($6::text is null or d.kind = $6)
       and ($7::text[] is null or d.${id} = any($7))
       and ($8::text is null or (${column}, d.${id}) ${direction === 'asc' ? '>' : '<'} ($8::text${value}, $9))
       and ${statusSql(kind, page.status)}
       and ${seenSql('d', 11)}
     order by ${column} ${direction}, d.${id} ${direction} limit $10`,
    [
      page.archived,
      page.search === undefined ? null : `%${page.search.replaceAll(/[\\%_]/g, '\\$&')}%`,
      page.unused ?? false,
      page.folder ?? null,
      page.owner ?? null,
      page.madeAs ?? null,
      page.ids ?? null,
      after?.value ?? null,
      after?.id ?? null,
      page.limit + 1,
      ...sightOf(page.asker),
    ],
  );
  const last = rows.length > page.limit ? rows[page.limit - 1] : undefined;
  const shown = rows.slice(0, page.limit);
  return last ? { rows: shown, nextCursor: cursorOf(page.sort, last) } : { rows: shown };
}

/** What a list is sorted by: the column, the cast of the value of a cursor, and which way. */
function sortOf(
  kind: keyof Rows,
  sort: audienceApi.DefinitionSort,
): { column: string; value: '' | '::bigint'; direction: 'asc' | 'desc' } {
  if (sort === 'name') return { column: 'd.name', value: '', direction: 'asc' };
  const columns = {
    newest: 'd.created_at',
    changed: 'd.updated_at',
    computed: 'coalesce(d.computed_at, 0)',
    people: `coalesce(d.${SIZE[kind]}, -1)`,
  };
  return { column: columns[sort], value: '::bigint', direction: 'desc' };
}

function cursorOf(sort: audienceApi.DefinitionSort, row: SegmentRow | TagRow): string {
  const people = 'segment_id' in row ? row.members : row.people;
  const values = {
    newest: row.created_at,
    changed: row.updated_at,
    computed: row.computed_at ?? 0,
    people: people ?? -1,
    name: row.name,
  };
  const id = 'segment_id' in row ? row.segment_id : row.tag_id;
  return Buffer.from(JSON.stringify([sort, String(values[sort]), id])).toString('base64url');
}

function positionOf({ cursor, sort }: DefinitionPage): { value: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(read) && read.length === 3 && read.every((part) => typeof part === 'string')) {
      const [sortedBy, value, id] = read as [string, string, string];
      if (sortedBy === sort && (sort === 'name' || /^-?\d{1,15}$/.test(value))) return { value, id };
    }
  } catch {
    // Refused below.
  }
  throw new CodedError('invalid_request', { details: { field: 'cursor' } });
}

/** What the lists can be narrowed to: folders, owners and kinds of those that the asker may see, with how many. */
export async function selectFacets(
  transaction: Transaction,
  kind: keyof Rows,
  archived: boolean,
  asker: Asker,
): Promise<{ facet: 'folder' | 'owner' | 'kind'; value: string; count: number }[]> {
  return transaction.query(
    `select case when grouping(d.folder) = 0 then 'folder' when grouping(d.owner) = 0 then 'owner' else 'kind' end as facet,
       coalesce(d.folder, d.owner, d.kind) as value, count(*)::int as count
     from audience.${kind} d where d.archived = $1 and ${seenSql('d', 2)}
     group by grouping sets ((d.folder), (d.owner), (d.kind)) order by 1, 2 limit ${MOST_FACETS}`,
    [archived, ...sightOf(asker)],
  );
}

const MOST_FACETS = 5_000;
