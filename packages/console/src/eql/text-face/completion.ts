/** What may stand at a place in the text: names with their titles, functions, words. Pure, so that cases are data. */
import type { Text } from '../../text/text.ts';
import {
  fieldsOf,
  person,
  relatedOf,
  type ExpressionNames,
  type FieldChoice,
  type Subject,
  writtenName,
} from '../rule/names.ts';
import { eqlFunctions, eqlWindows, functionBodies } from './eql-words.ts';

type Words = Text['rule'];

export interface Suggestion {
  /** What is written. */
  insert: string;
  /** What it is called, in the reader's language. */
  title: string;
  /** Which sort of thing it is. */
  sort: keyof Words['completion'];
}

export interface Completion {
  /** Where the word that is completed begins. */
  from: number;
  suggestions: Suggestion[];
}

const WORD = /[$\p{L}_][\p{L}\p{N}_]*$/u;
const TOKEN = /--[^\n]*|'(?:[^']|'')*'?|`[^`]*`?|[$\p{L}_][\p{L}\p{N}_]*|\d[\d._]*|[()]|[^\s\p{L}\d]/gu;
const MOST = 80;

/** Suggestions at an offset of the text. */
export function completionAt(text: string, offset: number, names: ExpressionNames, words: Words): Completion {
  const before = text.slice(0, offset);
  const typed = WORD.exec(before)?.[0] ?? '';
  const from = offset - typed.length;
  const tokens = before.slice(0, from).match(TOKEN) ?? [];
  const last = tokens.at(-1) ?? '';
  // Nothing is known inside a comment or an open text.
  if (last.startsWith('--') && !before.slice(0, from).endsWith('\n')) return { from, suggestions: [] };
  const needle = typed.toLowerCase();
  const suggestions = suggestionsAfter(tokens, names, words)
    .filter(({ insert, title }) => `${insert} ${title}`.toLowerCase().includes(needle))
    .toSorted((left, right) => rankOf(left, needle) - rankOf(right, needle))
    .slice(0, MOST);
  return { from, suggestions };
}

/** What begins with the typed letters goes before what contains them. */
const rankOf = ({ insert, title }: Suggestion, needle: string): number =>
  insert.toLowerCase().startsWith(needle) || title.toLowerCase().startsWith(needle) ? 0 : 1;

const plainName = /^[$\p{L}_][\p{L}\p{N}_]*$/u;
const written = (name: string): string => (plainName.test(name) || name === '*' ? name : `\`${name}\``);

function suggestionsAfter(tokens: readonly string[], names: ExpressionNames, words: Words): Suggestion[] {
  const last = tokens.at(-1)?.toLowerCase() ?? '';
  const named = (things: readonly { id: string; title: string }[], sort: Suggestion['sort']): Suggestion[] =>
    things.map(({ id, title }) => ({ insert: written(id), title, sort }));
  if (tokens.length === 0) return beginnings(names, words);
  switch (last) {
    case 'event':
      return [
        ...names.events.map(({ name, title }): Suggestion => ({
          insert: written(name),
          title,
          sort: 'event',
        })),
        { insert: '*', title: words.special.anyEvent, sort: 'event' },
      ];
    case 'segment':
      return named(names.segments, 'segment');
    case 'tag':
      return named(names.tags, 'tag');
    case 'via':
      return names.relations.map(({ name, title }) => ({ insert: name, title, sort: 'relation' }));
    case 'within':
      return windows(words);
    case '.':
      return membersOf(tokens, names);
    case '=':
    case ',':
    case '(': {
      const values = valuesBefore(tokens, names);
      if (values.length > 0) return values;
      break;
    }
    case 'in':
      return [{ insert: 'segment', title: words.completion.segment, sort: 'word' }, ...windows(words)];
  }
  return anything(tokens, names, words);
}

function beginnings(names: ExpressionNames, words: Words): Suggestion[] {
  return [
    { insert: 'person where ', title: words.people, sort: 'word' },
    ...names.entities.map(({ name, title }): Suggestion => ({
      insert: `${name} where `,
      title,
      sort: 'entity',
    })),
  ];
}

const windows = (words: Words): Suggestion[] =>
  eqlWindows.map((insert) => ({ insert, title: words.completion.window, sort: 'window' }));

/** Fields of what stands before the point: an event's properties, a detail's or an entity's fields. */
function membersOf(tokens: readonly string[], names: ExpressionNames): Suggestion[] {
  const owner = unquoted(tokens.at(-2) ?? '');
  const isEvent = tokens.at(-3)?.toLowerCase() === 'event';
  const relation = names.relations.find(({ name }) => name === owner);
  const subject: Subject = isEvent
    ? { kind: 'event', event: owner }
    : names.details.some(({ name }) => name === owner)
      ? { kind: 'detail', type: owner }
      : { kind: 'entity', type: relation?.to ?? owner };
  return fieldsOf(names, subject)
    .filter(({ path }) => path.length === 1)
    .map(fieldSuggestion(isEvent ? 'property' : 'attribute'));
}

