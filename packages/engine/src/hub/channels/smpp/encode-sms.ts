import smpp from 'smpp';
import { isGsm7, splitSegments } from '../../../content/index.ts';

/** One part as it goes into submit_sm. */
export interface EncodedPart {
  readonly short_message: Buffer;
  /** 0 = SMSC default (GSM 03.38, unpacked), 8 = UCS-2 (SMPP 3.4 § 5.2.19). */
  readonly data_coding: 0 | 8;
  /** 0x40 when a user data header comes first (§ 5.2.12). */
  readonly esm_class: 0 | 0x40;
}

const UDH_INDICATOR = 0x40;

/**
 * Encodes a text in one or more parts. Long ones carry the concatenation header `05 00 03 ref total part`
 * (3GPP TS 23.040 § 9.2.3.24.1). `reference` is 0–255 and should differ between messages to one person.
 */
export function encodeSms(text: string, reference: number): EncodedPart[] {
  const gsm = isGsm7(text);
  const parts = splitSegments(text);
  return parts.map((part, index) => {
    const body = gsm ? smpp.encodings.ASCII.encode(part) : Buffer.from(part, 'utf16le').swap16();
    const header =
      parts.length === 1
        ? Buffer.alloc(0)
        : Buffer.from([5, 0, 3, reference & 0xff, parts.length, index + 1]);
    return {
      short_message: Buffer.concat([header, body]),
      data_coding: gsm ? 0 : 8,
      esm_class: parts.length === 1 ? 0 : UDH_INDICATOR,
    };
  });
}
