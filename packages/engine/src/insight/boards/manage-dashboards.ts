import type { Dashboard, DashboardInput } from '@wutong/contract';
import { CodedError, type CallingUser, type Platform, type Transaction } from '../../platform/index.ts';
import { namesOfQuestion } from '../analyses/names-of-question.ts';
import type { InsightNeeds } from '../needs.ts';
import {
  insertDashboard,
  removeDashboard,
  selectDashboard,
  selectDashboards,
  updateDashboard,
  type Viewer,
} from './dashboard-store.ts';

/** Who saves: their questions name only what they may see. */
type Author = Viewer & Pick<CallingUser, 'userId' | 'permissions'>;

/** Saved questions of users; what a dashboard's questions name shows up in the lineage of segments and tags. */
export interface Dashboards {
  list(user: Viewer): Promise<Dashboard[]>;
  /** @throws CodedError dashboard_not_found */
  read(dashboardId: string, user: Viewer): Promise<Dashboard>;
  create(input: DashboardInput, user: Author): Promise<Dashboard>;
  /** @throws CodedError dashboard_not_found, conflict */
  save(dashboardId: string, input: DashboardInput & { revision: number }, user: Author): Promise<Dashboard>;
  /** @throws CodedError dashboard_not_found */
  remove(dashboardId: string, user: Viewer): Promise<void>;
}

export function createDashboards(platform: Platform, needs: Pick<InsightNeeds, 'audience'>): Dashboards {
  const { database, clock, ids } = platform;

  const declareUses = (
    transaction: Transaction,
    dashboardId: string,
    { name, tiles }: Pick<DashboardInput, 'name' | 'tiles'>,
    asker?: Author,
  ): Promise<void> => {
    return needs.audience.declareUses(
      transaction,
      { kind: 'report', id: dashboardId, name },
      tiles.flatMap((tile) => namesOfQuestion(tile.analysis)),
      asker,
    );
  };

  async function read(dashboardId: string, user: Viewer): Promise<Dashboard> {
    const dashboard = await selectDashboard(database, dashboardId, user);
    if (!dashboard) throw new CodedError('dashboard_not_found', { details: { dashboardId } });
    return dashboard;
  }

  return {
    list: (user) => selectDashboards(database, user),
    read,
    async create(input, user) {
      const dashboardId = ids.newId();
      await database.transaction(async (transaction) => {
        await insertDashboard(transaction, { ...input, dashboardId, owner: user.name, now: clock.now() });
        await declareUses(transaction, dashboardId, input, user);
      });
      return read(dashboardId, user);
    },
    async save(dashboardId, input, user) {
      const { owner } = await read(dashboardId, user);
      // Shared is to be looked at; a copy of one's own can be changed.
      if (owner !== user.name)
        throw new CodedError('dashboard_not_found', { details: { dashboardId, owner } });
      await database.transaction(async (transaction) => {
        const saved = await updateDashboard(transaction, { ...input, dashboardId, owner, now: clock.now() });
        if (!saved) throw new CodedError('conflict', { details: { dashboardId, revision: input.revision } });
        await declareUses(transaction, dashboardId, input, user);
      });
      return read(dashboardId, user);
    },
    async remove(dashboardId, user) {
      await database.transaction(async (transaction) => {
        if (!(await removeDashboard(transaction, dashboardId, user.name))) {
          throw new CodedError('dashboard_not_found', { details: { dashboardId } });
        }
        await declareUses(transaction, dashboardId, { name: '', tiles: [] });
      });
    },
  };
}
