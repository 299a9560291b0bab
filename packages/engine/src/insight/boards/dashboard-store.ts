import { dashboardInputSchema, type Dashboard, type DashboardInput } from '@wutong/contract';
import type { Database, Transaction } from '../../platform/index.ts';

interface DashboardRow {
  dashboard_id: string;
  name: string;
  description: string;
  owner: string;
  shared: boolean;
  tiles: unknown;
  revision: number;
  created_at: number;
  updated_at: number;
}

type Reader = Pick<Database, 'query'>;

function toDashboard(row: DashboardRow): Dashboard {
  const { dashboard_id: dashboardId, owner, revision, created_at: createdAt, updated_at: updatedAt } = row;
  return {
    ...dashboardInputSchema.parse(row),
    dashboardId,
    owner,
    revision,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

/** What a user may see: their own and shared ones, last changed first. */
export async function selectDashboards(reader: Reader, user: string): Promise<Dashboard[]> {
  const rows = await reader.query<DashboardRow>(
    `select * from insight.dashboard where owner = $1 or shared order by updated_at desc, dashboard_id limit 500`,
    [user],
  );
  return rows.map(toDashboard);
}

export async function selectDashboard(
  reader: Reader,
  dashboardId: string,
  user: string,
): Promise<Dashboard | undefined> {
  const rows = await reader.query<DashboardRow>(
    'select * from insight.dashboard where dashboard_id = $1 and (owner = $2 or shared)',
    [dashboardId, user],
  );
  return rows[0] && toDashboard(rows[0]);
}

export async function insertDashboard(
  transaction: Transaction,
  dashboard: DashboardInput & { dashboardId: string; owner: string; now: number },
): Promise<void> {
  await transaction.execute(
    `insert into insight.dashboard (dashboard_id, name, description, owner, shared, tiles, revision, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, 1, $7, $7)`,
    [
      dashboard.dashboardId,
      dashboard.name,
      dashboard.description,
      dashboard.owner,
      dashboard.shared,
      JSON.stringify(dashboard.tiles),
      dashboard.now,
    ],
  );
}

/** Writes when nobody has saved since `revision`; false otherwise. */
export async function updateDashboard(
  transaction: Transaction,
  dashboard: DashboardInput & { dashboardId: string; owner: string; revision: number; now: number },
): Promise<boolean> {
  const updated = await transaction.execute(
    `update insight.dashboard set name = $4, description = $5, shared = $6, tiles = $7::jsonb,
        revision = revision + 1, updated_at = $8
      where dashboard_id = $1 and owner = $2 and revision = $3`,
    [
      dashboard.dashboardId,
      dashboard.owner,
      dashboard.revision,
      dashboard.name,
      dashboard.description,
      dashboard.shared,
      JSON.stringify(dashboard.tiles),
      dashboard.now,
    ],
  );
  return updated === 1;
}

/** False when there is no such dashboard of the user's own. */
export async function removeDashboard(
  transaction: Transaction,
  dashboardId: string,
  owner: string,
): Promise<boolean> {
  const removed = await transaction.execute(
    'delete from insight.dashboard where dashboard_id = $1 and owner = $2',
    [dashboardId, owner],
  );
  return removed === 1;
}
