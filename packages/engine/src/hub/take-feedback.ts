import { deterministicId, type Platform } from '../platform/index.ts';
import type { Reply } from './channels/adapter.ts';
import {
  insertReply,
  markClicked,
  selectLastMessage,
  selectShownAttempts,
  useLink,
  type SubjectRow,
} from './feedback-store.ts';
import { HUB_CONSUMER, type HubNeeds } from './front-door.ts';
import { moveToPerson } from './internal-store.ts';
import { isOptOut } from './read-reply.ts';
import type { Recorder } from './record-outcomes.ts';
import { stateFact, type FactSubject } from './state-facts.ts';

const AT_ONCE = 2_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What people do with their messages: see, click, answer, unsubscribe. */
export interface Feedback {
  /** Reads collected events about slots and clicks. True when there may be more. */
  takeEvents(): Promise<boolean>;
  /** Moves slots and tasks of persons that are now part of others. */
  followMerges(): Promise<boolean>;
  /** A reply by SMS; resolves when it is durable. */
  reply(supplierId: string, reply: Reply): Promise<void>;
  /** A click on a short link; its target, or undefined when there is no such link. */
  click(token: string): Promise<string | undefined>;
  /** False when there is no such link. */
  unsubscribe(token: string): Promise<boolean>;
}

export function createFeedback(platform: Platform, needs: HubNeeds, recorder: Recorder): Feedback {
  const { database, clock, ids, secrets } = platform;

  return {
    takeEvents: () =>
      database.transaction(async (transaction) => {
        const events = await needs.ingest.takeInbox(transaction, HUB_CONSUMER, AT_ONCE);
        const about = events.flatMap(({ event, time, properties }) => {
          const messageId = properties.message_id;
          return typeof messageId === 'string' && UUID.test(messageId)
            ? [{ event, messageId, at: time }]
            : [];
        });
        // The app says which message was clicked; the fact says of which step, for strategies and reports.
        const clicked = await markClicked(
          transaction,
          about.filter((each) => each.event === '$message_clicked'),
        );
        await needs.ingest.enqueue(
          transaction,
          clicked.map((row) => stateFact(subjectOf(row), 'clicked', row.clicked_at)),
        );
        const shown = new Map(
          about.filter((each) => each.event === '$slot_shown').map((each) => [each.messageId, each.at]),
        );
        const attempts = shown.size === 0 ? [] : await selectShownAttempts(transaction, [...shown.keys()]);
        await recorder.apply(
          transaction,
          attempts.map(({ attempt_id: attemptId, message_id: messageId }) => ({
            attemptId,
            outcome: { kind: 'receipt', state: 'delivered', code: 'shown', at: shown.get(messageId)! },
          })),
        );
        return events.length === AT_ONCE;
      }),

    followMerges: () =>
      database.transaction(async (transaction) => {
        const changes = await needs.identity.takePersonChanges(transaction, HUB_CONSUMER, AT_ONCE);
        // A person is gone when the key that named it moved.
        const gone = changes.filter((change) => change.keyNumber === change.oldPersonId);
        await moveToPerson(transaction, gone);
        return changes.length === AT_ONCE;
      }),

    reply: (supplierId, { address, text }) =>
      database.transaction(async (transaction) => {
        const [personId] = await needs.identity.resolvePeople(transaction, [
          { type: 'mobile', value: address },
        ]);
        if (personId === undefined) return;
        const at = clock.now();
        const optedOut = isOptOut(text);
        const replyId = ids.newId();
        await insertReply(transaction, {
          replyId,
          supplierId,
          personId,
          body: secrets.encrypt(text),
          optedOut,
          at,
        });
        const subject = await selectLastMessage(transaction, personId, 'sms');
        const facts = [];
        if (subject)
          facts.push(
            stateFact(subjectOf(subject), 'replied', at, {
              occurrence: replyId,
              extra: { opted_out: optedOut },
            }),
          );
        if (optedOut) {
          const messageId = deterministicId('hub', 'opt_out', replyId);
          await needs.profile.optOut(transaction, {
            personId,
            channel: 'sms',
            at,
            messageId,
            evidence: `reply ${replyId}`,
          });
          if (subject) facts.push(stateFact(subjectOf(subject), 'unsubscribed', at, { occurrence: replyId }));
        }
        await needs.ingest.enqueue(transaction, facts);
      }),

    click: (token) =>
      database.transaction(async (transaction) => {
        const at = clock.now();
        const link = await useLink(transaction, token, 'click', at);
        if (link === undefined) return undefined;
        await markClicked(transaction, [{ messageId: link.message_id, at }]);
        await needs.ingest.enqueue(transaction, [
          stateFact(subjectOf(link), 'clicked', at, { occurrence: link.uses }),
        ]);
        return link.target;
      }),

    unsubscribe: (token) =>
      database.transaction(async (transaction) => {
        const at = clock.now();
        const link = await useLink(transaction, token, 'unsubscribe', at);
        if (link === undefined) return false;
        await needs.profile.optOut(transaction, {
          personId: link.person_id,
          channel: link.channel,
          at,
          messageId: deterministicId('hub', 'unsubscribe', token),
          evidence: `unsubscribe link of message ${link.message_id}`,
        });
        await needs.ingest.enqueue(transaction, [stateFact(subjectOf(link), 'unsubscribed', at)]);
        return true;
      }),
  };
}

function subjectOf(row: SubjectRow): FactSubject {
  return {
    messageId: row.message_id,
    personId: row.person_id,
    strategyId: row.strategy_id,
    strategyVersion: row.strategy_version,
    nodeId: row.node_id,
    entry: row.entry,
    channel: row.channel,
    supplierId: row.supplier_id,
    contentId: row.content_id,
    contentVariant: row.content_variant,
  };
}
