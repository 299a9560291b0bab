import type { Transaction } from '../platform/index.ts';

/** The newest entry of each person into a strategy. */
export interface NewestEntry {
  readonly personId: number;
  readonly isActive: boolean;
  readonly endedAt: number | undefined;
  readonly holdout: boolean;
  readonly variants: Readonly<Record<string, string>>;
}

export async function newestEntries(
  transaction: Transaction,
  strategyId: string,
  personIds: readonly number[],
): Promise<Map<number, NewestEntry>> {
  const rows = await transaction.query<{
    person_id: number;
    is_active: boolean;
    ended_at: number | null;
    holdout: boolean;
    variants: Record<string, string>;
  }>(
    `select distinct on (person_id) person_id, is_active, ended_at, holdout, variants
       from canvas.enrolment where person_id = any($1::bigint[]) and strategy_id = $2
      order by person_id, is_active desc, entry desc`,
    [personIds, strategyId],
  );
  return new Map(
    rows.map((row) => [
      row.person_id,
      {
        personId: row.person_id,
        isActive: row.is_active,
        endedAt: row.ended_at ?? undefined,
        holdout: row.holdout,
        variants: row.variants,
      },
    ]),
  );
}

/** Entries made by requests. */
export async function entriesOfRequests(
  transaction: Transaction,
  strategyId: string,
  requestIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await transaction.query<{ request_id: string; entry: number }>(
    `select request_id, entry from canvas.enrolment
      where strategy_id = $1 and request_id = any($2::text[])`,
    [strategyId, requestIds],
  );
  return new Map(rows.map((row) => [row.request_id, row.entry]));
}

export interface NewEnrolment {
  readonly personId: number;
  readonly keyNumber: number;
  readonly holdout: boolean;
  readonly variants: Readonly<Record<string, string>>;
  readonly context: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
  /** Epoch ms; the time of the event that brought the person in, else now. */
  readonly enteredAt: number;
}

/** Puts people at the entry node, due at once. Returns the number of the entry of each person. */
export async function insertEnrolments(
  transaction: Transaction,
  into: {
    strategyId: string;
    version: number;
    nodeId: string;
    now: number;
    goalWithinMs: number | undefined;
  },
  people: readonly NewEnrolment[],
): Promise<Map<number, number>> {
  if (people.length === 0) return new Map();
  const rows = await transaction.query<{ person_id: number; entry: number }>(
    `insert into canvas.enrolment (strategy_id, version, node_id, arrived_at, due_at, anchor_at, entered_at,
        goal_until_at, is_active, person_id, key_number, holdout, variants, context, request_id)
     select $1, $2, $3, $4, $4, $4, fresh.entered_at, fresh.entered_at + $5::bigint, true, fresh.person_id, fresh.key_number, fresh.holdout,
            fresh.variants::jsonb, fresh.context::jsonb, fresh.request_id
       from unnest($6::bigint[], $7::bigint[], $8::boolean[], $9::text[], $10::text[], $11::text[],
                   $12::bigint[])
         as fresh (person_id, key_number, holdout, variants, context, request_id, entered_at)
     returning person_id, entry`,
    [
      into.strategyId,
      into.version,
      into.nodeId,
      into.now,
      into.goalWithinMs ?? null,
      people.map((each) => each.personId),
      people.map((each) => each.keyNumber),
      people.map((each) => each.holdout),
      people.map((each) => JSON.stringify(each.variants)),
      people.map((each) => JSON.stringify(each.context)),
      people.map((each) => each.requestId ?? null),
      people.map((each) => each.enteredAt),
    ],
  );
  return new Map(rows.map((row) => [row.person_id, row.entry]));
}
