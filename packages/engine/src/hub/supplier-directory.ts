import type { hubApi } from '@wutong/contract';
import type { Database } from '../platform/index.ts';
import { findRoute, type RoutableSupplier, type RouteRule } from './choose-supplier.ts';
import { DEFAULT_CASCADE, exhausted } from './decide-outcome.ts';
import type { Cascade, Channel, Purpose } from './reservation.ts';
import { selectRoutes, selectSuppliers, type SupplierRow } from './supplier-store.ts';

/** The channel a kind of supplier serves. */
export const CHANNEL_OF_KIND: Readonly<Record<hubApi.SupplierKind, Channel>> = {
  smpp: 'sms',
  smtp: 'email',
  fcm: 'push',
  webhook: 'webhook',
  in_app: 'in_app',
  task: 'task',
};

/** Kinds that are rows of our own ledger: nobody outside is called. */
export const INTERNAL_KINDS: ReadonlySet<hubApi.SupplierKind> = new Set(['in_app', 'task']);

/** Suppliers that are there without being configured: our own slots and task lists. */
const BUILT_IN: readonly { supplierId: string; kind: 'in_app' | 'task' }[] = [
  { supplierId: 'in_app', kind: 'in_app' },
  { supplierId: 'task', kind: 'task' },
];

/** Suppliers and routes as last read; refreshed every half second of real time and after edits. */
export interface SupplierDirectory {
  refresh(): Promise<void>;
  rows(): readonly SupplierRow[];
  routes(): readonly RouteRule[];
  /** For routing. `isUp` says what this process knows of sessions that it owns itself. */
  routable(isUp: (row: SupplierRow) => boolean): Map<string, RoutableSupplier>;
  kindOf(supplierId: string): hubApi.SupplierKind | undefined;
  /** Whether a cascade has anywhere to go after these suppliers. */
  canCascade(
    message: { channel: Channel; purpose: Purpose; cascade: Cascade | null },
    tried: readonly string[],
  ): boolean;
  /** Whether any active supplier may carry a purpose on a channel. */
  canReach(channel: Channel, purpose: Purpose): boolean;
}

/** The channel after this one in a cascade, if any. `first` is where the message began. */
export function nextChannel(cascade: Cascade | null, current: Channel): Channel | undefined {
  const next = cascade?.nextChannels ?? [];
  const place = next.indexOf(current);
  return next[place + 1];
}

export function createSupplierDirectory(database: Database): SupplierDirectory {
  let rows: readonly SupplierRow[] = [];
  let routes: readonly RouteRule[] = [];
  let kinds = new Map<string, hubApi.SupplierKind>(
    BUILT_IN.map(({ supplierId, kind }) => [supplierId, kind]),
  );

  const directory: SupplierDirectory = {
    async refresh() {
      const [readSuppliers, readRoutes] = await Promise.all([
        selectSuppliers(database),
        selectRoutes(database),
      ]);
      rows = readSuppliers;
      routes = readRoutes;
      kinds = new Map([
        ...BUILT_IN.map(({ supplierId, kind }) => [supplierId, kind] as const),
        ...rows.map((row) => [row.supplier_id, row.kind] as const),
      ]);
    },
    rows: () => rows,
    routes: () => routes,
    routable(isUp) {
      const suppliers = new Map<string, RoutableSupplier>();
      for (const { supplierId, kind } of BUILT_IN) {
        const purposes: Purpose[] = ['marketing', 'service', 'verification'];
        suppliers.set(supplierId, {
          supplierId,
          channel: CHANNEL_OF_KIND[kind],
          purposes,
          active: true,
          available: true,
        });
      }
      for (const row of rows) {
        const active = row.state === 'active';
        suppliers.set(row.supplier_id, {
          supplierId: row.supplier_id,
          channel: row.channel,
          purposes: row.purposes,
          active,
          available: active && isUp(row),
        });
      }
      return suppliers;
    },
    kindOf: (supplierId) => kinds.get(supplierId),
    canCascade(message, tried) {
      if (nextChannel(message.cascade, message.channel) !== undefined) return true;
      if (tried.includes(exhausted(message.channel))) return false;
      const suppliers = directory.routable(() => true);
      const channelTried = tried.filter(
        (supplierId) => suppliers.get(supplierId)?.channel === message.channel,
      );
      if (channelTried.length >= (message.cascade ?? DEFAULT_CASCADE).maximumAttempts) return false;
      // The address is not at hand here: a route by prefix that turns out empty is noticed at the next claim.
      const route = findRoute(
        routes.map((each) => ({ ...each, prefixes: [] })),
        { ...message, address: '', tried },
      );
      const candidates = route?.shares.map((share) => share.supplierId) ?? [...suppliers.keys()];
      return candidates.some((supplierId) => {
        const supplier = suppliers.get(supplierId);
        return (
          supplier?.active === true &&
          supplier.channel === message.channel &&
          supplier.purposes.includes(message.purpose) &&
          !tried.includes(supplierId)
        );
      });
    },
    canReach(channel, purpose) {
      const suppliers = directory.routable(() => true);
      const mayCarry = (supplierId: string): boolean => {
        const supplier = suppliers.get(supplierId);
        return (
          supplier?.active === true && supplier.channel === channel && supplier.purposes.includes(purpose)
        );
      };
      const fitting = routes.filter(
        (route) =>
          route.enabled &&
          route.channel === channel &&
          (route.purposes.length === 0 || route.purposes.includes(purpose)),
      );
      if (fitting.length === 0) return [...suppliers.keys()].some(mayCarry);
      return fitting.some((route) => route.shares.some((share) => mayCarry(share.supplierId)));
    },
  };
  return directory;
}
