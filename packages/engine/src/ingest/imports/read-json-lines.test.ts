import { describe, expect, it } from 'vitest';
import { readRows } from './read-rows.ts';

async function rowsOf(text: string, columns: string[]): Promise<string[][]> {
  const { blocks } = await readRows(
    (async function* () {
      yield Buffer.from(text);
    })(),
    { file: 'f', format: 'ndjson', encoding: 'utf-8', delimiter: ',', header: undefined, sheet: undefined },
    columns,
  );
  const rows: string[][] = [];
  for await (const block of blocks) rows.push(...block);
  return rows;
}

describe('JSON lines', () => {
  it('keep every digit of numbers beyond 2^53, also within lists and objects', async () => {
    const text =
      '{"no":622202123456789012,"v":[622202123456789013,1.5],"o":{"x": -622202123456789013 }}\n' +
      '{"no":622202123456789013,"v":NaN,"o":"622202123456789012"}\n';
    expect(await rowsOf(text, ['no', 'v', 'o'])).toEqual([
      ['622202123456789012', '622202123456789013\u001f1.5', '{"x":"-622202123456789013"}'],
      ['622202123456789013', '', '622202123456789012'],
    ]);
  });

  it('are not a JSON array, whose rows would be taken for one without columns', async () => {
    await expect(rowsOf('[{"no":1},{"no":2}]', ['no'])).rejects.toMatchObject({
      code: 'import_file_unreadable',
      details: { reason: expect.stringContaining('one object a line') as string },
    });
  });
});
