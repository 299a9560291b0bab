import { ADDRESS_KEY_TYPES } from '../decision/index.ts';
import type { JudgeRequest } from '../decision/index.ts';
import type { ContentVersion } from '../content/index.ts';
import { CodedError, type Platform, type Transaction } from '../platform/index.ts';
import type { Submission } from './channels/adapter.ts';
import { chooseLimit } from './choose-limit.ts';
import { createShareCounter } from './choose-supplier.ts';
import {
  claimWaiting,
  dueChannels,
  insertAttempts,
  updateClaimed,
  type ClaimedMessage,
  type ClaimedUpdate,
  type NewAttempt,
} from './claim-store.ts';
import { composeMessage, type Composed, type PeopleFacts, type Routing } from './compose-messages.ts';
import type { HubNeeds, OutboxFact } from './front-door.ts';
import { insertSlotItems, insertTasks } from './internal-store.ts';
import { insertLinks } from './make-links.ts';
import { comparableAddress } from './normalize-provider-id.ts';
import type { ProcessLocks } from './process-locks.ts';
import { insertWaiting, type WaitingRow } from './reserve-store.ts';
import type { Channel } from './reservation.ts';
import { stateFact } from './state-facts.ts';
import { INTERNAL_KINDS, type SupplierDirectory } from './supplier-directory.ts';
import type { SupplierSessions } from './supplier-sessions.ts';

const CHANNELS: readonly Channel[] = ['sms', 'email', 'push', 'in_app', 'task', 'webhook'];

export interface DeliverNeeds extends HubNeeds {
  readonly directory: SupplierDirectory;
  readonly sessions: SupplierSessions;
  readonly locks: ProcessLocks;
}

/**
 * One round of delivery: for each channel with room at its suppliers, a batch is claimed, composed, and its
 * attempts are committed; only then are suppliers called. True when there may be more at once.
 */
export function createDelivery(platform: Platform, needs: DeliverNeeds): { round(): Promise<boolean> } {
  const counter = createShareCounter();

  return {
    async round() {
      const process = needs.locks.number();
      if (process === undefined) return false;
      const suppliers = needs.directory.routable((row) => needs.sessions.isUp(row));
      const routing: Routing = {
        routes: needs.directory.routes(),
        suppliers,
        counter,
        elsewhere: new Set(needs.sessions.elsewhere()),
      };
      const limits = new Map<Channel, number>();
      for (const channel of CHANNELS) {
        const limit = chooseLimit(channel, needs.directory, needs.sessions, suppliers);
        if (limit > 0) limits.set(channel, limit);
      }
      const due = await dueChannels(platform.database, [...limits.keys()], platform.clock.now());
      let more = false;
      let failure: unknown;
      for (const channel of due as Channel[]) {
        const limit = limits.get(channel)!;
        try {
          const claimed = await deliverChannel(platform, needs, routing, { channel, limit, process });
          more ||= claimed === limit;
        } catch (error) {
          // One channel in trouble does not hold up the others; the loop logs it and backs off.
          failure ??= error;
        }
      }
      if (failure !== undefined) throw failure;
      return more;
    },
  };
}

async function deliverChannel(
  platform: Platform,
  needs: DeliverNeeds,
  routing: Routing,
  turn: { channel: Channel; limit: number; process: number },
): Promise<number> {
  const calls: { supplierId: string; submission: Submission }[] = [];
  const claimed = await platform.database.transaction(async (transaction) => {
    calls.length = 0;
    const messages = await claimWaiting(transaction, {
      channel: turn.channel,
      now: platform.clock.now(),
      limit: turn.limit,
      elsewhere: [...routing.elsewhere],
    });
    if (messages.length === 0) return 0;
    const people = await readPeople(platform, needs, transaction, messages);
    const batch = new Batch(platform, needs, turn.process);
    for (const message of messages) {
      const composed = composeMessage(platform, needs.content, message, people, routing);
      const submission = batch.add(message, composed);
      if (composed.kind === 'call' && submission) calls.push({ supplierId: composed.supplierId, submission });
    }
    await batch.write(transaction);
    return messages.length;
  });
  // The attempts are committed: from here on a call has a row whatever happens.
  for (const { supplierId, submission } of calls) needs.sessions.dispatch(supplierId, submission);
  return claimed;
}

