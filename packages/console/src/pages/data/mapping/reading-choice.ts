/** The ways in which the texts of a column may be read, of which a person chooses one. */
import { datePatterns, timePatterns, type TransformStep, type ValueType } from '@wutong/contract';
import { dateSteps, fitting, telling } from './value-shape.ts';

/** `plain`: as it stands; `own`: something that is no choice here and stays. Patterns of dates are their own names. */
export type ReadingName =
  'plain' | 'own' | 'number' | 'seconds' | 'milliseconds' | 'excel' | `date ${string}`;

const stepsByName: Partial<Record<ReadingName, TransformStep[]>> = {
  plain: [],
  number: [{ number: true, scale: 1 }],
  seconds: [{ number: true, scale: 1_000 }],
  milliseconds: [{ number: true, scale: 1 }],
  excel: [{ excelDate: true }],
};

const isReading = (step: TransformStep): boolean =>
  'date' in step || 'number' in step || 'excelDate' in step || 'boolean' in step || 'split' in step;

/** The choice that steps are, for values of a type. */
export function readingName(type: ValueType, steps: readonly TransformStep[]): ReadingName {
  const [step, ...others] = steps.filter(isReading);
  if (step === undefined) return 'plain';
  if (others.length > 0) return 'own';
  if ('excelDate' in step) return 'excel';
  if ('date' in step)
    return step.century === 1900 && step.monthOffset === undefined ? `date ${step.date}` : 'own';
  if (!('number' in step)) return 'own';
  if (type === 'datetime')
    return step.scale === 1_000 ? 'seconds' : step.scale === 1 ? 'milliseconds' : 'own';
  return step.scale === 1 ? 'number' : 'own';
}

/** The choices for values of a type; patterns that the samples fit come first. None where there is one way only. */
export function readingNames(
  type: ValueType,
  steps: readonly TransformStep[],
  samples: readonly string[],
): ReadingName[] {
  const present = readingName(type, steps);
  const names = namesOf(type, telling(samples));
  return names.length === 0 || names.includes(present) ? names : [present, ...names];
}

function namesOf(type: ValueType, texts: readonly string[]): ReadingName[] {
  if (type === 'number') return ['plain', 'number'];
  if (type !== 'date' && type !== 'datetime') return [];
  const patterns = type === 'date' ? datePatterns : [...timePatterns, ...datePatterns];
  const first = fitting(patterns, texts);
  const dates = [...first, ...patterns.filter((each) => !first.includes(each))];
  return [
    'plain',
    ...dates.map((pattern) => `date ${pattern}` as const),
    ...(type === 'datetime' ? (['seconds', 'milliseconds'] as const) : []),
    'excel',
  ];
}

/** Steps with another reading; what else they do to a text stays. */
export function withReading(steps: readonly TransformStep[], name: ReadingName): TransformStep[] {
  if (name === 'own') return [...steps];
  const chosen = name.startsWith('date ') ? dateSteps(name.slice(5)) : (stepsByName[name] ?? []);
  const place = steps.findIndex(isReading);
  const before = place < 0 ? steps : steps.slice(0, place);
  const after = place < 0 ? [] : steps.slice(place).filter((step) => !isReading(step));
  return [...before, ...chosen, ...after];
}
