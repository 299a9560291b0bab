import type { importsApi } from '@wutong/contract';

type PreviewColumn = Omit<importsApi.ImportPreview['columns'][number], 'digitsLost'>;

const MOST_SAMPLES = 5;
const BOOLEANS = new Set(['true', 'false', 'yes', 'no', 'y', 'n', '是', '否']);
const DATE = /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$/;
const DATE_TIME = /^\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
/** Digits with a zero in front are a number of something, not an amount. */
const NUMBER = /^[+-]?(0|[1-9]\d{0,14})(\.\d+)?$/;

const TESTS: readonly (readonly [PreviewColumn['kind'], (value: string) => boolean])[] = [
  ['boolean', (value) => BOOLEANS.has(value.toLowerCase())],
  ['number', (value) => NUMBER.test(value)],
  ['date', (value) => DATE.test(value)],
  ['datetime', (value) => DATE_TIME.test(value)],
];

/** A column of the first rows: what all of its values are, and some of them. */
export function columnOf(name: string, values: readonly string[]): PreviewColumn {
  const present = [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
  const samples = present.slice(0, MOST_SAMPLES);
  if (present.length === 0) return { name, kind: 'empty', samples };
  return { name, kind: TESTS.find(([, test]) => present.every(test))?.[0] ?? 'text', samples };
}