const fieldSuggestion =
  (sort: Suggestion['sort']) =>
  ({ path, title, through }: FieldChoice): Suggestion => ({
    insert: path.map(written).join('.'),
    title: through && through !== title ? `${through} · ${title}` : title,
    sort,
  });

const unquoted = (token: string): string => token.replaceAll('`', '');

/** Declared values of the field that is compared: after `=`, and inside the list after `in`. */
function valuesBefore(tokens: readonly string[], names: ExpressionNames): Suggestion[] {
  let end = tokens.length - 1;
  if (tokens[end] === ',') end = tokens.lastIndexOf('(');
  if (tokens[end] === '(') end -= 1;
  const operator = tokens[end]?.toLowerCase();
  if (operator !== '=' && operator !== 'in') return [];
  end -= 1;
  if (tokens[end] === '!' || tokens[end]?.toLowerCase() === 'not') end -= 1;
  const path = [unquoted(tokens[end] ?? '')];
  while (tokens[end - 1] === '.') path.unshift(unquoted(tokens[(end -= 2)] ?? ''));
  const subject = subjectAt(tokens, names);
  const field = fieldsOf(names, subject).find((each) => each.path.join('.') === path.join('.'));
  return (field?.values ?? []).map((value) => ({
    insert: `'${value.replaceAll("'", "''")}'`,
    title: field?.title ?? '',
    sort: 'value',
  }));
}

/** Details after the name of their owner, as in `company.loan`. */
const farDetailsOf = (names: ExpressionNames, owner: Subject, token: string): Subject | undefined => {
  const type = owner.kind === 'entity' ? owner.type : owner.kind;
  const detail = names.details.find((each) => each.name === unquoted(token) && each.owner === type);
  return detail && { kind: 'detail', type: detail.name };
};

/** Whom or what the place is about: the source whose `where` it stands in. */
export function subjectAt(tokens: readonly string[], names: ExpressionNames): Subject {
  const entity = names.entities.find(({ name }) => name === tokens[0]?.toLowerCase());
  const levels: Subject[] = [entity ? { kind: 'entity', type: entity.name } : person];
  let source: Subject | undefined;
  tokens.forEach((token, index) => {
    const word = token.toLowerCase();
    const current = levels.at(-1) ?? person;
    if (tokens[index - 1]?.toLowerCase() === 'event') source = { kind: 'event', event: unquoted(token) };
    const related = relatedOf(names, current).find(({ name }) => name === token);
    if (related && tokens[index - 1] !== '.') source = related.subject;
    if (source && tokens[index - 1] === '.') source = farDetailsOf(names, source, token) ?? source;
    if (word === 'where' && source && tokens[index + 1] !== '(') levels[levels.length - 1] = source;
    if (token === '(') {
      levels.push(tokens[index - 1]?.toLowerCase() === 'where' && source ? source : current);
      source = undefined;
    }
    if (token === ')' && levels.length > 1) levels.pop();
  });
  return levels.at(-1) ?? person;
}

/** A condition or a value may begin here: fields, functions, sources and the words that join. */
function anything(tokens: readonly string[], names: ExpressionNames, words: Words): Suggestion[] {
  const subject = subjectAt(tokens, names);
  const word = (insert: string): Suggestion => ({ insert, title: words.completion.word, sort: 'word' });
  const isRow = subject.kind === 'event' || subject.kind === 'detail';
  const fields = fieldsOf(names, subject).map(
    fieldSuggestion(subject.kind === 'event' ? 'property' : 'attribute'),
  );
  const joins = ['and ', 'or ', 'not ', 'is missing', 'is present', 'contains ', 'between ', 'within '].map(
    word,
  );
  if (isRow) return [...fields, ...joins];
  const related = relatedOf(names, subject).map(({ via, title, kind, ...named }): Suggestion => ({
    insert: `any ${writtenName(named)}${via === undefined ? '' : ` via ${via}`} where (`,
    title,
    sort: kind === 'detail' ? 'detail' : 'relation',
  }));
  const functions = eqlFunctions.map((name): Suggestion => ({
    insert: `${name}(${functionBodies[name] ?? ''}`,
    title: words.functions[name],
    sort: 'function',
  }));
  return [
    ...fields,
    ...related,
    ...functions,
    { insert: 'in segment ', title: words.inSegment, sort: 'segment' },
    { insert: 'not in segment ', title: words.notInSegment, sort: 'segment' },
    { insert: 'tag ', title: words.tag, sort: 'tag' },
    word('where '),
    ...joins,
  ];
}
