import type { FileMapping, ingestApi } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import type { Profile } from '../../profile/index.ts';
import { noteRejectedAgain, replayable, settleReplayed, type RejectedRow } from '../rejected-store.ts';
import { neededColumns } from './compile-mapping.ts';
import { areLookupsKept, keptLookups } from './keep-lookups.ts';
import type { RowRooms } from './load-batch.ts';
import { createRowLoader, type NumberedRow } from './load-rows.ts';
import { dropNeedlessLookups } from './lookup-store.ts';
import { byRow, problemsOf, type RowProblemEntry } from './rejected-rows.ts';
import { cellsOfLine, changedCells, columnsAtFault, columnsOfFile } from './row-cells.ts';
import { readRun, type RunRow } from './run-store.ts';
import { withRunLock } from './run-import.ts';

/** Why a row cannot be replayed where it lies. */
type RowObstacle = NonNullable<ingestApi.OpenedRow['obstacle']>;

/** How many rows went well, and why the others did not. */
export interface RowsReplayed {
  readonly stored: number;
  /** Rows whose event was stored before. */
  readonly duplicate: number;
  /** One code a row that was rejected again. */
  readonly again: readonly string[];
}

/** What is done with rejected rows of imports. */
export interface RejectedRows {
  /** `line`: of a row that breaks its format, which has no cells. */
  open(
    row: RejectedRow,
  ): Promise<{ readonly line: string | undefined; readonly opened: ingestApi.OpenedRow }>;
  /**
   * The cells with what is to be in their place, as JSON.
   * @throws CodedError import_replay_impossible, import_row_unreadable, import_column_missing
   */
  repaired(row: RejectedRow, repair: RowRepair): Promise<string>;
  /**
   * Takes rows as if they had been right in their files: same mapping, same checks, same ids. Those that went well are
   * settled, the others wait on with what is wrong with them now. May be done again after a crash.
   * @throws CodedError import_running while somebody else replays rows of the same file
   */
  replay(rows: readonly RejectedRow[]): Promise<RowsReplayed>;
}

/** Cells by column, or the whole line as it would stand in the file. */
export type RowRepair = { readonly cells: Readonly<Record<string, string>> } | { readonly raw: string };

export interface RejectedRowsNeeds {
  readonly platform: Platform;
  readonly rooms: RowRooms & { readonly profile: Pick<Profile, 'catalogue' | 'mirror'> };
}

/** What the rows of a file are read by. */
interface FileOfRows {
  readonly run: RunRow;
  readonly file: FileMapping;
  readonly columns: readonly string[];
}

