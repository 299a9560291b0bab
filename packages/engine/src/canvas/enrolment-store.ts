import type { Transaction } from '../platform/index.ts';
import type { EndReason, Enrolment } from './enrolment.ts';

interface EnrolmentRow {
  entry: number;
  strategy_id: string;
  version: number;
  person_id: number;
  key_number: number;
  is_active: boolean;
  node_id: string;
  arrived_at: number;
  due_at: number | null;
  anchor_at: number;
  heard: string[];
  holdout: boolean;
  variants: Record<string, string>;
  context: Record<string, unknown>;
  already: string[];
  entered_at: number;
  ended_at: number | null;
  end_reason: EndReason | null;
  goal_until_at: number | null;
  goal_at: number | null;
}

const COLUMNS = `entry, strategy_id, version, person_id, key_number, is_active, node_id, arrived_at, due_at,
  anchor_at, heard, holdout, variants, context, already, entered_at, ended_at, end_reason, goal_until_at, goal_at`;

function toEnrolment(row: EnrolmentRow): Enrolment {
  return {
    entry: row.entry,
    strategyId: row.strategy_id,
    version: row.version,
    personId: row.person_id,
    keyNumber: row.key_number,
    isActive: row.is_active,
    nodeId: row.node_id,
    arrivedAt: row.arrived_at,
    dueAt: row.due_at ?? undefined,
    anchorAt: row.anchor_at,
    heard: row.heard,
    holdout: row.holdout,
    variants: row.variants,
    context: row.context,
    already: row.already,
    enteredAt: row.entered_at,
    endedAt: row.ended_at ?? undefined,
    endReason: row.end_reason ?? undefined,
    goalUntilAt: row.goal_until_at ?? undefined,
    goalAt: row.goal_at ?? undefined,
  };
}

/**
 * Claims those who are due, earliest first, until the transaction ends; rows that another process holds are
 * passed over. Index enrolment_due serves it: the cost is that of the rows claimed.
 */
export async function claimDue(
  transaction: Transaction,
  strategyId: string,
  now: number,
  limit: number,
): Promise<Enrolment[]> {
  const rows = await transaction.query<EnrolmentRow>(
    `select ${COLUMNS} from canvas.enrolment
      where strategy_id = $1 and is_active and due_at <= $2
      order by due_at limit $3 for update skip locked`,
    [strategyId, now, limit],
  );
  return rows.map(toEnrolment);
}

/** Claims any who are inside, due or not: to end them when a strategy is stopped. */
export async function claimInside(
  transaction: Transaction,
  strategyId: string,
  limit: number,
): Promise<Enrolment[]> {
  const rows = await transaction.query<EnrolmentRow>(
    `select ${COLUMNS} from canvas.enrolment
      where strategy_id = $1 and is_active limit $2 for update skip locked`,
    [strategyId, limit],
  );
  return rows.map(toEnrolment);
}

/** Entries of persons that an event can still change: inside, or within the goal's window. Waits for locks. */
export async function lockListening(
  transaction: Transaction,
  personIds: readonly number[],
  earliestEventAt: number,
): Promise<Enrolment[]> {
  const rows = await transaction.query<EnrolmentRow>(
    `select ${COLUMNS} from canvas.enrolment
      where person_id = any($1::bigint[]) and (is_active or (goal_at is null and goal_until_at >= $2))
      order by entry for update`,
    [personIds, earliestEventAt],
  );
  return rows.map(toEnrolment);
}

/** All entries of persons whose keys have moved, and those inside of the persons they moved to. Waits for locks. */
export async function lockForMove(
  transaction: Transaction,
  formerPersonIds: readonly number[],
  presentPersonIds: readonly number[],
): Promise<Enrolment[]> {
  const rows = await transaction.query<EnrolmentRow>(
    `select ${COLUMNS} from canvas.enrolment
      where person_id = any($1::bigint[]) or (person_id = any($2::bigint[]) and is_active)
      order by entry for update`,
    [formerPersonIds, presentPersonIds],
  );
  return rows.map(toEnrolment);
}

