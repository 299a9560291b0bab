import { insightApi } from '@wutong/contract';
import type { HttpServer } from '../../platform/index.ts';
import { askAs } from '../ask-as.ts';
import type { InsightNeeds } from '../needs.ts';
import { analyseAttribution } from './attribution.ts';
import { withCompared } from './compare-periods.ts';
import { analyseDistribution } from './distribution.ts';
import { analyseFunnel } from './funnel.ts';
import { analyseInterval } from './interval.ts';
import { analyseLifetimeValue } from './lifetime-value.ts';
import { analysePath } from './path.ts';
import { readPeople, streamPeople } from './people-query.ts';
import { analyseRecency } from './recency.ts';
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
  server.handle(insightApi.analyseTrend, ({ body, user }) => analyseTrend(askAs(asking, user), body));
  server.handle(insightApi.analyseFunnel, ({ body, user }) =>
    withCompared(askAs(asking, user), body, analyseFunnel),
  );
  server.handle(insightApi.analyseRetention, ({ body, user }) =>
    withCompared(askAs(asking, user), body, analyseRetention),
  );
  server.handle(insightApi.analysePath, ({ body, user }) =>
    withGroups(askAs(asking, user), body, analysePath),
  );
  server.handle(insightApi.analyseDistribution, ({ body, user }) =>
    withCompared(askAs(asking, user), body, analyseDistribution),
  );
  server.handle(insightApi.analyseInterval, ({ body, user }) =>
    withGroups(askAs(asking, user), body, analyseInterval),
  );
  server.handle(insightApi.analyseAttribution, ({ body, user }) =>
    withGroups(askAs(asking, user), body, analyseAttribution),
  );
  server.handle(insightApi.analyseLifetimeValue, ({ body, user }) =>
    withGroups(askAs(asking, user), body, analyseLifetimeValue),
  );
  server.handle(insightApi.analyseSession, ({ body, user }) =>
    withGroups(askAs(asking, user), body, analyseSession),
  );
  server.handle(insightApi.analyseRecency, ({ body, user }) =>
    withGroups(askAs(asking, user), body, analyseRecency),
  );
  server.handle(insightApi.analyseSequence, ({ body, user }) => analyseSequence(askAs(asking, user), body));

  server.handle(insightApi.listAnalysisPeople, async ({ body, user }) => {
    const as = askAs(asking, user);
    return readPeople(as, await peopleOfCell(as, body.of), body);
  });
  server.handle(insightApi.saveAnalysisPeople, async ({ body, user }) => {
    const people = await peopleOfCell(askAs(asking, user), body.of);
    const count = await asking.needs.segments.createImported({
      segmentId: body.segmentId,
      name: body.name,
      owner: user.userId,
      people: streamPeople(asking, people),
    });
    return { segmentId: body.segmentId, people: count };
  });
}
