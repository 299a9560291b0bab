import type { Transaction } from '../platform/index.ts';

/** What a slot shows to a person; `body` is encrypted JSON of the texts. */
export interface NewSlotItem {
  readonly messageId: string;
  readonly personId: number;
  readonly slot: string;
  readonly body: string;
  readonly createdAt: number;
  readonly validUntil: number;
}

export async function insertSlotItems(transaction: Transaction, rows: readonly NewSlotItem[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `insert into hub.slot_item (message_id, person_id, slot, body, created_at, valid_until)
     select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
     on conflict do nothing`,
    [
      rows.map((row) => row.messageId),
      rows.map((row) => row.personId),
      rows.map((row) => row.slot),
      rows.map((row) => row.body),
      rows.map((row) => row.createdAt),
      rows.map((row) => row.validUntil),
    ],
  );
}

export interface SlotItemRow {
  message_id: string;
  slot: string;
  body: string;
  valid_until: number;
}

/** What a slot shows to a person now, newest first. */
export function selectSlotItems(
  transaction: Transaction,
  query: { personId: number; slot: string; now: number; limit: number },
): Promise<SlotItemRow[]> {
  return transaction.query<SlotItemRow>(
    `select message_id, slot, body, valid_until from hub.slot_item
     where person_id = $1 and slot = $2 and not closed and valid_until > $3
     order by created_at desc, message_id desc limit $4`,
    [query.personId, query.slot, query.now, query.limit],
  );
}

/** A task for a manager's list; `body` is encrypted JSON of title, script and reason. */
export interface NewTask {
  readonly taskId: string;
  readonly messageId: string;
  readonly personId: number;
  readonly managerId: string | null;
  readonly institutionId: string | null;
  readonly body: string;
  readonly strategyId: string;
  readonly nodeId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export async function insertTasks(transaction: Transaction, rows: readonly NewTask[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `insert into hub.task (task_id, message_id, person_id, manager_id, institution_id, body, strategy_id, node_id, created_at,
       expires_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::bigint[], $10::bigint[]) on conflict (message_id) do nothing`,
    [
      rows.map((row) => row.taskId),
      rows.map((row) => row.messageId),
      rows.map((row) => row.personId),
      rows.map((row) => row.managerId),
      rows.map((row) => row.institutionId),
      rows.map((row) => row.body),
      rows.map((row) => row.strategyId),
      rows.map((row) => row.nodeId),
      rows.map((row) => row.createdAt),
      rows.map((row) => row.expiresAt),
    ],
  );
}

/** Moves what people will still see to the person that their key belongs to now. */
export async function moveToPerson(
  transaction: Transaction,
  moves: readonly { oldPersonId: number; newPersonId: number }[],
): Promise<void> {
  if (moves.length === 0) return;
  const arrays = [moves.map((move) => move.oldPersonId), moves.map((move) => move.newPersonId)];
  for (const table of ['hub.slot_item', 'hub.task']) {
    await transaction.execute(
      `update ${table} t set person_id = c.now from unnest($1::bigint[], $2::bigint[]) as c(before, now)
       where t.person_id = c.before`,
      arrays,
    );
  }
}
