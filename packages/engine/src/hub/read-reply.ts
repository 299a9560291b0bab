/** Replies by which people refuse further messages; suppliers differ in the letter they advertise. */
const OPT_OUT_WORDS = new Set([
  'R',
  'TD',
  'T',
  'N',
  'QX',
  '退订',
  '拒收',
  '取消',
  '取消订阅',
  'STOP',
  'UNSUBSCRIBE',
]);

/**
 * Whether a reply is an opt-out: R, TD, T, N and the like, in full width or lower case, with blanks, brackets or
 * a full stop around (Ｒ, ｔｄ, "R。"). A longer text that merely contains one is not.
 */
export function isOptOut(text: string): boolean {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s\p{P}\p{Cf}]/gu, '')
    .toUpperCase();
  return OPT_OUT_WORDS.has(plain);
}
