import { insightApi } from '@wutong/contract';
import type { HttpServer } from '../../platform/index.ts';
import type { InsightNeeds } from '../needs.ts';
import { analyseAttribution } from './attribution.ts';
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
import { analyseTrend } from './trend.ts';

/** One operation for each kind of question, and the people behind a number. */
export function routeAnalyses(
  server: HttpServer,
  asking: AnalysisNeeds & { needs: Pick<InsightNeeds, 'segments'> },
): void {
  server.handle(insightApi.analyseTrend, ({ body }) => analyseTrend(asking, body));
  server.handle(insightApi.analyseFunnel, ({ body }) => analyseFunnel(asking, body));
  server.handle(insightApi.analyseRetention, ({ body }) => analyseRetention(asking, body));
  server.handle(insightApi.analysePath, ({ body }) => analysePath(asking, body));
  server.handle(insightApi.analyseDistribution, ({ body }) => analyseDistribution(asking, body));
  server.handle(insightApi.analyseInterval, ({ body }) => analyseInterval(asking, body));
  server.handle(insightApi.analyseAttribution, ({ body }) => analyseAttribution(asking, body));
  server.handle(insightApi.analyseLifetimeValue, ({ body }) => analyseLifetimeValue(asking, body));
  server.handle(insightApi.analyseSession, ({ body }) => analyseSession(asking, body));
  server.handle(insightApi.analyseRecency, ({ body }) => analyseRecency(asking, body));
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
