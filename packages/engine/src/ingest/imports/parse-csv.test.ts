import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { MAXIMUM_ROW_CHARACTERS, type FileRow } from './file-row.ts';
import { createCsvParser } from './parse-csv.ts';

/** Parses a text fed in pieces of the given length. */
function inPieces(text: string, length: number, delimiter = ','): FileRow[] {
  const parser = createCsvParser(delimiter);
  const blocks: FileRow[][] = [];
  for (let at = 0; at < text.length; at += length) blocks.push(parser.push(text.slice(at, at + length)));
  return [...blocks, parser.end()].flatMap((block) => block);
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

test.each<[string, string, FileRow[]]>([
  [
    'a quote that is never closed spoils its line alone',
    'a,b\n\n"x\ny",z\n1,"2,3\nc,d\ne,f\n',
    [
      ['a', 'b'],
      ['x\ny', 'z'],
      { text: '1,"2,3', reason: 'a quote opens here that is never closed', line: 5 },
      ['c', 'd'],
      ['e', 'f'],
    ],
  ],
  [
    'text after a closing quote',
    '"a"b,c\r\n"d",e\r\n',
    [{ text: '"a"b,c', reason: 'text follows a closing quote', line: 1 }, ['d', 'e']],
  ],
  [
    'a quote too many does not swallow what comes until the next one',
    'a,"b\nc,d\ne,f\n"g",h\n',
    [{ text: 'a,"b', reason: 'text follows a closing quote', line: 1 }, ['c', 'd'], ['e', 'f'], ['g', 'h']],
  ],
  [
    'a quote within a field is text',
    'a"b,c"\n"d"",e",f\n',
    [
      ['a"b', 'c"'],
      ['d",e', 'f'],
    ],
  ],
  [
    'a carriage return within a field is text',
    'a\rb,"c"\r\nd\re,f',
    [
      ['a\rb', 'c'],
      ['d\re', 'f'],
    ],
  ],
])('%s', (_name, text, rows) => {
  for (const length of [1, 2, 3, 1000]) expect(inPieces(text, length)).toEqual(rows);
});

test('rows that are too long are told, and what follows is read, whatever the pieces', () => {
  const long = 'x'.repeat(MAXIMUM_ROW_CHARACTERS + 10);
  const text = `a,b\n${long},1\nc,d\n"${long}",1\n"open\n${`${'y'.repeat(1_021)},z\n`.repeat(MAXIMUM_ROW_CHARACTERS / 1_024)}last,1\n`;
  for (const length of [100_000, 1 << 20, text.length]) {
    const rows = inPieces(text, length);
    const broken = rows.flatMap((row) => ('reason' in row ? [[row.line, row.reason, row.text.length]] : []));
    expect(broken).toEqual([
      [2, 'the row is longer than 4 MiB', 65_536],
      [4, 'the row is longer than 4 MiB', 65_536],
      [5, 'a quote opens here that is not closed within 4 MiB', 5],
    ]);
    expect(rows.slice(0, 5).filter((row) => !('reason' in row))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(rows.length).toBe(6 + MAXIMUM_ROW_CHARACTERS / 1_024);
  }
});

test('a long cell costs time by its length, whatever the pieces', () => {
  // Looked at anew with every piece, this took four minutes.
  const text = `id,v\n1,"${'""ab\n'.repeat(600_000)}"\n2,b\n`;
  const started = performance.now();
  const rows = inPieces(text, 4_096);
  expect(rows.map((row) => ('reason' in row ? row.reason : row[1]!.length))).toEqual([1, 4 * 600_000, 1]);
  expect(performance.now() - started).toBeLessThan(5_000);
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
