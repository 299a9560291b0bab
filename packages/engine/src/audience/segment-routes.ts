import { audienceApi } from '@wutong/contract';
import { CodedError, type CallingUser, type HttpServer, type SeenPeople } from '../platform/index.ts';
import { shownProblem } from './computation-problem.ts';
import { countPeopleSeen, pageMembersSeen, runSeen, segmentsSeen } from './count-seen.ts';
import { filterOf } from './definition-filter.ts';
import { askerOf } from './eql-routes.ts';
import { pageMembers } from './membership-store.ts';
import type { RouteNeeds } from './route-needs.ts';
import type { RunRow, SegmentRow } from './segment-store.ts';
import { showSharing } from './sharing.ts';
import { personOfCursor, showPeople } from './show-people.ts';
import { showVersions } from './show-versions.ts';

const TREND_RUNS = 400;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Segments, their members, and a person's segments. */
export function segmentRoutes(server: HttpServer, needs: RouteNeeds): void {
  const { platform, audience, segments, sharing, personLookup, showSources, requireSources } = needs;

  const hidden = (ids: readonly string[], user: CallingUser): Promise<Set<string>> =>
    segments.namingUnseen(ids, askerOf(user));

  const showSeen = async (
    row: SegmentRow,
    user: CallingUser,
    seen: SeenPeople | undefined,
  ): Promise<audienceApi.SegmentView> => (await showAll([row], user, seen))[0]!;

  const showAll = async (
    rows: readonly SegmentRow[],
    user: CallingUser,
    seen: SeenPeople | undefined,
  ): Promise<audienceApi.SegmentView[]> => {
    const unseen = await hidden(
      rows.map((row) => row.segment_id),
      user,
    );
    const sourcesOf = await showSources(rows);
    return (await segmentsSeen(seen, rows)).map((row) => ({
      ...showSegment(row, user, unseen),
      ...sourcesOf(row),
    }));
  };

  server.handle(audienceApi.listSegments, async ({ query, user, seen }) => {
    const { rows, ...next } = await segments.page(filterOf(query, askerOf(user)));
    return { items: await showAll(rows, user, seen), ...next };
  });

  server.handle(audienceApi.createSegment, async ({ body, user, seen }) => {
    await requireSources(body.schedule);
    const people = body.personIds ? [body.personIds] : [];
    return showSeen(await segments.create({ ...body, people }, askerOf(user)), user, seen);
  });

  server.handle(audienceApi.editSegment, async ({ params, body, user, seen }) => {
    await requireSources(body.schedule);
    return showSeen(await segments.edit(params.segmentId, body, askerOf(user)), user, seen);
  });

  server.handle(audienceApi.setSegmentMembers, async ({ params, body, user, seen }) =>
    showSeen(await segments.setMembers(params.segmentId, body.personIds, askerOf(user), seen), user, seen),
  );

  server.handle(audienceApi.shareSegment, async ({ params, body, user, seen }) => {
    await sharing.share({ kind: 'segment', id: params.segmentId }, body, askerOf(user));
    return showSeen(await segments.get(params.segmentId), user, seen);
  });

  server.handle(audienceApi.archiveSegment, async ({ params, body, user, seen }) =>
    showSeen(await segments.archive(params.segmentId, body.archived, askerOf(user)), user, seen),
  );

  server.handle(audienceApi.readSegment, async ({ params, user, seen }) => {
    const { segmentId } = params;
    const asker = askerOf(user);
    const row = await segments.get(segmentId, asker);
    const [trend, versions, uses, usedBy, total] = await Promise.all([
      seen ? [] : segments.runs(segmentId, TREND_RUNS),
      segments.versions(segmentId),
      segments.uses(segmentId, asker),
      segments.usedBy(segmentId, asker),
      countPeopleSeen(platform.clickhouse, seen),
    ]);
    const shown = await showSeen(row, user, seen);
    return {
      ...shown,
      ...(row.document && !shown.ruleHidden ? { document: row.document } : {}),
      total,
      trend: trend.map(showRun),
      versions: await showVersions(audience, versions, asker),
      uses,
      usedBy,
      ...(row.explanation === null || shown.ruleHidden ? {} : { explanation: row.explanation }),
      lookups: row.lookups,
    };
  });

  server.handle(audienceApi.listSegmentMembers, async ({ params, query, user, seen }) => {
    const row = await segments.get(params.segmentId, askerOf(user));
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

  server.handle(audienceApi.computeSegment, async ({ params, user, seen }) => {
    const row = await segments.get(params.segmentId, askerOf(user));
    if (row.kind === 'import') throw new CodedError('segment_not_rule', { details: params });
    await segments.compute([params.segmentId]);
    const [newest] = await segments.runs(params.segmentId, 1);
    const after = await segments.get(params.segmentId);
    if (!newest || after.problem !== null) {
      throw new CodedError('eql_invalid', {
        details: {
          problems: [{ en: after.problem ?? 'not computed', zh: after.problem_zh ?? '未能计算' }],
        },
      });
    }
    return showRun(await runSeen(seen, after, newest));
  });

  server.handle(audienceApi.readPersonSegments, ({ params, query, user }) =>
    personLookup.ofPerson(
      params.personId,
      { tags: query.tags === 'true', live: query.live === 'true' },
      askerOf(user),
    ),
  );
  server.handle(audienceApi.findPersonSegments, ({ body, user }) =>
    personLookup.ofKey(body.key, body, askerOf(user)),
  );
}

function showSegment(
  row: SegmentRow,
  user: CallingUser,
  hidden: ReadonlySet<string>,
): audienceApi.SegmentView {
  const problem = shownProblem(row, user.language);
  return {
    segmentId: row.segment_id,
    name: row.name,
    description: row.description,
    folder: row.folder,
    kind: row.kind,
    version: row.version,
    ...(hidden.has(row.segment_id) ? { ruleHidden: true as const } : showRule(row)),
    schedule: row.schedule,
    ...showSharing(row, askerOf(user)),
    archived: row.archived,
    priority: row.priority,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    ...(row.members === null ? {} : { members: row.members }),
    ...(row.computed_at === null ? {} : { computedAt: iso(row.computed_at) }),
    ...(row.proved_wrong_at === null ? {} : { provedWrongAt: iso(row.proved_wrong_at) }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function showRule({
  kind,
  body,
  lookalike,
}: SegmentRow): Pick<audienceApi.SegmentView, 'text' | 'lookalike'> {
  return {
    ...(body === null || kind === 'lookalike' ? {} : { text: body }),
    ...(lookalike === null ? {} : { lookalike }),
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
