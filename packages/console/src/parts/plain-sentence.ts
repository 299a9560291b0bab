/** The sentences of the API, which point programs to parts of its answer, as they are said to people. Pure. */
import type { Text } from '../text/text.ts';

/** Letters of the values that are told. */
const LONGEST_NOTE = 300;
/** What is left out of a sentence that no note follows. */
const POINTER = /（(?:原因)?见说明）| \(see the note\)/g;

/**
 * A sentence of the API without names of fields: what it points to in `details` follows as a note. Without details the
 * pointer alone is left out, as where they are shown beside it.
 */
export function plainSentence(
  sentence: string,
  { state: { note } }: Text,
  details: Record<string, unknown> = {},
): string {
  const pointed = sentence
    .replaceAll(/`details(?:\.\w+)?`/g, note.name)
    .replaceAll(/(?<=\p{Script=Han}|[，（；：]|^) ?details(?:\.\w+)? ?/gu, note.name);
  const plain = pointed.replaceAll('`', '');
  if (pointed === sentence) return plain;
  const values = Object.values(details).flatMap(valuesIn).join(note.between).slice(0, LONGEST_NOTE);
  if (values === '') return plain.replaceAll(POINTER, '');
  return plain + note.said(values);
}

/** What can be read: texts, numbers and lists of them, not what they are called. */
function valuesIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(valuesIn);
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(valuesIn) : [];
}
