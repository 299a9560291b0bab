import type { Resolution } from '../identity/index.ts';
import { eventIdOf } from './event-id.ts';
import type { AppendOutcome } from './outcome.ts';
import { isRejection, type DecodedRecord, type Rejection } from './record.ts';
import type { EventRow } from './write-row.ts';

/** A record as it came, for the case that it is rejected. */
export interface RawText {
  readonly format: string;
  readonly unit: 'record' | 'body';
  readonly raw: string;
  readonly rawEncoding: 'text' | 'base64';
  readonly context: Readonly<Record<string, unknown>>;
}

/** Where the records of a submission stand in a file; undefined for those that have a name of their own. */
export interface FileRows {
  readonly file: string;
  /** In the order of the records; rows from 1. */
  readonly places: readonly ({ readonly row: number; readonly record: number } | undefined)[];
}

/** The records of one request, decoded. */
export interface Submission {
  readonly sourceId: string;
  readonly mode: 'lenient' | 'strict';
  /** Epoch ms UTC. */
  readonly receivedAt: number;
  readonly items: readonly (DecodedRecord | Rejection)[];
  /** Of records that are named by their row in a file (`rowMessageId`): they are claimed by rows, not one by one. */
  readonly rows?: FileRows | undefined;
  /** Called only for records that are rejected. */
  rawOf(index: number): RawText;
}

/** One record on its way through a batch. Ends as stored, duplicate or rejected, or is withdrawn with its request. */
export interface Entry {
  readonly submission: Submission;
  readonly index: number;
  readonly record: DecodedRecord | undefined;
  readonly eventId: string;
  state: 'open' | 'stored' | 'duplicate' | 'rejected' | 'withdrawn';
  /** Claimed in the database by this batch. */
  claimed: boolean;
  rejection: Rejection | undefined;
  resolution: Resolution | undefined;
}

/** Requests committed together: one claim, one insert, one ledger entry. */
export interface Batch {
  readonly batchId: string;
  readonly submissions: readonly Submission[];
  readonly entries: readonly Entry[];
  /** Number of the batch once it is claimed. */
  batch: number;
}

/** Lines the records of several requests up as one batch; a record that comes twice is a duplicate of the first. */
export function openBatch(batchId: string, submissions: readonly Submission[]): Batch {
  const entries: Entry[] = [];
  const first = new Set<string>();
  for (const submission of submissions) {
    submission.items.forEach((item, index) => {
      if (isRejection(item)) {
        entries.push({
          ...NOWHERE,
          submission,
          index,
          record: undefined,
          state: 'rejected',
          rejection: item,
        });
        return;
      }
      const eventId = eventIdOf(submission.sourceId, item.messageId);
      const state = first.has(eventId) ? 'duplicate' : 'open';
      first.add(eventId);
      entries.push({
        submission,
        index,
        record: item,
        eventId,
        state,
        claimed: false,
        rejection: undefined,
        resolution: undefined,
      });
    });
  }
  return { batchId, submissions, entries, batch: 0 };
}

const NOWHERE = { eventId: '', claimed: false, resolution: undefined } as const;

export function reject(entry: Entry, rejection: Rejection): void {
  entry.state = 'rejected';
  entry.rejection = rejection;
}

/** Remembers the states of all entries: a transaction that is run again after a conflict starts from them. */
export function snapshot(batch: Batch): () => void {
  const before = batch.entries.map(({ state, claimed, rejection, resolution }) => ({
    state,
    claimed,
    rejection,
    resolution,
  }));
  return () => batch.entries.forEach((entry, index) => Object.assign(entry, before[index]));
}

/** The entry's row of the event table; only for resolved events. */
export function rowOf(entry: Entry): EventRow | undefined {
  const { record, resolution, submission } = entry;
  if (record?.kind !== 'event' || !resolution) return undefined;
  return {
    personId: resolution.personId,
    keyNumber: resolution.keyNumber,
    time: record.time,
    receivedAt: submission.receivedAt,
    event: record.event,
    eventId: entry.eventId,
    sourceId: submission.sourceId,
    properties: record.properties,
  };
}

/** What each request is told; undefined for one that was withdrawn and must come back. */
export function outcomesOf(batch: Batch): (AppendOutcome | undefined)[] {
  const outcomes = new Map<
    Submission,
    AppendOutcome & { rejections: AppendOutcome['rejections'][number][] }
  >();
  const withdrawn = new Set<Submission>();
  for (const submission of batch.submissions) {
    outcomes.set(submission, { received: 0, stored: 0, duplicate: 0, rejected: 0, rejections: [] });
  }
  for (const entry of batch.entries) {
    if (entry.state === 'withdrawn') withdrawn.add(entry.submission);
    const outcome = outcomes.get(entry.submission)! as {
      -readonly [Name in keyof AppendOutcome]: AppendOutcome[Name];
    } & { rejections: AppendOutcome['rejections'][number][] };
    outcome.received++;
    if (entry.state === 'stored' || entry.state === 'duplicate' || entry.state === 'rejected')
      outcome[entry.state]++;
    if (entry.rejection) outcome.rejections.push({ index: entry.index, ...entry.rejection });
  }
  return batch.submissions.map((submission) =>
    withdrawn.has(submission) ? undefined : outcomes.get(submission)!,
  );
}
