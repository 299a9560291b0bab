import type { hubApi } from '@wutong/contract';
import type { HttpServer, Transaction } from '../platform/index.ts';
import type { Channel, Purpose, Reservation, ReservationOutcome, StepKey } from './reservation.ts';

export type {
  AttemptState,
  Cascade,
  Channel,
  Lane,
  MessageState,
  Purpose,
  Reservation,
  ReservationOutcome,
  StepKey,
} from './reservation.ts';
export type StepBooks = hubApi.StepBooks;

/** The hub: reaches people, and keeps the books of every attempt to. */
export interface Hub {
  /**
   * Reserves messages inside the caller's transaction; the policy gate judges each one in it.
   * Outcomes stand in the order of the request. Any number of reservations; set-based, four statements.
   * @throws CodedError content_not_approved, content_not_found, content_channel_missing
   */
  reserve(transaction: Transaction, reservations: readonly Reservation[]): Promise<ReservationOutcome[]>;
  /** Books of send steps, exact at this instant. */
  books(filter: Partial<StepKey>): Promise<StepBooks[]>;
  /**
   * Withdraws messages that no supplier was called for yet: they become suppressed with this reason
   * (e.g. `goal_reached`, `exited`, `strategy_stopped`). Returns how many.
   */
  withdraw(
    transaction: Transaction,
    filter: { strategyId: string; strategyVersion?: number; nodeId?: string; personIds?: readonly number[] },
    reason: string,
  ): Promise<number>;
  /** Holds back (or lets go on) all pending messages of a strategy; nothing is lost or sent again. */
  hold(transaction: Transaction, strategyId: string, held: boolean): Promise<void>;
  /** Whether some enabled route leads to a supplier that may lawfully carry this purpose. */
  canReach(channel: Channel, purpose: Purpose): Promise<boolean>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  /** Answers in flight are waited for and recorded; sessions are unbound. */
  stop(): Promise<void>;
}
