/**
 * A value of a record as shown to those who may not open it. Nothing is declared about it, so that all is taken to be
 * personal: a quarter of the characters stays at each end, at least the first one of several.
 */
export function maskRecordValue(value: string): string {
  const characters = Array.from(value);
  if (characters.length <= 1) return '*'.repeat(characters.length);
  const kept = Math.floor(characters.length / 4);
  const first = characters.slice(0, Math.max(1, kept)).join('');
  const last = kept > 0 ? characters.slice(-kept).join('') : '';
  return `${first}${'*'.repeat(Math.min(8, characters.length - Math.max(1, kept) - kept))}${last}`;
}
