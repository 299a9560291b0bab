import type { contentApi, hubApi } from '@wutong/contract';
import type { SendPolicy } from '../decision/index.ts';

export type Channel = contentApi.Channel;
export type Purpose = contentApi.Purpose;
export type Lane = hubApi.Lane;
export type Cascade = hubApi.Cascade;
export type MessageState = hubApi.MessageState;
export type AttemptState = hubApi.AttemptState;

/** One send step of one strategy version. */
export interface StepKey {
  readonly strategyId: string;
  readonly strategyVersion: number;
  readonly nodeId: string;
}

/**
 * A wish to reach one person once. `(strategyId, strategyVersion, nodeId, personId, entry)` is its
 * identity: reserved again, it is the same message.
 */
export interface Reservation extends StepKey {
  readonly personId: number;
  /** Which entry of the person into the strategy, from 1. */
  readonly entry: number;
  readonly channel: Channel;
  readonly purpose: Purpose;
  /** Default by purpose: verification → urgent, service → normal, marketing → bulk. */
  readonly lane?: Lane;
  readonly contentId: string;
  readonly contentVersion: number;
  /** Label of the content in an A/B split, e.g. `A`. */
  readonly contentVariant?: string;
  readonly cascade?: Cascade;
  /** Values for the templates over the person's own: product, offer, code. Stored encrypted. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Epoch ms; not called before. Default: now. */
  readonly dueAt?: number;
  /** Epoch ms; from then on it is not called any more and fails with reason `expired`. Default: 48 h after `dueAt`. */
  readonly expiresAt?: number;
  /** What the strategy adds to the bank's policy: caps, quiet hours, priority, the product's risk levels. */
  readonly policy?: SendPolicy;
  /** A test message: caps, quiet hours, consent and holdout do not apply; opt-out does. */
  readonly isTest?: boolean;
}

/** What became of a reservation, in the order of the request. */
export interface ReservationOutcome {
  readonly messageId: string;
  readonly state: MessageState;
  /** Why it was suppressed, or `quiet_hours` when it waits for the morning. */
  readonly reason?: string;
  /** Epoch ms of the first call; absent unless it is new and pending. */
  readonly dueAt?: number;
  /** The message was reserved before; nothing was changed. */
  readonly existing: boolean;
}

/** Numbers of lanes in the ledger; the smaller is served first. */
export const LANE_NUMBERS: Readonly<Record<Lane, number>> = { urgent: 0, normal: 1, bulk: 2 };
export const LANES_BY_NUMBER: readonly Lane[] = ['urgent', 'normal', 'bulk'];

const LANE_OF_PURPOSE: Readonly<Record<Purpose, Lane>> = {
  verification: 'urgent',
  service: 'normal',
  marketing: 'bulk',
};

/** The lane a purpose travels in when nothing else is said. */
export function laneOf(reservation: Pick<Reservation, 'lane' | 'purpose'>): Lane {
  return reservation.lane ?? LANE_OF_PURPOSE[reservation.purpose];
}
