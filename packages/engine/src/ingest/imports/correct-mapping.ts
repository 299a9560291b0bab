import { isDeepStrictEqual } from 'node:util';
import type { FileMapping, importsApi, Mapping } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import { replayable } from '../rejected-store.ts';
import { neededColumns } from './compile-mapping.ts';
import type { ImportRooms } from './load-batch.ts';
import { columnsOfFile } from './row-cells.ts';
import { prepareRooms } from './run-import.ts';
import { rememberColumns, replaceMapping, type RunRow } from './run-store.ts';

const EXAMPLES = { rows: 50, bytes: 1024 * 1024, charactersOfCell: 200 };

type MappingToCorrect = importsApi.MappingToCorrect;

/** The mapping of an import with what a person needs to correct it; with examples of its rejected rows when `open`. */
export async function mappingToCorrect(
  platform: Platform,
  run: RunRow,
  open: boolean,
): Promise<MappingToCorrect> {
  const { database } = platform;
  const rejected = open
    ? await replayable(database, {
        rejectedIds: undefined,
        filter: { importId: run.run_id },
        limit: EXAMPLES.rows,
        limitBytes: EXAMPLES.bytes,
      })
    : [];
  const files: MappingToCorrect['files'] = [];
  for (const file of run.mapping.files) {
    const columns = await columnsOfFile(database, run.run_id, file);
    const rows = rejected
      .filter((row) => row.file === file.file && row.context['isBroken'] !== true)
      .map((row) => JSON.parse(platform.secrets.decrypt(row.raw_box)) as string[])
      .filter((cells) => cells.length === columns?.length)
      .map((cells) => cells.map((cell) => cell.slice(0, EXAMPLES.charactersOfCell)));
    files.push({ columns: [...(columns ?? neededColumns(file))], rows });
  }
  return { mapping: run.mapping, files };
}

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
  const columnsOf = new Map<string, readonly string[]>();
  for (const [place, file] of mapping.files.entries()) {
    const columns = await columnsOfFile(database, run.run_id, run.mapping.files[place]!);
    if (columns) columnsOf.set(file.file, columns);
    const absent = columns ? neededColumns(file).filter((column) => !columns.includes(column)) : [];
    if (absent.length > 0)
      throw new CodedError('import_column_missing', { details: { file: file.file, columns: absent } });
  }
  await prepareRooms(rooms, mapping);
  await database.transaction(async (transaction) => {
    if (!(await replaceMapping(transaction, run.run_id, mapping)))
      throw new CodedError('import_running', { details: { importId: run.run_id } });
    // Kept cells were named by the mapping that was: it names them from now on as well.
    for (const [file, columns] of columnsOf) await rememberColumns(transaction, run.run_id, file, columns);
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
  'titleRows',
  'sheet',
  'lookups',
];
