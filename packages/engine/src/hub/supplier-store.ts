import type { hubApi } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import type { RouteRule } from './choose-supplier.ts';
import type { Channel, Purpose } from './reservation.ts';

export interface SupplierRow {
  supplier_id: string;
  name: string;
  kind: hubApi.SupplierKind;
  channel: Channel;
  settings: Record<string, unknown>;
  /** Encrypted JSON: name → secret. */
  secrets: string;
  rate_per_second: number;
  send_window: number;
  purposes: Purpose[];
  unit_cost_micros: number;
  state: 'active' | 'paused';
  owner_process: number | null;
  link: 'up' | 'down' | 'not_needed';
  bound_at: number | null;
  last_error: string | null;
  last_error_at: number | null;
  created_at: number;
  updated_at: number;
  revision: number;
}

export function selectSuppliers(transaction: Transaction): Promise<SupplierRow[]> {
  return transaction.query<SupplierRow>('select * from hub.supplier order by supplier_id');
}

export async function insertSupplier(
  transaction: Transaction,
  row: Pick<
    SupplierRow,
    | 'supplier_id'
    | 'name'
    | 'kind'
    | 'channel'
    | 'settings'
    | 'secrets'
    | 'rate_per_second'
    | 'send_window'
    | 'purposes'
    | 'unit_cost_micros'
    | 'created_at'
  >,
): Promise<boolean> {
  const rows = await transaction.execute(
    `insert into hub.supplier (supplier_id, name, kind, channel, settings, secrets, rate_per_second, send_window, purposes,
       unit_cost_micros, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) on conflict (supplier_id) do nothing`,
    [
      row.supplier_id,
      row.name,
      row.kind,
      row.channel,
      JSON.stringify(row.settings),
      row.secrets,
      row.rate_per_second,
      row.send_window,
      row.purposes,
      row.unit_cost_micros,
      row.created_at,
    ],
  );
  return rows === 1;
}

/** Locks one supplier for an edit. */
export async function lockSupplier(
  transaction: Transaction,
  supplierId: string,
): Promise<SupplierRow | undefined> {
  const rows = await transaction.query<SupplierRow>(
    'select * from hub.supplier where supplier_id = $1 for update',
    [supplierId],
  );
  return rows[0];
}

export async function updateSupplier(transaction: Transaction, row: SupplierRow): Promise<void> {
  await transaction.execute(
    `update hub.supplier set name = $2, settings = $3, secrets = $4, rate_per_second = $5, send_window = $6, purposes = $7,
       unit_cost_micros = $8, state = $9, updated_at = $10, revision = revision + 1 where supplier_id = $1`,
    [
      row.supplier_id,
      row.name,
      JSON.stringify(row.settings),
      row.secrets,
      row.rate_per_second,
      row.send_window,
      row.purposes,
      row.unit_cost_micros,
      row.state,
      row.updated_at,
    ],
  );
}

/** What the owner of a session saw of it. */
export async function updateLink(
  transaction: Transaction,
  link: {
    supplierId: string;
    process: number | null;
    link: string;
    boundAt: number | null;
    error?: string;
    at: number;
  },
): Promise<void> {
  await transaction.execute(
    `update hub.supplier set owner_process = $2, link = $3, bound_at = coalesce($4, bound_at),
       last_error = coalesce($5, last_error), last_error_at = case when $5::text is null then last_error_at else $6 end
     where supplier_id = $1`,
    [link.supplierId, link.process, link.link, link.boundAt, link.error ?? null, link.at],
  );
}

interface RouteRow {
  route_id: string;
  name: string;
  channel: Channel;
  priority: number;
  purposes: Purpose[];
  prefixes: string[];
  shares: { supplierId: string; share: number }[];
  enabled: boolean;
}

/** Routes in the order they are tried. */
export async function selectRoutes(transaction: Transaction): Promise<(RouteRule & { name: string })[]> {
  const rows = await transaction.query<RouteRow>('select * from hub.route order by priority, route_id');
  return rows.map(({ route_id: routeId, priority: order, ...rest }) => ({ routeId, order, ...rest }));
}

export async function upsertRoute(transaction: Transaction, route: hubApi.Route): Promise<void> {
  await transaction.execute(
    `insert into hub.route (route_id, name, channel, priority, purposes, prefixes, shares, enabled)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (route_id) do update set name = excluded.name, channel = excluded.channel, priority = excluded.priority,
       purposes = excluded.purposes, prefixes = excluded.prefixes, shares = excluded.shares, enabled = excluded.enabled`,
    [
      route.routeId,
      route.name,
      route.channel,
      route.order,
      route.purposes,
      route.prefixes,
      JSON.stringify(route.shares),
      route.enabled,
    ],
  );
}

export async function deleteRoute(transaction: Transaction, routeId: string): Promise<boolean> {
  return (await transaction.execute('delete from hub.route where route_id = $1', [routeId])) > 0;
}

/** Numbers of suppliers since an instant, and what they have in hand. */
export function selectSupplierNumbers(
  transaction: Transaction,
  since: number,
): Promise<
  {
    supplier_id: string;
    sent: number;
    delivered: number;
    failed: number;
    uncertain: number;
    calling: number;
    waiting: number;
    awaiting_receipt: number;
  }[]
> {
  return transaction.query(
    `select s.supplier_id,
       coalesce(n.sent, 0)::bigint as sent, coalesce(n.delivered, 0)::bigint as delivered,
       coalesce(n.failed, 0)::bigint as failed, coalesce(n.uncertain, 0)::bigint as uncertain,
       (select count(*) from hub.attempt a where a.state = 'calling' and a.supplier_id = s.supplier_id) as calling,
       (select count(*) from hub.waiting w where w.supplier_id = s.supplier_id) as waiting,
       (select count(*) from hub.attempt a where a.supplier_id = s.supplier_id and a.receipt_due_at is not null)
         as awaiting_receipt
     from hub.supplier s left join (
       select supplier_id, sum(sent) as sent, sum(delivered) as delivered, sum(failed) as failed, sum(uncertain) as uncertain
       from hub.supplier_minute where minute_at >= $1 group by 1
     ) n using (supplier_id)`,
    [since],
  );
}
