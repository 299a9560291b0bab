import { insightApi } from '@wutong/contract';
import type { HttpServer, Platform } from '../../platform/index.ts';
import { askFor } from '../ask-for.ts';
import { readPeople, streamPeople } from '../analyses/people-query.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { exportReport } from '../exports/export-report.ts';
import { FILE_TYPES } from '../exports/routes.ts';
import type { InsightNeeds } from '../needs.ts';
import { readReportSettings } from '../report-settings.ts';
import type { Reports } from './manage-reports.ts';
import { peopleOfReport, runReport } from './run-report.ts';

/** Business reports, the people behind their rows, reports as files, and reports under names. */
export function routeReports(
  server: HttpServer,
  platform: Platform,
  asking: AnalysisNeeds & { needs: Pick<InsightNeeds, 'segments'> },
  reports: Reports,
): void {
  server.handle(insightApi.runReport, async ({ body, user, seen }) =>
    runReport(
      await askFor(asking, user, seen),
      body,
      (await readReportSettings(platform.settings)).smallestGroup,
    ),
  );
  server.handle(insightApi.listReportPeople, async ({ body, user, seen }) => {
    const own = await askFor(asking, user, seen);
    return readPeople(own, await peopleOfReport(own, body.report, body.cell), body);
  });
  server.handle(insightApi.saveReportPeople, async ({ body, user, seen }) => {
    const own = await askFor(asking, user, seen);
    const people = await peopleOfReport(own, body.report, body.cell);
    const count = await asking.needs.segments.createImported({
      segmentId: body.segmentId,
      name: body.name,
      owner: user.userId,
      people: streamPeople(own, people),
    });
    return { segmentId: body.segmentId, people: count };
  });
  server.handle(insightApi.listReports, async ({ user }) => ({ items: await reports.list(user) }));
  server.handle(insightApi.createReport, ({ body, user }) => reports.create(body, user));
  server.handle(insightApi.readReport, ({ params, user }) => reports.read(params.reportId, user));
  server.handle(insightApi.saveReport, ({ params, body, user }) => reports.save(params.reportId, body, user));
  server.handle(insightApi.deleteReport, async ({ params, user }) => {
    await reports.remove(params.reportId, user);
    return { done: true as const };
  });
  server.handle(insightApi.exportReport, async ({ body, user, reply, seen }) => {
    const { report, format } = body;
    const { smallestGroup } = await readReportSettings(platform.settings);
    const { file, rows, hidden } = await exportReport(await askFor(asking, user, seen), {
      report,
      format,
      smallestGroup,
      user: user.name,
    });
    await platform.database.transaction((transaction) =>
      platform.audit.record(transaction, {
        actor: user.name,
        action: 'report.export',
        object: 'report',
        detail: { report, format, rows, hidden, bytes: file.length },
      }),
    );
    reply.type(FILE_TYPES[format]).header('content-disposition', `attachment; filename="report.${format}"`);
    // Bytes are sent as they are; the contract has no name for them.
    return file as string;
  });
}
