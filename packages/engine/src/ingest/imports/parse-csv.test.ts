import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { createCsvParser } from './parse-csv.ts';

/** Parses a text fed in pieces of the given length. */
function inPieces(text: string, length: number, delimiter = ','): string[][] {
  const parser = createCsvParser(delimiter);
  const rows: string[][] = [];
  for (let at = 0; at < text.length; at += length) rows.push(...parser.push(text.slice(at, at + length)));
  return [...rows, ...parser.end()];
}

test.each<[string, string, string[][]]>([
  [
    'plain',
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'no break at the end',
    'a,b\n1,',
    [
      ['a', 'b'],
      ['1', ''],
    ],
  ],
  [
    'CRLF',
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'quotes',
    '"a,1","b""c"\n"x\ny",z\n',
    [
      ['a,1', 'b"c'],
      ['x\ny', 'z'],
    ],
  ],
  ['empty lines are no rows', 'a\n\nb\n', [['a'], ['b']]],
  ['quoted empty', '"",x\r\n', [['', 'x']]],
  ['quoted CRLF at the end', 'a,"b"\r\n', [['a', 'b']]],
])('%s', (_name, text, rows) => {
  for (const length of [1, 2, 3, 1000]) expect(inPieces(text, length)).toEqual(rows);
});

test('a quote that is never closed is an error with its row', () => {
  expect(() => inPieces('a,b\n"x,y\n', 4)).toThrow('row 2: a quote is not closed');
  expect(() => inPieces('"a"b,c\n', 100)).toThrow('text follows a closing quote');
});

test('agrees with csv-parse on everything that can be written, in pieces of any length', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '中', ' '), maxLength: 6 });
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 20 }), fc.boolean(), (written, length, always) => {
      const quote = (text: string): string =>
        always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      const text = written.map((row) => row.map(quote).join(',')).join('\n') + '\n';
      const expected = parse(text, { relax_column_count: true, record_delimiter: '\n' });
      expect(inPieces(text, length)).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});