async function readPeople(
  platform: Platform,
  needs: DeliverNeeds,
  transaction: Transaction,
  messages: readonly ClaimedMessage[],
): Promise<PeopleFacts> {
  const now = platform.clock.now();
  const personIds = [...new Set(messages.map((message) => message.person_id))];
  const keyType = ADDRESS_KEY_TYPES[messages[0]!.channel];
  const fresh = messages.filter((message) => message.expires_at > now);
  const verdicts = await needs.decision.recheck(transaction, fresh.map(requestOf));
  const versions = new Map<string, ContentVersion>();
  for (const { content_id: contentId, content_version: version } of messages) {
    const key = `${contentId} ${version}`;
    if (versions.has(key)) continue;
    const found = await needs.content.version({ contentId, version });
    if (found !== undefined) versions.set(key, found);
  }
  return {
    addresses:
      keyType === undefined ? new Map() : await needs.identity.addressOf(personIds, keyType, transaction),
    attributes: await needs.profile.attributesOf(personIds, transaction),
    verdicts: new Map(fresh.map((message, place) => [message.message_id, verdicts[place]!])),
    versions,
  };
}

function requestOf(message: ClaimedMessage): JudgeRequest {
  const { isTest, ...policy } = message.policy ?? {};
  return {
    personId: message.person_id,
    channel: message.channel,
    purpose: message.purpose,
    strategyId: message.strategy_id,
    ...(Object.keys(policy).length > 0 ? { policy } : {}),
    ...(isTest === true ? { isTest } : {}),
  };
}

/** What a claimed batch writes, gathered and written set by set. */
class Batch {
  readonly #attempts: NewAttempt[] = [];
  readonly #updates: ClaimedUpdate[] = [];
  readonly #waiting: WaitingRow[] = [];
  readonly #facts: OutboxFact[] = [];
  readonly #released: { personId: number; channel: Channel; at: number }[] = [];
  readonly #links: Parameters<typeof insertLinks>[1][number][] = [];
  readonly #internal: { message: ClaimedMessage; fields: Readonly<Record<string, string>>; kind: string }[] =
    [];
  readonly #platform: Platform;
  readonly #needs: DeliverNeeds;
  readonly #process: number;
  readonly #now: number;

  constructor(platform: Platform, needs: DeliverNeeds, process: number) {
    this.#platform = platform;
    this.#needs = needs;
    this.#process = process;
    this.#now = platform.clock.now();
  }

