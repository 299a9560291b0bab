import { hubApi, type ResponseOf } from '@wutong/contract';
import { CodedError, type HttpServer } from '../platform/index.ts';
import { OUTSIDE_KINDS } from './channels/index.ts';
import type { RouteNeeds } from './route-needs.ts';
import { CHANNEL_OF_KIND } from './supplier-directory.ts';
import {
  deleteRoute,
  insertSupplier,
  lockSupplier,
  selectRoutes,
  selectSupplierNumbers,
  selectSuppliers,
  updateSupplier,
  upsertRoute,
  type SupplierRow,
} from './supplier-store.ts';

const HOUR_MS = 3_600_000;
type Supplier = ResponseOf<typeof hubApi.createSupplier>;
type Numbers = Awaited<ReturnType<typeof selectSupplierNumbers>>[number];

/** Suppliers and routes: list, connect, change, pause. */
export function routeSuppliers(server: HttpServer, room: RouteNeeds): void {
  const { platform } = room;
  const { database, clock, secrets } = platform;

  async function present(rows: readonly SupplierRow[]): Promise<Supplier[]> {
    const numbers = await selectSupplierNumbers(database, clock.now() - HOUR_MS);
    const byId = new Map(numbers.map((each) => [each.supplier_id, each]));
    return rows.map((row) => presentSupplier(room, row, byId.get(row.supplier_id)));
  }

  server.handle(hubApi.listSuppliers, async () => ({
    items: await present(await selectSuppliers(database)),
  }));

  server.handle(hubApi.createSupplier, async ({ body, user }) => {
    const settings = checkSettings(body.kind, body.settings);
    const row = await database.transaction(async (transaction) => {
      const inserted = await insertSupplier(transaction, {
        supplier_id: body.supplierId,
        name: body.name,
        kind: body.kind,
        channel: CHANNEL_OF_KIND[body.kind],
        settings,
        secrets: secrets.encrypt(JSON.stringify(body.secrets ?? {})),
        rate_per_second: body.ratePerSecond,
        send_window: body.window,
        purposes: body.purposes,
        unit_cost_micros: body.unitCostMicros,
        created_at: clock.now(),
      });
      if (!inserted) throw new CodedError('supplier_exists', { details: { supplierId: body.supplierId } });
      await platform.audit.record(transaction, {
        actor: user.name,
        action: 'supplier.create',
        object: body.supplierId,
        detail: { kind: body.kind, settings },
      });
      return (await lockSupplier(transaction, body.supplierId))!;
    });
    await room.directory.refresh();
    return (await present([row]))[0]!;
  });

  server.handle(hubApi.editSupplier, async ({ params, body, user }) => {
    const row = await database.transaction(async (transaction) => {
      const before = await lockSupplier(transaction, params.supplierId);
      if (before === undefined) throw new CodedError('supplier_not_found', { details: params });
      const kept = JSON.parse(secrets.decrypt(before.secrets)) as Record<string, string>;
      const after: SupplierRow = {
        ...before,
        name: body.name ?? before.name,
        settings: body.settings === undefined ? before.settings : checkSettings(before.kind, body.settings),
        // Sessions are reopened when the stored secrets change, so they are only written when given.
        secrets:
          body.secrets === undefined
            ? before.secrets
            : secrets.encrypt(JSON.stringify({ ...kept, ...body.secrets })),
        rate_per_second: body.ratePerSecond ?? before.rate_per_second,
        send_window: body.window ?? before.send_window,
        purposes: body.purposes ?? before.purposes,
        unit_cost_micros: body.unitCostMicros ?? before.unit_cost_micros,
        state: body.state ?? before.state,
        updated_at: clock.now(),
      };
      await updateSupplier(transaction, after);
      await platform.audit.record(transaction, {
        actor: user.name,
        action: 'supplier.edit',
        object: params.supplierId,
        detail: { changed: Object.keys(body) },
      });
      return after;
    });
    await room.directory.refresh();
    return (await present([row]))[0]!;
  });

  server.handle(hubApi.listRoutes, async () => ({
    items: (await selectRoutes(database)).map((route) => ({ ...route, ...copyLists(route) })),
  }));

  server.handle(hubApi.putRoute, async ({ params, body, user }) => {
    const known = new Map((await selectSuppliers(database)).map((row) => [row.supplier_id, row.channel]));
    const unknown = body.shares
      .filter((share) => !known.has(share.supplierId))
      .map((share) => share.supplierId);
    if (unknown.length > 0) throw new CodedError('supplier_not_found', { details: { suppliers: unknown } });
    const foreign = body.shares.filter((share) => known.get(share.supplierId) !== body.channel);
    if (foreign.length > 0) {
      throw new CodedError('route_channel_differs', {
        details: { suppliers: foreign.map((share) => share.supplierId) },
      });
    }
    const route = { routeId: params.routeId, ...body };
    await database.transaction(async (transaction) => {
      await upsertRoute(transaction, route);
      await platform.audit.record(transaction, {
        actor: user.name,
        action: 'route.put',
        object: params.routeId,
        detail: { ...body },
      });
    });
    await room.directory.refresh();
    return route;
  });

  server.handle(hubApi.deleteRoute, async ({ params, user }) => {
    const deleted = await database.transaction(async (transaction) => {
      await platform.audit.record(transaction, {
        actor: user.name,
        action: 'route.delete',
        object: params.routeId,
      });
      return deleteRoute(transaction, params.routeId);
    });
    await room.directory.refresh();
    return { deleted };
  });
}

