import type { Cap } from '@wutong/contract';
import type { Channel, RefusalReason } from './front-door.ts';
import { localDay } from './local-time.ts';

const DAY_MS = 86_400_000;

/** Contacts older than the longest window are of no use to any cap. */
export const CONTACT_MEMORY_MS = 31 * DAY_MS;

/** A contact that was allowed; deferred ones stand in the future. */
export interface Contact {
  readonly channel: Channel;
  readonly at: number;
}

/** A cap of the bank may bind only strategies of lower priority. */
export interface BindingCap extends Cap {
  readonly priorityBelow?: number | undefined;
}

export interface CapResult {
  readonly reason: Extract<RefusalReason, 'daily_cap' | 'frequency_cap'>;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * The cap that one more contact at `atMs` would break, if any. A day is a calendar day in the person's
 * zone. Weeks and months roll: contacts on both sides of `atMs` count, since deferred ones may lie after
 * it, so that no 7 (30) days ever hold more than the limit.
 */
export function brokenCap(
  caps: readonly BindingCap[],
  contacts: readonly Contact[],
  wish: { channel: Channel; at: number; priority: number; timeZone: string },
): CapResult | undefined {
  for (const cap of caps) {
    if (cap.channel !== 'any' && cap.channel !== wish.channel) continue;
    if (cap.priorityBelow !== undefined && wish.priority >= cap.priorityBelow) continue;
    const counted = contacts.filter(
      (contact) =>
        (cap.channel === 'any' || contact.channel === cap.channel) &&
        isInWindow(cap.window, contact.at, wish.at, wish.timeZone),
    ).length;
    if (counted >= cap.limit) {
      return {
        reason: cap.window === 'day' ? 'daily_cap' : 'frequency_cap',
        detail: { channel: cap.channel, window: cap.window, limit: cap.limit, counted },
      };
    }
  }
  return undefined;
}

function isInWindow(window: Cap['window'], contactAt: number, wishedAt: number, timeZone: string): boolean {
  if (window === 'day') return localDay(timeZone, contactAt) === localDay(timeZone, wishedAt);
  const widthMs = (window === 'week' ? 7 : 30) * DAY_MS;
  return Math.abs(contactAt - wishedAt) < widthMs;
}
