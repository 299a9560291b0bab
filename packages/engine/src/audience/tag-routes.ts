import { audienceApi } from '@wutong/contract';
import { CodedError, allows, type CallingUser, type HttpServer, type SeenPeople } from '../platform/index.ts';
import type { EqlType } from './bind/bound.ts';
import { shownProblem } from './computation-problem.ts';
import { countPeopleSeen, tagsSeen } from './count-seen.ts';
import { filterOf } from './definition-filter.ts';
import { askerOf } from './eql-routes.ts';
import { showSharing } from './sharing.ts';
import { shownValues } from './show-tag-values.ts';
import { freshForMs } from './person-scorer.ts';
import type { RouteNeeds } from './route-needs.ts';
import { showVersions } from './show-versions.ts';
import type { TagRow } from './tag-store.ts';
import { selectFrequentValues } from './tag-value-store.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Tags and their values. */
export function tagRoutes(server: HttpServer, needs: RouteNeeds): void {
  const { platform, audience, tags, sharing, showSources, requireSources } = needs;
  const hidden = (ids: readonly string[], user: CallingUser): Promise<Set<string>> =>
    tags.namingUnseen(ids, askerOf(user));

  const showSeen = async (
    row: TagRow,
    user: CallingUser,
    seen: SeenPeople | undefined,
  ): Promise<audienceApi.TagView> => (await showAll([row], user, seen))[0]!;

  const showAll = async (
    rows: readonly TagRow[],
    user: CallingUser,
    seen: SeenPeople | undefined,
  ): Promise<audienceApi.TagView[]> => {
    const unseen = await hidden(
      rows.map((row) => row.tag_id),
      user,
    );
    const to = { user, now: platform.clock.now(), hidden: unseen };
    const sourcesOf = await showSources(rows);
    return (await tagsSeen(seen, rows)).map((row) => ({ ...showTag(row, to), ...sourcesOf(row) }));
  };

  server.handle(audienceApi.listTags, async ({ query, user, seen }) => {
    const { rows, ...next } = await tags.page(filterOf(query, askerOf(user)));
    return { items: await showAll(rows, user, seen), ...next };
  });

  server.handle(audienceApi.createTag, async ({ body, user, seen }) => {
    // A statement written by hand sees columns that views mask.
    if (body.kind === 'sql' && !allows(user.permissions, 'tag.sql')) {
      throw new CodedError('permission_denied', { details: { permission: 'tag.sql' } });
    }
    await requireSources(body.schedule);
    const valueType = body.valueType ?? (body.kind === 'model' ? 'number' : 'text');
    return showSeen(await tags.create({ ...body, valueType }, askerOf(user)), user, seen);
  });

  server.handle(audienceApi.editTag, async ({ params, body, user, seen }) => {
    const { kind } = await tags.get(params.tagId, askerOf(user));
    if (kind === 'sql' && !allows(user.permissions, 'tag.sql')) {
      throw new CodedError('permission_denied', { details: { permission: 'tag.sql' } });
    }
    await requireSources(body.schedule);
    return showSeen(await tags.edit(params.tagId, body, askerOf(user)), user, seen);
  });

  server.handle(audienceApi.readTag, async ({ params, user, seen }) => {
    const { tagId } = params;
    const asker = askerOf(user);
    const row = await tags.get(tagId, asker);
    const [values, trend, uses, usedBy, versions, total] = await Promise.all([
      seen ? selectFrequentValues(await seen.cut(), tagId) : tags.frequentValues(tagId),
      seen ? [] : tags.runs(tagId),
      tags.uses(tagId, asker),
      tags.usedBy(tagId, asker),
      tags.versions(tagId),
      countPeopleSeen(platform.clickhouse, seen),
    ]);
    const shown = await showSeen(row, user, seen);
    return {
      ...shown,
      ...(row.document && !shown.ruleHidden ? { document: row.document } : {}),
      total,
      values: values.map(({ value, people }) => ({ value: shownFrequent(row.value_type, value), people })),
      trend: trend.map((run) => ({
        at: iso(run.at),
        people: run.people,
        tookMs: run.took_ms,
        ...(run.model_version === null ? {} : { modelVersion: run.model_version }),
      })),
      uses,
      usedBy,
      versions: await showVersions(audience, versions, asker),
    };
  });

  server.handle(audienceApi.shareTag, async ({ params, body, user, seen }) => {
    await sharing.share({ kind: 'tag', id: params.tagId }, body, askerOf(user));
    return showSeen(await tags.get(params.tagId), user, seen);
  });

  server.handle(audienceApi.archiveTag, async ({ params, body, user, seen }) =>
    showSeen(await tags.archive(params.tagId, body.archived, askerOf(user)), user, seen),
  );

  server.handle(audienceApi.computeTag, async ({ params, user, seen }) => {
    await tags.get(params.tagId, askerOf(user));
    await tags.compute([params.tagId]);
    return showSeen(await tags.get(params.tagId), user, seen);
  });

  server.handle(audienceApi.setTagValues, async ({ params, body, user }) => {
    const { changed, refused } = await tags.setValues(
      params.tagId,
      body.values,
      askerOf(user),
      body.modelVersion,
    );
    return { changed, refused: [...refused] };
  });
}

/** A distribution is shown as a list of texts. */
function shownType(type: EqlType): audienceApi.TagView['valueType'] {
  return type === 'map' ? 'list' : type;
}

/** Numbers stand for instants and booleans as they are held. */
function shownFrequent(type: EqlType, value: string): string {
  if (type !== 'instant' && type !== 'boolean') return value;
  return shownValues(type, [], [Number(value)])[0] ?? value;
}

function showModel(row: TagRow, now: number): Pick<audienceApi.TagView, 'model'> {
  if (!row.model) return {};
  const isFresh = row.computed_at !== null && now - row.computed_at <= freshForMs(row) && row.people !== 0;
  const version = row.model_version === null ? {} : { modelVersion: row.model_version };
  return { model: { ...row.model, ...version, isFresh } };
}

/** To whom a tag is shown, when, and which rules are not for them. */
interface TagShow {
  readonly user: CallingUser;
  readonly now: number;
  readonly hidden: ReadonlySet<string>;
}

function showTag(row: TagRow, { user, now, hidden }: TagShow): audienceApi.TagView {
  const problem = shownProblem(row, user.language);
  return {
    tagId: row.tag_id,
    name: row.name,
    description: row.description,
    folder: row.folder,
    kind: row.kind,
    ...showModel(row, now),
    valueType: shownType(row.value_type),
    version: row.version,
    ...(hidden.has(row.tag_id) ? { ruleHidden: true as const } : row.body === null ? {} : { text: row.body }),
    schedule: row.schedule,
    ...showSharing(row, askerOf(user)),
    archived: row.archived,
    priority: row.priority,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    ...(row.people === null ? {} : { people: row.people }),
    ...(row.computed_at === null ? {} : { computedAt: iso(row.computed_at) }),
    ...(problem === undefined ? {} : { problem }),
  };
}
