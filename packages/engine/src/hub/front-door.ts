import type { SupplierLine } from './report-suppliers.ts';
import type { Notice, NoticeOutcome } from './send-notice.ts';
import type { hubApi } from '@wutong/contract';
import type { Content } from '../content/index.ts';
import type { JudgeRequest, Verdict } from '../decision/index.ts';
import type { HttpServer, Transaction } from '../platform/index.ts';
import type { Channel, Purpose, Reservation, ReservationOutcome, StepKey } from './reservation.ts';

export type StepBooks = hubApi.StepBooks;

/** The number of messages of one send step that share a state, by channel and supplier. */
export interface TallyLine extends StepKey {
  readonly state: hubApi.MessageState;
  readonly reason?: string;
  readonly channel: Channel;
  readonly supplierId?: string;
  readonly contentVariant?: string;
  readonly delivered: boolean;
  readonly clicked: boolean;
  readonly messages: number;
}

/** A fact for the event log; `messageId` is deterministic, so enqueuing it again adds nothing. */
export interface OutboxFact {
  readonly personId: number;
  readonly event: string;
  readonly time: number;
  readonly messageId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A person's address: the value only comes out of `open()`. */
export interface Address {
  readonly keyNumber: number;
  readonly masked: string;
  open(): string;
}

/** What the hub asks of the rooms before it; main.ts composes it of their front doors. */
export interface HubNeeds {
  readonly identity: {
    addressOf(
      personIds: readonly number[],
      keyType: string,
      transaction?: Transaction,
    ): Promise<ReadonlyMap<number, Address>>;
    /** Persons of keys, in their order, making those that are new; undefined where a key is not acceptable. */
    resolvePeople(
      transaction: Transaction,
      keys: readonly { type: string; value: string }[],
    ): Promise<(number | undefined)[]>;
    /** The person that has this key already; makes nobody. */
    findPerson(key: { type: string; value: string }): Promise<number | undefined>;
    /** Keys that moved to other persons since this consumer last asked. */
    takePersonChanges(
      transaction: Transaction,
      consumer: string,
      limit: number,
    ): Promise<readonly { keyNumber: number; oldPersonId: number; newPersonId: number }[]>;
  };
  readonly profile: {
    /** Attributes for templates. */
    attributesOf(
      personIds: readonly number[],
      transaction?: Transaction,
    ): Promise<ReadonlyMap<number, Readonly<Record<string, unknown>>>>;
    /** Entity ids at the far end of a relation: the manager and institution of a task. */
    relatedTo(
      personIds: readonly number[],
      relationType: string,
      now: number,
    ): Promise<ReadonlyMap<number, readonly { id: string; fields: Readonly<Record<string, unknown>> }[]>>;
    /** Names of entities by id, e.g. of managers; entities without a name are absent. */
    entityNames(type: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
    /** The person refuses a purpose on a channel (all channels: `any`) from now on. */
    optOut(
      transaction: Transaction,
      order: { personId: number; channel: Channel | 'any'; at: number; messageId: string; evidence: string },
    ): Promise<void>;
    /** The address does not exist any more; nothing is sent to it on this channel. */
    suppressAddress(
      transaction: Transaction,
      order: {
        personId: number;
        keyNumber: number;
        channel: Channel;
        at: number;
        messageId: string;
        reason: string;
      },
    ): Promise<void>;
  };
  readonly content: Pick<Content, 'version' | 'approvedVersion' | 'render' | 'linkOf'>;
  readonly decision: {
    judge(transaction: Transaction, requests: readonly JudgeRequest[]): Promise<Verdict[]>;
    /** The same at the instant of the call: consent, suppression, suitability, quiet hours; counts nothing. */
    recheck(transaction: Transaction, requests: readonly JudgeRequest[]): Promise<Verdict[]>;
    release(
      transaction: Transaction,
      contacts: readonly { personId: number; channel: Channel; at: number }[],
    ): Promise<void>;
  };
  readonly ingest: {
    enqueue(transaction: Transaction, facts: readonly OutboxFact[]): Promise<void>;
    takeInbox(
      transaction: Transaction,
      consumer: string,
      limit: number,
    ): Promise<
      readonly {
        personId: number;
        event: string;
        time: number;
        properties: Readonly<Record<string, unknown>>;
      }[]
    >;
  };
}

/** Names of collected events that the hub reads from ingest's inbox. */
export const HUB_WANTED_EVENTS: ReadonlySet<string> = new Set(['$slot_shown', '$message_clicked']);
/** The hub's name as a consumer of the inbox and of changes of persons. */
export const HUB_CONSUMER = 'hub';

/** The hub: reaches people, and keeps the books of every attempt to. */
export interface Hub {
  /**
   * Reserves messages inside the caller's transaction; the policy gate judges each one in it.
   * Outcomes stand in the order of the request. Any number of reservations, set-based.
   * @throws CodedError content_not_approved, content_not_found, content_channel_missing
   */
  reserve(transaction: Transaction, reservations: readonly Reservation[]): Promise<ReservationOutcome[]>;
  /** Books of send steps, exact at this instant. */
  books(filter: Partial<StepKey>): Promise<StepBooks[]>;
  /** The finest lines of the books: by state, reason, channel, supplier and content variant. */
  tally(filter: Partial<StepKey>): Promise<TallyLine[]>;
  /**
   * Withdraws messages that wait for their call: they become suppressed with this reason
   * (e.g. `goal_reached`, `exited`, `strategy_stopped`). Returns how many. Tasks that nobody has begun
   * are taken from the managers' lists.
   */
  withdraw(
    transaction: Transaction,
    filter: { strategyId: string; strategyVersion?: number; nodeId?: string; personIds?: readonly number[] },
    reason: string,
  ): Promise<number>;
  /** Holds back (or lets go on) all waiting messages of a strategy; nothing is lost or sent again. */
  hold(transaction: Transaction, strategyId: string, held: boolean): Promise<void>;
  /** All suppliers in a line each. */
  suppliers(): Promise<SupplierLine[]>;
  /** Tasks that wait for an outcome. */
  openTasks(): Promise<number>;
  /** Whether some enabled route leads to an active supplier that may lawfully carry this purpose. */
  canReach(channel: Channel, purpose: Purpose): Promise<boolean>;
  /** A mail of Wutong's own to somebody who works at the bank, over the bank's mail relay. */
  sendNotice(notice: Notice): Promise<NoticeOutcome>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  /** Answers in flight are waited for and recorded; sessions are unbound. */
  stop(): Promise<void>;
}