/** Writes what may change of enrolments that are locked; `personId` says where the row is now. */
export async function writeEnrolments(
  transaction: Transaction,
  enrolments: readonly Enrolment[],
): Promise<void> {
  if (enrolments.length === 0) return;
  await preferIndex(transaction, true);
  await transaction.execute(
    `update canvas.enrolment stored
        set is_active = fresh.is_active, node_id = fresh.node_id, arrived_at = fresh.arrived_at,
            due_at = fresh.due_at, anchor_at = fresh.anchor_at, heard = fresh.heard::jsonb,
            variants = fresh.variants::jsonb, already = fresh.already::jsonb, ended_at = fresh.ended_at,
            end_reason = fresh.end_reason, goal_at = fresh.goal_at
       from unnest($1::bigint[], $2::text[], $3::bigint[], $4::boolean[], $5::text[], $6::bigint[], $7::bigint[],
                   $8::bigint[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::text[], $14::bigint[])
         as fresh (person_id, strategy_id, entry, is_active, node_id, arrived_at, due_at, anchor_at, heard,
                   variants, already, ended_at, end_reason, goal_at)
      where stored.person_id = fresh.person_id and stored.strategy_id = fresh.strategy_id
        and stored.entry = fresh.entry`,
    [
      enrolments.map((each) => each.personId),
      enrolments.map((each) => each.strategyId),
      enrolments.map((each) => each.entry),
      enrolments.map((each) => each.isActive),
      enrolments.map((each) => each.nodeId),
      enrolments.map((each) => each.arrivedAt),
      enrolments.map((each) => each.dueAt ?? null),
      enrolments.map((each) => each.anchorAt),
      enrolments.map((each) => JSON.stringify(each.heard)),
      enrolments.map((each) => JSON.stringify(each.variants)),
      enrolments.map((each) => JSON.stringify(each.already)),
      enrolments.map((each) => each.endedAt ?? null),
      enrolments.map((each) => each.endReason ?? null),
      enrolments.map((each) => each.goalAt ?? null),
    ],
  );
  await preferIndex(transaction, false);
}

/**
 * The planner takes a batch of 5,000 keys for a reason to read a table of a million rows as a whole
 * (random_page_cost counts as if on disk), which costs half a second a batch; by the key it is 20 ms.
 */
async function preferIndex(transaction: Transaction, isPreferred: boolean): Promise<void> {
  const joins = isPreferred ? 'off' : 'on';
  await transaction.query(
    `select set_config('enable_hashjoin', $1, true), set_config('enable_mergejoin', $1, true)`,
    [joins],
  );
}

/** Gives entries to other persons. */
export async function moveEnrolments(
  transaction: Transaction,
  moves: readonly { entry: number; strategyId: string; from: number; to: number }[],
): Promise<void> {
  if (moves.length === 0) return;
  await transaction.execute(
    `update canvas.enrolment stored set person_id = fresh.new_person_id
       from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[])
         as fresh (person_id, strategy_id, entry, new_person_id)
      where stored.person_id = fresh.person_id and stored.strategy_id = fresh.strategy_id
        and stored.entry = fresh.entry`,
    [
      moves.map((move) => move.from),
      moves.map((move) => move.strategyId),
      moves.map((move) => move.entry),
      moves.map((move) => move.to),
    ],
  );
}

/** Strategies in which somebody is due, or which were stopped with people inside. */
export async function strategiesWithWork(
  database: Pick<Transaction, 'query'>,
  now: number,
): Promise<{ strategyId: string; state: 'running' | 'stopped' }[]> {
  const rows = await database.query<{ strategy_id: string; state: 'running' | 'stopped' }>(
    `select strategy_id, state from canvas.strategy strategy
      where (state = 'running' and exists (
              select 1 from canvas.enrolment
               where strategy_id = strategy.strategy_id and is_active and due_at <= $1))
         or (state = 'stopped' and exists (
              select 1 from canvas.enrolment where strategy_id = strategy.strategy_id and is_active))
      order by strategy_id`,
    [now],
  );
  return rows.map((row) => ({ strategyId: row.strategy_id, state: row.state }));
}
