import type { FileMapping, Mapping } from '@wutong/contract';
import type { Platform } from '../../platform/index.ts';
import { createBankDays } from '../bank-day.ts';
import { eventIdOf } from '../event-id.ts';
import type { RejectedRowEntry } from '../rejected-store.ts';
import type { RowRejection } from './draft.ts';

/** Something of a row that was not taken, with the row. */
export interface StoredRejection extends RowRejection {
  /** Encrypted cells of the row as JSON; of a broken row its text is the one cell. */
  readonly box: string;
  readonly sizeBytes: number;
  readonly isBroken: boolean;
}

/** What is wrong with a rejected row. */
export interface RowProblemEntry {
  /** Place of the record in the mapping, from 0. */
  readonly record: number;
  readonly code: string;
  readonly detail: string;
}

/** Names a row of an import among the rejected: settled twice, it is kept once. */
const rejectedIdOf = (runId: string, file: string, row: number): string => eventIdOf(runId, `${file}#${row}`);

/** Rows to be kept, each once with all its problems. */
export function rejectedRowsOf(
  platform: Platform,
  { runId, mapping, file }: { runId: string; mapping: Mapping; file: FileMapping },
  rejections: readonly StoredRejection[],
): RejectedRowEntry[] {
  const receivedAt = platform.clock.now();
  const day = createBankDays(platform.config.timeZone).dayOf(receivedAt);
  return [...byRow(rejections)].map(([row, [first, ...rest]]) => ({
    rejectedId: rejectedIdOf(runId, file.file, row),
    sourceId: mapping.sourceId,
    receivedAt,
    day,
    format: file.format,
    problems: problemsOf([first!, ...rest]),
    sizeBytes: first!.sizeBytes,
    box: first!.box,
    isBroken: first!.isBroken,
    importId: runId,
    file: file.file,
    row,
  }));
}

/** By row number, in the order given. */
export function byRow<Rejection extends RowRejection>(
  rejections: readonly Rejection[],
): Map<number, Rejection[]> {
  const rows = new Map<number, Rejection[]>();
  for (const each of rejections) {
    const others = rows.get(each.row);
    if (others) others.push(each);
    else rows.set(each.row, [each]);
  }
  return rows;
}

/** Each once, in the order of the records. */
export function problemsOf(rejections: readonly RowRejection[]): RowProblemEntry[] {
  const problems = new Map<string, RowProblemEntry>();
  for (const { record, code, detail } of rejections)
    problems.set(JSON.stringify([record, code, detail]), { record, code, detail });
  return [...problems.values()].toSorted((one, other) => one.record - other.record);
}
