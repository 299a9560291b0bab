import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { formatCompact, formatPoints, formatPValue } from '../src/format/numbers.ts';
import { formatAgo, formatDateTime, formatDuration } from '../src/format/times.ts';
import { en } from '../src/text/en.ts';
import { zh } from '../src/text/zh.ts';

test('every act that the server records has a name in the audit, so that no code is shown', () => {
  const engine = fileURLToPath(new URL('../../engine/src', import.meta.url));
  const acts = readdirSync(engine, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => [
      ...readFileSync(join(engine, file), 'utf8').matchAll(
        /(?:action:|record\([^;]*?) '([a-z_]+\.[a-z_]+)'/g,
      ),
    ])
    .map(([, act]) => act!);
  expect(acts.length).toBeGreaterThan(20);
  expect([...new Set(acts)].filter((act) => !(act in zh.audit.actions)).sort()).toEqual([]);
});

describe('numbers in the reader’s habit', () => {
  test.each([
    [0, 'zh', '0'],
    [20_000, 'zh', '20,000'],
    [128_455, 'zh', '12.85 万'],
    [1_284_551, 'zh', '128.5 万'],
    [34_567_890, 'zh', '3,457 万'],
    [123_456_789, 'zh', '1.23 亿'],
    [128_455, 'en', '128K'],
    [undefined, 'zh', '–'],
  ] as const)('%s in %s is %s', (value, language, written) => {
    expect(formatCompact(value, language)).toBe(written);
  });

  test('differences are signed, and small p-values are not a row of noughts', () => {
    expect(formatPoints(0.0421)).toBe('+4.21');
    expect(formatPoints(-0.005)).toBe('−0.50');
    expect(formatPValue(0.00001)).toBe('< 0.001');
  });
});

describe('times in the zone of the bank', () => {
  test('the zone decides the day, not the browser', () => {
    expect(formatDateTime('2026-11-14T22:30:00Z', 'Asia/Shanghai')).toBe('2026-11-15 06:30:00');
    expect(formatDateTime('2026-11-14T22:30:00Z', 'UTC')).toBe('2026-11-14 22:30:00');
    expect(formatDateTime(undefined, 'UTC')).toBe('–');
  });

  test.each([
    [2 * 86_400_000, 'zh', '2 天'],
    [90 * 60_000, 'zh', '1.5 小时'],
    [45_000, 'en', '45 s'],
  ] as const)('%s ms in %s is %s', (duration, language, written) => {
    expect(formatDuration(duration, language)).toBe(written);
  });

  test('ages are counted by the clock of the platform', () => {
    const now = Date.parse('2026-11-14T12:00:00Z');
    expect(formatAgo('2026-11-14T11:57:00Z', now, 'zh')).toBe('3 分钟前');
    expect(formatAgo('2026-11-14T12:57:00Z', now, 'en')).toBe('in 57 min');
  });
});

/** Every string of a dictionary with its path; functions are called with placeholders. */
function stringsOf(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, (value as (...words: string[]) => string)('1', '2', '3')]];
  return Object.entries(value as object).flatMap(([name, each]) => stringsOf(each, `${path}.${name}`));
}

describe('the two languages', () => {
  test('no English string has Chinese left in it, but the name of the other language', () => {
    const left = stringsOf(en, 'en').filter(([, text]) => /[\u4e00-\u9fff]/.test(text));
    expect(left.map(([path]) => path)).toEqual(['en.frame.switchLanguage']);
  });

  test('no string is empty, but the label of the plain way on', () => {
    const empty = [...stringsOf(zh, 'zh'), ...stringsOf(en, 'en')].filter(([, text]) => text === '');
    expect(empty.map(([path]) => path)).toEqual(['zh.strategy.edge.next', 'en.strategy.edge.next']);
  });
});
