import { dashboardInputSchema, type Dashboard, type DashboardInput } from '@wutong/contract';
import type { Database, Transaction } from '../../platform/index.ts';

interface DashboardRow {
  dashboard_id: string;
  name: string;
  description: string;
  owner: string;
  shared: boolean;
  shared_with: string[];
  refresh_ms: number | null;
  tiles: unknown;
  revision: number;
  created_at: number;
  updated_at: number;
}

type Reader = Pick<Database, 'query'>;

/** Who looks: their own dashboards, and those shared with all or with their role. */
export interface Viewer {
  readonly name: string;
  readonly role: string;
}

const MINUTE_MS = 60_000;
const VISIBLE = "(owner = $1 or (shared and (shared_with = '{}' or $2 = any(shared_with))))";

function toDashboard(row: DashboardRow): Dashboard {
  const { dashboard_id: dashboardId, owner, revision, created_at: createdAt, updated_at: updatedAt } = row;
  return {
    ...dashboardInputSchema.parse({
      ...row,
      sharedWith: row.shared_with,
      ...(row.refresh_ms === null ? {} : { refreshMinutes: row.refresh_ms / MINUTE_MS }),
    }),
    dashboardId,
    owner,
    revision,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

/** What a user may see: their own and shared ones, last changed first. */
export async function selectDashboards(reader: Reader, viewer: Viewer): Promise<Dashboard[]> {
  const rows = await reader.query<DashboardRow>(
    `select * from insight.dashboard where ${VISIBLE} order by updated_at desc, dashboard_id limit 500`,
    [viewer.name, viewer.role],
  );
  return rows.map(toDashboard);
}

export async function selectDashboard(
  reader: Reader,
  dashboardId: string,
  viewer: Viewer,
): Promise<Dashboard | undefined> {
  const rows = await reader.query<DashboardRow>(
    `select * from insight.dashboard where dashboard_id = $3 and ${VISIBLE}`,
    [viewer.name, viewer.role, dashboardId],
  );
  return rows[0] && toDashboard(rows[0]);
}

export async function insertDashboard(
  transaction: Transaction,
  dashboard: DashboardInput & { dashboardId: string; owner: string; now: number },
): Promise<void> {
  await transaction.execute(
    `insert into insight.dashboard (dashboard_id, name, description, owner, shared, tiles, revision, created_at,
       updated_at, shared_with, refresh_ms, refresh_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, 1, $7, $7, $8, $9, case when $9::bigint is not null then $7::bigint end)`,
    [
      dashboard.dashboardId,
      dashboard.name,
      dashboard.description,
      dashboard.owner,
      dashboard.shared,
      JSON.stringify(dashboard.tiles),
      dashboard.now,
      dashboard.sharedWith,
      refreshOf(dashboard),
    ],
  );
}

const refreshOf = ({ refreshMinutes }: DashboardInput): number | null =>
  refreshMinutes === undefined ? null : refreshMinutes * MINUTE_MS;

/** Writes when nobody has saved since `revision`; false otherwise. */
export async function updateDashboard(
  transaction: Transaction,
  dashboard: DashboardInput & { dashboardId: string; owner: string; revision: number; now: number },
): Promise<boolean> {
  const updated = await transaction.execute(
    `update insight.dashboard set name = $4, description = $5, shared = $6, tiles = $7::jsonb,
        revision = revision + 1, updated_at = $8, shared_with = $9, refresh_ms = $10,
        refresh_at = case when $10::bigint is not null then $8::bigint end
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
      dashboard.sharedWith,
      refreshOf(dashboard),
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

/** The dashboard that is due longest to be computed ahead, moved on to its next time; undefined: none is due. */
export async function claimDueDashboard(
  transaction: Transaction,
  now: number,
): Promise<Dashboard | undefined> {
  const rows = await transaction.query<DashboardRow>(
    `update insight.dashboard set refresh_at = $1 + refresh_ms where dashboard_id = (
       select dashboard_id from insight.dashboard where refresh_at <= $1
        order by refresh_at limit 1 for update skip locked)
     returning *`,
    [now],
  );
  return rows[0] && toDashboard(rows[0]);
}
