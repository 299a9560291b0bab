import { UnreadableRowError, type FileRow, isBroken } from './file-row.ts';

/** What is taken for a text and is none, or none that rows can be read from. */
export type ForeignKind = 'utf16' | 'old_workbook' | 'archive' | 'web_page';

/** First bytes as hexadecimal. */
const MARKS: readonly (readonly [ForeignKind, RegExp])[] = [
  ['utf16', /^(fffe|feff)/],
  ['old_workbook', /^d0cf11e0/],
  // zip, zstd, 7z, rar, xz, bzip2
  ['archive', /^(504b0304|28b52ffd|377abcaf|52617221|fd377a58|425a683[1-9])/],
];
const MARK_BYTES = 4;
const PAGE_BYTES = 64;
/** Banks' older systems write tables of a web page, or XML, into files that they call .xls. */
const PAGE = /^(ï»¿)?\s*<(!doctype|html|head|body|table|meta|\?xml)\b/i;

const REASONS: Record<ForeignKind, string> = {
  utf16: 'the file is UTF-16; save it as UTF-8',
  old_workbook: 'the file is an old .xls or protected by a password; save it as .xlsx without one',
  archive: 'the file is an archive or a workbook and not a text; unpack it, or name its format',
  web_page: 'the file is a web page or XML, whatever its name; open it in Excel and save it as .xlsx',
};

/** By the first bytes of a file, gzip undone; undefined when it may be a text. */
export function foreignKind(head: Uint8Array): ForeignKind | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, PAGE_BYTES));
  const mark = bytes.toString('hex', 0, MARK_BYTES);
  const found = MARKS.find(([, pattern]) => pattern.test(mark))?.[0];
  return found ?? (PAGE.test(bytes.toString('latin1')) ? 'web_page' : undefined);
}

/** Bytes of a text, as they come. @throws UnreadableRowError when they begin like something else */
export async function* textBytes(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of bytes) {
    const kind = isFirst ? foreignKind(piece) : undefined;
    if (kind) throw new UnreadableRowError(0, REASONS[kind]);
    isFirst = false;
    yield piece;
  }
}

/** Line that Excel reads for the delimiter of a CSV file, and that some programs write for it. */
export const SEPARATOR_LINE = /^\uFEFF?"?sep=(.)"?\r?\n/i;

export const isSeparatorLine = (row: FileRow | undefined, delimiter: string): boolean =>
  row !== undefined && SEPARATOR_LINE.test(`${isBroken(row) ? row.text : row.join(delimiter)}\n`);

/**
 * Names of columns, each once: one without a name is called by its place (`column_3`), one whose name was there before
 * gets a number (`name_2`).
 */
export function headerNames(row: readonly string[]): string[] {
  const taken = new Set(row.map((name) => name.trim()));
  const seen = new Set<string>();
  return row.map((written, index) => {
    const bare = written.trim();
    if (bare !== '' && !seen.has(bare)) {
      seen.add(bare);
      return bare;
    }
    const stem = bare === '' ? `column_${index + 1}` : bare;
    let name = bare === '' && !taken.has(stem) ? stem : `${stem}_2`;
    for (let number = 3; taken.has(name); number++) name = `${stem}_${number}`;
    taken.add(name);
    seen.add(name);
    return name;
  });
}
