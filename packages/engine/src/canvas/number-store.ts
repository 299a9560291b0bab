import type { Transaction } from '../platform/index.ts';
import type { Enrolment, Visit } from './enrolment.ts';

/** Arrivals at a node; every other outcome is a leaving. */
export const ARRIVED = '$in';
/** Stands for the whole strategy in place of a node. */
export const WHOLE = '';

/** Outcomes counted for the whole strategy. */
export const WHOLE_OUTCOMES = {
  entered: '$entered',
  enteredHoldout: '$entered_holdout',
  goal: '$goal',
  goalHoldout: '$goal_holdout',
  ended: (reason: string) => `$ended:${reason}`,
} as const;

/** Changes of the live numbers, summed before they are written. */
export class NumberChanges {
  readonly #changes = new Map<
    string,
    { strategyId: string; version: number; nodeId: string; outcome: string; people: number }
  >();

  add(of: Pick<Enrolment, 'strategyId' | 'version'>, nodeId: string, outcome: string, people = 1): void {
    const key = `${of.strategyId}\u001f${of.version}\u001f${nodeId}\u001f${outcome}`;
    const known = this.#changes.get(key);
    if (known) known.people += people;
    else {
      const { strategyId, version } = of;
      this.#changes.set(key, { strategyId, version, nodeId, outcome, people });
    }
  }

  /** The nodes an enrolment left, the one it arrived at after each, and its end. */
  addMoves(before: Enrolment, after: Enrolment, visits: readonly Visit[]): void {
    for (const [index, visit] of visits.entries()) {
      this.add(after, visit.nodeId, visit.outcome);
      const arrivedAt = visits[index + 1]?.nodeId ?? after.nodeId;
      if (arrivedAt !== visit.nodeId) this.add(after, arrivedAt, ARRIVED);
    }
    if (before.isActive && !after.isActive) {
      this.add(after, WHOLE, WHOLE_OUTCOMES.ended(after.endReason!));
    }
  }

  /** Rows in ascending order of key: writers that share a slot lock them the same way round. */
  rows(): { strategyId: string; version: number; nodeId: string; outcome: string; people: number }[] {
    return [...this.#changes].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
  }
}

/** Adds changes in one statement. `slot`: the writer's own, so that writers do not wait for each other. */
export async function writeNumbers(
  transaction: Transaction,
  changes: NumberChanges,
  slot: number,
): Promise<void> {
  const rows = changes.rows();
  if (rows.length === 0) return;
  await transaction.execute(
    `insert into canvas.node_count as stored (strategy_id, version, node_id, outcome, slot, people)
     select strategy_id, version, node_id, outcome, $1, people
       from unnest($2::text[], $3::integer[], $4::text[], $5::text[], $6::bigint[])
         as fresh (strategy_id, version, node_id, outcome, people)
     on conflict (strategy_id, version, node_id, outcome, slot)
     do update set people = stored.people + excluded.people`,
    [
      slot,
      rows.map((row) => row.strategyId),
      rows.map((row) => row.version),
      rows.map((row) => row.nodeId),
      rows.map((row) => row.outcome),
      rows.map((row) => row.people),
    ],
  );
}

export interface NumberRow {
  readonly nodeId: string;
  readonly outcome: string;
  readonly people: number;
}

/** Numbers of a version, summed over the slots. */
export async function readNumbers(
  database: Pick<Transaction, 'query'>,
  strategyId: string,
  version: number,
): Promise<NumberRow[]> {
  const rows = await database.query<{ node_id: string; outcome: string; people: number }>(
    `select node_id, outcome, sum(people) as people from canvas.node_count
      where strategy_id = $1 and version = $2 group by node_id, outcome order by node_id, outcome`,
    [strategyId, version],
  );
  return rows.map((row) => ({ nodeId: row.node_id, outcome: row.outcome, people: row.people }));
}

/** Numbers of whole strategies, summed over versions and slots. */
export async function readWholeNumbers(
  database: Pick<Transaction, 'query'>,
  strategyIds: readonly string[],
): Promise<Map<string, Map<string, number>>> {
  const rows = await database.query<{ strategy_id: string; outcome: string; people: number }>(
    `select strategy_id, outcome, sum(people) as people from canvas.node_count
      where strategy_id = any($1::text[]) and node_id = $2 group by strategy_id, outcome`,
    [strategyIds, WHOLE],
  );
  const numbers = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const outcomes = numbers.get(row.strategy_id) ?? new Map<string, number>();
    numbers.set(row.strategy_id, outcomes.set(row.outcome, row.people));
  }
  return numbers;
}
