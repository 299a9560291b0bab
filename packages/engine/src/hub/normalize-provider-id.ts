/**
 * Suppliers write one id in several ways: hexadecimal in the answer and decimal in the receipt, upper
 * and lower case, padded with zeros or not (jasmin #729, #643, #1050). Ids are compared in this form:
 * trimmed, lower case, without leading zeros.
 */
export function normalizeProviderId(raw: string): string {
  const plain = raw
    .trim()
    .toLowerCase()
    .replace(/^0+(?=.)/, '');
  return plain;
}

/** How a supplier's receipt ids relate to those of its answers; `auto` tries every reading. */
export type ReceiptIdForm = 'auto' | 'same' | 'answer_hex' | 'answer_decimal';

/**
 * Readings of a receipt's id in the form of the answer's, the likeliest first.
 * `answer_hex`: answers are hexadecimal, receipts decimal; `answer_decimal`: the other way round.
 */
export function readingsOfReceiptId(raw: string, form: ReceiptIdForm): string[] {
  const same = normalizeProviderId(raw);
  const asHex = /^\d{1,30}$/.test(same) ? BigInt(same).toString(16) : undefined;
  const asDecimal = /^[0-9a-f]{1,25}$/.test(same) ? BigInt(`0x${same}`).toString(10) : undefined;
  const forms: Readonly<Record<ReceiptIdForm, readonly (string | undefined)[]>> = {
    same: [same],
    answer_hex: [asHex],
    answer_decimal: [asDecimal],
    auto: [same, asHex, asDecimal],
  };
  const readings = forms[form].filter((reading): reading is string => reading !== undefined);
  return [...new Set(readings.length > 0 ? readings : [same])];
}

/** An address as receipts can be compared by it: phone numbers by their last 11 digits, others lower case. */
export function comparableAddress(address: string): string {
  const digits = address.replace(/\D/g, '');
  return address.includes('@') || digits.length < 6 ? address.trim().toLowerCase() : digits.slice(-11);
}
