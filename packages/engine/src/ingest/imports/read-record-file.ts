import type { RecordFileForm } from '../../identity/index.ts';
import { wholeRow } from './file-row.ts';
import { explained, readRows } from './read-rows.ts';

/**
 * Rows of a file of records, read as an import would; a broken row is told and nothing after it is read, since a table
 * of records keeps no rejected rows. @throws CodedError import_file_unreadable
 */
export async function readRecordFile(
  bytes: AsyncIterable<Uint8Array>,
  form: RecordFileForm,
): Promise<{ columns: readonly string[]; blocks: AsyncIterable<string[][]> }> {
  const { columns, blocks } = await readRows(bytes, { ...form, header: undefined, sheet: undefined }, []);
  const whole = (async function* () {
    for await (const block of blocks) yield block.map((row) => [...wholeRow(row)]);
  })();
  return { columns, blocks: explained(whole, form.file) };
}