export function createRejectedRows({ platform, rooms }: RejectedRowsNeeds): RejectedRows {
  const { database, secrets, clock } = platform;

  async function fileOf({ import_id: importId, file: name }: RejectedRow): Promise<FileOfRows | RowObstacle> {
    const run = importId === null ? undefined : await readRun(database, importId);
    const file = run?.mapping.files.find((each) => each.file === name);
    if (!run || !file) return 'import_gone';
    const columns = await columnsOfFile(database, run.run_id, file);
    if (!columns || neededColumns(file).some((column) => !columns.includes(column))) return 'columns_unknown';
    return (await areLookupsKept(platform, { runId: run.run_id, file })) ? { run, file, columns } : 'lookups';
  }

  const cellsOf = (row: RejectedRow): string[] => JSON.parse(secrets.decrypt(row.raw_box)) as string[];
  const isBrokenRow = (row: RejectedRow): boolean => row.context.isBroken === true;

  function numbered(row: RejectedRow): NumberedRow {
    const number = row.row_number!;
    const cells = cellsOf(row);
    if (!isBrokenRow(row)) return { number, cells };
    // As long as nobody repaired it, it is as broken as it was.
    return { number, cells, problem: problemsIn(row)[0]?.detail ?? 'broken' };
  }

  async function replayFile(found: FileOfRows, rows: readonly RejectedRow[]): Promise<RowsReplayed> {
    const { run, file, columns } = found;
    const job = {
      runId: run.run_id,
      mapping: run.mapping,
      file,
      asOf: run.as_of,
      rowsDone: 0,
      catalogue: await rooms.profile.catalogue(),
      rejectionsLeft: Number.POSITIVE_INFINITY,
    };
    // Of two rows that say different things of the same, the later one counts.
    const inOrder = rows.toSorted((one, other) => one.row_number! - other.row_number!);
    const taken = inOrder.map(numbered);
    const cells = taken.map((row) => row.cells);
    const lookups = await keptLookups(platform, job, { columns, cells });
    const loader = createRowLoader(platform, rooms, job, columns, lookups);
    const outcome = await loader.write(loader.prepare(taken));
    const rejected = byRow(outcome.rejections);
    const again = inOrder.flatMap((row) => {
      const problems = problemsOf(rejected.get(row.row_number!) ?? []);
      return problems.length > 0 ? [{ rejectedId: row.rejected_id, problems }] : [];
    });
    const well = inOrder.filter((row) => !rejected.has(row.row_number!));
    await database.transaction(async (transaction) => {
      await settleReplayed(transaction, well, clock.now());
      await noteRejectedAgain(transaction, again, clock.now());
      await dropNeedlessLookups(
        transaction,
        well.map((row) => row.rejected_id),
      );
    });
    const isOneEvent = file.records.length === 1 && file.records[0]!.record === 'event';
    const duplicate = isOneEvent ? (outcome.stored['duplicate event'] ?? 0) : 0;
    return {
      stored: well.length - duplicate,
      duplicate,
      again: again.map(({ problems }) => problems[0]!.code),
    };
  }

  async function replayGroup(rows: readonly RejectedRow[]): Promise<RowsReplayed> {
    const found = await fileOf(rows[0]!);
    if (typeof found === 'string') {
      const kept = rows.map((row) => ({ rejectedId: row.rejected_id }));
      await database.transaction((transaction) => noteRejectedAgain(transaction, kept, clock.now()));
      return { stored: 0, duplicate: 0, again: rows.map(() => 'import_replay_impossible') };
    }
    return withRunLock(platform, `replay ${found.run.run_id} ${found.file.file}`, async () => {
      // Somebody may have replayed or repaired them since they were chosen.
      const waiting = await replayable(database, {
        rejectedIds: rows.map((row) => row.rejected_id),
        filter: {},
        limit: rows.length,
        limitBytes: Number.MAX_SAFE_INTEGER,
      });
      return waiting.length > 0 ? replayFile(found, waiting) : { stored: 0, duplicate: 0, again: [] };
    });
  }

  return {
    async open(row) {
      const run = row.import_id === null ? undefined : await readRun(database, row.import_id);
      const found = await fileOf(row);
      const file = run?.mapping.files.find((each) => each.file === row.file);
      const kept = typeof found === 'string' ? undefined : found.columns;
      const cells = cellsOf(row);
      const fits = !isBrokenRow(row) && (!kept || kept.length === cells.length);
      const columns = kept ?? (fits ? cells.map((_cell, place) => `column_${place + 1}`) : []);
      const line = fits ? undefined : isBrokenRow(row) ? cells[0] : lineOf(cells, file?.delimiter);
      const opened = {
        ...(run ? { importTitle: run.mapping.title } : {}),
        cells: columns.map((column, place) => ({ column, value: fits ? cells[place]! : '' })),
        problems: problemsIn(row).map((problem) => ({
          ...problem,
          columns: file ? columnsAtFault(file, columns, problem) : [],
        })),
        ...(typeof found === 'string' ? { obstacle: found } : {}),
      };
      return { line, opened };
    },
    async repaired(row, repair) {
      const found = await fileOf(row);
      if (typeof found === 'string')
        throw new CodedError('import_replay_impossible', { details: { reason: found } });
      const { file, columns } = found;
      if ('raw' in repair) return JSON.stringify(await cellsOfLine(file, columns, repair.raw));
      const cells = cellsOf(row);
      const fits = !isBrokenRow(row) && cells.length === columns.length;
      return JSON.stringify(changedCells(columns, fits ? cells : undefined, repair.cells));
    },
    async replay(rows) {
      const groups = new Map<string, RejectedRow[]>();
      for (const row of rows) {
        const place = JSON.stringify([row.import_id, row.file]);
        groups.set(place, [...(groups.get(place) ?? []), row]);
      }
      const total = { stored: 0, duplicate: 0, again: [] as string[] };
      for (const group of groups.values()) {
        const replayed = await replayGroup(group);
        total.stored += replayed.stored;
        total.duplicate += replayed.duplicate;
        total.again.push(...replayed.again);
      }
      // As at the end of an import: what was taken can be asked for.
      if (total.stored > 0) await rooms.profile.mirror();
      return total;
    },
  };
}

const problemsIn = (row: RejectedRow): readonly RowProblemEntry[] =>
  (row.details as { problems?: RowProblemEntry[] }).problems ?? [];

const lineOf = (cells: readonly string[], delimiter = ','): string =>
  cells
    .map((cell) =>
      cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
    )
    .join(delimiter);
