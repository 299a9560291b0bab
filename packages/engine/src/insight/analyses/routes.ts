import { insightApi } from '@wutong/contract';
import type { CallingUser, HttpServer, SeenPeople } from '../../platform/index.ts';
import type { InsightNeeds } from '../needs.ts';
import { askFor } from '../ask-for.ts';
import { analyseAttribution } from './attribution.ts';
import { withCompared } from './compare-periods.ts';
import { analyseDistribution } from './distribution.ts';
import { analyseFunnel } from './funnel.ts';
import { analyseInterval } from './interval.ts';
import { analyseLifetimeValue } from './lifetime-value.ts';
import { analysePath } from './path.ts';
import { readPeople, streamPeople } from './people-query.ts';
import { analyseRecency } from './recency.ts';
import { requireKnownEvents } from './require-known-events.ts';
import { analyseRetention } from './retention.ts';
import { peopleOfCell } from './run-analysis.ts';
import type { AnalysisNeeds } from './scope-sql.ts';
import { analyseSequence } from './sequence.ts';
import { analyseSession } from './session.ts';
import { withGroups } from './split-by-people.ts';
import { analyseTrend } from './trend.ts';

/** One operation for each kind of question, and the people behind a number. */
export function routeAnalyses(
  server: HttpServer,
  asking: AnalysisNeeds & { needs: Pick<InsightNeeds, 'segments'> },
): void {
  const asked = ({ user, seen }: { user: CallingUser; seen?: SeenPeople | undefined }) =>
    askFor(asking, user, seen);
  const askedKnown = async (call: { body: unknown; user: CallingUser; seen?: SeenPeople | undefined }) => {
    const own = await asked(call);
    await requireKnownEvents(own, call.body);
    return own;
  };

  server.handle(insightApi.analyseTrend, async (call) => analyseTrend(await askedKnown(call), call.body));
  server.handle(insightApi.analyseFunnel, async (call) =>
    withCompared(await askedKnown(call), call.body, analyseFunnel),
  );
  server.handle(insightApi.analyseRetention, async (call) =>
    withCompared(await askedKnown(call), call.body, analyseRetention),
  );
  server.handle(insightApi.analysePath, async (call) =>
    withGroups(await askedKnown(call), call.body, analysePath),
  );
  server.handle(insightApi.analyseDistribution, async (call) =>
    withCompared(await askedKnown(call), call.body, analyseDistribution),
  );
  server.handle(insightApi.analyseInterval, async (call) =>
    withGroups(await askedKnown(call), call.body, analyseInterval),
  );
  server.handle(insightApi.analyseAttribution, async (call) =>
    withGroups(await askedKnown(call), call.body, analyseAttribution),
  );
  server.handle(insightApi.analyseLifetimeValue, async (call) =>
    withGroups(await askedKnown(call), call.body, analyseLifetimeValue),
  );
  server.handle(insightApi.analyseSession, async (call) =>
    withGroups(await askedKnown(call), call.body, analyseSession),
  );
  server.handle(insightApi.analyseRecency, async (call) =>
    withGroups(await askedKnown(call), call.body, analyseRecency),
  );
  server.handle(insightApi.analyseSequence, async (call) =>
    analyseSequence(await askedKnown(call), call.body),
  );

  server.handle(insightApi.listAnalysisPeople, async (call) => {
    const own = await asked(call);
    return readPeople(own, await peopleOfCell(own, call.body.of), call.body);
  });
  server.handle(insightApi.saveAnalysisPeople, async (call) => {
    const { body, user } = call;
    const own = await asked(call);
    const people = await peopleOfCell(own, body.of);
    const count = await asking.needs.segments.createImported({
      segmentId: body.segmentId,
      name: body.name,
      owner: user.userId,
      people: streamPeople(own, people),
    });
    return { segmentId: body.segmentId, people: count };
  });
}
