import type { SavedReport, SavedReportInput } from '@wutong/contract';
import { CodedError, type CallingUser, type Platform, type Transaction } from '../../platform/index.ts';
import type { InsightNeeds } from '../needs.ts';
import { insertReport, removeReport, selectReport, selectReports, updateReport } from './report-store.ts';

type Viewer = Pick<CallingUser, 'name'>;
/** Who saves: their reports name only what they may see. */
type Author = Pick<CallingUser, 'name' | 'role' | 'userId' | 'permissions'>;

/** Reports under names. Whom they are about shows up in the lineage of segments and tags. */
export interface Reports {
  list(user: Viewer): Promise<SavedReport[]>;
  /** @throws CodedError report_not_found */
  read(reportId: string, user: Viewer): Promise<SavedReport>;
  /** @throws CodedError eql_invalid */
  create(input: SavedReportInput, user: Author): Promise<SavedReport>;
  /** @throws CodedError report_not_found, conflict, eql_invalid */
  save(reportId: string, input: SavedReportInput & { revision: number }, user: Author): Promise<SavedReport>;
  /** @throws CodedError report_not_found */
  remove(reportId: string, user: Viewer): Promise<void>;
}

export function createReports(
  { database, clock, ids }: Pick<Platform, 'database' | 'clock' | 'ids'>,
  needs: Pick<InsightNeeds, 'audience'>,
): Reports {
  const declareUses = (
    transaction: Transaction,
    { reportId, name, people }: { reportId: string; name: string; people: string | undefined },
    asker?: Author,
  ): Promise<void> =>
    needs.audience.declareUses(
      transaction,
      { kind: 'report', id: reportId, name },
      people === undefined ? [] : [{ text: people }],
      asker,
    );

  async function read(reportId: string, user: Viewer): Promise<SavedReport> {
    const report = await selectReport(database, reportId, user.name);
    if (!report) throw new CodedError('report_not_found', { details: { reportId } });
    return report;
  }

  return {
    list: (user) => selectReports(database, user.name),
    read,
    async create(input, user) {
      const reportId = ids.newId();
      await database.transaction(async (transaction) => {
        await insertReport(transaction, { ...input, reportId, owner: user.name, now: clock.now() });
        await declareUses(transaction, { reportId, name: input.name, people: input.report.people }, user);
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
        await declareUses(transaction, { reportId, name: input.name, people: input.report.people }, user);
      });
      return read(reportId, user);
    },
    async remove(reportId, user) {
      await database.transaction(async (transaction) => {
        if (!(await removeReport(transaction, reportId, user.name))) {
          throw new CodedError('report_not_found', { details: { reportId } });
        }
        await declareUses(transaction, { reportId, name: '', people: undefined });
      });
    },
  };
}