function copyLists(route: Awaited<ReturnType<typeof selectRoutes>>[number]) {
  return {
    purposes: [...route.purposes],
    prefixes: [...route.prefixes],
    shares: route.shares.map((share) => ({ ...share })),
  };
}

/** The settings as the adapter will read them, defaults filled in. */
function checkSettings(
  kind: SupplierRow['kind'],
  settings: Record<string, unknown>,
): Record<string, unknown> {
  const schema = OUTSIDE_KINDS[kind]?.settings;
  if (schema === undefined) {
    throw new CodedError('supplier_settings_invalid', {
      details: { kind, reason: 'not a kind that can be connected' },
    });
  }
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const problems = parsed.error.issues.map((issue) => ({
    path: ['settings', ...issue.path].join('.'),
    message: issue.message,
  }));
  throw new CodedError('supplier_settings_invalid', { details: { problems } });
}

function presentSupplier(room: RouteNeeds, row: SupplierRow, numbers: Numbers | undefined): Supplier {
  const stored = JSON.parse(room.platform.secrets.decrypt(row.secrets)) as Record<string, string>;
  return {
    supplierId: row.supplier_id,
    name: row.name,
    kind: row.kind,
    channel: row.channel,
    settings: row.settings,
    hasSecrets: Object.keys(stored),
    ratePerSecond: row.rate_per_second,
    window: row.send_window,
    purposes: row.purposes,
    unitCostMicros: row.unit_cost_micros,
    state: row.state,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
    health: {
      link: row.link,
      ...(row.bound_at === null ? {} : { boundAt: new Date(row.bound_at).toISOString() }),
      ...(row.owner_process === null ? {} : { ownerProcess: String(row.owner_process) }),
      ...(row.last_error === null ? {} : { lastError: row.last_error }),
      ...(row.last_error_at === null ? {} : { lastErrorAt: new Date(row.last_error_at).toISOString() }),
      inFlight: numbers?.calling ?? 0,
      pending: numbers?.waiting ?? 0,
      sentLastHour: numbers?.sent ?? 0,
      deliveredLastHour: numbers?.delivered ?? 0,
      failedLastHour: numbers?.failed ?? 0,
      uncertainLastHour: numbers?.uncertain ?? 0,
      awaitingReceipt: numbers?.awaiting_receipt ?? 0,
    },
  };
}
