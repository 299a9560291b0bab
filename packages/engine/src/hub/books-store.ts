import type { Transaction } from '../platform/index.ts';
import type { StepBooks, TallyLine } from './front-door.ts';
import type { Channel, MessageState, StepKey } from './reservation.ts';

interface TallyRow {
  strategy_id: string;
  strategy_version: number;
  node_id: string;
  state: MessageState | 'audience';
  reason: string | null;
  channel: Channel;
  supplier_id: string | null;
  content_variant: string | null;
  delivered: boolean;
  clicked: boolean;
  messages: number;
}

/** A line of the books; `audience` lines count what was reserved. */
export type BookLine = Omit<TallyLine, 'state'> & { readonly state: MessageState | 'audience' };

/** Lines of the books; reading them costs the number of distinct lines, not of messages. */
export async function selectTally(transaction: Transaction, filter: Partial<StepKey>): Promise<BookLine[]> {
  const rows = await transaction.query<TallyRow>(
    `select s.strategy_id, s.strategy_version, s.node_id, t.state, t.reason, t.channel, t.supplier_id, t.content_variant,
       t.delivered, t.clicked, sum(t.messages) as messages
     from hub.step s join hub.tally t using (step_id)
     where ($1::text is null or s.strategy_id = $1) and ($2::int is null or s.strategy_version = $2)
       and ($3::text is null or s.node_id = $3)
     group by s.step_id, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 having sum(t.messages) <> 0
     order by s.step_id, 4, 5, 6, 7, 8`,
    [filter.strategyId ?? null, filter.strategyVersion ?? null, filter.nodeId ?? null],
  );
  return rows.map((row) => ({
    strategyId: row.strategy_id,
    strategyVersion: row.strategy_version,
    nodeId: row.node_id,
    state: row.state,
    ...(row.reason === null ? {} : { reason: row.reason }),
    channel: row.channel,
    ...(row.supplier_id === null ? {} : { supplierId: row.supplier_id }),
    ...(row.content_variant === null ? {} : { contentVariant: row.content_variant }),
    delivered: row.delivered,
    clicked: row.clicked,
    messages: row.messages,
  }));
}

/**
 * Adds lines up to the books of each step. The audience was counted when the messages were reserved, the states
 * whenever they changed: that both sides agree is what `balanced` says.
 */
export function booksOf(lines: readonly BookLine[]): StepBooks[] {
  const books = new Map<string, StepBooks>();
  for (const line of lines) {
    const key = `${line.strategyId} ${line.strategyVersion} ${line.nodeId}`;
    const book = books.get(key) ?? {
      strategyId: line.strategyId,
      strategyVersion: line.strategyVersion,
      nodeId: line.nodeId,
      audience: 0,
      suppressed: {},
      pending: 0,
      sent: 0,
      delivered: 0,
      clicked: 0,
      failed: 0,
      uncertain: 0,
      balanced: false,
    };
    books.set(key, book);
    if (line.state === 'suppressed') {
      const reason = line.reason ?? 'unknown';
      book.suppressed[reason] = (book.suppressed[reason] ?? 0) + line.messages;
    } else book[line.state] += line.messages;
    if (line.delivered) book.delivered += line.messages;
    if (line.clicked) book.clicked += line.messages;
  }
  for (const book of books.values()) {
    const suppressed = Object.values(book.suppressed).reduce((sum, count) => sum + count, 0);
    book.balanced = book.audience === suppressed + book.pending + book.sent + book.failed + book.uncertain;
  }
  return [...books.values()];
}
