import { insightApi } from '@wutong/contract';
import type { HttpServer } from '../../platform/index.ts';
import type { InsightNeeds } from '../needs.ts';
import { askSeen } from '../ask-seen.ts';
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
  server.handle(insightApi.analyseTrend, async ({ body, seen }) =>
    analyseTrend(await askSeen(asking, seen), body),
  );
  server.handle(insightApi.analyseFunnel, async ({ body, seen }) =>
    withCompared(await askSeen(asking, seen), body, analyseFunnel),
  );
  server.handle(insightApi.analyseRetention, async ({ body, seen }) =>
    withCompared(await askSeen(asking, seen), body, analyseRetention),
  );
  server.handle(insightApi.analysePath, async ({ body, seen }) =>
    withGroups(await askSeen(asking, seen), body, analysePath),
  );
  server.handle(insightApi.analyseDistribution, async ({ body, seen }) =>
    withCompared(await askSeen(asking, seen), body, analyseDistribution),
  );
  server.handle(insightApi.analyseInterval, async ({ body, seen }) =>
    withGroups(await askSeen(asking, seen), body, analyseInterval),
  );
  server.handle(insightApi.analyseAttribution, async ({ body, seen }) =>
    withGroups(await askSeen(asking, seen), body, analyseAttribution),
  );
  server.handle(insightApi.analyseLifetimeValue, async ({ body, seen }) =>
    withGroups(await askSeen(asking, seen), body, analyseLifetimeValue),
  );
  server.handle(insightApi.analyseSession, async ({ body, seen }) =>
    withGroups(await askSeen(asking, seen), body, analyseSession),
  );
  server.handle(insightApi.analyseRecency, async ({ body, seen }) =>
    withGroups(await askSeen(asking, seen), body, analyseRecency),
  );
  server.handle(insightApi.analyseSequence, async ({ body, seen }) =>
    analyseSequence(await askSeen(asking, seen), body),
  );

  server.handle(insightApi.listAnalysisPeople, async ({ body, seen }) => {
    const own = await askSeen(asking, seen);
    return readPeople(own, await peopleOfCell(own, body.of), body);
  });
  server.handle(insightApi.saveAnalysisPeople, async ({ body, user, seen }) => {
    const own = await askSeen(asking, seen);
    const people = await peopleOfCell(own, body.of);
    const count = await asking.needs.segments.createImported({
      segmentId: body.segmentId,
      name: body.name,
      owner: user.name,
      people: streamPeople(own, people),
    });
    return { segmentId: body.segmentId, people: count };
  });
}
