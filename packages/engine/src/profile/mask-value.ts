import type { Field, MaskKind } from '@wutong/contract';
import type { Value } from './operation.ts';

/** Common practice in the field: mobile 138****1234, card first 6 and last 4, ID number first and last, name 张*. */
const MASKS: Readonly<Record<MaskKind, (text: string) => string>> = {
  name: (text) => keepEnds(text, 1, 0),
  mobile: (text) => keepEnds(text, 3, 4),
  card: (text) => keepEnds(text, 6, 4),
  id_number: (text) => keepEnds(text, 1, 1),
  email: (text) => {
    const at = text.indexOf('@');
    return at > 0 ? keepEnds(text.slice(0, at), 1, 0) + text.slice(at) : '***';
  },
  all: () => '***',
};

/** Stars between the first and last characters; a text too short to hide anything is all stars. */
function keepEnds(text: string, first: number, last: number): string {
  // By code points: a surname outside the basic plane is one character.
  const characters = Array.from(text);
  if (characters.length <= first + last) return '*'.repeat(Math.max(characters.length, 1));
  const hidden = Math.min(characters.length - first - last, 8);
  return (
    characters.slice(0, first).join('') +
    '*'.repeat(hidden) +
    characters.slice(characters.length - last).join('')
  );
}

/** A text masked in one of the ways. */
export function maskText(text: string, kind: MaskKind): string {
  return MASKS[kind](text);
}

/** A value of a field as shown to those who may not open it; values that are not personal stay. */
export function maskValue(value: Value, field: Pick<Field, 'pii' | 'mask'>): Value {
  if (field.pii === 'none') return value;
  const kind = field.mask ?? 'all';
  return Array.isArray(value) ? value.map((each) => maskText(each, kind)) : maskText(String(value), kind);
}
