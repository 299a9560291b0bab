import type { Transaction } from '../platform/index.ts';

/** Somebody behind a number. Times are epoch ms; the visit is absent for those who still stand at the node. */
export interface PersonBehind {
  readonly personId: number;
  readonly entry: number;
  readonly strategyId: string;
  readonly version: number;
  readonly holdout: boolean;
  readonly variants: Record<string, string>;
  readonly enteredAt: number;
  readonly endedAt: number | undefined;
  readonly endReason: string | undefined;
  readonly goalAt: number | undefined;
  readonly standsAt: string | undefined;
  readonly visit?:
    | {
        arrivedAt: number;
        leftAt: number | undefined;
        outcome: string | undefined;
        detail: string | undefined;
      }
    | undefined;
}

interface PersonRow {
  person_id: number;
  entry: number;
  strategy_id: string;
  version: number;
  holdout: boolean;
  variants: Record<string, string>;
  entered_at: number;
  ended_at: number | null;
  end_reason: string | null;
  goal_at: number | null;
  is_active: boolean;
  node_id: string;
  visit_arrived_at?: number | null;
  left_at?: number | null;
  outcome?: string | null;
  detail?: string | null;
}

const COLUMNS = `e.person_id, e.entry, e.strategy_id, e.version, e.holdout, e.variants, e.entered_at, e.ended_at,
  e.end_reason, e.goal_at, e.is_active, e.node_id`;

function toPerson(row: PersonRow): PersonBehind {
  return {
    personId: row.person_id,
    entry: row.entry,
    strategyId: row.strategy_id,
    version: row.version,
    holdout: row.holdout,
    variants: row.variants,
    enteredAt: row.entered_at,
    endedAt: row.ended_at ?? undefined,
    endReason: row.end_reason ?? undefined,
    goalAt: row.goal_at ?? undefined,
    standsAt: row.is_active ? row.node_id : undefined,
    visit:
      row.visit_arrived_at === undefined || row.visit_arrived_at === null
        ? undefined
        : {
            arrivedAt: row.visit_arrived_at,
            leftAt: row.left_at ?? undefined,
            outcome: row.outcome ?? undefined,
            detail: row.detail ?? undefined,
          },
  };
}

type Reader = Pick<Transaction, 'query'>;
interface Page {
  readonly strategyId: string;
  readonly version: number;
  readonly afterEntry: number;
  readonly limit: number;
}

/** Those who have left a node, by entry; the visit log's key serves it. */
export async function peopleWhoLeft(
  reader: Reader,
  page: Page & { nodeId: string; outcome: string | undefined },
): Promise<PersonBehind[]> {
  const rows = await reader.query<PersonRow>(
    `select ${COLUMNS}, v.arrived_at as visit_arrived_at, v.left_at, v.outcome, v.detail
       from canvas.visit v
       join canvas.enrolment e on e.strategy_id = v.strategy_id and e.entry = v.entry
      where v.strategy_id = $1 and v.version = $2 and v.node_id = $3 and v.entry > $4
        and ($5::text is null or v.outcome = $5)
      order by v.entry limit $6`,
    [page.strategyId, page.version, page.nodeId, page.afterEntry, page.outcome ?? null, page.limit],
  );
  return rows.map(toPerson);
}

/** Those who stand at a node now. */
export async function peopleWaiting(
  reader: Reader,
  page: Page & { nodeId: string },
): Promise<PersonBehind[]> {
  const rows = await reader.query<PersonRow>(
    `select ${COLUMNS}, e.arrived_at as visit_arrived_at
       from canvas.enrolment e
      where e.strategy_id = $1 and e.version = $2 and e.node_id = $3 and e.is_active and e.entry > $4
      order by e.entry limit $5`,
    [page.strategyId, page.version, page.nodeId, page.afterEntry, page.limit],
  );
  return rows.map(toPerson);
}

/** Everybody of a version, or those with the goal reached, or those of the holdout. */
export async function peopleOfVersion(
  reader: Reader,
  page: Page & { standing: 'any' | 'goal' | 'holdout' | 'inside' | 'ended' },
): Promise<PersonBehind[]> {
  const rows = await reader.query<PersonRow>(
    `select ${COLUMNS} from canvas.enrolment e
      where e.strategy_id = $1 and e.version = $2 and e.entry > $3
        and case $4 when 'goal' then e.goal_at is not null when 'holdout' then e.holdout
                    when 'inside' then e.is_active when 'ended' then not e.is_active else true end
      order by e.entry limit $5`,
    [page.strategyId, page.version, page.afterEntry, page.standing, page.limit],
  );
  return rows.map(toPerson);
}

/** Entries of one person, newest first. */
export async function entriesOfPerson(reader: Reader, personId: number): Promise<PersonBehind[]> {
  const rows = await reader.query<PersonRow>(
    `select ${COLUMNS} from canvas.enrolment e where e.person_id = $1 order by e.entered_at desc limit 200`,
    [personId],
  );
  return rows.map(toPerson);
}

export interface StepTaken {
  readonly nodeId: string;
  readonly arrivedAt: number;
  readonly leftAt: number;
  readonly outcome: string;
  readonly detail: string | undefined;
}

/** Nodes an entry has left, in order. */
export async function stepsOfEntry(
  reader: Reader,
  of: { strategyId: string; version: number; nodeIds: readonly string[]; entry: number },
): Promise<StepTaken[]> {
  const rows = await reader.query<{
    node_id: string;
    arrived_at: number;
    left_at: number;
    outcome: string;
    detail: string | null;
  }>(
    `select node_id, arrived_at, left_at, outcome, detail from canvas.visit
      where strategy_id = $1 and version = $2 and node_id = any($3::text[]) and entry = $4
      order by left_at, arrived_at`,
    [of.strategyId, of.version, of.nodeIds, of.entry],
  );
  return rows.map((row) => ({
    nodeId: row.node_id,
    arrivedAt: row.arrived_at,
    leftAt: row.left_at,
    outcome: row.outcome,
    detail: row.detail ?? undefined,
  }));
}
