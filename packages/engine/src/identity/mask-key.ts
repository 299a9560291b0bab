import type { KeyRule } from './key-rules.ts';

/** A value as it may be shown: whole when its type is not personal, else only what helps to recognise it. */
export function maskKey(rule: KeyRule | undefined, value: string): string {
  if (rule && !rule.pii) return value;
  const at = value.lastIndexOf('@');
  if (at > 0) return `${value.slice(0, 1)}***${value.slice(at)}`;
  const characters = Array.from(value);
  if (characters.length <= 4) return '*'.repeat(characters.length);
  const [head, tail] = characters.length >= 11 ? [3, 4] : characters.length >= 8 ? [2, 2] : [1, 1];
  const hidden = '*'.repeat(characters.length - head - tail);
  return `${characters.slice(0, head).join('')}${hidden}${characters.slice(-tail).join('')}`;
}
