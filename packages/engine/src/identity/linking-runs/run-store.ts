import type { linkingApi } from '@wutong/contract';
import { CodedError, type Transaction } from '../../platform/index.ts';

/** What a finished comparison found; labels of levels are kept, so that pairs can be explained later. */
export interface Findings {
  readonly records: number;
  readonly candidates: number;
  readonly atLink: number;
  readonly atReview: number;
  readonly prior: number;
  /** Not known of runs that were compared before it was kept. */
  readonly hasOneMatch?: boolean;
  readonly bins: linkingApi.WeightBin[];
  /** `place` is the number of the column in the compared records. */
  readonly comparisons: (linkingApi.LearntComparison & { place: number })[];
}

export interface RunRow {
  readonly run_id: string;
  readonly sequence: number;
  readonly settings: linkingApi.LinkingSettings;
  readonly state: linkingApi.LinkingRun['state'];
  readonly step: linkingApi.LinkingRun['step'] | null;
  readonly link_above: number;
  readonly review_above: number;
  readonly started_by: string;
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly seconds: number | null;
  readonly attempts: number;
  readonly stop_requested: boolean;
  readonly findings: Findings | null;
  readonly together: number | null;
  readonly acted_by: string | null;
  readonly reason: string | null;
  readonly error_code: string | null;
  readonly error_reason: string | null;
  readonly pairs_until: number | null;
}

const UNDER_WAY = "state in ('waiting', 'running', 'applying', 'withdrawing')";

/** @throws CodedError linking_busy when another run is under way */
export async function insertRun(
  transaction: Transaction,
  run: { runId: string; settings: linkingApi.LinkingSettings; by: string; at: number },
): Promise<void> {
  await oneAtATime(() =>
    transaction.execute(
      `insert into identity.linking_run (run_id, settings, state, link_above, review_above, started_by, started_at)
       values ($1, $2, 'waiting', $3, $4, $5, $6)`,
      [run.runId, run.settings, run.settings.linkAbove, run.settings.reviewAbove, run.by, run.at],
    ),
  );
}

async function oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'linking_run_under_way') throw error;
    throw new CodedError('linking_busy', { cause: error });
  }
}

export async function readRun(transaction: Transaction, runId: string): Promise<RunRow | undefined> {
  const [row] = await transaction.query<RunRow>('select * from identity.linking_run where run_id = $1', [
    runId,
  ]);
  return row;
}

/** Newest first, from below the sequence `before`. */
export function listRuns(
  transaction: Transaction,
  page: { before: number | undefined; limit: number },
): Promise<RunRow[]> {
  return transaction.query<RunRow>(
    `select * from identity.linking_run where $1::bigint is null or sequence < $1
     order by sequence desc limit $2`,
    [page.before ?? null, page.limit],
  );
}

/** The run that is waiting or at work, of which there is one at most. */
export async function runUnderWay(transaction: Transaction): Promise<RunRow | undefined> {
  const [row] = await transaction.query<RunRow>(`select * from identity.linking_run where ${UNDER_WAY}`);
  return row;
}

/** What may be written of a run, by its columns. */
export type RunChange = Partial<
  Omit<RunRow, 'run_id' | 'sequence' | 'settings' | 'started_at' | 'started_by'>
>;

/**
 * Changes a run that is in one of the states; false when it is in none of them.
 * @throws CodedError linking_busy when another run is under way
 */
export async function changeRun(
  transaction: Transaction,
  runId: string,
  from: readonly RunRow['state'][],
  change: RunChange,
): Promise<boolean> {
  const names = Object.keys(change);
  const assignments = names.map((name, index) => `${name} = $${index + 3}`).join(', ');
  const values = Object.values(change);
  const touched = await oneAtATime(() =>
    transaction.execute(
      `update identity.linking_run set ${assignments} where run_id = $1 and state = any($2)`,
      [runId, from, ...values],
    ),
  );
  return touched === 1;
}

/** Runs whose compared records are due to be removed (`now`: real time, epoch ms). */
export async function runsPastKeeping(transaction: Transaction, now: number): Promise<string[]> {
  const rows = await transaction.query<{ run_id: string }>(
    `select run_id from identity.linking_run
     where pairs_until < $1 and not ${UNDER_WAY} limit 10`,
    [now],
  );
  return rows.map((row) => row.run_id);
}

export interface OutcomeCounts {
  linked: number;
  refused: number;
  withdrawn: number;
  queued: number;
  accepted: number;
  rejected: number;
}

/** What came of the pairs of runs, from the assertions and reviews themselves. */
export async function countOutcomes(
  transaction: Transaction,
  runIds: readonly string[],
): Promise<Map<string, OutcomeCounts>> {
  const rows = await transaction.query<OutcomeCounts & { run_id: string }>(
    `select run_id::text, links.*, reviews.*
     from unnest($1::uuid[]) as run_id
     cross join lateral (
       select count(*) filter (where not retracted and own.person_id = other.person_id) as linked,
              count(*) filter (where not retracted and own.person_id <> other.person_id) as refused,
              count(*) filter (where retracted) as withdrawn
       from identity.assertion as link
       join identity.key as own on own.key_number = link.key_numbers[1]
       join identity.key as other on other.key_number = link.key_numbers[2]
       where link.source_id = 'linkage' and link.message_id = run_id::text
     ) as links
     cross join lateral (
       select count(*) filter (where state <> 'obsolete') as queued, count(*) filter (where state = 'accepted') as accepted,
              count(*) filter (where state = 'rejected') as rejected
       from identity.quarantine_item where reason = 'linkage' and evidence ->> 'run' = run_id::text
     ) as reviews`,
    [runIds],
  );
  return new Map(rows.map(({ run_id: runId, ...counts }) => [runId, counts]));
}
