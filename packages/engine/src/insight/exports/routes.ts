import { insightApi } from '@wutong/contract';
import {
  allows,
  CodedError,
  type CallingUser,
  type HttpServer,
  type Platform,
} from '../../platform/index.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { askAs } from '../ask-as.ts';
import { askFor } from '../ask-for.ts';
import { readReportSettings } from '../report-settings.ts';
import { exportAnalysis } from './export-analysis.ts';
import { exportPeople } from './export-people.ts';

/** Media types of the files. */
export const FILE_TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** Answers and people as files. Each export stands in the audit before its first byte leaves. */
export function routeExports(server: HttpServer, platform: Platform, asking: AnalysisNeeds): void {
  const record = (user: CallingUser, object: string, detail: Record<string, unknown>) =>
    platform.database.transaction((transaction) =>
      platform.audit.record(transaction, { actor: user.name, action: 'report.export', object, detail }),
    );

  server.handle(insightApi.exportAnalysis, async ({ body, user, reply, seen }) => {
    const { analysis, format } = body;
    const { smallestGroup } = await readReportSettings(platform.settings);
    const { file, rows, hidden } = await exportAnalysis(await askFor(asking, user, seen), {
      analysis,
      format,
      smallestGroup,
      user: user.name,
    });
    await record(user, analysis.kind, { analysis, format, rows, hidden, bytes: file.length });
    reply
      .type(FILE_TYPES[format])
      .header('content-disposition', `attachment; filename="${analysis.kind}.${format}"`);
    // Bytes are sent as they are; the contract has no name for them.
    return file as string;
  });

  server.handle(insightApi.exportAnalysisPeople, async ({ body, user, reply }) => {
    if (!allows(user.permissions, 'people.read')) {
      throw new CodedError('permission_denied', { details: { permission: 'people.read' } });
    }
    // A file goes out as a stream that nobody looks through: not for those who see a part of the people.
    if (user.institutionId !== undefined) {
      throw new CodedError('permission_denied', { details: { permission: 'people.read', of: 'whole bank' } });
    }
    const file = await exportPeople(askAs(asking, user), {
      ...body,
      mayOpen: allows(user.permissions, 'pii.open'),
    });
    await record(user, 'people', { of: body.of, attributes: body.attributes });
    reply.type(FILE_TYPES.csv).header('content-disposition', 'attachment; filename="people.csv"');
    return file as unknown as string;
  });
}
