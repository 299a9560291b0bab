import type { Transaction } from '../platform/index.ts';
import type { Batch, Entry, Submission } from './batch.ts';
import { eventIdOf, rowMessageId } from './event-id.ts';
import {
  earlierClaims,
  insertRowClaims,
  isStored,
  lockFile,
  rowClaimsOf,
  settleRowClaim,
  type RowClaim,
} from './row-claim-store.ts';

/** Entries of one submission that are the same record of rows of one file. */
interface RowGroup {
  readonly claim: RowClaim;
  readonly submission: Submission;
  readonly members: readonly { readonly entry: Entry; readonly row: number }[];
}

/** What is known of entries that are rows of a file. */
export interface RowsBefore {
  readonly settled: ReadonlySet<string>;
  readonly pending: ReadonlySet<string>;
  /** Rows that were claimed and not stored: they may have been sent again by themselves, and are claimed so too. */
  readonly again: ReadonlySet<string>;
}

/** Whether an entry is claimed by its row. */
export const isRow = ({ submission, index }: Entry): boolean => submission.rows?.places[index] !== undefined;

/** Finds out which rows were claimed before, and lets nobody else claim rows of their files meanwhile. */
export async function lookAtRows(transaction: Transaction, entries: readonly Entry[]): Promise<RowsBefore> {
  const before = { settled: new Set<string>(), pending: new Set<string>(), again: new Set<string>() };
  for (const { claim, members } of groupsOf(entries)) {
    await lockFile(transaction, claim.sourceId, claim.file);
    for (const earlier of await earlierClaims(transaction, claim)) {
      for (const { entry, row } of members) {
        if (row < earlier.firstRow || row > earlier.lastRow) continue;
        if (!earlier.stored) before.pending.add(entry.eventId);
        else if (isStored(earlier, row)) before.settled.add(entry.eventId);
        else before.again.add(entry.eventId);
      }
    }
  }
  return before;
}

/** Claims the rows of all entries that are still to be stored. */
export async function claimRows(transaction: Transaction, batch: Batch, now: number): Promise<void> {
  const groups = groupsOf(batch.entries.filter((entry) => entry.state === 'open'));
  await insertRowClaims(
    transaction,
    batch.batch,
    groups.map(({ claim }) => claim),
    now,
  );
}

/** Says which rows of a batch are stored; `open` was the state of those that were claimed. */
export async function settleRows(transaction: Transaction, batch: Batch): Promise<void> {
  if (!batch.entries.some(isRow)) return;
  const stored = new Map<string, number[]>();
  for (const { claim, members } of groupsOf(batch.entries.filter((entry) => entry.state === 'stored'))) {
    const place = placeOf(claim);
    stored.set(place, [...(stored.get(place) ?? []), ...members.map(({ row }) => row)]);
  }
  for (const claim of await rowClaimsOf(transaction, batch.batch)) {
    const rows = stored.get(placeOf(claim)) ?? [];
    const within = rows.filter((row) => row >= claim.firstRow && row <= claim.lastRow);
    await settleRowClaim(transaction, batch.batch, claim, within);
  }
}

/** The same for a batch that was cut off: what ClickHouse holds is stored. */
export async function recoverRows(
  transaction: Transaction,
  batch: number,
  storedIds: readonly string[],
): Promise<void> {
  const stored = new Set(storedIds);
  for (const claim of await rowClaimsOf(transaction, batch)) {
    const rows: number[] = [];
    for (let row = claim.firstRow; row <= claim.lastRow; row++) {
      if (stored.has(eventIdOf(claim.sourceId, rowMessageId(claim.file, row, claim.record)))) rows.push(row);
    }
    await settleRowClaim(transaction, batch, claim, rows);
  }
}

const placeOf = ({ sourceId, file, record }: RowClaim): string => `${sourceId} ${record} ${file}`;

/** By submission and record, in one order of files, so that two processes never wait in a circle. */
function groupsOf(entries: readonly Entry[]): RowGroup[] {
  const groups = new Map<Submission, Map<number, { entry: Entry; row: number }[]>>();
  for (const entry of entries) {
    const place = entry.submission.rows?.places[entry.index];
    if (!place) continue;
    let records = groups.get(entry.submission);
    if (!records) groups.set(entry.submission, (records = new Map()));
    let members = records.get(place.record);
    if (!members) records.set(place.record, (members = []));
    members.push({ entry, row: place.row });
  }
  return [...groups]
    .flatMap(([submission, records]) =>
      [...records].map(([record, members]): RowGroup => {
        let [firstRow, lastRow] = [Number.POSITIVE_INFINITY, 0];
        for (const { row } of members) {
          if (row < firstRow) firstRow = row;
          if (row > lastRow) lastRow = row;
        }
        const { sourceId } = submission;
        return {
          claim: { sourceId, file: submission.rows!.file, record, firstRow, lastRow },
          submission,
          members,
        };
      }),
    )
    .toSorted((one, other) => (placeOf(one.claim) < placeOf(other.claim) ? -1 : 1));
}
