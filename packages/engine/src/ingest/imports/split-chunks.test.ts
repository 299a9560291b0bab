import { describe, expect, it } from 'vitest';
import type { FileRow } from './file-row.ts';
import { createCsvParser } from './parse-csv.ts';
import { allRows, extentOf, splitChunks, withoutRows, type Chunk } from './split-chunks.ts';

async function chunksOf(text: string, piece: number, chunkBytes: number): Promise<Chunk[]> {
  const bytes = Buffer.from(text);
  const pieces = (async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  })();
  const chunks: Chunk[] = [];
  for await (const chunk of splitChunks(pieces, ',', () => chunkBytes)) chunks.push(chunk);
  return chunks;
}

/** All rows with the lines of the file that broken ones stand on. */
function rowsOf(chunks: readonly Chunk[]): FileRow[] {
  let before = 0;
  return chunks.flatMap((chunk) => {
    const rows = allRows(chunk, ',').map((row) =>
      'reason' in row ? { ...row, line: before + row.line } : row,
    );
    before += extentOf(chunk).lines;
    return rows;
  });
}

const ODD = [
  'a,b',
  '',
  '"x\ny\n\nz",1',
  'c,"d',
  'e,f\r',
  '"g"h,i\r',
  '\r',
  '"j",k',
  'l\u001fm,n',
  '"o"p,\u001d',
  '中,"文"',
  'q,"r',
  's,t',
].join('\n');

describe('chunks', () => {
  it('hold the rows of the parser of single rows, broken ones with their lines', async () => {
    const parser = createCsvParser(',');
    const expected = [...parser.push(ODD), ...parser.end()];
    expect(expected.filter((row) => 'reason' in row).map((row) => 'reason' in row && row.line)).toEqual([
      7, 9, 13, 15,
    ]);
    for (const chunkBytes of [1, 7, 20, 45, 1_000])
      for (const piece of [3, 1_000])
        expect(rowsOf(await chunksOf(ODD, piece, chunkBytes))).toEqual(expected);
  });

  it('lose rows that were settled before, but not their lines', async () => {
    const [chunk] = await chunksOf(ODD.replaceAll('\u001d', '').replaceAll('\u001f', ''), 1_000, 1_000);
    const whole = allRows(chunk!, ',');
    for (let count = 0; count <= whole.length; count++) {
      const { chunk: shorter, left } = withoutRows(chunk!, count);
      const rows = allRows(shorter, ',').map((row) =>
        'reason' in row ? { ...row, line: left.lines + row.line } : row,
      );
      expect(count === 0 ? whole.slice(1) : rows).toEqual(whole.slice(Math.max(1, count)));
      expect(extentOf(shorter).lines + left.lines).toBe(extentOf(chunk!).lines);
    }
  });

  it('are bounded: a line or a quote without an end is told, and what follows is read', async () => {
    const long = 'x'.repeat(20 * 1024 * 1024);
    const text = `a,b\n${long}\nc,d\n"e\n${long}\nf,g\n`;
    for (const piece of [256 * 1024]) {
      const rows = rowsOf(await chunksOf(text, piece, 512 * 1024));
      // A line without quotes that is in sight as a whole costs nothing and may be longer.
      const shown = rows.map((row) =>
        'reason' in row ? `${row.line} ${row.reason}` : row[0] === long ? 'long' : row.join(),
      );
      expect(shown.map((row) => row.replace(/^. the row is longer.*/, 'long'))).toEqual([
        'a,b',
        'long',
        'c,d',
        '4 a quote opens here that is not closed within 4 MiB',
        'long',
        'f,g',
      ]);
    }
  });
});
