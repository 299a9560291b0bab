/**
 * The GSM 03.38 default alphabet (3GPP TS 23.038 § 6.2.1) and its extension table (§ 6.2.1.1);
 * an extension character costs two septets.
 */
const GSM_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const GSM_EXTENSION = new Set('\f^{}\\[~]|€');

const SINGLE_SEPTETS = 160;
const PART_SEPTETS = 153;
const SINGLE_UCS2 = 70;
const PART_UCS2 = 67;

/** How a text travels as SMS. `units` are septets (gsm7) or UTF-16 code units (ucs2). */
export interface SmsSize {
  readonly encoding: 'gsm7' | 'ucs2';
  readonly units: number;
  readonly segments: number;
}

/** Whether every character is in the GSM 03.38 alphabet. */
export function isGsm7(text: string): boolean {
  for (const character of text) {
    if (!GSM_BASIC.has(character) && !GSM_EXTENSION.has(character)) return false;
  }
  return true;
}

/** Counts SMS parts: 160 or 153 each septets, 70 or 67 each UCS-2 units (3GPP TS 23.040 § 9.2.3.24.1). */
export function countSegments(text: string): SmsSize {
  const parts = splitSegments(text);
  const encoding = isGsm7(text) ? 'gsm7' : 'ucs2';
  const units = encoding === 'gsm7' ? septetsOf(text) : text.length;
  return { encoding, units, segments: parts.length };
}

/**
 * The parts a text is sent in. A surrogate pair or an escaped GSM character is never cut in two,
 * so a part can be one unit short of its limit.
 */
export function splitSegments(text: string): string[] {
  const gsm = isGsm7(text);
  const costOf = (character: string): number =>
    gsm ? (GSM_EXTENSION.has(character) ? 2 : 1) : character.length;
  const total = gsm ? septetsOf(text) : text.length;
  if (total <= (gsm ? SINGLE_SEPTETS : SINGLE_UCS2)) return [text];
  const limit = gsm ? PART_SEPTETS : PART_UCS2;
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const character of text) {
    const cost = costOf(character);
    if (used + cost > limit) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += character;
    used += cost;
  }
  parts.push(part);
  return parts;
}

function septetsOf(text: string): number {
  let septets = 0;
  for (const character of text) septets += GSM_EXTENSION.has(character) ? 2 : 1;
  return septets;
}
