import type { MatchedReceipt } from './match-receipts.ts';
import type { PartRow, ReceiptRow } from './receipt-store.ts';

/** Orphans with the attempt they must be about. */
export function adoptOrphans(
  orphans: readonly (ReceiptRow & { lost_attempt_id: string; parts: number; known_parts: number })[],
): MatchedReceipt[] {
  const known = new Map<string, Map<string, PartRow & { of_parts: number }>>();
  return orphans.flatMap((orphan) => {
    const parts = known.get(orphan.lost_attempt_id) ?? new Map<string, PartRow & { of_parts: number }>();
    known.set(orphan.lost_attempt_id, parts);
    let part = parts.get(orphan.provider_id);
    if (part === undefined) {
      // More ids than the attempt has parts: this one is about something else.
      if (orphan.known_parts + parts.size >= orphan.parts) return [];
      part = {
        supplier_id: orphan.supplier_id,
        provider_id: orphan.provider_id,
        attempt_id: orphan.lost_attempt_id,
        part: orphan.known_parts + parts.size + 1,
        state: 'sent',
        of_parts: orphan.parts,
      };
      parts.set(orphan.provider_id, part);
    }
    const { receipt_id, supplier_id, provider_id, state, code, address_print, received_at } = orphan;
    return [
      {
        row: {
          receipt_id,
          supplier_id,
          provider_id,
          attempt_id: orphan.lost_attempt_id,
          state,
          code,
          address_print,
          received_at,
        },
        part,
      },
    ];
  });
}
