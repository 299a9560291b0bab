/** The names of the catalogue as groups to choose from. */
import type { Text } from '../../text/text.ts';
import {
  fieldsOf,
  writtenName,
  type ExpressionNames,
  type FieldChoice,
  type RelatedChoice,
  type Subject,
} from '../rule/names.ts';
import type { NameGroup, NameOption } from './name-select.tsx';

type Words = Text['rule'];

export const pathKey = (path: readonly string[]): string => path.join('.');

/** A related thing as expressions write what tells it apart. */
export const codeOf = (choice: RelatedChoice): string =>
  (choice.details === undefined ? choice.via : undefined) ?? writtenName(choice);

const fieldOption = (field: FieldChoice): NameOption => ({
  value: pathKey(field.path),
  title: field.title,
  code: pathKey(field.path),
});

/** Fields of a subject: its own first, then those reached through something, by what they are reached through. */
export function fieldGroups(
  names: ExpressionNames,
  subject: Subject,
  words: Words,
  keep: (field: FieldChoice) => boolean = () => true,
): NameGroup[] {
  const byThrough = new Map<string, FieldChoice[]>();
  for (const field of fieldsOf(names, subject).filter(keep)) {
    const through = field.through ?? '';
    byThrough.set(through, [...(byThrough.get(through) ?? []), field]);
  }
  const ownTitle = subject.kind === 'person' ? words.picks.attributes : words.picks.fields;
  return [...byThrough].map(([through, fields]) => ({
    title: through || ownTitle,
    options: fields.map((field) => {
      const option = fieldOption(field);
      // A relation by its own name stands for the id at its far end.
      return through && field.title !== through
        ? { ...option, title: `${through} · ${field.title}` }
        : option;
    }),
  }));
}

export const eventGroups = (names: ExpressionNames, words: Words): NameGroup[] => [
  { title: '', options: [{ value: '*', title: words.special.anyEvent, code: '*' }] },
  {
    title: words.picks.events,
    options: names.events.map(({ name, title }) => ({ value: name, title, code: name })),
  },
];

export const segmentGroups = (names: ExpressionNames, words: Words): NameGroup[] => [
  {
    title: words.picks.segments,
    options: names.segments.map(({ id, title }) => ({ value: id, title, code: id })),
  },
];

export const tagGroups = (names: ExpressionNames, words: Words): NameGroup[] => [
  {
    title: words.picks.tags,
    options: names.tags.map(({ id, title }) => ({ value: id, title, code: id })),
  },
];
