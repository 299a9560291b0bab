import type { Transaction } from '../platform/index.ts';
import type { Channel, StepKey } from './reservation.ts';

/** A message to insert; `stepId` from `ensureSteps`. */
export interface NewMessage {
  readonly messageId: string;
  readonly personId: number;
  readonly stepId: number;
  readonly entry: number;
  readonly lane: number;
  readonly channel: string;
  readonly purpose: string;
  readonly contentId: string;
  readonly contentVersion: number;
  readonly contentVariant: string | null;
  readonly cascade: string | null;
  readonly policy: string | null;
  readonly context: string | null;
  readonly state: 'pending' | 'suppressed';
  readonly reason: string | null;
  readonly reservedAt: number;
  readonly expiresAt: number;
}

export interface StepRow {
  step_id: number;
  strategy_id: string;
  strategy_version: number;
  node_id: string;
  held: boolean;
}

/**
 * Numbers of steps, making new ones. The rows stay locked against `hold` until the transaction ends, so that
 * no reservation slips past a strategy being held.
 */
export async function ensureSteps(transaction: Transaction, keys: readonly StepKey[]): Promise<StepRow[]> {
  const arrays = [
    keys.map((key) => key.strategyId),
    keys.map((key) => key.strategyVersion),
    keys.map((key) => key.nodeId),
  ];
  const select = `select step_id, strategy_id, strategy_version, node_id, held from hub.step
    where (strategy_id, strategy_version, node_id) in (select * from unnest($1::text[], $2::int[], $3::text[]))
    order by step_id for share`;
  const found = await transaction.query<StepRow>(select, arrays);
  if (found.length === keys.length) return found;
  // A step new in a strategy that is held starts held.
  await transaction.execute(
    `insert into hub.step (strategy_id, strategy_version, node_id, held)
     select k.s, k.v, k.n, exists (select 1 from hub.step o where o.strategy_id = k.s and o.held)
     from unnest($1::text[], $2::int[], $3::text[]) as k(s, v, n) order by 1, 2, 3 on conflict do nothing`,
    arrays,
  );
  return transaction.query<StepRow>(select, arrays);
}

/** Messages already reserved under these keys. */
export function selectReserved(
  transaction: Transaction,
  keys: readonly { stepId: number; personId: number; entry: number }[],
): Promise<
  {
    message_id: string;
    step_id: number;
    person_id: number;
    entry: number;
    state: string;
    reason: string | null;
  }[]
> {
  return transaction.query(
    `select m.message_id, m.step_id, m.person_id, m.entry, m.state, m.reason
     from unnest($1::int[], $2::bigint[], $3::bigint[]) as k(step_id, person_id, entry)
     join hub.message m using (step_id, person_id, entry)`,
    [keys.map((key) => key.stepId), keys.map((key) => key.personId), keys.map((key) => key.entry)],
  );
}

/** Inserts messages; ids of those that were new (another transaction may have reserved some in between). */
export async function insertMessages(
  transaction: Transaction,
  rows: readonly NewMessage[],
): Promise<Set<string>> {
  const inserted = await transaction.query<{ message_id: string }>(
    `insert into hub.message (message_id, person_id, step_id, entry, lane, channel, purpose, content_id, content_version,
       content_variant, cascade, policy, context, state, reason, reserved_at, expires_at)
     select * from unnest($1::uuid[], $2::bigint[], $3::int[], $4::bigint[], $5::smallint[], $6::text[], $7::text[],
       $8::text[], $9::int[], $10::text[], $11::jsonb[], $12::jsonb[], $13::text[], $14::text[], $15::text[],
       $16::bigint[], $17::bigint[])
     on conflict (step_id, person_id, entry) do nothing returning message_id`,
    [
      rows.map((row) => row.messageId),
      rows.map((row) => row.personId),
      rows.map((row) => row.stepId),
      rows.map((row) => row.entry),
      rows.map((row) => row.lane),
      rows.map((row) => row.channel),
      rows.map((row) => row.purpose),
      rows.map((row) => row.contentId),
      rows.map((row) => row.contentVersion),
      rows.map((row) => row.contentVariant),
      rows.map((row) => row.cascade),
      rows.map((row) => row.policy),
      rows.map((row) => row.context),
      rows.map((row) => row.state),
      rows.map((row) => row.reason),
      rows.map((row) => row.reservedAt),
      rows.map((row) => row.expiresAt),
    ],
  );
  return new Set(inserted.map((row) => row.message_id));
}

