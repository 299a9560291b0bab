/** Everything a new condition may begin with, in the order people look for it. */
import type { Condition } from '@wutong/contract';
import type { Text } from '../../text/text.ts';
import { fieldAt, fieldsOf, relatedOf, type ExpressionNames, type Subject } from '../rule/names.ts';
import {
  compareField,
  compareTag,
  compareValue,
  consentsTo,
  did,
  enteredSegment,
  followedBy,
  hasRelated,
  inSegment,
} from '../rule/new-condition.ts';
import { codeOf, fieldGroups, pathKey } from './name-groups.ts';
import type { NameGroup, NameOption } from './name-select.tsx';

interface Beginning extends NameOption {
  make: () => Condition;
}

interface BeginningGroup extends NameGroup {
  options: readonly Beginning[];
}

type Words = Text['rule'];

/** What conditions about a subject may begin with. */
export function beginnings(names: ExpressionNames, subject: Subject, words: Words): BeginningGroup[] {
  const fields = fieldBeginnings(names, subject, words);
  const related = relatedBeginnings(names, subject, words);
  if (subject.kind !== 'person') return [...fields, ...related];
  const [own, ...through] = fields;
  return [
    ...(own ? [own] : []),
    eventBeginnings(names, words),
    ...related,
    specialBeginnings(names, words),
    tagBeginnings(names, words),
    {
      title: words.picks.segments,
      options: names.segments.map(({ id, title }) => ({
        value: `segment ${id}`,
        title,
        code: id,
        make: () => inSegment(id),
      })),
    },
    ...through,
  ];
}

function fieldBeginnings(names: ExpressionNames, subject: Subject, words: Words): BeginningGroup[] {
  const byKey = new Map(fieldsOf(names, subject).map((field) => [pathKey(field.path), field]));
  const groups = fieldGroups(names, subject, words).map(({ title, options }) => ({
    title,
    options: options.flatMap((option): Beginning[] => {
      const field = byKey.get(option.value) ?? fieldAt(names, subject, option.value.split('.'));
      return field ? [{ ...option, value: `field ${option.value}`, make: () => compareField(field) }] : [];
    }),
  }));
  if (subject.kind !== 'event' && subject.kind !== 'detail') return groups;
  const time: Beginning = {
    value: 'field time',
    title: words.eventTime,
    code: 'time',
    make: () => compareValue({ kind: 'attribute', path: ['time'] }, 'instant'),
  };
  return [...groups, { title: '', options: [time] }];
}

function eventBeginnings(names: ExpressionNames, words: Words): BeginningGroup {
  return {
    title: words.picks.events,
    options: [
      ...names.events.map(({ name, title }) => ({
        value: `event ${name}`,
        title,
        code: name,
        make: () => did(name),
      })),
      { value: 'event *', title: words.special.anyEvent, code: '*', make: () => did('*') },
    ],
  };
}

function relatedBeginnings(names: ExpressionNames, subject: Subject, words: Words): BeginningGroup[] {
  const choices = relatedOf(names, subject);
  return (['detail', 'relation'] as const).map((kind) => ({
    title: kind === 'detail' ? words.picks.details : words.picks.relations,
    options: choices
      .filter((choice) => choice.kind === kind)
      .map((choice) => ({
        value: `related ${choice.name} ${choice.via ?? ''} ${choice.details ?? ''}`,
        title: choice.title,
        code: codeOf(choice),
        make: () => hasRelated(choice),
      })),
  }));
}

function tagBeginnings(names: ExpressionNames, words: Words): BeginningGroup {
  return {
    title: words.picks.tags,
    options: names.tags.map(({ id, title, type }) => ({
      value: `tag ${id}`,
      title,
      code: id,
      make: () => compareTag(id, type),
    })),
  };
}

function specialBeginnings(names: ExpressionNames, words: Words): BeginningGroup {
  const purpose = names.purposes.find(({ id }) => id === 'marketing')?.id ?? names.purposes[0]?.id;
  const option = (key: keyof Words['special'], make: () => Condition): Beginning => ({
    value: `special ${key}`,
    title: words.special[key],
    make,
  });
  return {
    title: words.picks.special,
    options: [
      option('sequence', () => followedBy('', '')),
      option('abandoned', () => {
        const begun = followedBy('', '');
        if (begun.kind === 'sequence') begun.steps[1]!.negated = true;
        return begun;
      }),
      option('entered', () => enteredSegment('')),
      option('daysIn', () => compareValue({ kind: 'daysIn', segment: '' }, 'number')),
      ...(purpose ? [option('consents', () => consentsTo(purpose, 'sms'))] : []),
    ],
  };
}
