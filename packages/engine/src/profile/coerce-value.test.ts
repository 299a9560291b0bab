import { describe, expect, test } from 'vitest';
import type { ValueType } from '@wutong/contract';
import { coerceValue, inferType, limitPassed } from './coerce-value.ts';
import { maskText } from './mask-value.ts';
import { isSecret } from './refuse-secrets.ts';

const values: [unknown, ValueType, unknown][] = [
  ['12.50', 'number', 12.5],
  ['1e3', 'number', 1000],
  ['', 'number', undefined],
  ['12a', 'number', undefined],
  [Number.NaN, 'number', undefined],
  [5, 'string', '5'],
  [{ a: 1 }, 'string', undefined],
  ['x'.repeat(8_193), 'string', undefined],
  ['a\u0000b', 'string', undefined],
  ['half \ud83d', 'string', undefined],
  ['whole 😀', 'string', 'whole 😀'],
  ['1', 'boolean', true],
  ['no', 'boolean', undefined],
  ['2026-02-28', 'date', '2026-02-28'],
  ['20260228', 'date', '2026-02-28'],
  ['2026-02-29', 'date', undefined],
  ['1850-01-01', 'date', undefined],
  ['2026-02-28T20:00:00Z', 'date', '2026-03-01'],
  ['2026-03-01T00:00:00+08:00', 'datetime', Date.UTC(2026, 1, 28, 16)],
  ['2026-03-01 08:00:00.250', 'datetime', Date.UTC(2026, 2, 1, 0, 0, 0, 250)],
  ['1988-07-01 12:00:00', 'datetime', Date.UTC(1988, 6, 1, 3)],
  ['2026-03-01 25:00', 'datetime', undefined],
  [1_772_000_000_000, 'datetime', 1_772_000_000_000],
  ['gold', 'string[]', ['gold']],
  [['a', 1], 'string[]', ['a', '1']],
  [[{}], 'string[]', undefined],
];

test.each(values)('%j as %s is %j', (raw, type, expected) => {
  expect(coerceValue(raw, type, 'Asia/Shanghai')).toEqual(expected);
});

test('a value beyond a limit says beyond which', () => {
  const long = '很长'.repeat(4_097);
  expect(limitPassed(long, 'string')).toBe('longer than 8192 characters');
  expect(limitPassed(['a', long], 'string[]')).toBe('longer than 8192 characters');
  expect(limitPassed(Array(501).fill('a'), 'string[]')).toBe('more than 500 values');
  expect(limitPassed(long, 'number')).toBeUndefined();
  expect(limitPassed('a\u0000b', 'string')).toBeUndefined();
});

test.each([
  [1, 'number'],
  ['x', 'string'],
  ['2026-01-01', 'date'],
  ['2026-01-01 10:00:00', 'datetime'],
  ['2026-13-01', 'string'],
  [['a'], 'string[]'],
  [{}, undefined],
] as const)('a first value %j declares %s', (raw, type) => {
  expect(inferType(raw)).toBe(type);
});

test.each([
  ['mobile', '13812341234', '138****1234'],
  ['card', '6222021234567890123', '622202********0123'],
  ['id_number', '110101199003071234', '1********4'],
  ['name', '张三丰', '张**'],
  ['name', '张', '*'],
  ['email', 'liming@example.com', 'l*****@example.com'],
  ['all', 'anything', '***'],
] as const)('mask %s', (kind, text, expected) => {
  expect(maskText(text, kind)).toBe(expected);
});

describe('class C3 is refused', () => {
  test.each([
    ['cvv2', '123'],
    ['密码', 'x'],
    ['note', '%B6222021234567890123^ZHANG/SAN^2512101000000000'],
    ['note', ';6222021234567890123=25121010000000000'],
  ])('%s', (name, value) => expect(isSecret(name, value)).toBe(true));
  test.each([
    ['note', 'order 6222021234567890123'],
    ['pinyin', 'zhang'],
  ])('%s is not', (name, value) => expect(isSecret(name, value)).toBe(false));
});
