import type { Database, Transaction } from '../platform/index.ts';
import { weekNumber, type ClaimWeeks } from './claim-weeks.ts';
import { forgetRowClaims } from './row-claim-store.ts';

/** Records that were claimed before: `settled` are duplicates, `pending` belong to a batch still under way. */
export interface ClaimOutcome {
  readonly batch: number;
  readonly settled: ReadonlySet<string>;
  readonly pending: ReadonlySet<string>;
}

const uuids = (ids: readonly string[]): string => `{${ids.join(',')}}`;

const TURN_LOCK = 7_250_005;

/**
 * Opens a batch and claims its records (ids distinct). One statement when all are new; a second one says
 * which were claimed before. Waits for another transaction that is claiming one of them at this moment.
 */
export async function claimRecords(
  transaction: Transaction,
  batch: { batchId: string; processId: string; startedAt: number },
  { week, others, isTurning }: ClaimWeeks,
  eventIds: readonly string[],
): Promise<ClaimOutcome> {
  if (isTurning) await transaction.execute('select pg_advisory_xact_lock($1)', [TURN_LOCK]);
  const isNew =
    others.length === 0
      ? ''
      : `where not exists (select from ingest.claim where claim.week in (${others.join(', ')}) and claim.event_id = one.event_id)`;
  const [row] = await transaction.query<{ batch: number; claimed: number }>(
    `with opened as (
       insert into ingest.batch (batch_id, process_id, started_at) values ($1, $2, $3) returning batch
     ), claimed as (
       insert into ingest.claim (week, event_id, batch)
       select $4, one.event_id, opened.batch from opened, unnest($5::uuid[]) as one (event_id) ${isNew}
       -- In the order of the index: a third faster, and two processes never wait for each other in a circle.
       order by one.event_id
       on conflict do nothing returning 1
     )
     select (select batch from opened) as batch, (select count(*) from claimed) as claimed`,
    [batch.batchId, batch.processId, batch.startedAt, week, uuids(eventIds)],
  );
  const opened = row!.batch;
  const settled = new Set<string>();
  const pending = new Set<string>();
  if (row!.claimed < eventIds.length) {
    for (const claim of await claimedBefore(transaction, opened, [week, ...others], eventIds)) {
      (claim.pending ? pending : settled).add(claim.event_id);
    }
  }
  return { batch: opened, settled, pending };
}

async function claimedBefore(
  transaction: Transaction,
  batch: number,
  weeks: readonly number[],
  eventIds: readonly string[],
): Promise<{ event_id: string; pending: boolean }[]> {
  return transaction.query(
    `select claim.event_id, batch.batch is not null as pending
     from unnest($1::uuid[]) as one (event_id)
     join ingest.claim on claim.event_id = one.event_id and claim.week in (${weeks.join(', ')})
     left join ingest.batch on batch.batch = claim.batch
     where claim.batch <> $2`,
    [uuids(eventIds), batch],
  );
}

/** Gives claims of a batch back, so that the same records may come again. */
export async function releaseClaims(
  transaction: Transaction,
  batch: number,
  eventIds: readonly string[],
): Promise<void> {
  if (eventIds.length === 0) return;
  await transaction.execute('delete from ingest.claim where event_id = any($1::uuid[]) and batch = $2', [
    uuids(eventIds),
    batch,
  ]);
}

/** Gives all claims of a batch back except those that turned out to be stored. */
export async function releaseAllBut(
  transaction: Transaction,
  batch: number,
  storedIds: readonly string[],
): Promise<void> {
  await transaction.execute(
    `delete from ingest.claim where batch = $1 and not (event_id = any($2::uuid[]))`,
    [batch, `{${storedIds.join(',')}}`],
  );
}

/**
 * Ends a batch: its claims are final, and it waits to be sent by every output of events. False when another process
 * has taken it over or ended it. `receivedFrom` (epoch ms): none of its records arrived earlier.
 */
export async function endBatch(
  transaction: Transaction,
  batch: number,
  processId: string,
  receivedFrom?: number,
): Promise<boolean> {
  const ended = await transaction.query(
    `with ended as (
       delete from ingest.batch where batch = $1 and process_id = $2 returning batch_id, started_at
     ), queued as (
       insert into outputs.waiting (output_id, batch_id, received_from, started_at)
       select output_id, batch_id, coalesce($3::bigint, started_at - $4::bigint), started_at
       from ended, outputs.output
       where selection ->> 'subject' in ('events', 'receipts') and state <> 'finished'
       on conflict do nothing
     )
     select 1 from ended`,
    [batch, processId, receivedFrom ?? null, LONGEST_WAIT_MS],
  );
  return ended.length === 1;
}

