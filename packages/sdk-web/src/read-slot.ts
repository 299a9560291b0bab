import type { Visitor } from './visitor.ts';

/** What a slot of the page shows to this visitor. */
export interface SlotItem {
  /** Goes back with `$slot_shown` and `$message_clicked`. */
  readonly messageId: string;
  readonly slot: string;
  readonly title: string;
  readonly body: string;
  readonly image?: string;
  readonly link?: string;
  /** ISO 8601 UTC. */
  readonly validUntil?: string;
}

/** Asks for the items of a slot; nothing when the server is away: a page must not break on its advertising. */
export async function readSlot(endpoint: string, slot: string, visitor: Visitor): Promise<SlotItem[]> {
  const { type, value } = visitor.keys()[0]!;
  const query = new URLSearchParams({ type, value });
  try {
    const answer = await fetch(`${endpoint}/api/v1/slots/${encodeURIComponent(slot)}?${query.toString()}`, {
      credentials: 'omit',
    });
    if (!answer.ok) return [];
    const { items } = (await answer.json()) as { items?: SlotItem[] };
    return items ?? [];
  } catch {
    return [];
  }
}
