import type { ReportRequest, SavedReport, SavedReportInput, ShownReport } from '@wutong/contract';
import { CodedError, type CallingUser, type Platform, type Transaction } from '../../platform/index.ts';
import { namesOfQuestion } from '../analyses/names-of-question.ts';
import type { InsightNeeds } from '../needs.ts';
import { insertReport, removeReport, selectReport, selectReports, updateReport } from './report-store.ts';

/** Who looks and who saves: reports name only what their author may see, and are shown to who may see it too. */
type Author = Pick<CallingUser, 'name' | 'role' | 'userId' | 'permissions'>;

/** Reports under names. Whom they are about shows up in the lineage of segments and tags. */
export interface Reports {
  /** What names things that are not shared with the user is listed without its question. */
  list(user: Author): Promise<ShownReport[]>;
  /** @throws CodedError report_not_found, names_not_shared */
  read(reportId: string, user: Author): Promise<SavedReport>;
  /** @throws CodedError eql_invalid */
  create(input: SavedReportInput, user: Author): Promise<SavedReport>;
  /** @throws CodedError report_not_found, conflict, eql_invalid */
  save(reportId: string, input: SavedReportInput & { revision: number }, user: Author): Promise<SavedReport>;
  /** @throws CodedError report_not_found */
  remove(reportId: string, user: Author): Promise<void>;
}

export function createReports(
  { database, clock, ids }: Pick<Platform, 'database' | 'clock' | 'ids'>,
  needs: Pick<InsightNeeds, 'audience'>,
): Reports {
  const declareUses = (
    transaction: Transaction,
    { reportId, name, report }: { reportId: string; name: string; report: ReportRequest | undefined },
    asker?: Author,
  ): Promise<void> =>
    needs.audience.declareUses(
      transaction,
      { kind: 'report', id: reportId, name },
      report ? namesOfReport(report) : [],
      asker,
    );

  /** The owner has written what the question names; others see it when they may see what it names. */
  async function show(reports: readonly SavedReport[], user: Author): Promise<ShownReport[]> {
    const mayRead = await needs.audience.mayAsk(
      reports.map(({ report }) => namesOfReport(report)),
      user,
    );
    return reports.map((saved, index) => {
      if (saved.owner === user.name || mayRead[index]) return saved;
      const { report: _report, ...rest } = saved;
      return rest;
    });
  }

  async function read(reportId: string, user: Author): Promise<SavedReport> {
    const report = await selectReport(database, reportId, user.name);
    if (!report) throw new CodedError('report_not_found', { details: { reportId } });
    const [shown] = await show([report], user);
    if (!shown?.report) throw new CodedError('names_not_shared', { details: { reportId } });
    return report;
  }

  return {
    list: async (user) => show(await selectReports(database, user.name), user),
    read,
    async create(input, user) {
      const reportId = ids.newId();
      await database.transaction(async (transaction) => {
        await insertReport(transaction, { ...input, reportId, owner: user.name, now: clock.now() });
        await declareUses(transaction, { reportId, name: input.name, report: input.report }, user);
      });
      return read(reportId, user);
    },
    async save(reportId, input, user) {
      const { owner } = await read(reportId, user);
      // Shared is to be looked at; a copy of one's own can be changed.
      if (owner !== user.name) throw new CodedError('report_not_found', { details: { reportId, owner } });
      await database.transaction(async (transaction) => {
        const saved = await updateReport(transaction, { ...input, reportId, owner, now: clock.now() });
        if (!saved) throw new CodedError('conflict', { details: { reportId, revision: input.revision } });
        await declareUses(transaction, { reportId, name: input.name, report: input.report }, user);
      });
      return read(reportId, user);
    },
    async remove(reportId, user) {
      await database.transaction(async (transaction) => {
        if (!(await removeReport(transaction, reportId, user.name))) {
          throw new CodedError('report_not_found', { details: { reportId } });
        }
        await declareUses(transaction, { reportId, name: '', report: undefined });
      });
    },
  };
}

const namesOfReport = (report: ReportRequest): { text: string }[] =>
  namesOfQuestion({ kind: 'report', ...report });