  /** Gathers one message; the submission to dispatch after the commit, when someone outside is to be called. */
  add(message: ClaimedMessage, composed: Composed): Submission | undefined {
    switch (composed.kind) {
      case 'wait':
        this.#waiting.push({
          messageId: message.message_id,
          channel: composed.channel,
          lane: message.lane,
          dueAt: composed.dueAt,
          supplierId: composed.supplierId,
          held: message.held,
        });
        if (composed.channel !== message.channel)
          this.#update(message, { state: 'pending', channel: composed.channel });
        return undefined;
      case 'suppressed':
      case 'failed':
        this.#update(message, { state: composed.kind, reason: composed.reason });
        this.#facts.push(this.#fact(message, composed.kind, composed.reason));
        if (message.attempts === 0) {
          this.#released.push({ personId: message.person_id, channel: message.channel, at: message.due_at });
        }
        return undefined;
      case 'stands':
        this.#update(message, { state: 'sent' });
        return undefined;
      case 'call':
        return this.#call(message, composed);
    }
  }

  #call(message: ClaimedMessage, composed: Extract<Composed, { kind: 'call' }>): Submission | undefined {
    const kind = this.#needs.directory.kindOf(composed.supplierId);
    const internal = kind !== undefined && INTERNAL_KINDS.has(kind);
    const { ids, secrets } = this.#platform;
    const attemptId = ids.newId();
    this.#attempts.push({
      attemptId,
      messageId: message.message_id,
      personId: message.person_id,
      ordinal: message.attempts + 1,
      channel: message.channel,
      supplierId: composed.supplierId,
      processNumber: this.#process,
      state: internal ? 'sent' : 'calling',
      keyNumber: composed.address?.keyNumber ?? null,
      addressPrint: composed.opened === '' ? null : secrets.fingerprint(comparableAddress(composed.opened)),
      addressMasked: composed.address?.masked ?? null,
      parts: composed.parts,
      rendered: secrets.encrypt(JSON.stringify(composed.fields)),
      calledAt: this.#now,
      answeredAt: internal ? this.#now : null,
      receiptWaitMs: message.cascade?.noReceiptAfterMs ?? null,
    });
    this.#links.push(...composed.links);
    this.#update(message, {
      state: internal ? 'sent' : 'pending',
      supplierId: composed.supplierId,
      attempts: message.attempts + 1,
      sentAt: internal ? (message.sent_at ?? this.#now) : message.sent_at,
    });
    if (internal) {
      this.#internal.push({ message, fields: composed.fields, kind });
      if (message.sent_at === null) this.#facts.push(this.#fact(message, 'sent', null, composed.supplierId));
      return undefined;
    }
    return {
      attemptId,
      messageId: message.message_id,
      personId: message.person_id,
      address: composed.opened,
      fields: composed.fields,
      purpose: message.purpose,
      expiresAt: message.expires_at,
    };
  }

  #update(message: ClaimedMessage, change: Partial<ClaimedUpdate> & Pick<ClaimedUpdate, 'state'>): void {
    this.#updates.push({
      messageId: message.message_id,
      personId: message.person_id,
      reason: null,
      channel: message.channel,
      supplierId: null,
      attempts: message.attempts,
      sentAt: message.sent_at,
      ...change,
    });
  }

  #fact(
    message: ClaimedMessage,
    kind: 'sent' | 'suppressed' | 'failed',
    reason: string | null,
    supplierId: string | null = null,
  ): OutboxFact {
    return stateFact(
      {
        messageId: message.message_id,
        personId: message.person_id,
        strategyId: message.strategy_id,
        strategyVersion: message.strategy_version,
        nodeId: message.node_id,
        entry: message.entry,
        channel: message.channel,
        supplierId,
        contentId: message.content_id,
        contentVariant: message.content_variant,
        reason,
      },
      kind,
      this.#now,
    );
  }

  async write(transaction: Transaction): Promise<void> {
    await insertAttempts(transaction, this.#attempts);
    await updateClaimed(transaction, this.#updates);
    await insertWaiting(transaction, this.#waiting);
    await insertLinks(transaction, this.#links);
    await this.#writeInternal(transaction);
    if (this.#released.length > 0) await this.#needs.decision.release(transaction, this.#released);
    await this.#needs.ingest.enqueue(transaction, this.#facts);
  }

  async #writeInternal(transaction: Transaction): Promise<void> {
    const { secrets, ids } = this.#platform;
    const slots = this.#internal.filter((each) => each.kind === 'in_app');
    await insertSlotItems(
      transaction,
      slots.map(({ message, fields: { slot, ...texts } }) => ({
        messageId: message.message_id,
        personId: message.person_id,
        slot: slot ?? '',
        body: secrets.encrypt(JSON.stringify(texts)),
        createdAt: this.#now,
        validUntil: message.expires_at,
      })),
    );
    const tasks = this.#internal.filter((each) => each.kind === 'task');
    if (tasks.length === 0) return;
    const managers = await managersOf(
      this.#needs,
      tasks.map(({ message }) => message.person_id),
      this.#now,
    );
    await insertTasks(
      transaction,
      tasks.map(({ message, fields }) => {
        const manager = managers.get(message.person_id)?.[0];
        const institution = manager?.fields.institution_id;
        return {
          taskId: ids.newId(),
          messageId: message.message_id,
          personId: message.person_id,
          managerId: manager?.id ?? null,
          institutionId: typeof institution === 'string' ? institution : null,
          body: secrets.encrypt(JSON.stringify(fields)),
          strategyId: message.strategy_id,
          nodeId: message.node_id,
          createdAt: this.#now,
          expiresAt: message.expires_at,
        };
      }),
    );
  }
}

/** The relation from a person to the manager who gets the person's tasks. */
const MANAGED_BY = 'managed_by';

/** Managers of people; nobody where the bank has not declared who manages whom: tasks are then for all. */
async function managersOf(
  needs: HubNeeds,
  personIds: readonly number[],
  now: number,
): ReturnType<HubNeeds['profile']['relatedTo']> {
  try {
    return await needs.profile.relatedTo(personIds, MANAGED_BY, now);
  } catch (error) {
    if (error instanceof CodedError && error.code === 'type_not_declared') return new Map();
    throw error;
  }
}
