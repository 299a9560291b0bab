import { describe, expect, it } from 'vitest';
import type { FileRow } from './file-row.ts';
import { readRows } from './read-rows.ts';

async function rowsOf(text: string, columns: string[], length = text.length): Promise<FileRow[]> {
  const { blocks } = await readRows(
    (async function* () {
      for (let at = 0; at < text.length; at += length) yield Buffer.from(text.slice(at, at + length));
    })(),
    { file: 'f', format: 'ndjson', encoding: 'utf-8', delimiter: ',', header: undefined, sheet: undefined },
    columns,
  );
  const rows: FileRow[] = [];
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

  it('tell a line that is no object with its text and number, and go on', async () => {
    const deep = `{"no":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
    const deeper = `{"no":{"a":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}}}`;
    const lines = [
      '',
      '{"no":1}',
      '{"no":2',
      '[3]\r',
      '4',
      'null',
      deep,
      deeper,
      '{"no":9}',
      '{"toString":1}',
    ];
    for (const length of [7, 100_000]) {
      expect(await rowsOf(lines.join('\n'), ['no'], length)).toEqual([
        ['1'],
        { text: '{"no":2', reason: 'not JSON', line: 3 },
        { text: '[3]', reason: 'a JSON array and not an object', line: 4 },
        { text: '4', reason: 'not a JSON object', line: 5 },
        { text: 'null', reason: 'not a JSON object', line: 6 },
        { text: deep, reason: 'nested too deeply', line: 7 },
        { text: deeper, reason: 'nested too deeply', line: 8 },
        ['9'],
        [''],
      ]);
    }
  });

  it('tell a line of more than 4 MiB by its beginning, and go on', async () => {
    const long = `{"no":"${'x'.repeat(4 * 1024 * 1024)}"}`;
    const broken = { text: long.slice(0, 65_536), reason: 'the row is longer than 4 MiB', line: 2 };
    for (const length of [100_000, 10_000_000])
      expect(await rowsOf(`{"no":1}\n${long}\n{"no":3}`, ['no'], length)).toEqual([['1'], broken, ['3']]);
    expect(await rowsOf(`{"no":1}\n${long}`, ['no'], 100_000)).toEqual([['1'], broken]);
  });

  it('are not an object over several lines', async () => {
    await expect(rowsOf('{\n"no": 1\n}\n', ['no'])).rejects.toMatchObject({ code: 'import_file_unreadable' });
  });
});
