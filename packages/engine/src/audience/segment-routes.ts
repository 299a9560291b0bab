import { audienceApi } from '@wutong/contract';
import { CodedError, type HttpServer, type SeenPeople } from '../platform/index.ts';
import { countPeopleSeen, pageMembersSeen, runSeen, segmentsSeen } from './count-seen.ts';
import { askerOf } from './eql-routes.ts';
import { pageMembers } from './membership-store.ts';
import type { RouteNeeds } from './route-needs.ts';
import type { RunRow, SegmentRow } from './segment-store.ts';
import { personOfCursor, positionOfCursor, showPeople } from './show-people.ts';
import { showVersion } from './show-version.ts';

const TREND_RUNS = 400;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Segments, their members, and a person's segments. */
export function segmentRoutes(server: HttpServer, needs: RouteNeeds): void {
  const { platform, segments, personLookup } = needs;

  const showSeen = async (row: SegmentRow, seen: SeenPeople | undefined): Promise<audienceApi.SegmentView> =>
    showSegment((await segmentsSeen(seen, [row]))[0]!);

  server.handle(audienceApi.listSegments, async ({ query, seen }) => {
    const rows = await segments.page({
      search: query.search,
      archived: query.archived === 'true',
      unused: query.unused === 'true',
      after: positionOfCursor(query.cursor),
      limit: query.limit + 1,
    });
    const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
    return {
      items: (await segmentsSeen(seen, rows.slice(0, query.limit))).map(showSegment),
      ...(last ? { nextCursor: `${last.created_at}-${last.segment_id}` } : {}),
    };
  });

  server.handle(audienceApi.createSegment, async ({ body, user, seen }) =>
    showSeen(
      await segments.create({ ...body, people: body.personIds ? [body.personIds] : [] }, askerOf(user)),
      seen,
    ),
  );

  server.handle(audienceApi.editSegment, async ({ params, body, user, seen }) =>
    showSeen(await segments.edit(params.segmentId, body, askerOf(user)), seen),
  );

  server.handle(audienceApi.setSegmentMembers, async ({ params, body, user, seen }) =>
    showSeen(await segments.setMembers(params.segmentId, body.personIds, askerOf(user), seen), seen),
  );

  server.handle(audienceApi.archiveSegment, async ({ params, body, user, seen }) =>
    showSeen(await segments.archive(params.segmentId, body.archived, askerOf(user)), seen),
  );

  server.handle(audienceApi.readSegment, async ({ params, seen }) => {
    const { segmentId } = params;
    const row = await segments.get(segmentId);
    const [trend, versions, uses, usedBy, total] = await Promise.all([
      seen ? [] : segments.runs(segmentId, TREND_RUNS),
      segments.versions(segmentId),
      segments.uses(segmentId),
      segments.usedBy(segmentId),
      countPeopleSeen(platform.clickhouse, seen),
    ]);
    return {
      ...(await showSeen(row, seen)),
      ...(row.document ? { document: row.document } : {}),
      total,
      trend: trend.map(showRun),
      versions: versions.map(showVersion),
      uses,
      usedBy,
      ...(row.explanation === null ? {} : { explanation: row.explanation }),
      lookups: row.lookups,
    };
  });

  server.handle(audienceApi.listSegmentMembers, async ({ params, query, seen }) => {
    const row = await segments.get(params.segmentId);
    const after = personOfCursor(query.cursor) ?? -1;
    const page = { after, limit: query.limit + 1 };
    const ids =
      row.run === 0
        ? []
        : seen
          ? await pageMembersSeen(seen, row, page)
          : await pageMembers(platform.clickhouse, row.segment_id, row.run, page);
    const items = await showPeople(needs, ids.slice(0, query.limit));
    const last = ids.length > query.limit ? items.at(-1) : undefined;
    return { items, ...(last ? { nextCursor: String(last.personId) } : {}) };
  });

  server.handle(audienceApi.computeSegment, async ({ params, seen }) => {
    const row = await segments.get(params.segmentId);
    if (row.kind === 'import') throw new CodedError('segment_not_rule', { details: params });
    await segments.compute([params.segmentId]);
    const [newest] = await segments.runs(params.segmentId, 1);
    const after = await segments.get(params.segmentId);
    if (!newest || after.problem !== null) {
      throw new CodedError('eql_invalid', {
        details: { problems: [{ en: after.problem ?? 'not computed' }] },
      });
    }
    return showRun(await runSeen(seen, after, newest));
  });

  server.handle(audienceApi.readPersonSegments, ({ params, query }) =>
    personLookup.ofPerson(params.personId, query.tags === 'true'),
  );
  server.handle(audienceApi.findPersonSegments, ({ body }) => personLookup.ofKey(body.key, body.tags));
}

function showSegment(row: SegmentRow): audienceApi.SegmentView {
  return {
    segmentId: row.segment_id,
    name: row.name,
    description: row.description,
    folder: row.folder,
    kind: row.kind,
    version: row.version,
    ...(row.body === null || row.kind === 'lookalike' ? {} : { text: row.body }),
    ...(row.lookalike === null ? {} : { lookalike: row.lookalike }),
    schedule: row.schedule,
    owner: row.owner,
    archived: row.archived,
    priority: row.priority,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    ...(row.members === null ? {} : { members: row.members }),
    ...(row.computed_at === null ? {} : { computedAt: iso(row.computed_at) }),
    ...(row.problem === null ? {} : { problem: row.problem }),
  };
}

function showRun(run: RunRow): {
  run: number;
  at: string;
  kind: RunRow['kind'];
  members: number;
  entered: number;
  left: number;
  tookMs: number;
} {
  return {
    run: run.run,
    at: iso(run.at),
    kind: run.kind,
    members: run.members,
    entered: run.entered,
    left: run.left_count,
    tookMs: run.took_ms,
  };
}
