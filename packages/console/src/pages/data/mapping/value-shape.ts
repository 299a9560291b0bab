/** What the texts of a column look like, and the steps that make values of them. */
import type { TransformStep, ValueType } from '@wutong/contract';

const DAY = /^(\d{4})([-/.]?)(\d{2})\2(\d{2})$/;
const INSTANT = /^\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;
const BOOLEANS: ReadonlySet<string> = new Set(['是', '否', 'y', 'n', 'yes', 'no', 'true', 'false', 't', 'f']);
const YES = ['是', 'y', 'yes', 'true', 't', '1', '有', '同意'];
const SECONDS = /^1\d{9}$/;
const MILLISECONDS = /^1\d{12}$/;

/** Patterns of dates and times that need to be said, in the order in which they are tried. */
export const datePatterns = ['YYYYMMDD', 'DD/MM/YYYY', 'MM/DD/YYYY', 'DD-MM-YYYY', 'DD.MM.YYYY'] as const;
const timePatterns = [
  'YYYYMMDDhhmmss',
  'YYYYMMDD hhmmss',
  'YYYYMMDD hh:mm:ss',
  'DD/MM/YYYY hh:mm:ss',
  'DD/MM/YYYY hh:mm',
  'MM/DD/YYYY hh:mm:ss',
  'MM/DD/YYYY hh:mm',
] as const;

/** Matches a pattern as the server does, with months and days that exist. */
function fits(text: string, pattern: string): boolean {
  const names: string[] = [];
  const source = pattern.replaceAll(/YYYY|MM|DD|hh|mm|ss|[.]/g, (token) => {
    if (token === '.') return String.raw`\.`;
    names.push(token);
    return `(\\d{${token.length}})`;
  });
  const match = new RegExp(`^${source}$`).exec(text);
  if (!match) return false;
  const part = (name: string, standard: number): number => {
    const index = names.indexOf(name);
    return index < 0 ? standard : Number(match[index + 1]);
  };
  const year = part('YYYY', 2000);
  return (
    year >= 1900 &&
    year < 2300 &&
    part('MM', 1) >= 1 &&
    part('MM', 1) <= 12 &&
    part('DD', 1) >= 1 &&
    part('DD', 1) <= 31 &&
    part('hh', 0) <= 23 &&
    part('mm', 0) <= 59
  );
}

const isDay = (text: string): boolean => {
  const match = DAY.exec(text);
  return match !== null && fits(`${match[1]}${match[3]}${match[4]}`, 'YYYYMMDD');
};

/** The texts that say something, once each. */
export function telling(samples: readonly string[]): string[] {
  return [...new Set(samples.map((each) => each.trim()).filter((each) => each !== ''))];
}

/** Of many samples a few may be slips of the pen, which are shown as such; of few every one counts. */
const MANY = 20;
const SLIPS = 0.05;

function nearlyAll(texts: readonly string[], test: (text: string) => boolean): boolean {
  const wrong = texts.filter((text) => !test(text)).length;
  return texts.length > 0 && (texts.length >= MANY ? wrong <= texts.length * SLIPS : wrong === 0);
}

/** The type that the samples fit; text when in doubt, because text loses nothing. */
export function detectType(samples: readonly string[]): ValueType {
  const texts = telling(samples);
  if (texts.length === 0) return 'string';
  const all = (test: (text: string) => boolean): boolean => nearlyAll(texts, test);
  if (all((text) => BOOLEANS.has(text.toLowerCase()))) return 'boolean';
  // A number such as 00123 is a code, not an amount.
  const isCode = texts.some((text) => /^0\d/.test(text));
  if (all(isDay) && texts.some((text) => text.length > 8 || /^(19|20)/.test(text))) return 'date';
  if (all((text) => INSTANT.test(text))) return 'datetime';
  if (datePatterns.some((pattern) => all((text) => fits(text, pattern)))) return 'date';
  if (timePatterns.some((pattern) => all((text) => fits(text, pattern)))) return 'datetime';
  return !isCode && all((text) => NUMBER.test(text)) ? 'number' : 'string';
}

/** Steps that turn the samples into values of a type; none where the server reads them as they are. */
export function stepsFor(type: ValueType, samples: readonly string[]): TransformStep[] {
  const texts = telling(samples);
  const all = (test: (text: string) => boolean): boolean => nearlyAll(texts, test);
  const pattern = (patterns: readonly string[]): TransformStep[] => {
    const found = patterns.find((each) => all((text) => fits(text, each)));
    return found === undefined ? [] : [{ date: found, century: 1900 }];
  };
  switch (type) {
    case 'boolean':
      return all((text) => /^(true|false)$/i.test(text)) ? [] : [{ boolean: true, yes: YES }];
    case 'date':
      return all((text) => isDay(text) || INSTANT.test(text)) ? [] : pattern(datePatterns);
    case 'datetime':
      if (all((text) => INSTANT.test(text))) return [];
      if (all((text) => SECONDS.test(text))) return [{ number: true, scale: 1_000 }];
      if (all((text) => MILLISECONDS.test(text))) return [{ number: true, scale: 1 }];
      if (all((text) => isDay(text) && text.length === 10)) return [];
      return pattern([...timePatterns, ...datePatterns]);
    case 'string[]':
      return [{ split: separatorOf(texts) }];
    case 'string':
    case 'number':
      return [];
  }
}

function separatorOf(texts: readonly string[]): string {
  return ['|', '；', ';', '、', ','].find((each) => texts.some((text) => text.includes(each))) ?? ';';
}

/** How many samples the server would reject as values of a type after the steps. */
export function countMisfits(
  type: ValueType,
  steps: readonly TransformStep[],
  samples: readonly string[],
): number {
  return samples.filter((sample) => {
    const text = sample.trim();
    if (text === '') return false;
    for (const step of steps) if ('date' in step) return !fits(text, step.date);
    if (steps.some((step) => 'number' in step) || type === 'number') return !NUMBER.test(text);
    if (type === 'date') return !isDay(text) && !INSTANT.test(text);
    if (type === 'datetime') return !INSTANT.test(text) && !(isDay(text) && text.length === 10);
    return type === 'boolean' && steps.length === 0 ? !/^(true|false|0|1)$/i.test(text) : false;
  }).length;
}
