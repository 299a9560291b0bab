import type { Session } from 'smpp';

/** Receipts and replies on their way to the bank: kept until acknowledged, sent again after a broken session. */
export interface ReceiptStore {
  put(pdu: Record<string, unknown>): void;
  /** Sends what waits, now that a session is bound. */
  push(): void;
  /** A session is gone: what it had not acknowledged waits again. */
  lost(session: Session): void;
  waiting(): number;
}

// As many unacknowledged deliver_sm as a real message centre allows a client.
const WINDOW = 100;

export function createReceiptStore(bound: ReadonlySet<Session>, onAcknowledged: () => void): ReceiptStore {
  let queue: Record<string, unknown>[] = [];
  const sent = new Map<Session, Set<Record<string, unknown>>>();

  function push(): void {
    while (queue.length > 0) {
      const session = [...bound].find((each) => (sent.get(each)?.size ?? 0) < WINDOW);
      if (session === undefined) return;
      const pdu = queue.shift()!;
      const mine = sent.get(session) ?? new Set();
      sent.set(session, mine);
      mine.add(pdu);
      const written = session.deliver_sm(pdu, (answer) => {
        if (!mine.delete(pdu)) return;
        if (answer.command_status === 0) onAcknowledged();
        else queue.push(pdu);
        push();
      });
      if (!written) {
        mine.delete(pdu);
        queue.unshift(pdu);
        return;
      }
    }
  }

  return {
    put(pdu) {
      queue.push(pdu);
      push();
    },
    push,
    lost(session) {
      const mine = sent.get(session);
      if (mine === undefined) return;
      sent.delete(session);
      queue = [...mine, ...queue];
      push();
    },
    waiting: () => queue.length + [...sent.values()].reduce((sum, mine) => sum + mine.size, 0),
  };
}
