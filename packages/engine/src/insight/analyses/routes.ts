import { insightApi } from '@wutong/contract';
import type { HttpServer } from '../../platform/index.ts';
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
  server.handle(insightApi.analyseTrend, ({ body }) => analyseTrend(asking, body));
  server.handle(insightApi.analyseFunnel, ({ body }) => withCompared(asking, body, analyseFunnel));
  server.handle(insightApi.analyseRetention, ({ body }) => withCompared(asking, body, analyseRetention));
  server.handle(insightApi.analysePath, ({ body }) => withGroups(asking, body, analysePath));
  server.handle(insightApi.analyseDistribution, ({ body }) =>
    withCompared(asking, body, analyseDistribution),
  );
  server.handle(insightApi.analyseInterval, ({ body }) => withGroups(asking, body, analyseInterval));
  server.handle(insightApi.analyseAttribution, ({ body }) => withGroups(asking, body, analyseAttribution));
  server.handle(insightApi.analyseLifetimeValue, ({ body }) =>
    withGroups(asking, body, analyseLifetimeValue),
  );
  server.handle(insightApi.analyseSession, ({ body }) => withGroups(asking, body, analyseSession));
  server.handle(insightApi.analyseRecency, ({ body }) => withGroups(asking, body, analyseRecency));
  server.handle(insightApi.analyseSequence, ({ body }) => analyseSequence(asking, body));

  server.handle(insightApi.listAnalysisPeople, async ({ body }) =>
    readPeople(asking, await peopleOfCell(asking, body.of), body),
  );
  server.handle(insightApi.saveAnalysisPeople, async ({ body, user }) => {
    const people = await peopleOfCell(asking, body.of);
    const count = await asking.needs.segments.createImported({
      segmentId: body.segmentId,
      name: body.name,
      owner: user.name,
      people: streamPeople(asking, people),
    });
    return { segmentId: body.segmentId, people: count };
  });
}
