import type { ingestApi } from '@wutong/contract';
import type { Database, Transaction } from '../platform/index.ts';

export type PlanValueType = (typeof ingestApi.planValueTypes)[number];

export interface PlanEventRow {
  event: string;
  title: string;
  meaning: string;
  state: 'learnt' | 'governed' | 'hidden';
  usage: number;
  first_seen_at: number;
  last_seen_at: number;
}

export interface PlanPropertyRow {
  event: string;
  property: string;
  type: PlanValueType;
  title: string;
  meaning: string;
  pii_class: 'none' | 'sensitive' | 'identifying';
  state: 'learnt' | 'governed' | 'hidden';
  usage: number;
  conflicts: number;
  first_seen_at: number;
  last_seen_at: number;
}

/** Usage since the last time it was written down. Times are epoch ms. */
export interface EventUsage {
  readonly event: string;
  readonly usage: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

export interface PropertyUsage extends EventUsage {
  readonly property: string;
  readonly type: PlanValueType;
  readonly conflicts: number;
}

export async function selectPlan(
  database: Transaction,
  event?: string,
): Promise<{ events: PlanEventRow[]; properties: PlanPropertyRow[] }> {
  const events = await database.query<PlanEventRow>(
    'select * from ingest.plan_event where $1::text is null or event = $1 order by event',
    [event ?? null],
  );
  const properties = await database.query<PlanPropertyRow>(
    'select * from ingest.plan_property where $1::text is null or event = $1 order by event, property',
    [event ?? null],
  );
  return { events, properties };
}

/** What the plan calls personal, in one order. */
export function selectPersonal(database: Transaction): Promise<{ event: string; property: string }[]> {
  return database.query(
    `select event, property from ingest.plan_property where pii_class <> 'none' order by event, property`,
  );
}

/** Adds usage, and enters what was learnt. In one order, so that processes do not wait in a circle. */
export async function addUsage(
  database: Database,
  events: readonly EventUsage[],
  properties: readonly PropertyUsage[],
): Promise<void> {
  const byEvent = events.toSorted((left, right) => (left.event < right.event ? -1 : 1));
  const byName = properties.toSorted((left, right) =>
    left.event + left.property < right.event + right.property ? -1 : 1,
  );
  await database.transaction(async (transaction) => {
    await transaction.execute(
      `insert into ingest.plan_event as present (event, usage, first_seen_at, last_seen_at)
       select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
       on conflict (event) do update set usage = present.usage + excluded.usage,
         last_seen_at = greatest(present.last_seen_at, excluded.last_seen_at)`,
      [
        byEvent.map((each) => each.event),
        byEvent.map((each) => each.usage),
        byEvent.map((each) => each.firstSeenAt),
        byEvent.map((each) => each.lastSeenAt),
      ],
    );
    await transaction.execute(
      `insert into ingest.plan_property as present
         (event, property, type, usage, conflicts, first_seen_at, last_seen_at)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
       on conflict (event, property) do update set usage = present.usage + excluded.usage,
         conflicts = present.conflicts + excluded.conflicts,
         last_seen_at = greatest(present.last_seen_at, excluded.last_seen_at)`,
      [
        byName.map((each) => each.event),
        byName.map((each) => each.property),
        byName.map((each) => each.type),
        byName.map((each) => each.usage),
        byName.map((each) => each.conflicts),
        byName.map((each) => each.firstSeenAt),
        byName.map((each) => each.lastSeenAt),
      ],
    );
  });
}

/** Declares or changes an event; fields not given stay. */
export async function upsertPlanEvent(
  transaction: Transaction,
  event: string,
  change: { title?: string | undefined; meaning?: string | undefined; state?: string | undefined },
  now: number,
): Promise<void> {
  await transaction.execute(
    `insert into ingest.plan_event as present (event, title, meaning, state, first_seen_at, last_seen_at)
     values ($1, coalesce($2, ''), coalesce($3, ''), coalesce($4, 'governed'), $5, $5)
     on conflict (event) do update set title = coalesce($2, present.title),
       meaning = coalesce($3, present.meaning), state = coalesce($4, present.state)`,
    [event, change.title ?? null, change.meaning ?? null, change.state ?? null, now],
  );
}

/** Declares or changes a property of an event that is in the plan; fields not given stay. */
export async function upsertPlanProperty(
  transaction: Transaction,
  event: string,
  property: string,
  change: {
    type?: string | undefined;
    title?: string | undefined;
    meaning?: string | undefined;
    piiClass?: string | undefined;
    state?: string | undefined;
  },
  now: number,
): Promise<void> {
  await transaction.execute(
    `insert into ingest.plan_property as present
       (event, property, type, title, meaning, pii_class, state, first_seen_at, last_seen_at)
     values ($1, $2, coalesce($3, 'string'), coalesce($4, ''), coalesce($5, ''), coalesce($6, 'none'),
       coalesce($7, 'governed'), $8, $8)
     on conflict (event, property) do update set type = coalesce($3, present.type),
       title = coalesce($4, present.title), meaning = coalesce($5, present.meaning),
       pii_class = coalesce($6, present.pii_class), state = coalesce($7, present.state)`,
    [
      event,
      property,
      change.type ?? null,
      change.title ?? null,
      change.meaning ?? null,
      change.piiClass ?? null,
      change.state ?? null,
      now,
    ],
  );
}
