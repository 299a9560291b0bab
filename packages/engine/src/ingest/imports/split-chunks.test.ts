import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTexts, markedBytes, type Encoding } from './decode-text.ts';
import type { FileRow } from './file-row.ts';
import { createCsvParser } from './parse-csv.ts';
import { allRows, extentOf, splitChunks, withoutRows, type Chunk } from './split-chunks.ts';

async function* inPieces(bytes: Buffer, piece: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

async function chunksOf(
  text: string | AsyncIterable<Uint8Array>,
  piece: number,
  chunkBytes: number,
  encoding: Encoding = 'utf-8',
): Promise<Chunk[]> {
  const pieces = typeof text === 'string' ? inPieces(Buffer.from(text), piece) : text;
  const chunks: Chunk[] = [];
  for await (const chunk of splitChunks(pieces, { delimiter: ',', encoding }, () => chunkBytes))
    chunks.push(chunk);
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

  it('hold the same of bytes that are no text, whatever the pieces', async () => {
    // Half characters before and after what cuts rows, a character that was lost before, a mark of byte order.
    const parts = [
      '61',
      '2c',
      '0a',
      '0a',
      '0d0a',
      '22',
      '2222',
      'd8',
      'd6d0',
      'ff',
      'e4b8ad',
      'e4b8',
      'f09f8fbf',
    ];
    const bytesArbitrary = fc
      .array(fc.constantFrom(...parts, 'efbfbd', 'efbf', 'ef', 'efbbbf', 'f090', '1f', '80'), {
        maxLength: 40,
      })
      .map((all) => Buffer.from(`61${all.join('')}`, 'hex'));
    const sizes = fc.constantFrom(1, 2, 3, 5, 17, 1_000);
    let broken = 0;
    await fc.assert(
      fc.asyncProperty(
        bytesArbitrary,
        fc.constantFrom<Encoding>('utf-8', 'gbk', 'gb18030'),
        fc.tuple(sizes, sizes, sizes),
        async (bytes, encoding, [piece, otherPiece, chunkBytes]) => {
          const parser = createCsvParser(',', encoding);
          const expected: FileRow[] = [];
          for await (const text of decodeTexts(inPieces(bytes, piece), encoding))
            expected.push(...parser.push(text));
          expected.push(...parser.end());
          broken += expected.filter((row) => 'reason' in row && row.reason.includes('no text')).length;
          const given = inPieces(bytes, otherPiece);
          const utf8 = encoding === 'utf-8' ? given : recoded(given, encoding);
          expect(rowsOf(await chunksOf(utf8, 0, chunkBytes, encoding))).toEqual(expected);
        },
      ),
      { numRuns: 1_000, seed: 20_260_301 },
    );
    expect(broken).toBeGreaterThan(500);
  });
});

async function* recoded(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
  for await (const text of decodeTexts(bytes, encoding)) yield markedBytes(text);
}