/** A message's place in the queue. */
export interface WaitingRow {
  readonly messageId: string;
  readonly channel: string;
  readonly lane: number;
  /** Epoch ms. */
  readonly dueAt: number;
  /** Another process owns the supplier that was chosen. */
  readonly supplierId?: string | null;
  readonly held?: boolean;
}

/** Puts messages into the queue; one that waits already keeps its place. */
export async function insertWaiting(transaction: Transaction, rows: readonly WaitingRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `insert into hub.waiting (message_id, channel, lane, due_at, supplier_id, held)
     select * from unnest($1::uuid[], $2::text[], $3::smallint[], $4::bigint[], $5::text[], $6::boolean[])
     on conflict (message_id) do nothing`,
    [
      rows.map((row) => row.messageId),
      rows.map((row) => row.channel),
      rows.map((row) => row.lane),
      rows.map((row) => row.dueAt),
      rows.map((row) => row.supplierId ?? null),
      rows.map((row) => row.held ?? false),
    ],
  );
}

/** Takes messages of a strategy out of the queue and suppresses them; the suppressed ones. */
export function withdrawWaiting(
  transaction: Transaction,
  filter: { strategyId: string; strategyVersion?: number; nodeId?: string; personIds?: readonly number[] },
  reason: string,
): Promise<WithdrawnRow[]> {
  const ofPersons = filter.personIds === undefined ? '' : 'and m.person_id = any($5)';
  return transaction.query<WithdrawnRow>(
    `with gone as (
       delete from hub.waiting w using hub.message m, hub.step s
       where m.message_id = w.message_id and s.step_id = m.step_id and m.state = 'pending'
         and s.strategy_id = $2 and ($3::int is null or s.strategy_version = $3) and ($4::text is null or s.node_id = $4)
         ${ofPersons}
       returning w.message_id, w.due_at, m.person_id
     )
     update hub.message m set state = case when m.sent_at is null then 'suppressed' else 'sent' end,
       reason = case when m.sent_at is null then $1 end
     from gone g, hub.step s
     where m.message_id = g.message_id and m.person_id = g.person_id and s.step_id = m.step_id
     returning m.message_id, m.person_id, m.channel, m.content_id, m.content_variant, m.entry, m.attempts, m.supplier_id,
       m.state, s.strategy_id, s.strategy_version, s.node_id, g.due_at`,
    [
      reason,
      filter.strategyId,
      filter.strategyVersion ?? null,
      filter.nodeId ?? null,
      ...(filter.personIds === undefined ? [] : [filter.personIds]),
    ],
  );
}

export interface WithdrawnRow {
  message_id: string;
  person_id: number;
  channel: Channel;
  content_id: string;
  content_variant: string | null;
  entry: number;
  attempts: number;
  supplier_id: string | null;
  /** `sent` where an earlier attempt was accepted and only the next supplier was waited for. */
  state: 'suppressed' | 'sent';
  strategy_id: string;
  strategy_version: number;
  node_id: string;
  due_at: number;
}

/** Holds or frees the queue of a strategy, and all its future reservations. */
export async function holdSteps(transaction: Transaction, strategyId: string, held: boolean): Promise<void> {
  await transaction.execute('update hub.step set held = $2 where strategy_id = $1 and held <> $2', [
    strategyId,
    held,
  ]);
  await transaction.execute(
    `update hub.waiting w set held = $2 from hub.message m, hub.step s
     where m.message_id = w.message_id and s.step_id = m.step_id and s.strategy_id = $1 and w.held <> $2`,
    [strategyId, held],
  );
}

/** Number and content of the post with this key to this person; the same key gives the same ones. */
export async function entriesOfPosts(
  transaction: Transaction,
  posts: readonly { key: string; personId: number; contentId: string }[],
): Promise<{ entry: number; contentId: string }[]> {
  const arrays = [posts.map((post) => post.key), posts.map((post) => post.personId)];
  await transaction.execute(
    `insert into hub.posted (idempotency_key, person_id, content_id)
     select * from unnest($1::text[], $2::bigint[], $3::text[]) order by 1, 2 on conflict do nothing`,
    [...arrays, posts.map((post) => post.contentId)],
  );
  const rows = await transaction.query<{ entry: number; content_id: string }>(
    `select p.entry, p.content_id from unnest($1::text[], $2::bigint[]) with ordinality as k(idempotency_key, person_id, place)
     join hub.posted p using (idempotency_key, person_id) order by k.place`,
    arrays,
  );
  return rows.map((row) => ({ entry: row.entry, contentId: row.content_id }));
}
