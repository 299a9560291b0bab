import { audienceApi } from '@wutong/contract';
import { CodedError, allows, type HttpServer, type SeenPeople } from '../platform/index.ts';
import type { EqlType } from './bind/bound.ts';
import { countPeopleSeen, tagsSeen } from './count-seen.ts';
import { askerOf } from './eql-routes.ts';
import { shownValues } from './show-tag-values.ts';
import { freshForMs } from './person-scorer.ts';
import type { RouteNeeds } from './route-needs.ts';
import { positionOfCursor } from './show-people.ts';
import { showVersion } from './show-version.ts';
import type { TagRow } from './tag-store.ts';
import { selectFrequentValues } from './tag-value-store.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Tags and their values. */
export function tagRoutes(server: HttpServer, needs: RouteNeeds): void {
  const { platform, tags } = needs;

  const showSeen = async (row: TagRow, seen: SeenPeople | undefined): Promise<audienceApi.TagView> =>
    showTag((await tagsSeen(seen, [row]))[0]!, platform.clock.now());

  server.handle(audienceApi.listTags, async ({ query, seen }) => {
    const rows = await tags.page({
      search: query.search,
      archived: query.archived === 'true',
      after: positionOfCursor(query.cursor),
      limit: query.limit + 1,
    });
    const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
    return {
      items: (await tagsSeen(seen, rows.slice(0, query.limit))).map((row) =>
        showTag(row, platform.clock.now()),
      ),
      ...(last ? { nextCursor: `${last.created_at}-${last.tag_id}` } : {}),
    };
  });

  server.handle(audienceApi.createTag, async ({ body, user, seen }) => {
    // A statement written by hand sees columns that views mask.
    if (body.kind === 'sql' && !allows(user.permissions, 'tag.sql')) {
      throw new CodedError('permission_denied', { details: { permission: 'tag.sql' } });
    }
    const valueType = body.valueType ?? (body.kind === 'model' ? 'number' : 'text');
    return showSeen(await tags.create({ ...body, valueType }, askerOf(user)), seen);
  });

  server.handle(audienceApi.editTag, async ({ params, body, user, seen }) => {
    const { kind } = await tags.get(params.tagId);
    if (kind === 'sql' && !allows(user.permissions, 'tag.sql')) {
      throw new CodedError('permission_denied', { details: { permission: 'tag.sql' } });
    }
    return showSeen(await tags.edit(params.tagId, body, askerOf(user)), seen);
  });

  server.handle(audienceApi.readTag, async ({ params, seen }) => {
    const { tagId } = params;
    const row = await tags.get(tagId);
    const [values, trend, uses, usedBy, versions, total] = await Promise.all([
      seen ? selectFrequentValues(await seen.cut(), tagId) : tags.frequentValues(tagId),
      seen ? [] : tags.runs(tagId),
      tags.uses(tagId),
      tags.usedBy(tagId),
      tags.versions(tagId),
      countPeopleSeen(platform.clickhouse, seen),
    ]);
    return {
      ...(await showSeen(row, seen)),
      ...(row.document ? { document: row.document } : {}),
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
      versions: versions.map(showVersion),
    };
  });

  server.handle(audienceApi.archiveTag, async ({ params, body, user, seen }) =>
    showSeen(await tags.archive(params.tagId, body.archived, askerOf(user)), seen),
  );

  server.handle(audienceApi.computeTag, async ({ params, seen }) => {
    await tags.get(params.tagId);
    await tags.compute([params.tagId]);
    return showSeen(await tags.get(params.tagId), seen);
  });

  server.handle(audienceApi.setTagValues, async ({ params, body, user }) => {
    await tags.setValues(params.tagId, body.values, askerOf(user), body.modelVersion);
    return { changed: body.values.length };
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

function showTag(row: TagRow, now: number): audienceApi.TagView {
  return {
    tagId: row.tag_id,
    name: row.name,
    description: row.description,
    folder: row.folder,
    kind: row.kind,
    ...showModel(row, now),
    valueType: shownType(row.value_type),
    version: row.version,
    ...(row.body === null ? {} : { text: row.body }),
    schedule: row.schedule,
    owner: row.owner,
    archived: row.archived,
    priority: row.priority,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    ...(row.people === null ? {} : { people: row.people }),
    ...(row.computed_at === null ? {} : { computedAt: iso(row.computed_at) }),
    ...(row.problem === null ? {} : { problem: row.problem }),
  };
}
