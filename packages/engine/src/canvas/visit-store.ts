import type { Transaction } from '../platform/index.ts';
import type { Enrolment, Visit } from './enrolment.ts';

/** A node left, by whom. */
export interface PersonVisit {
  readonly enrolment: Enrolment;
  readonly visit: Visit;
}

/** Appends to the visit log. A second leaving of the same node violates the key: a bug must not pass. */
export async function insertVisits(transaction: Transaction, visits: readonly PersonVisit[]): Promise<void> {
  if (visits.length === 0) return;
  await transaction.execute(
    `insert into canvas.visit (strategy_id, version, node_id, entry, person_id, arrived_at, left_at, outcome, detail)
     select * from unnest($1::text[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
                          $7::bigint[], $8::text[], $9::text[])`,
    [
      visits.map(({ enrolment }) => enrolment.strategyId),
      visits.map(({ enrolment }) => enrolment.version),
      visits.map(({ visit }) => visit.nodeId),
      visits.map(({ enrolment }) => enrolment.entry),
      visits.map(({ enrolment }) => enrolment.personId),
      visits.map(({ visit }) => visit.arrivedAt),
      visits.map(({ visit }) => visit.leftAt),
      visits.map(({ visit }) => visit.outcome),
      visits.map(({ visit }) => visit.detail ?? null),
    ],
  );
}

/** Send nodes at which these entries have had their message, by entry. */
export async function reservedNodes(
  transaction: Transaction,
  strategyId: string,
  version: number,
  nodeIds: readonly string[],
  entries: readonly number[],
): Promise<Map<number, string[]>> {
  const rows = await transaction.query<{ entry: number; nodes: string[] }>(
    `select entry, array_agg(node_id) as nodes from canvas.visit
      where strategy_id = $1 and version = $2 and node_id = any($3::text[]) and entry = any($4::bigint[])
        and outcome in ('reserved', 'already_sent')
      group by entry`,
    [strategyId, version, nodeIds, entries],
  );
  return new Map(rows.map((row) => [row.entry, row.nodes]));
}
