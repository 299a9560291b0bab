import type { Cap, contentApi, decisionApi, QuietHours } from '@wutong/contract';
import type { HttpServer, Transaction } from '../platform/index.ts';

export type Channel = contentApi.Channel;
export type Purpose = contentApi.Purpose;
export type RefusalReason = decisionApi.RefusalReason;
export type RiskLevel = decisionApi.RiskLevel;
export type Policy = decisionApi.Policy;
export type RuleResult = decisionApi.RuleResult;

/** What a strategy adds to the bank's policy. It can only make it stricter. */
export interface SendPolicy {
  /** 0–100; where caps or the budget leave room for some only, higher ones come first. Default 50. */
  readonly priority?: number;
  /** Levels of the product by issuer and seller; the highest counts. None: suitability is not judged. */
  readonly riskLevels?: readonly RiskLevel[];
  readonly caps?: readonly Cap[];
  readonly quietHours?: QuietHours;
  /** Most messages that the strategy may ever reserve; needs `strategyId`. */
  readonly messageBudget?: number;
}

/** One wish to reach a person, as the gate sees it. */
export interface JudgeRequest {
  readonly personId: number;
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly strategyId?: string;
  /** Epoch ms; not wanted earlier. Default: now. */
  readonly dueAt?: number;
  readonly policy?: SendPolicy;
  /** A test message: consent, caps, quiet hours and holdout do not apply; opt-out and address do. */
  readonly isTest?: boolean;
}

/**
 * What the gate says. `defer` is an allowance for later: it has been counted against the caps of that time
 * and needs no second judgement.
 */
export type Verdict =
  | { readonly kind: 'allow' }
  | { readonly kind: 'defer'; readonly until: number; readonly reason: 'quiet_hours' }
  | {
      readonly kind: 'refuse';
      readonly reason: RefusalReason;
      readonly detail: Readonly<Record<string, unknown>>;
    };

/** A contact that was counted when it was allowed. */
export interface CountedContact {
  readonly personId: number;
  readonly channel: Channel;
  /** Epoch ms it was allowed for: the request's time, or the deferral's. */
  readonly at: number;
}

/** The arbiter between strategies and people: who may be reached, when, and why not. */
export interface Decision {
  /**
   * Judges requests in the caller's transaction and counts those it allows; a rolled-back transaction
   * counts nothing. Verdicts stand in the order of the requests. Any number of requests; at most seven
   * statements. Persons are locked until the transaction ends, so that caps hold whoever else is judging.
   */
  judge(transaction: Transaction, requests: readonly JudgeRequest[]): Promise<Verdict[]>;
  /**
   * Judges again at the instant of the call what was allowed before and may have changed since: address,
   * suppression, consent, age, suitability, quiet hours. Counts nothing.
   */
  recheck(transaction: Transaction, requests: readonly JudgeRequest[]): Promise<Verdict[]>;
  /** As `judge`, without counting or locking: for simulation. */
  foresee(requests: readonly JudgeRequest[]): Promise<Verdict[]>;
  /** Rule by rule what would be said of one request at `at` (epoch ms); counts nothing. */
  explain(request: JudgeRequest, at: number): Promise<{ verdict: Verdict; rules: RuleResult[] }>;
  /** Gives back contacts that never took place (withdrawn, expired before the first call). */
  release(transaction: Transaction, contacts: readonly CountedContact[]): Promise<void>;
  /** The bank's policy in force. */
  policy(): Promise<Policy>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}
