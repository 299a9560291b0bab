import type { importsApi, Mapping } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import { correctMapping } from './correct-mapping.ts';
import { importFile, MAXIMUM_REJECTIONS } from './import-file.ts';
import type { ImportRooms } from './load-batch.ts';
import { noteFailure, prepareRooms, withRunLock } from './run-import.ts';
import {
  countRejectedRows,
  countRejections,
  insertRun,
  listRuns,
  readFiles,
  readRejections,
  readRun,
  setState,
  type FileRow,
  type RunRow,
} from './run-store.ts';

const REJECTIONS_A_PAGE = 5_000;

/** Imports whose files come over HTTP, and the history of all imports. */
export interface Imports {
  /** Declares what the mapping declares and waits for its files. Throws mapping_invalid. */
  create(mapping: Mapping): Promise<importsApi.Import>;
  /**
   * Loads one file of an import while its bytes arrive. Cut off, it can be sent again: rows that were settled are read
   * over. With the last file the import is finished, and everything is queryable when this resolves.
   * @throws CodedError import_not_found, mapping_invalid, import_running, import_file_unreadable, import_column_missing
   */
  receive(importId: string, file: string, bytes: AsyncIterable<Uint8Array>): Promise<importsApi.Import>;
  /** @throws CodedError import_not_found */
  read(importId: string): Promise<importsApi.Import>;
  /** @throws CodedError import_not_found */
  mappingOf(importId: string): Promise<Mapping>;
  /**
   * Corrects the mapping by which rejected rows are replayed.
   * @throws CodedError import_not_found, import_running, mapping_invalid, import_column_missing, declaration_conflict
   */
  correct(importId: string, mapping: Mapping, actor: string): Promise<importsApi.Import>;
  list(query: {
    cursor?: string | undefined;
    limit: number;
    /** Those that wait for this file, or for the rest of it. */
    unfinishedFile?: string | undefined;
  }): Promise<{ items: importsApi.Import[]; nextCursor?: string }>;
  /** Lines of a CSV of what was rejected and still waits, and why; with the cells of the rows when `open`. */
  rejections(importId: string, open: boolean): AsyncGenerator<string>;
}

