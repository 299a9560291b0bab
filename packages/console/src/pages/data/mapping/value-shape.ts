/** What the texts of a column look like, and the steps that make values of them. */
import {
  datePatterns,
  fitsDatePattern,
  readSerialDay,
  readWrittenNumber,
  swappedOrder,
  timePatterns,
  compileDatePattern,
  type TransformStep,
  type ValueType,
} from '@wutong/contract';

const DAY = /^(\d{4})([-/.]?)(\d{2})\2(\d{2})$/;
const INSTANT = /^\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;
/** More digits than a number keeps: of a card or an account, which text keeps. */
const LONG_INTEGER = /^[+-]?[1-9]\d{15,}(\.0*)?$/;
/** Between the items of a list in JSON lines and Parquet. */
const LIST_MARK = '\u001f';
const BOOLEANS: ReadonlySet<string> = new Set(['是', '否', 'y', 'n', 'yes', 'no', 'true', 'false', 't', 'f']);
const YES = ['是', 'y', 'yes', 'true', 't', '1', '有', '同意'];
const SECONDS = /^1\d{9}$/;
const MILLISECONDS = /^1\d{12}$/;

const isDay = (text: string): boolean => {
  const match = DAY.exec(text);
  return match !== null && fitsDatePattern(`${match[1]}${match[3]}${match[4]}`, 'YYYYMMDD');
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
  if (texts.some((text) => text.includes(LIST_MARK))) return 'string[]';
  const all = (test: (text: string) => boolean): boolean => nearlyAll(texts, test);
  if (all((text) => BOOLEANS.has(text.toLowerCase()))) return 'boolean';
  // A number such as 00123 is a code, not an amount.
  const isCode = texts.some((text) => /^0\d/.test(text) || LONG_INTEGER.test(text));
  if (all(isDay) && texts.some((text) => text.length > 8 || /^(19|20)/.test(text))) return 'date';
  if (all((text) => INSTANT.test(text))) return 'datetime';
  const isPlain = all((text) => NUMBER.test(text));
  if (!isPlain && fitting(datePatterns, texts).length > 0) return 'date';
  if (fitting(timePatterns, texts).length > 0) return 'datetime';
  return !isCode && (isPlain || all((text) => readWrittenNumber(text) !== undefined)) ? 'number' : 'string';
}

/** How the texts of a column become values. */
export interface Reading {
  steps: TransformStep[];
  /** Patterns that fit alike and say other days: a person must choose, until then there is no step. */
  orders?: string[];
}

/** The patterns that the samples fit. */
export const fitting = (patterns: readonly string[], texts: readonly string[]): string[] =>
  patterns.filter((pattern) => nearlyAll(texts, (text) => fitsDatePattern(text, pattern)));

export const dateSteps = (pattern: string): TransformStep[] => [{ date: pattern, century: 1900 }];

/** How the samples are read as values of a type; no steps where the server reads them as they are. */
export function readingFor(type: ValueType, samples: readonly string[]): Reading {
  const texts = telling(samples);
  const all = (test: (text: string) => boolean): boolean => nearlyAll(texts, test);
  switch (type) {
    case 'boolean':
      return { steps: all((text) => /^(true|false)$/i.test(text)) ? [] : [{ boolean: true, yes: YES }] };
    case 'number': {
      const isWritten = all((text) => readWrittenNumber(text) !== undefined);
      return {
        steps: isWritten && !texts.every((text) => NUMBER.test(text)) ? [{ number: true, scale: 1 }] : [],
      };
    }
    case 'date':
      return all((text) => isDay(text) || INSTANT.test(text)) ? { steps: [] } : datesFor(datePatterns, texts);
    case 'datetime':
      if (all((text) => INSTANT.test(text))) return { steps: [] };
      if (all((text) => SECONDS.test(text))) return { steps: [{ number: true, scale: 1_000 }] };
      if (all((text) => MILLISECONDS.test(text))) return { steps: [{ number: true, scale: 1 }] };
      if (all((text) => isDay(text) && text.length === 10)) return { steps: [] };
      return datesFor([...timePatterns, ...datePatterns], texts);
    case 'string[]':
      return { steps: [{ split: separatorOf(texts) }] };
    case 'string':
      return { steps: [] };
  }
}

function datesFor(patterns: readonly string[], texts: readonly string[]): Reading {
  const found = fitting(patterns, texts);
  const [first] = found;
  if (first === undefined) {
    return { steps: nearlyAll(texts, isSerial) ? [{ excelDate: true }] : [] };
  }
  const other = swappedOrder(first);
  return other !== undefined && found.includes(other)
    ? { steps: [], orders: [first, other] }
    : { steps: dateSteps(first) };
}

/** Numbers of days between 1927 and 2064: what Excel leaves of a date in a cell that is formatted as a number. */
export const isSerial = (text: string): boolean =>
  /^[1-5]\d{4}(\.\d+)?$/.test(text) && readSerialDay(text) !== undefined;

/** What a text is read as, as it is written down plainly; undefined where it stays as it is. */
export function readSample(steps: readonly TransformStep[], sample: string): string | undefined {
  const text = sample.trim();
  for (const step of steps) {
    if ('number' in step) {
      const number = readWrittenNumber(text);
      return number === undefined || String(number) === text || step.scale !== 1 ? undefined : String(number);
    }
    if ('split' in step) return text.includes(step.split) ? text.split(step.split).join(' · ') : undefined;
    if ('excelDate' in step) return plainTime(readSerialDay(text), text.includes('.'));
    if ('date' in step) {
      const parts = compileDatePattern(step.date)(text);
      if (!parts) return undefined;
      const { YYYY = 0, MM = 1, DD = 1, hh = 0, mm = 0, ss = 0 } = parts;
      return plainTime(Date.UTC(YYYY, MM - 1, DD, hh, mm, ss), step.date.includes('h'));
    }
  }
  return undefined;
}

const plainTime = (wall: number | undefined, isInstant: boolean): string | undefined =>
  wall === undefined
    ? undefined
    : new Date(wall)
        .toISOString()
        .slice(0, isInstant ? 19 : 10)
        .replace('T', ' ');

function separatorOf(texts: readonly string[]): string {
  return (
    [LIST_MARK, '|', '；', ';', '、', ','].find((each) => texts.some((text) => text.includes(each))) ?? ';'
  );
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
    // A map says by itself which texts it lacks.
    if (steps.some((step) => 'map' in step)) return false;
    for (const step of steps) {
      if ('date' in step) return !fitsDatePattern(text, step.date);
      if ('excelDate' in step) return readSerialDay(text) === undefined;
      if ('number' in step) return readWrittenNumber(text) === undefined;
    }
    if (type === 'number') return !NUMBER.test(text);
    if (type === 'date') return !isDay(text) && !INSTANT.test(text);
    if (type === 'datetime') return !INSTANT.test(text) && !(isDay(text) && text.length === 10);
    return type === 'boolean' && steps.length === 0 ? !/^(true|false|0|1)$/i.test(text) : false;
  }).length;
}
