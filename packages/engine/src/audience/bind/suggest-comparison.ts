import { formatCondition, formatValue, type Condition, type Value } from '@wutong/contract';
import type { EqlType } from './bound.ts';

type Comparison = Extract<Condition, { kind: 'compare' | 'between' }>;

/**
 * What somebody meant who compared things of two types: `birth_date > 1990` is about a year, `birth_date > 30` about
 * an age, `aum > '5'` about a number. The whole comparison as it should be written; undefined when nothing comes near.
 */
export function suggestComparison(node: Comparison, type: EqlType, beside: EqlType): string | undefined {
  const literals = node.kind === 'between' ? [node.low, node.high] : [node.left, node.right];
  const numbers = literals.flatMap((each) => (each.kind === 'number' ? [each.value] : []));
  const types = [type, beside];
  if (types.includes('date') || types.includes('instant')) return suggestDate(node, numbers);
  if (!types.includes('number') || !types.includes('text')) return undefined;
  const isEquality = node.kind === 'compare' && (node.operator === '=' || node.operator === '!=');
  return rewritten(node, (value) => {
    if (value.kind === 'number') return isEquality ? { kind: 'text', value: String(value.value) } : undefined;
    const number = value.kind === 'text' && value.value.trim() !== '' ? Number(value.value) : NaN;
    return Number.isFinite(number) ? { kind: 'number', value: number } : undefined;
  });
}

function suggestDate(node: Comparison, numbers: readonly number[]): string | undefined {
  if (numbers.length === 0 || !numbers.every(Number.isInteger)) return undefined;
  const all = (from: number, to: number): boolean => numbers.every((each) => each >= from && each <= to);
  if (all(1_800, 2_200)) return around(node, (value) => ({ kind: 'call', function: 'year', value }));
  if (all(0, 150)) {
    return around(node, (value) => ({ kind: 'elapsed', unit: 'years', direction: 'since', value }));
  }
  return rewritten(node, (value) => {
    const date = value.kind === 'number' ? dateOfText(String(value.value)) : undefined;
    return date === undefined ? undefined : { kind: 'date', value: date };
  });
}

/** A day as people write it, in the form of the language: `1990/1/1`, `1990.1.1`, `1990年1月1日`, `19900101`, `1990`. */
export function dateOfText(text: string): string | undefined {
  const parts =
    /^\s*(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(\d{1,2})\s*日?)?月?)?年?\s*$/.exec(text) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (!parts) return undefined;
  const [, year = '', month = '1', day = '1'] = parts;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const instant = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date) ? date : undefined;
}

/** The comparison with the side that is no number put into something. */
function around(node: Comparison, wrap: (value: Value) => Value): string | undefined {
  if (node.kind === 'between') return formatCondition({ ...node, value: wrap(node.value) });
  const side = node.left.kind === 'number' ? 'right' : 'left';
  return formatCondition({ ...node, [side]: wrap(node[side]) });
}

/** The comparison with its literals written otherwise; undefined when none can be. */
function rewritten(node: Comparison, write: (value: Value) => Value | undefined): string | undefined {
  const other =
    node.kind === 'between'
      ? { ...node, low: write(node.low) ?? node.low, high: write(node.high) ?? node.high }
      : { ...node, left: write(node.left) ?? node.left, right: write(node.right) ?? node.right };
  const text = formatCondition(other);
  return text === formatCondition(node) ? undefined : text;
}

/** A text that is meant as a day. */
export const suggestDay = (text: string): string | undefined => {
  const date = dateOfText(text);
  return date === undefined ? undefined : formatValue({ kind: 'text', value: date });
};
