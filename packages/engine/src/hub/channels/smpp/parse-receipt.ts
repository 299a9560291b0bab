import iconv from 'iconv-lite';
import type { Pdu } from 'smpp';
import { readingsOfReceiptId, type ReceiptIdForm } from '../../normalize-provider-id.ts';
import type { Receipt, ReceiptState } from '../adapter.ts';

/** message_state of SMPP 3.4 § 5.2.28. */
const STATE_OF_NUMBER: Readonly<Record<number, ReceiptState>> = {
  1: 'sent',
  2: 'delivered',
  3: 'expired',
  4: 'undeliverable',
  5: 'undeliverable',
  6: 'sent',
  7: 'uncertain',
  8: 'rejected',
};

/** `stat:` of the receipt text, SMPP 3.4 appendix B, seven characters. */
const STATE_OF_TEXT: Readonly<Record<string, ReceiptState>> = {
  ENROUTE: 'sent',
  ACCEPTD: 'sent',
  DELIVRD: 'delivered',
  EXPIRED: 'expired',
  DELETED: 'undeliverable',
  UNDELIV: 'undeliverable',
  REJECTD: 'rejected',
  UNKNOWN: 'uncertain',
};

/**
 * The state of a receipt's text status. Chinese gateways hand CMPP's own codes through: MA, CA, DA, SA, IA (no
 * answer) and MC, IC (no report) leave it open; MB, CB, DB, SB, IB (an error was answered) do not.
 */
export function receiptStateOf(status: string): ReceiptState {
  const plain = status.trim().toUpperCase();
  const known = STATE_OF_TEXT[plain];
  if (known !== undefined) return known;
  if (/^[MCDSI]B:?/.test(plain)) return 'undeliverable';
  return 'uncertain';
}

/** Whether a deliver_sm carries a delivery receipt (esm_class bits 5–2, § 5.2.12). */
export function isReceipt(pdu: Pdu): boolean {
  const kind = (pdu.esm_class ?? 0) & 0x3c;
  return kind === 0x04 || kind === 0x20 || pdu.receipted_message_id !== undefined;
}

/** The text of a PDU in whatever coding it came. */
export function textOf(pdu: Pdu): string {
  const body = pdu.message_payload ?? pdu.short_message ?? '';
  const message = typeof body === 'string' || Buffer.isBuffer(body) ? body : body.message;
  if (typeof message === 'string') return message;
  // 15 is GBK in CMPP's numbering, which Chinese SMPP gateways keep.
  return pdu.data_coding === 15 ? iconv.decode(message, 'gb18030') : message.toString('utf8');
}

/**
 * Reads a receipt from its TLVs where present, else from its text. Undefined when it names no message.
 */
export function parseReceipt(pdu: Pdu, form: ReceiptIdForm): Receipt | undefined {
  const text = textOf(pdu);
  const id = pdu.receipted_message_id?.replace(/\0+$/, '') ?? /\bid:\s*([^\s]+)/i.exec(text)?.[1];
  if (id === undefined || id === '') return undefined;
  const status = /\bstat:\s*([^\s]+)/i.exec(text)?.[1];
  const numbered = pdu.message_state === undefined ? undefined : STATE_OF_NUMBER[pdu.message_state];
  const state = numbered ?? (status === undefined ? 'uncertain' : receiptStateOf(status));
  const error = /\berr:\s*([^\s]+)/i.exec(text)?.[1];
  const code = [status, error]
    .filter((part) => part !== undefined && part !== '' && !/^0+$/.test(part))
    .join(' ');
  return {
    providerIds: readingsOfReceiptId(id, form),
    state,
    ...(code === '' ? {} : { code: code.slice(0, 60) }),
    // A receipt travels backwards: its source is the number that the message went to (appendix B).
    ...(pdu.source_addr ? { address: pdu.source_addr } : {}),
  };
}
