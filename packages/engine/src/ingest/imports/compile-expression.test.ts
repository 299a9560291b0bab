import { columnExpressionSchema, type TransformStep } from '@wutong/contract';
import { expect, test } from 'vitest';
import { compileExpression } from './compile-expression.ts';

function read(step: unknown, text: string): unknown {
  const expression = columnExpressionSchema.parse({ column: 'value', steps: [step as TransformStep] });
  const context = {
    columns: ['value'],
    missing: new Set(['']),
    timeZone: 'Asia/Shanghai',
    lookups: new Map(),
    position: { row: 1 },
  };
  try {
    return compileExpression(expression, context)([text]);
  } catch (error) {
    return (error as Error).message;
  }
}

test.each([
  ['1,234.50', 1234.5],
  ['-1,234,567', -1234567],
  ['(5.00)', -5],
  ['（５．００）', -5],
  ['￥1,234', 1234],
  ['¥ -3.10', -3.1],
  ['1234元', 1234],
  ['12%', 0.12],
  ['7.35％', 0.0735],
  ['１２３', 123],
  ['1e3', 1000],
  ['1,23', 'value: not a number'],
  ['1.234,50', 'value: not a number'],
  ['12,34.5', 'value: not a number'],
  ['(-5)', 'value: not a number'],
  ['%', 'value: not a number'],
  ['¥', 'value: not a number'],
  ['一百', 'value: not a number'],
])('the number %s is %s', (text, expected) => {
  expect(read({ number: true }, text)).toBe(expected);
});

test.each([
  [{ date: 'D/M/YYYY' }, '2/3/2026', '2026-03-02'],
  [{ date: 'M/D/YYYY' }, '3/02/2026', '2026-03-02'],
  [{ date: 'YYYY年M月D日' }, '2026年3月2日', '2026-03-02'],
  [{ date: 'YYYY年M月D日' }, '２０２６年３月２日', '2026-03-02'],
  [{ date: 'YYYYMMDD' }, '20260302', '2026-03-02'],
  [{ date: 'YYYY/M/D h:mm' }, '2026/3/2 9:05', Date.UTC(2026, 2, 2, 1, 5)],
  [{ date: 'D/M/YYYY' }, '30/2/2026', 'value: no such day'],
  [{ date: 'D/M/YYYY' }, '2026-03-02', 'value: not a date like D/M/YYYY'],
  [{ excelDate: true }, '46083', '2026-03-02'],
  [{ excelDate: true }, '46083.5', Date.UTC(2026, 2, 2, 4)],
  [{ excelDate: true }, '12', 'value: not a day as Excel counts them'],
  [{ excelDate: true }, '2026-03-02', 'value: not a day as Excel counts them'],
])('by %j the date %s is %s', (step, text, expected) => {
  expect(read(step, text)).toBe(expected);
});
