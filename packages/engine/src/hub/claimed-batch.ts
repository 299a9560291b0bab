import { CodedError, type Platform, type Transaction } from '../platform/index.ts';
import type { Submission } from './channels/adapter.ts';
import {
  insertAttempts,
  updateClaimed,
  type ClaimedMessage,
  type ClaimedUpdate,
  type NewAttempt,
} from './claim-store.ts';
import type { Composed } from './compose-messages.ts';
import type { HubNeeds, OutboxFact } from './front-door.ts';
import { insertSlotItems, insertTasks } from './internal-store.ts';
import { insertLinks } from './make-links.ts';
import { comparableAddress } from './normalize-provider-id.ts';
import { insertWaiting, type WaitingRow } from './reserve-store.ts';
import type { Channel } from './reservation.ts';
import { stateFact } from './state-facts.ts';
import { INTERNAL_KINDS, type SupplierDirectory } from './supplier-directory.ts';

/** What writing a batch asks of the hub. */
export interface BatchNeeds extends HubNeeds {
  readonly directory: SupplierDirectory;
}

/** What a claimed batch writes, gathered and written set by set. */
export class ClaimedBatch {
  readonly #attempts: NewAttempt[] = [];
  readonly #updates: ClaimedUpdate[] = [];
  readonly #waiting: WaitingRow[] = [];
  readonly #facts: OutboxFact[] = [];
  readonly #released: { personId: number; channel: Channel; at: number }[] = [];
  readonly #links: Parameters<typeof insertLinks>[1][number][] = [];
  readonly #internal: { message: ClaimedMessage; fields: Readonly<Record<string, string>>; kind: string }[] =
    [];
  readonly #platform: Platform;
  readonly #needs: BatchNeeds;
  readonly #process: number;
  readonly #now: number;

  constructor(platform: Platform, needs: BatchNeeds, process: number) {
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
