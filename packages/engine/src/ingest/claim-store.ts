import type { Database, Transaction } from '../platform/index.ts';
import { CLAIM_DAYS_AHEAD, CLAIM_DAYS_KEPT, dayNumber, type ClaimPlace } from './event-id.ts';
import { forgetRowClaims } from './row-claim-store.ts';

/** A record to be claimed. */
export interface Claim extends ClaimPlace {
  readonly eventId: string;
}

/** Records that were claimed before: `settled` are duplicates, `pending` belong to a batch still under way. */
export interface ClaimOutcome {
  readonly batch: number;
  readonly settled: ReadonlySet<string>;
  readonly pending: ReadonlySet<string>;
}

const uuids = (claims: readonly Claim[]): string => `{${claims.map((claim) => claim.eventId).join(',')}}`;

/**
 * Opens a batch and claims its records (ids distinct). One statement when all are new; a second one says
 * which were claimed before. Waits for another transaction that is claiming one of them at this moment.
 */
export async function claimRecords(
  transaction: Transaction,
  batch: { batchId: string; processId: string; startedAt: number },
  claims: readonly Claim[],
): Promise<ClaimOutcome> {
  const [row] = await transaction.query<{ batch: number; claimed: number }>(
    `with opened as (
       insert into ingest.batch (batch_id, process_id, started_at) values ($1, $2, $3) returning batch
     ), claimed as (
       insert into ingest.claim (day, event_id, batch)
       select one.day, one.event_id, opened.batch
       from opened, unnest($4::int[], $5::uuid[]) as one (day, event_id)
       -- In the order of the index: a third faster, and two processes never wait for each other in a circle.
       order by one.day, one.event_id
       on conflict do nothing returning 1
     )
     select (select batch from opened) as batch, (select count(*) from claimed) as claimed`,
    [
      batch.batchId,
      batch.processId,
      batch.startedAt,
      `{${claims.map((claim) => claim.day).join(',')}}`,
      uuids(claims),
    ],
  );
  const opened = row!.batch;
  const elsewhere = claims.filter((claim) => claim.alsoLook !== undefined);
  const settled = new Set<string>();
  const pending = new Set<string>();
  if (row!.claimed < claims.length) {
    sortInto(await claimedBefore(transaction, opened, claims, (claim) => claim.day), settled, pending);
  }
  if (elsewhere.length > 0) {
    sortInto(
      await claimedBefore(transaction, opened, elsewhere, (claim) => claim.alsoLook!),
      settled,
      pending,
    );
    const seen = elsewhere.filter((claim) => settled.has(claim.eventId) || pending.has(claim.eventId));
    await releaseClaims(transaction, opened, seen);
  }
  return { batch: opened, settled, pending };
}

interface FoundClaim {
  event_id: string;
  pending: boolean;
}

async function claimedBefore(
  transaction: Transaction,
  batch: number,
  claims: readonly Claim[],
  dayOf: (claim: Claim) => number,
): Promise<FoundClaim[]> {
  return transaction.query<FoundClaim>(
    `select claim.event_id, batch.batch is not null as pending
     from unnest($1::int[], $2::uuid[]) as one (day, event_id)
     join ingest.claim using (day, event_id)
     left join ingest.batch on batch.batch = claim.batch
     where claim.batch <> $3`,
    [`{${claims.map(dayOf).join(',')}}`, uuids(claims), batch],
  );
}

function sortInto(found: readonly FoundClaim[], settled: Set<string>, pending: Set<string>): void {
  for (const claim of found) (claim.pending ? pending : settled).add(claim.event_id);
}

/** Gives claims of a batch back, so that the same records may come again. */
export async function releaseClaims(
  transaction: Transaction,
  batch: number,
  claims: readonly Claim[],
): Promise<void> {
  if (claims.length === 0) return;
  await transaction.execute(
    `delete from ingest.claim using unnest($1::int[], $2::uuid[]) as one (day, event_id)
     where claim.day = one.day and claim.event_id = one.event_id and claim.batch = $3`,
    [`{${claims.map((claim) => claim.day).join(',')}}`, uuids(claims), batch],
  );
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

const DAYS_LOCK = 7_250_004;

/**
 * Makes the claim partitions of the days around now and drops the ones that no retry can reach any more.
 * Attached rather than created in place: that takes a lock under which claims go on.
 */
export async function keepClaimDays(database: Database, now: number): Promise<void> {
  const today = dayNumber(now);
  await database.transaction(async (transaction) => {
    await transaction.execute('select pg_advisory_xact_lock($1)', [DAYS_LOCK]);
    const present = new Set(
      (
        await transaction.query<{ name: string }>(
          `select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
           where inhparent = 'ingest.claim'::regclass`,
        )
      ).map((row) => row.name),
    );
    for (let day = today - CLAIM_DAYS_KEPT + 1; day <= today + CLAIM_DAYS_AHEAD; day++) {
      if (present.has(`claim_${day}`)) continue;
      await transaction.execute(
        `create table ingest.claim_${day} (like ingest.claim including defaults including constraints);
         alter table ingest.claim attach partition ingest.claim_${day} for values in (${day})`,
      );
    }
    await transaction.execute(
      `insert into ingest.claim_mark (day, first_batch)
       select $1, last_value from ingest.batch_batch_seq on conflict do nothing`,
      [today],
    );
    await forgetOldClaims(transaction, today, present);
    await forgetRowClaims(transaction, now - CLAIM_DAYS_KEPT * 86_400_000);
  });
}

async function forgetOldClaims(
  transaction: Transaction,
  today: number,
  present: ReadonlySet<string>,
): Promise<void> {
  for (const name of present) {
    const day = Number(/^claim_(\d+)$/.exec(name)?.[1] ?? Number.NaN);
    if (day <= today - CLAIM_DAYS_KEPT) await transaction.execute(`drop table ingest.${name}`);
  }
  await transaction.execute(
    `delete from ingest.claim where day = 0 and batch <
       (select min(first_batch) from ingest.claim_mark where day >= $1)`,
    [today - 8],
  );
  await transaction.execute('delete from ingest.claim_mark where day < $1', [today - 30]);
}
