/**
 * How a tag's values would be spread, asked in one question: alternatives whose effects are told one by one.
 * Tiers are told by name, numbers and times in steps; other values only by whether there is one.
 */
import type { Condition, EqlDocument, Value } from '@wutong/contract';
import { lastDays } from '../../../eql/rule/new-condition.ts';

/** A class of values: a tier, a step of numbers from `from` up to the next, a time not older than some days. */
export type PreviewClass =
  | { kind: 'tier'; label: string }
  | { kind: 'value' }
  | { kind: 'none' }
  | { kind: 'below' }
  | { kind: 'from'; from: number; to: number | undefined }
  | { kind: 'days'; from: number; to: number | undefined };

export interface PreviewQuestion {
  document: EqlDocument;
  /** People of each class, from the people of each alternative (by its place) and of all. */
  read: (peopleAt: (index: number) => number, total: number) => { of: PreviewClass; people: number }[];
}

/** The server tells the effects of this many conditions; each tier repeats those above it. */
const MOST_TIERS = 8;
const DAY_STEPS = [1, 7, 30, 90, 180, 365];
/** 1, 2, 5, 10 … 500,000,000: fine enough for counts and for money. */
const NUMBER_STEPS = Array.from(
  { length: 27 },
  (_each, index) => [1, 2, 5][index % 3]! * 10 ** Math.floor(index / 3),
);
/** More steps than this are drawn as decades. */
const MOST_STEPS = 10;

const anyOf = (items: Condition[]): EqlDocument => ({
  kind: 'population',
  of: 'person',
  where: { kind: 'or', items },
});

const present = (value: Value): Condition => ({ kind: 'missing', value, negated: true });

/** The question for a definition of a type; undefined when nothing can be told before it is saved. */
export function previewQuestion(
  document: EqlDocument,
  valueType: string | undefined,
): PreviewQuestion | undefined {
  if (document.kind === 'tier')
    return document.tiers.length > MOST_TIERS ? undefined : tierQuestion(document);
  if (document.kind === 'rfm') return presenceQuestion({ kind: 'did', source: document.source });
  if (document.kind !== 'value') return undefined;
  const { value } = document;
  if (valueType === 'number') return numberQuestion(value);
  if (valueType === 'date' || valueType === 'instant') return timeQuestion(value);
  return presenceQuestion(present(value));
}

function presenceQuestion(condition: Condition): PreviewQuestion {
  return {
    // An alternative beside it makes the condition one of several, whose place does not depend on its kind.
    document: anyOf([condition, condition]),
    read: (peopleAt, total) => [
      { of: { kind: 'value' }, people: peopleAt(0) },
      { of: { kind: 'none' }, people: total - peopleAt(0) },
    ],
  };
}

/** The first tier that holds counts: each alternative leaves out those above it. */
function tierQuestion({ tiers, otherwise }: Extract<EqlDocument, { kind: 'tier' }>): PreviewQuestion {
  const items = tiers.map(({ when }, index): Condition => {
    const above = tiers.slice(0, index).map(({ when: item }): Condition => ({ kind: 'not', item }));
    return { kind: 'and', items: [when, ...above] };
  });
  return {
    document: anyOf(items),
    read: (peopleAt, total) => {
      const named = tiers.map(({ label }, index) => ({
        of: { kind: 'tier' as const, label },
        people: peopleAt(index),
      }));
      const rest = total - named.reduce((sum, { people }) => sum + people, 0);
      const last: PreviewClass =
        otherwise === undefined ? { kind: 'none' } : { kind: 'tier', label: otherwise };
      return [...named, { of: last, people: rest }];
    },
  };
}

function numberQuestion(value: Value): PreviewQuestion {
  const atLeast = (limit: number): Condition => ({
    kind: 'compare',
    operator: '>=',
    left: value,
    right: { kind: 'number', value: limit },
  });
  return {
    document: anyOf([present(value), ...NUMBER_STEPS.map(atLeast)]),
    read: (peopleAt, total) => {
      const known = peopleAt(0);
      const fine = stepsOf(NUMBER_STEPS, (index) => peopleAt(index + 1));
      const decades = NUMBER_STEPS.filter((_step, index) => index % 3 === 0);
      const steps = fine.length <= MOST_STEPS ? fine : stepsOf(decades, (index) => peopleAt(index * 3 + 1));
      const below = known - peopleAt(1);
      return [
        ...(below > 0 ? [{ of: { kind: 'below' as const }, people: below }] : []),
        ...steps.map(({ from, to, people }) => ({ of: { kind: 'from' as const, from, to }, people })),
        ...(total > known ? [{ of: { kind: 'none' as const }, people: total - known }] : []),
      ];
    },
  };
}

/** People between one limit and the next, without the empty steps at both ends. */
function stepsOf(limits: readonly number[], peopleFrom: (index: number) => number) {
  const steps = limits.map((from, index) => ({
    from,
    to: limits[index + 1],
    people: peopleFrom(index) - (index + 1 < limits.length ? peopleFrom(index + 1) : 0),
  }));
  const first = steps.findIndex(({ people }) => people > 0);
  const last = steps.findLastIndex(({ people }) => people > 0);
  return first < 0 ? [] : steps.slice(first, last + 1);
}

function timeQuestion(value: Value): PreviewQuestion {
  return {
    document: anyOf([
      present(value),
      ...DAY_STEPS.map((days): Condition => ({ kind: 'inWindow', value, window: lastDays(days) })),
    ]),
    read: (peopleAt, total) => {
      const known = peopleAt(0);
      const within = DAY_STEPS.map((_days, index) => peopleAt(index + 1));
      const steps = DAY_STEPS.map((to, index) => ({
        of: { kind: 'days' as const, from: DAY_STEPS[index - 1] ?? 0, to },
        people: within[index]! - (within[index - 1] ?? 0),
      }));
      const older = known - (within.at(-1) ?? 0);
      return [
        ...steps.filter(({ people }) => people > 0),
        ...(older > 0
          ? [{ of: { kind: 'days' as const, from: DAY_STEPS.at(-1)!, to: undefined }, people: older }]
          : []),
        ...(total > known ? [{ of: { kind: 'none' as const }, people: total - known }] : []),
      ];
    },
  };
}
