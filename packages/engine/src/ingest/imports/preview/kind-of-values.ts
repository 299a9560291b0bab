import {
  datePatterns,
  fitsDatePattern,
  readWrittenNumber,
  timePatterns,
  type importsApi,
} from '@wutong/contract';

type PreviewColumn = Omit<importsApi.ImportPreview['columns'][number], 'digitsLost'>;

const MOST_SAMPLES = 5;
const BOOLEANS = new Set(['true', 'false', 'yes', 'no', 'y', 'n', '是', '否']);
const DATE = /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$/;
const DATE_TIME = /^\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
/** Digits with a zero in front are a number of something, not an amount. */
const NUMBER = /^[+-]?(0|[1-9]\d{0,14})(\.\d+)?$/;

/** Days of eight digits are of our time, or they would be amounts. */
const EIGHT_DIGITS = /^\d{8}$/;
const isOfOurTime = (value: string): boolean => !EIGHT_DIGITS.test(value) || /^(19|20)/.test(value);

/** Kinds that have to be read with steps, of columns that are otherwise texts. */
const WRITTEN: readonly (readonly [PreviewColumn['kind'], (values: readonly string[]) => boolean])[] = [
  ['date', (values) => values.every(isOfOurTime) && fitsOne(values, datePatterns)],
  ['datetime', (values) => fitsOne(values, timePatterns)],
  [
    'number',
    (values) => values.every((value) => readWrittenNumber(value) !== undefined && !/^0\d/.test(value)),
  ],
];
const fitsOne = (values: readonly string[], patterns: readonly string[]): boolean =>
  patterns.some((pattern) => values.every((value) => fitsDatePattern(value, pattern)));

const TESTS: readonly (readonly [PreviewColumn['kind'], (value: string) => boolean])[] = [
  ['boolean', (value) => BOOLEANS.has(value.toLowerCase())],
  ['number', (value) => NUMBER.test(value)],
  ['date', (value) => DATE.test(value)],
  ['datetime', (value) => DATE_TIME.test(value)],
];

/** What Excel writes of a long number into a text file: `1.38E+10`. */
const SCIENTIFIC = /^[+-]?\d(?:\.(\d+))?E\+(\d{1,3})$/;

/** A whole number of which a spreadsheet wrote only the first digits. */
export function hasLostDigits(value: string): boolean {
  const [, decimals = '', exponent] = SCIENTIFIC.exec(value.trim()) ?? [];
  return exponent !== undefined && Number(exponent) > decimals.length;
}

/** A column of the first rows: what all of its values are, and some of them. */
export function columnOf(name: string, values: readonly string[]): PreviewColumn {
  const present = [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
  const samples = present.slice(0, MOST_SAMPLES);
  if (present.length === 0) return { name, kind: 'empty', samples };
  const eightDigits = present.every((value) => EIGHT_DIGITS.test(value));
  const plain = eightDigits ? undefined : TESTS.find(([, test]) => present.every(test))?.[0];
  const written = plain ?? WRITTEN.find(([, test]) => test(present))?.[0];
  return { name, kind: written ?? 'text', samples };
}