/** No record waits longer in memory for its batch to begin. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** A batch that its process may have left behind. */
export interface LeftBatch {
  batch: number;
  batch_id: string;
  process_id: string;
  started_at: number;
}

/**
 * Batches to settle: of processes that are dead or signed off, and our own that are not under way any more.
 */
export async function leftBatches(
  database: Database,
  dead: readonly string[],
  processId: string,
  underWay: ReadonlySet<string>,
): Promise<LeftBatch[]> {
  return database.query<LeftBatch>(
    `select batch.* from ingest.batch left join ingest.process using (process_id)
     where case when batch.process_id = $2 then not (batch_id = any($3::uuid[]))
       else process.process_id is null or process.process_id = any($1::uuid[]) end
     order by batch limit 100`,
    [`{${dead.join(',')}}`, processId, `{${[...underWay].join(',')}}`],
  );
}

/** Makes the batch ours; false when somebody else was first. From then on its old process cannot end it. */
export async function takeOver(database: Database, left: LeftBatch, processId: string): Promise<boolean> {
  const taken = await database.execute(
    'update ingest.batch set process_id = $3 where batch = $1 and process_id = $2',
    [left.batch, left.process_id, processId],
  );
  return taken === 1;
}

/** A sign of life of a process: whatever the clock says, it differs from the one before. */
export async function beat(database: Database, processId: string, pid: number, now: number): Promise<void> {
  await database.execute(
    `insert into ingest.process (process_id, seen_at, pid) values ($1, $2, $3)
     on conflict (process_id) do update set seen_at = greatest(excluded.seen_at, process.seen_at + 1)`,
    [processId, now, pid],
  );
}

/** A process that commits batches. */
export interface ProcessRow {
  process_id: string;
  pid: number;
  /** Differs after each sign of life. */
  seen_at: number;
}

/** All processes that have not signed off. */
export async function listProcesses(database: Database): Promise<ProcessRow[]> {
  return database.query('select process_id, pid, seen_at from ingest.process');
}

/** Says that the process is gone, and forgets the dead ones that left nothing behind. */
export async function signOff(database: Database, processId: string): Promise<void> {
  await database.execute('delete from ingest.process where process_id = $1', [processId]);
}

const WEEKS_LOCK = 7_250_004;
/** This week, the last one, and one more for processes whose clocks are behind. */
const WEEKS_KEPT = 3;

/**
 * Makes the claim partitions of this week and the next, and drops those that no retry can reach any more by anybody's
 * clock. Attached rather than created in place: that takes a lock under which claims go on. Says whether nothing was
 * claimed in the last week.
 */
export async function keepClaimWeeks(
  database: Database,
  now: number,
): Promise<{ readonly isLastWeekEmpty: boolean }> {
  const week = weekNumber(now);
  return database.transaction(async (transaction) => {
    await transaction.execute('select pg_advisory_xact_lock($1)', [WEEKS_LOCK]);
    const present = new Set(
      (
        await transaction.query<{ name: string }>(
          `select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
           where inhparent = 'ingest.claim'::regclass`,
        )
      ).map((row) => row.name),
    );
    for (const each of [week, week + 1]) {
      if (present.has(`claim_${each}`)) continue;
      await transaction.execute(
        `create table ingest.claim_${each} (like ingest.claim including defaults including constraints);
         alter table ingest.claim attach partition ingest.claim_${each} for values in (${each})`,
      );
    }
    const [others] = await transaction.query<{ earliest: number | null }>(
      'select min(seen_at) as earliest from ingest.process',
    );
    const earliest = Math.min(now, others?.earliest ?? now);
    for (const name of present) {
      const kept = Number(/^claim_(\d+)$/.exec(name)?.[1] ?? Number.NaN);
      if (kept <= weekNumber(earliest) - WEEKS_KEPT) await transaction.execute(`drop table ingest.${name}`);
    }
    await forgetRowClaims(transaction, earliest - ROW_CLAIMS_KEPT_MS);
    const [last] = await transaction.query<{ empty: boolean }>(
      'select not exists (select from ingest.claim where week = $1) as empty',
      [week - 1],
    );
    return { isLastWeekEmpty: last!.empty };
  });
}

const ROW_CLAIMS_KEPT_MS = 15 * 86_400_000;
