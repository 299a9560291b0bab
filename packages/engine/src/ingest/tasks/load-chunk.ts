import { createHash } from 'node:crypto';
import type { Catalogue } from '@wutong/contract';
import type { Platform } from '../../platform/index.ts';
import { RowProblem, type FileContext } from '../imports/compile-expression.ts';
import { compileFile } from '../imports/compile-mapping.ts';
import type { PlacedDraft, RowRejection } from '../imports/draft.ts';
import { loadBatch, type ImportRooms } from '../imports/load-batch.ts';
import type { Cell } from '../warehouse/index.ts';
import type { PreparedTask } from './prepare-task.ts';
import type { StoredRejection } from './run-log-store.ts';

/** Rejections stored of one run; further ones are only counted. */
const MAXIMUM_REJECTIONS = 100_000;

/** Rows with the places where they stand in the order of reading. */
export interface Chunk {
  /** Number of the first row in the run, from 1. */
  readonly first: number;
  readonly rows: readonly (readonly Cell[])[];
}

export interface ChunkOutcome {
  readonly records: Readonly<Record<string, number>>;
  readonly rejectedRows: number;
  readonly rejections: readonly StoredRejection[];
}

/** Writes chunks of one try of a run, one after another. */
export interface ChunkLoader {
  /** May be done again after a crash with the same outcome: what rows make has ids made of the rows. */
  load(chunk: Chunk): Promise<ChunkOutcome>;
}

/** `places`: columns that make the cursor; `asOf` (epoch ms): when rows are true that do not say so. */
export function createChunkLoader(
  platform: Platform,
  rooms: ImportRooms,
  task: PreparedTask,
  options: {
    taskId: string;
    asOf: number;
    catalogue: Catalogue;
    places: readonly number[];
    isIncremental: boolean;
    rejectionsStored: number;
  },
): ChunkLoader {
  const { file, mapping, query } = task;
  const context: FileContext = {
    columns: query.columns.map((column) => column.name),
    missing: new Set(file.missing),
    timeZone: mapping.timeZone ?? platform.config.timeZone,
    lookups: new Map(),
    position: { row: 0 },
  };
  const compiler = compileFile(file, context, options.asOf);
  const whole = wholeRecords(task, options.catalogue);
  const idOf = (row: readonly Cell[]): string =>
    hashOf(options.isIncremental ? options.places.map((place) => row[place]) : row);
  let rejectionsLeft = MAXIMUM_REJECTIONS - options.rejectionsStored;
  let previous: { key: string; cells: string } | undefined;

  return {
    async load({ first, rows }) {
      const drafts: PlacedDraft[] = [];
      const rejections: RowRejection[] = [];
      rows.forEach((cells, index) => {
        const row = first + index;
        const key = JSON.stringify(options.places.map((place) => cells[place]));
        const text = JSON.stringify(cells);
        const isRepeated = previous?.key === key;
        const isSame = isRepeated && previous?.cells === text;
        previous = { key, cells: text };
        if (isSame) return;
        if (isRepeated) {
          const detail = 'another row has the same key: the key columns do not name a row';
          rejections.push({ row, record: 0, code: 'ingestion_key_repeated', detail });
          return;
        }
        compiler.drafts(
          // No value is no cell: what else means that there is none, the mapping says.
          cells.map((cell) => cell ?? undefined) as string[],
          row,
          (record, problem: RowProblem) =>
            rejections.push({ row, record, code: 'value_type_conflict', detail: problem.message }),
          (record, draft) => drafts.push({ row, record, draft }),
        );
      });
      const outcome = await loadBatch(platform, rooms, {
        sourceId: mapping.sourceId,
        messagePrefix: `task/${options.taskId}`,
        rowId: (row) => idOf(rows[row - first]!),
        drafts,
        wholeRecords: whole,
      });
      const all = [...rejections, ...outcome.rejections].sort((a, b) => a.row - b.row);
      const kept = all.slice(0, Math.max(0, rejectionsLeft)).map((each) => ({
        ...each,
        box: platform.secrets.encrypt(JSON.stringify(rows[each.row - first])),
      }));
      rejectionsLeft -= kept.length;
      return {
        records: Object.fromEntries(Object.entries(outcome.stored).filter(([, number]) => number > 0)),
        rejectedRows: new Set(all.map((each) => each.row)).size,
        rejections: kept,
      };
    },
  };
}

const hashOf = (cells: readonly (Cell | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(cells)).digest('base64url').slice(0, 27);

/** Records that name every declared field: nothing of what is stored need be kept, so nothing need be read. */
function wholeRecords({ file }: PreparedTask, catalogue: Catalogue): Set<number> {
  const whole = new Set<number>();
  file.records.forEach((record, index) => {
    if (record.record !== 'entity' && record.record !== 'detail') return;
    const types = record.record === 'entity' ? catalogue.entityTypes : catalogue.detailTypes;
    const declared = types.find((type) => type.name === record.type);
    if (declared?.fields.every((field) => Object.hasOwn(record.fields, field.name))) whole.add(index);
  });
  return whole;
}
