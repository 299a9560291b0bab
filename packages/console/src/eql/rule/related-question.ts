/** A question about what a subject owns or is related to: any, all or none of it, or how much. */
import type { AggregateFunction, Condition, RelatedSource, Value } from '@wutong/contract';
import { readComparison, writeComparison, type Comparison } from './comparison.ts';
import type { RelatedChoice } from './names.ts';

export const relatedMeasures = [
  'any',
  'none',
  'all',
  'count',
  'sum',
  'avg',
  'max',
  'min',
  'distinct',
] as const;
export type RelatedMeasure = (typeof relatedMeasures)[number];

export interface RelatedQuestion {
  measure: RelatedMeasure;
  source: RelatedSource;
  /** One value for each day, from the history. */
  byDay: boolean;
  comparison?: Omit<Comparison, 'value'> | undefined;
}

const once: Omit<Comparison, 'value'> = { operator: '>=', operands: [{ kind: 'number', value: 1 }] };

const isQuantifier = (measure: RelatedMeasure): measure is 'any' | 'all' | 'none' =>
  measure === 'any' || measure === 'all' || measure === 'none';

/** Whether a measure is of one field. */
export const needsField = (measure: RelatedMeasure): boolean => !isQuantifier(measure) && measure !== 'count';

/** Another measure of the same things: the field is kept where it is of one, and the details it is asked of always. */
export function withMeasure(
  { source, comparison }: RelatedQuestion,
  measure: RelatedMeasure,
  choice: RelatedChoice | undefined,
): Pick<RelatedQuestion, 'measure' | 'source' | 'comparison'> {
  const { property, ...rest } = source;
  const kept = needsField(measure) ? property : choice?.details === undefined ? undefined : [choice.details];
  return {
    measure,
    source: kept ? { ...rest, property: kept } : rest,
    comparison: isQuantifier(measure) ? undefined : (comparison ?? once),
  };
}

/** A value taken from details or related entities; undefined for any other value. */
export function readRelatedValue(value: Value): Omit<RelatedQuestion, 'comparison'> | undefined {
  if (value.kind !== 'aggregate' || value.source.kind !== 'related') return undefined;
  const measure = relatedMeasures.find((each) => each === value.function);
  return measure && { measure, source: value.source, byDay: value.by === 'day' };
}

export function writeRelatedValue({ measure, source, byDay }: RelatedQuestion): Value {
  const aggregate: AggregateFunction = isQuantifier(measure) ? 'count' : measure;
  return { kind: 'aggregate', function: aggregate, source, ...(byDay ? { by: 'day' as const } : {}) };
}

/** Reads a condition as a question about related things; undefined when it is about something else. */
export function readRelatedQuestion(condition: Condition): RelatedQuestion | undefined {
  if (condition.kind === 'related') {
    return { measure: condition.quantifier, source: condition.source, byDay: false };
  }
  const comparison = readComparison(condition);
  const value = comparison && readRelatedValue(comparison.value);
  if (!comparison || !value) return undefined;
  const { value: _value, ...rest } = comparison;
  return { ...value, comparison: rest };
}

export function writeRelatedQuestion(question: RelatedQuestion): Condition {
  const { measure, source, comparison } = question;
  if (isQuantifier(measure)) {
    return { kind: 'related', quantifier: measure, source };
  }
  return writeComparison({ ...(comparison ?? once), value: writeRelatedValue(question) });
}
