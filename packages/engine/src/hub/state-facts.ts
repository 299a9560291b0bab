import { deterministicId } from '../platform/index.ts';
import type { OutboxFact } from './front-door.ts';

/** What a fact says of a message. */
export interface FactSubject {
  readonly messageId: string;
  readonly personId: number;
  readonly strategyId: string;
  readonly strategyVersion: number;
  readonly nodeId: string;
  readonly entry: number;
  readonly channel: string;
  readonly supplierId: string | null;
  readonly contentId: string;
  readonly contentVariant: string | null;
  readonly reason?: string | null;
}

/**
 * An event of the person about one of the person's messages. Its id is made of the message and the kind
 * (and a number for what can happen again), so that stating it twice stores it once.
 */
export function stateFact(
  subject: FactSubject,
  kind:
    | 'reserved'
    | 'suppressed'
    | 'sent'
    | 'delivered'
    | 'failed'
    | 'uncertain'
    | 'clicked'
    | 'replied'
    | 'unsubscribed',
  time: number,
  options: { occurrence?: number | string; extra?: Readonly<Record<string, unknown>> } = {},
): OutboxFact {
  return {
    personId: subject.personId,
    event: `$message_${kind}`,
    time,
    messageId: deterministicId('hub', subject.messageId, kind, options.occurrence ?? 0),
    properties: {
      message_id: subject.messageId,
      strategy_id: subject.strategyId,
      strategy_version: subject.strategyVersion,
      node_id: subject.nodeId,
      entry: subject.entry,
      channel: subject.channel,
      ...(subject.supplierId === null ? {} : { supplier: subject.supplierId }),
      content_id: subject.contentId,
      ...(subject.contentVariant === null ? {} : { content_variant: subject.contentVariant }),
      ...(subject.reason === null || subject.reason === undefined ? {} : { reason: subject.reason }),
      ...options.extra,
    },
  };
}
