import { isDeepStrictEqual } from 'node:util';
import type { FileMapping, Mapping } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import { neededColumns } from './compile-mapping.ts';
import type { ImportRooms } from './load-batch.ts';
import { prepareRooms } from './run-import.ts';
import { readColumns, replaceMapping, type RunRow } from './run-store.ts';

/**
 * Puts a corrected mapping in the place of an import's own: rejected rows are replayed by it, and what is still to come
 * is read by it. Rows are named by source, name, file, number and place of the record, so those must stay.
 * @throws CodedError import_running, mapping_invalid, import_column_missing, declaration_conflict
 */
export async function correctMapping(
  platform: Platform,
  rooms: ImportRooms,
  run: RunRow,
  { mapping, actor }: { mapping: Mapping; actor: string },
): Promise<void> {
  const { database, audit } = platform;
  const reason = whyOthers(run.mapping, mapping);
  if (reason) throw new CodedError('mapping_invalid', { details: { reason } });
  for (const file of mapping.files) {
    const columns = await readColumns(database, run.run_id, file.file);
    const absent = columns ? neededColumns(file).filter((column) => !columns.includes(column)) : [];
    if (absent.length > 0)
      throw new CodedError('import_column_missing', { details: { file: file.file, columns: absent } });
  }
  await prepareRooms(rooms, mapping);
  await database.transaction(async (transaction) => {
    if (!(await replaceMapping(transaction, run.run_id, mapping)))
      throw new CodedError('import_running', { details: { importId: run.run_id } });
    await audit.record(transaction, { actor, action: 'import.mapping', object: run.run_id });
  });
}

/** Why rows would not be the same ones under another mapping. */
function whyOthers(before: Mapping, after: Mapping): string | undefined {
  const changed = (['name', 'sourceId', 'asOf'] as const).find((part) => before[part] !== after[part]);
  if (changed) return `${changed} must stay as it is: ${before[changed] ?? 'none'}`;
  if (before.files.length !== after.files.length) return 'the files must stay as they are';
  for (const [index, file] of before.files.entries()) {
    const other = after.files[index]!;
    const part = FORM.find((each) => !isDeepStrictEqual(file[each], other[each]));
    if (part) return `${part} of ${file.file} must stay as it is`;
    const moved = file.records.find(({ record }, place) => other.records[place]?.record !== record);
    if (moved) return `the records of ${file.file} must stay in their places; new ones come after them`;
  }
  return undefined;
}

/** How the bytes of a file become rows. */
const FORM: readonly (keyof FileMapping)[] = [
  'file',
  'format',
  'encoding',
  'delimiter',
  'header',
  'sheet',
  'lookups',
];
