import type { Transaction } from '../platform/index.ts';
import type { AttemptState, Channel, MessageState, Purpose } from './reservation.ts';

export interface MessageRow {
  message_id: string;
  person_id: number;
  strategy_id: string;
  strategy_version: number;
  node_id: string;
  entry: number;
  channel: Channel;
  purpose: Purpose;
  lane: number;
  content_id: string;
  content_version: number;
  content_variant: string | null;
  state: MessageState;
  reason: string | null;
  supplier_id: string | null;
  attempts: number;
  reserved_at: number;
  due_at: number | null;
  sent_at: number | null;
  delivered_at: number | null;
  clicked_at: number | null;
}

export interface MessageSearch {
  readonly personId?: number;
  readonly strategyId?: string;
  readonly strategyVersion?: number;
  readonly nodeId?: string;
  readonly state?: string;
  readonly reason?: string;
  readonly channel?: string;
  readonly supplierId?: string;
  readonly delivered?: boolean;
  readonly clicked?: boolean;
  /** Message id of the last one seen. */
  readonly before?: string;
  readonly limit: number;
}

const COLUMNS = `m.message_id, m.person_id, s.strategy_id, s.strategy_version, s.node_id, m.entry, m.channel, m.purpose, m.lane,
  m.content_id, m.content_version, m.content_variant, m.state, m.reason, m.supplier_id, m.attempts, m.reserved_at,
  w.due_at, m.sent_at, m.delivered_at, m.clicked_at`;

/** Messages, newest first (ids sort by time). By person or step there is an index; otherwise by id. */
export function searchMessages(transaction: Transaction, search: MessageSearch): Promise<MessageRow[]> {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const where = (sql: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(sql.replace('?', `$${values.length}`));
  };
  where('m.person_id = ?', search.personId);
  where('s.strategy_id = ?', search.strategyId);
  where('s.strategy_version = ?', search.strategyVersion);
  where('s.node_id = ?', search.nodeId);
  where('m.state = ?', search.state);
  where('m.reason = ?', search.reason);
  where('m.channel = ?', search.channel);
  where('m.supplier_id = ?', search.supplierId);
  where('(m.delivered_at is not null) = ?', search.delivered);
  where('(m.clicked_at is not null) = ?', search.clicked);
  where('m.message_id < ?', search.before);
  values.push(search.limit);
  return transaction.query<MessageRow>(
    `select ${COLUMNS} from hub.message m join hub.step s using (step_id) left join hub.waiting w using (message_id)
     ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
     order by m.message_id desc limit $${values.length}`,
    values,
  );
}

export async function selectMessage(
  transaction: Transaction,
  messageId: string,
): Promise<MessageRow | undefined> {
  const rows = await transaction.query<MessageRow>(
    `select ${COLUMNS} from hub.message m join hub.step s using (step_id) left join hub.waiting w using (message_id)
     where m.message_id = $1`,
    [messageId],
  );
  return rows[0];
}

export interface AttemptRow {
  attempt_id: string;
  ordinal: number;
  channel: Channel;
  supplier_id: string;
  state: AttemptState;
  code: string | null;
  address_masked: string | null;
  parts: number;
  rendered: string | null;
  called_at: number;
  answered_at: number | null;
  final_at: number | null;
}

export function selectAttempts(transaction: Transaction, messageId: string): Promise<AttemptRow[]> {
  return transaction.query<AttemptRow>(
    `select attempt_id, ordinal, channel, supplier_id, state, code, address_masked, parts, rendered, called_at, answered_at,
       final_at from hub.attempt where message_id = $1 order by ordinal limit 200`,
    [messageId],
  );
}

export function selectReceipts(
  transaction: Transaction,
  attemptIds: readonly string[],
): Promise<
  {
    receipt_id: string;
    attempt_id: string;
    supplier_id: string;
    provider_id: string;
    state: string;
    code: string | null;
    received_at: number;
    changed: boolean;
  }[]
> {
  return transaction.query(
    `select receipt_id, attempt_id, supplier_id, provider_id, state, code, received_at, changed
     from hub.receipt where attempt_id = any($1::uuid[]) order by received_at, receipt_id limit 1000`,
    [attemptIds],
  );
}
