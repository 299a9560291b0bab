import type { Transaction } from '../platform/index.ts';
import type { Channel } from './reservation.ts';

/** A message by its id, for facts about it. */
export interface SubjectRow {
  message_id: string;
  person_id: number;
  strategy_id: string;
  strategy_version: number;
  node_id: string;
  entry: number;
  channel: Channel;
  supplier_id: string | null;
  content_id: string;
  content_variant: string | null;
}

const SUBJECT = `m.message_id, m.person_id, s.strategy_id, s.strategy_version, s.node_id, m.entry, m.channel, m.supplier_id,
  m.content_id, m.content_variant`;

/** Marks messages as clicked; a later click changes nothing. Those that were clicked for the first time. */
export async function markClicked(
  transaction: Transaction,
  clicks: readonly { messageId: string; at: number }[],
): Promise<(SubjectRow & { clicked_at: number })[]> {
  if (clicks.length === 0) return [];
  return transaction.query(
    `update hub.message m set clicked_at = c.at
     from (select message_id, min(at) as at from unnest($1::uuid[], $2::bigint[]) as k(message_id, at) group by 1) as c
       cross join hub.step s
     where m.message_id = c.message_id and m.clicked_at is null and s.step_id = m.step_id
     returning ${SUBJECT}, m.clicked_at`,
    [clicks.map((click) => click.messageId), clicks.map((click) => click.at)],
  );
}

/** Newest attempts of in-app messages, which their being shown completes. */
export function selectShownAttempts(
  transaction: Transaction,
  messageIds: readonly string[],
): Promise<{ attempt_id: string; message_id: string }[]> {
  return transaction.query(
    `select distinct on (message_id) attempt_id, message_id from hub.attempt
     where message_id = any($1::uuid[]) and channel = 'in_app' order by message_id, ordinal desc`,
    [messageIds],
  );
}

/** Counts one use of a link; undefined when there is no such link. */
export async function useLink(
  transaction: Transaction,
  token: string,
  purpose: 'click' | 'unsubscribe',
  at: number,
): Promise<(SubjectRow & { target: string; uses: number }) | undefined> {
  const rows = await transaction.query<SubjectRow & { target: string; uses: number }>(
    `update hub.link l set uses = l.uses + 1, first_used_at = coalesce(l.first_used_at, $3)
     from hub.message m join hub.step s using (step_id)
     where l.token = $1 and l.purpose = $2 and m.message_id = l.message_id
     returning l.target, l.uses, ${SUBJECT}`,
    [token, purpose, at],
  );
  return rows[0];
}

/** A link without using it: previews and unsubscribe pages. */
export async function selectLink(
  transaction: Transaction,
  token: string,
  purpose: 'click' | 'unsubscribe',
): Promise<{ target: string } | undefined> {
  const rows = await transaction.query<{ target: string }>(
    'select target from hub.link where token = $1 and purpose = $2',
    [token, purpose],
  );
  return rows[0];
}

/** The newest message on a channel to a person: what a reply most likely answers. */
export async function selectLastMessage(
  transaction: Transaction,
  personId: number,
  channel: Channel,
): Promise<SubjectRow | undefined> {
  const rows = await transaction.query<SubjectRow>(
    `select ${SUBJECT} from hub.message m join hub.step s using (step_id)
     where m.person_id = $1 and m.channel = $2 and m.attempts > 0 order by m.message_id desc limit 1`,
    [personId, channel],
  );
  return rows[0];
}

export async function insertReply(
  transaction: Transaction,
  reply: {
    replyId: string;
    supplierId: string;
    personId: number;
    body: string;
    optedOut: boolean;
    at: number;
  },
): Promise<void> {
  await transaction.execute(
    `insert into hub.reply (reply_id, supplier_id, person_id, body, opted_out, received_at) values ($1, $2, $3, $4, $5, $6)`,
    [reply.replyId, reply.supplierId, reply.personId, reply.body, reply.optedOut, reply.at],
  );
}
