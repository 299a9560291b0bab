import type { Audience } from '../audience/index.ts';
import type { Content } from '../content/index.ts';
import type { Decision } from '../decision/index.ts';
import type { Hub } from '../hub/index.ts';
import type { Identity } from '../identity/index.ts';
import type { InboxEvent, OutboxEvent } from '../ingest/index.ts';
import type { Transaction } from '../platform/index.ts';

/** What the canvas uses of the earlier rooms. */
export interface CanvasNeeds {
  readonly identity: Pick<Identity, 'personsOf' | 'takePersonChanges' | 'resolve'>;
  readonly ingest: {
    /** Facts that reach ClickHouse if and only if the transaction commits. */
    enqueue(transaction: Transaction, events: readonly OutboxEvent[]): Promise<void>;
    /** Next wanted events; taken when the transaction commits. */
    takeInbox(transaction: Transaction, consumer: string, limit: number): Promise<readonly InboxEvent[]>;
  };
  readonly audience: Pick<Audience, 'check' | 'count' | 'evaluate' | 'peopleSql' | 'declareUses' | 'mayAsk'>;
  readonly content: Pick<Content, 'version' | 'approvedVersion'>;
  readonly decision: Pick<Decision, 'foresee'>;
  readonly hub: Pick<Hub, 'reserve' | 'withdraw' | 'hold'>;
}