/** The imports of this process. */
export function createImports(platform: Platform, rooms: ImportRooms): Imports {
  const { database, clock, ids } = platform;

  async function find(importId: string): Promise<RunRow> {
    const run = await readRun(database, importId);
    if (!run) throw new CodedError('import_not_found');
    return run;
  }

  async function read(importId: string): Promise<importsApi.Import> {
    const run = await find(importId);
    const files = (await readFiles(database, [importId])).get(importId) ?? [];
    return show(run, files, (await countRejectedRows(database, [importId])).get(importId));
  }

  async function load(run: RunRow, name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const file = run.mapping.files.find((each) => each.file === name);
    if (!file)
      throw new CodedError('mapping_invalid', {
        details: { file: name, reason: 'not a file of this import' },
      });
    const state = (await readFiles(database, [run.run_id]))
      .get(run.run_id)!
      .find((each) => each.file === name)!;
    if (state.finished) return;
    await setState(database, run.run_id, 'running');
    const job = {
      runId: run.run_id,
      mapping: run.mapping,
      file,
      asOf: run.as_of,
      rowsDone: state.rows_done,
      catalogue: await rooms.profile.catalogue(),
      rejectionsLeft: MAXIMUM_REJECTIONS - (await countRejections(database, run.run_id)),
    };
    await importFile(platform, rooms, job, bytes, new Map());
  }

  async function settle(runId: string): Promise<void> {
    const files = (await readFiles(database, [runId])).get(runId) ?? [];
    if (!files.every((file) => file.finished)) return setState(database, runId, 'waiting');
    await rooms.profile.mirror();
    await setState(database, runId, 'finished', { finishedAt: clock.now() });
  }

  return {
    read,
    mappingOf: async (importId) => (await find(importId)).mapping,
    async correct(importId, mapping, actor) {
      await correctMapping(platform, rooms, await find(importId), { mapping, actor });
      return read(importId);
    },
    async create(mapping) {
      refuseLookups(mapping);
      await prepareRooms(rooms, mapping);
      const runId = ids.newId();
      const now = clock.now();
      const asOf = mapping.asOf ? Date.parse(mapping.asOf) : now;
      await database.transaction((transaction) =>
        insertRun(transaction, { runId, mapping, fingerprint: runId, state: 'waiting', asOf, now }),
      );
      return read(runId);
    },
    async receive(importId, file, bytes) {
      const run = await find(importId);
      await withRunLock(platform, `${importId} ${file}`, async () => {
        try {
          await load(run, file, bytes);
          await settle(importId);
        } catch (error) {
          await noteFailure(platform, importId, error);
          throw error;
        }
      });
      return read(importId);
    },
    async list({ cursor, limit, unfinishedFile }) {
      const runs = await listRuns(database, readCursor(cursor), limit, unfinishedFile);
      const ids = runs.map((run) => run.run_id);
      const [files, kept] = [await readFiles(database, ids), await countRejectedRows(database, ids)];
      const items = runs.map((run) => show(run, files.get(run.run_id) ?? [], kept.get(run.run_id)));
      const last = runs.at(-1);
      return last && runs.length === limit
        ? { items, nextCursor: `${last.started_at}_${last.run_id}` }
        : { items };
    },
    async *rejections(importId, open) {
      await find(importId);
      yield `file,row,record,code,reason${open ? ',cells' : ''}\r\n`;
      let after = { file: '', row: 0, record: 0, position: 0 };
      for (;;) {
        const page = await readRejections(database, importId, after, REJECTIONS_A_PAGE);
        for (const each of page) {
          const cells = open ? (JSON.parse(platform.secrets.decrypt(each.row_box)) as string[]) : [];
          const line = [each.file, each.row_number, each.record + 1, each.code, each.detail, ...cells];
          yield `${line.map(csvCell).join(',')}\r\n`;
        }
        const last = page.at(-1);
        if (!last || page.length < REJECTIONS_A_PAGE) return;
        after = { file: last.file, row: last.row_number, record: last.record, position: last.position };
      }
    },
  };
}

/** Files that come one by one cannot be looked up in one another. */
function refuseLookups(mapping: Mapping): void {
  const file = mapping.files.find((each) => Object.keys(each.lookups).length > 0);
  if (file) {
    const reason = 'lookups need the files in one directory: use `wutong import`';
    throw new CodedError('mapping_invalid', { details: { file: file.file, reason } });
  }
}

function show(
  run: RunRow,
  files: readonly FileRow[],
  kept = { waiting: 0, replayed: 0, discarded: 0 },
): importsApi.Import {
  return {
    importId: run.run_id,
    name: run.name,
    state: run.state,
    sourceId: run.source_id,
    startedAt: new Date(run.started_at).toISOString(),
    ...(run.finished_at === null ? {} : { finishedAt: new Date(run.finished_at).toISOString() }),
    files: files.map((file) => ({
      file: file.file,
      rows: file.rows_done,
      rejectedRows: file.rows_rejected,
      finished: file.finished,
    })),
    rows: files.reduce((sum, file) => sum + file.rows_done, 0),
    rejectedRows: files.reduce((sum, file) => sum + file.rows_rejected, 0),
    waitingRows: kept.waiting,
    replayedRows: kept.replayed,
    discardedRows: kept.discarded,
    records: run.records,
    warnings: [...run.warnings],
    ...(run.error === null ? {} : { error: run.error }),
  };
}

function readCursor(cursor: string | undefined): { startedAt: number; runId: string } | undefined {
  if (cursor === undefined) return undefined;
  const match = /^(\d{1,15})_([0-9a-f-]{36})$/.exec(cursor);
  if (!match) throw new CodedError('invalid_request', { details: { cursor: 'unreadable' } });
  return { startedAt: Number(match[1]), runId: match[2]! };
}

const csvCell = (value: string | number): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
