/** Rows as CSV, every cell in quotes. */
export async function* csvLines(
  blocks: AsyncIterable<readonly (readonly string[])[]>,
): AsyncGenerator<string> {
  for await (const block of blocks) {
    if (block.length === 0) continue;
    yield block.map((row) => `${row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`).join('');
  }
}
