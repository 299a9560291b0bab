/** The ways an attribute can be taken: as it is, as an age, as a day of the year, as a place in the population. */
import type { Value } from '@wutong/contract';
import type { EqlValueType } from './eql-value-type.ts';

export const fieldViews = [
  'plain',
  'yearsSince',
  'monthsSince',
  'daysSince',
  'daysUntil',
  'anniversary',
  'percentile',
  'rank',
] as const;
export type FieldView = (typeof fieldViews)[number];

export interface ViewedField {
  path: string[];
  view: FieldView;
}

const TIME_VIEWS: FieldView[] = [
  'plain',
  'yearsSince',
  'monthsSince',
  'daysSince',
  'daysUntil',
  'anniversary',
];

/** Ways that make sense for a type; places in the population only for people's own numbers. */
export function viewsOf(type: EqlValueType | undefined, ofPopulation: boolean): readonly FieldView[] {
  if (type === 'date' || type === 'instant') return TIME_VIEWS;
  return type === 'number' && ofPopulation ? ['plain', 'percentile', 'rank'] : ['plain'];
}

/** Reads a value as an attribute taken in one of these ways. */
export function readViewedField(value: Value): ViewedField | undefined {
  if (value.kind === 'attribute') return { path: value.path, view: 'plain' };
  const view = viewOf(value);
  if (!view || !('value' in value)) return undefined;
  const inner = value.value;
  if (typeof inner !== 'object' || inner.kind !== 'attribute') return undefined;
  return { path: inner.path, view };
}

function viewOf(value: Value): FieldView | undefined {
  if (value.kind === 'anniversary' || value.kind === 'percentile' || value.kind === 'rank') return value.kind;
  if (value.kind !== 'elapsed') return undefined;
  if (value.direction === 'until') return value.unit === 'days' ? 'daysUntil' : undefined;
  return `${value.unit}Since`;
}

export function writeViewedField({ path, view }: ViewedField): Value {
  const value: Value = { kind: 'attribute', path };
  switch (view) {
    case 'plain':
      return value;
    case 'anniversary':
    case 'percentile':
    case 'rank':
      return { kind: view, value };
    case 'yearsSince':
      return { kind: 'elapsed', unit: 'years', direction: 'since', value };
    case 'monthsSince':
      return { kind: 'elapsed', unit: 'months', direction: 'since', value };
    case 'daysSince':
      return { kind: 'elapsed', unit: 'days', direction: 'since', value };
    case 'daysUntil':
      return { kind: 'elapsed', unit: 'days', direction: 'until', value };
  }
}
