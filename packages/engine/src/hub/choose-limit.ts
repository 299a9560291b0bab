import type { RoutableSupplier } from './choose-supplier.ts';
import type { Channel } from './reservation.ts';
import { INTERNAL_KINDS, type SupplierDirectory } from './supplier-directory.ts';
import type { SupplierSessions } from './supplier-sessions.ts';

/** Messages of our own slots and tasks written at once. */
const INTERNAL_BATCH = 500;

/**
 * How many messages of a channel to claim now. Shares are kept also when a supplier is slow: the claim is
 * as large as the supplier with the least room for its share allows, so that nobody's share is given away.
 */
export function chooseLimit(
  channel: Channel,
  directory: SupplierDirectory,
  sessions: SupplierSessions,
  suppliers: ReadonlyMap<string, RoutableSupplier>,
): number {
  const available = [...suppliers.values()].filter(
    (supplier) => supplier.channel === channel && supplier.available,
  );
  if (available.length === 0) return 0;
  if (available.some(({ supplierId }) => INTERNAL_KINDS.has(directory.kindOf(supplierId) ?? 'smpp')))
    return INTERNAL_BATCH;
  const settling = directory
    .rows()
    .some((row) => row.channel === channel && row.state === 'active' && sessions.isSettling(row.supplier_id));
  if (settling) return 0;

  const owned = new Set(sessions.owned());
  const shares = sharesOf(channel, directory);
  let total = 0;
  for (const { supplierId } of available) total += shares.get(supplierId) ?? 0;
  let limit = Infinity;
  for (const { supplierId } of available) {
    if (!owned.has(supplierId)) continue;
    const share = shares.get(supplierId) ?? 0;
    const capacity = sessions.capacity(supplierId);
    if (share > 0 && total > 0) limit = Math.min(limit, Math.floor((capacity * total) / share));
    else if (total === 0) limit = Math.min(limit, capacity);
  }
  return limit === Infinity ? 0 : Math.max(0, limit);
}

/** Share of each supplier in the first enabled route of a channel that names it; 1 each without routes. */
function sharesOf(channel: Channel, directory: SupplierDirectory): Map<string, number> {
  const shares = new Map<string, number>();
  const routes = directory.routes().filter((route) => route.enabled && route.channel === channel);
  for (const route of routes) {
    for (const { supplierId, share } of route.shares)
      if (!shares.has(supplierId)) shares.set(supplierId, share);
  }
  if (routes.length === 0) {
    for (const row of directory.rows()) if (row.channel === channel) shares.set(row.supplier_id, 1);
  }
  return shares;
}
