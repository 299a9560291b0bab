import type { Channel, Purpose } from './reservation.ts';

/** A route as it is used: the first that matches a message decides. */
export interface RouteRule {
  readonly routeId: string;
  readonly channel: Channel;
  readonly order: number;
  /** Empty: every purpose. */
  readonly purposes: readonly Purpose[];
  /** Empty: every address. */
  readonly prefixes: readonly string[];
  readonly shares: readonly { readonly supplierId: string; readonly share: number }[];
  readonly enabled: boolean;
}

/** What routing knows of a supplier. */
export interface RoutableSupplier {
  readonly supplierId: string;
  readonly channel: Channel;
  /** What it may lawfully carry. */
  readonly purposes: readonly Purpose[];
  /** Not paused, and its session is up somewhere. */
  readonly available: boolean;
  /** Not paused. */
  readonly active: boolean;
}

/** What routing needs of a message. */
export interface RoutableMessage {
  readonly channel: Channel;
  readonly purpose: Purpose;
  /** Opened; empty where the channel has none. */
  readonly address: string;
  readonly tried: readonly string[];
}

/**
 * Shares hold over counts, not by chance: each message goes to the supplier that is furthest behind its
 * share, so that any 10 messages at 70/30 are 7 and 3.
 */
export interface ShareCounter {
  pick(routeId: string, among: readonly { supplierId: string; share: number }[]): string;
}

/** Counters of this process; after a restart shares start even again, one message off at most. */
export function createShareCounter(): ShareCounter {
  const credits = new Map<string, Map<string, number>>();
  return {
    pick(routeId, among) {
      const total = among.reduce((sum, each) => sum + each.share, 0);
      if (total === 0) return among[0]!.supplierId;
      const credit = credits.get(routeId) ?? new Map<string, number>();
      credits.set(routeId, credit);
      // Smooth weighted round robin, as nginx does it: everyone earns its share, the richest pays the whole.
      let best: string | undefined;
      for (const { supplierId, share } of among) {
        credit.set(supplierId, (credit.get(supplierId) ?? 0) + share);
        if (share > 0 && (best === undefined || credit.get(supplierId)! > credit.get(best)!))
          best = supplierId;
      }
      credit.set(best!, credit.get(best!)! - total);
      return best!;
    },
  };
}

/** The route of a message, if any: enabled, of its channel, purpose and prefix, lowest order first. */
export function findRoute(routes: readonly RouteRule[], message: RoutableMessage): RouteRule | undefined {
  const number = message.address.replace(/^\+/, '');
  return routes.find(
    (route) =>
      route.enabled &&
      route.channel === message.channel &&
      (route.purposes.length === 0 || route.purposes.includes(message.purpose)) &&
      (route.prefixes.length === 0 ||
        route.prefixes.some((prefix) => number.startsWith(prefix.replace(/^\+/, '')))),
  );
}

export type Choice =
  | { readonly kind: 'supplier'; readonly supplierId: string }
  /** Some supplier may carry it but none can at the moment. */
  | { readonly kind: 'wait' }
  /** Nobody is left to try, or nobody may. */
  | { readonly kind: 'none' };

/**
 * Chooses the supplier of a message's next attempt. Without a route, all suppliers of the channel share
 * evenly. A first attempt whose share is unavailable goes to an available one (failover); suppliers with
 * share 0 serve only when nobody with a share is left.
 */
export function chooseSupplier(
  routes: readonly RouteRule[],
  suppliers: ReadonlyMap<string, RoutableSupplier>,
  message: RoutableMessage,
  counter: ShareCounter,
): Choice {
  const route = findRoute(routes, message);
  const shares = route?.shares ?? evenShares(suppliers, message.channel);
  const lawful = shares.filter(({ supplierId }) => {
    const supplier = suppliers.get(supplierId);
    return (
      supplier !== undefined &&
      supplier.channel === message.channel &&
      supplier.purposes.includes(message.purpose) &&
      !message.tried.includes(supplierId)
    );
  });
  if (lawful.length === 0) return { kind: 'none' };
  const available = lawful.filter(({ supplierId }) => suppliers.get(supplierId)!.available);
  if (available.length === 0) return { kind: 'wait' };
  const sharing = available.filter(({ share }) => share > 0);
  return {
    kind: 'supplier',
    supplierId: counter.pick(
      route?.routeId ?? `channel ${message.channel}`,
      sharing.length > 0 ? sharing : available,
    ),
  };
}

function evenShares(
  suppliers: ReadonlyMap<string, RoutableSupplier>,
  channel: Channel,
): { supplierId: string; share: number }[] {
  return [...suppliers.values()]
    .filter((supplier) => supplier.channel === channel)
    .map(({ supplierId }) => ({ supplierId, share: 1 }));
}
