/**
 * Data of class C3 (JR/T 0171-2020: passwords, card verification numbers, track data) is never taken in.
 * Names that say so, and the layout of magnetic tracks (ISO/IEC 7813), are enough to refuse a value.
 */
const SECRET_NAME =
  /^(password|passwd|pwd|pin|pin_?code|cvn|cvn2|cvv|cvv2|cvc|cvc2|track_?[123]?(_?data)?|fingerprint_template|face_template|交易密码|登录密码|支付密码|卡密码|密码)$/i;
const TRACK_1 = /%?B\d{12,19}\^[^^]{2,26}\^\d{4}/;
const TRACK_2 = /;?\d{12,19}=\d{7,}/;

/** Whether a value must not be stored under any name. */
export function isSecret(name: string, value: unknown): boolean {
  if (SECRET_NAME.test(name)) return true;
  if (typeof value !== 'string' || value.length < 20) return false;
  return TRACK_1.test(value) || TRACK_2.test(value);
}
