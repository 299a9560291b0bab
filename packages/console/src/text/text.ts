import type { zh } from './zh.ts';

type Widened<Value> = Value extends string
  ? string
  : Value extends (...parameters: infer Parameters) => string
    ? (...parameters: Parameters) => string
    : { [Key in keyof Value]: Widened<Value[Key]> };

/** Every string of the console. Chinese is written first; English must have each of them, or it is a type error. */
export type Text = Widened<typeof zh>;

/** The word for a code of the API; an unknown code is shown as it is, without its underscores. */
export function wordFor(words: Record<string, string>, code: string | null | undefined): string {
  if (!code) return '–';
  return words[code] ?? code.replaceAll('_', ' ').replace(/^\$/, '');
}
