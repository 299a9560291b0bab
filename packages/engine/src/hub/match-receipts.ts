import type { Ids, Transaction } from '../platform/index.ts';
import type { Receipt, ReceiptState } from './channels/adapter.ts';
import { selectParts, type FoundPart, type PartRow, type ReceiptRow } from './receipt-store.ts';

/** A receipt that came in, and which supplier it is from. */
export interface HeardReceipt {
  readonly supplierId: string;
  readonly receipt: Receipt;
  /** Print of the receipt's address. */
  readonly addressPrint: string | null;
  /** Epoch ms. */
  readonly at: number;
}

/** A receipt with the part it is about; `part` is undefined for an orphan. */
export interface MatchedReceipt {
  readonly row: Omit<ReceiptRow, 'changed'>;
  readonly part: (PartRow & { of_parts: number }) | undefined;
}

/**
 * Finds the attempt of each receipt by the supplier's id in any of its readings, where the address must
 * agree if an id has several meanings. The rest are orphans: their answer is still to be recorded, or was lost.
 */
export async function matchReceipts(
  transaction: Transaction,
  ids: Ids,
  heard: readonly HeardReceipt[],
): Promise<MatchedReceipt[]> {
  if (heard.length === 0) return [];
  const parts = await selectParts(
    transaction,
    heard.flatMap(({ supplierId, receipt }) =>
      receipt.providerIds.map((providerId) => ({ supplierId, providerId })),
    ),
  );
  const byId = new Map<string, FoundPart[]>();
  for (const part of parts) {
    const key = `${part.supplier_id} ${part.provider_id}`;
    byId.set(key, [...(byId.get(key) ?? []), part]);
  }
  const found = heard.map((each) => partOf(each, byId));
  return heard.map((each, place) => ({
    row: {
      receipt_id: ids.newId(),
      supplier_id: each.supplierId,
      provider_id: found[place]?.provider_id ?? each.receipt.providerIds[0]!,
      attempt_id: found[place]?.attempt_id ?? null,
      state: each.receipt.state,
      code: each.receipt.code ?? null,
      address_print: each.addressPrint,
      received_at: each.at,
    },
    part: found[place],
  }));
}

function partOf(
  { supplierId, receipt, addressPrint }: HeardReceipt,
  byId: ReadonlyMap<string, readonly FoundPart[]>,
): FoundPart | undefined {
  const readings = receipt.providerIds.map((id) => byId.get(`${supplierId} ${id}`) ?? []);
  const all = readings.flat();
  const sameAddress = all.filter((part) => addressPrint !== null && part.address_print === addressPrint);
  if (sameAddress.length > 0) return newest(sameAddress);
  // Some suppliers write the address differently in receipts; the exact id alone is then enough if it is unique.
  const exact = readings[0]!;
  return addressPrint === null
    ? newest(exact)
    : exact.length === 1 && all.length === 1
      ? exact[0]
      : undefined;
}

function newest(parts: readonly FoundPart[]): FoundPart | undefined {
  return parts.reduce<FoundPart | undefined>(
    (best, part) => (best === undefined || part.attempt_id > best.attempt_id ? part : best),
    undefined,
  );
}

const PART_RANK: Readonly<Record<string, number>> = {
  sent: 10,
  uncertain: 20,
  rejected: 30,
  expired: 30,
  undeliverable: 30,
  delivered: 40,
};

/** The state of a part after a receipt; it only moves up. */
export function nextPartState(before: string, receipt: ReceiptState): ReceiptState {
  return (PART_RANK[receipt] ?? 0) > (PART_RANK[before] ?? 0) ? receipt : (before as ReceiptState);
}

/**
 * What the parts say of the whole: delivered when all parts are; failed as soon as one has failed, for an
 * incomplete message is not shown; otherwise sent.
 */
export function wholeState(states: readonly string[], parts: number): ReceiptState {
  const failure = states.find(
    (state) => state === 'undeliverable' || state === 'expired' || state === 'rejected',
  );
  if (failure !== undefined) return failure as ReceiptState;
  if (states.length >= parts && states.every((state) => state === 'delivered')) return 'delivered';
  return states.some((state) => state === 'uncertain') ? 'uncertain' : 'sent';
}
