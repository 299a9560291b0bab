import type { Asker } from '../audience/index.ts';
import type { ReportedStrategy, StrategyProgress } from './report-strategies.ts';
import type { canvasApi, Finding, StrategyDocument } from '@wutong/contract';
import type { HttpServer } from '../platform/index.ts';
import type { StoredStrategy } from './strategy-store.ts';
import type { StoredVersion } from './version-store.ts';

export type { StoredStrategy } from './strategy-store.ts';
export type { StoredVersion } from './version-store.ts';

export type Simulation = canvasApi.Simulation;

/** Who acts: a console user's id. */
export interface Actor {
  readonly actor: string;
}

/** The canvas: strategies as documents, their versions, and the people moving through them. */
export interface Canvas {
  /** @throws CodedError conflict when the id is taken */
  create(
    input: Actor & { strategyId: string; name: string; description?: string; document: StrategyDocument },
  ): Promise<StoredStrategy>;
  /** @throws CodedError strategy_not_found, strategy_draft_changed */
  saveDraft(
    input: Actor & {
      strategyId: string;
      draftRevision: number;
      document: StrategyDocument;
      name?: string | undefined;
      description?: string | undefined;
    },
  ): Promise<StoredStrategy>;
  /** What the asker may not see is unknown in conditions; no asker: the system. */
  check(document: StrategyDocument, asker?: Asker): Promise<Finding[]>;
  /** Freezes the draft. @throws CodedError strategy_has_findings, strategy_draft_changed, strategy_not_found */
  submit(
    input: Actor & { strategyId: string; draftRevision: number; note?: string; asker?: Asker },
  ): Promise<StoredVersion>;
  /**
   * Approves or rejects by hash; not by the one who submitted, unless the setting
   * `approval.single_user` says that one person works here alone.
   * @throws CodedError strategy_version_not_found, strategy_hash_differs, strategy_state_differs, strategy_same_person
   */
  decide(
    input: Actor & {
      strategyId: string;
      version: number;
      hash: string;
      decision: 'approve' | 'reject';
      note?: string;
    },
  ): Promise<StoredVersion>;
  /** @throws CodedError strategy_not_approved, strategy_hash_differs, strategy_state_differs */
  publish(
    input: Actor & { strategyId: string; version: number; hash: string; enterAgain?: boolean },
  ): Promise<StoredVersion>;
  /** @throws CodedError strategy_not_found, strategy_state_differs */
  changeState(
    input: Actor & { strategyId: string; action: 'pause' | 'resume' | 'stop' },
  ): Promise<StoredStrategy>;
  numbers(strategyId: string, version: number): Promise<canvasApi.StrategyNumbers>;
  simulate(input: {
    document: StrategyDocument;
    sample: number;
    eventRate: number;
    asker?: Asker;
  }): Promise<Simulation>;
  /** Strategies with their numbers, last changed first, at most 1,000. */
  strategies(): Promise<StrategyProgress[]>;
  /** One strategy with the documents that ran. */
  strategy(strategyId: string): Promise<ReportedStrategy | undefined>;
  /** Names of the events that ingest must put into the inbox for this room. */
  wantedEvents(): ReadonlySet<string>;
  /**
   * Does all that is due now, until nothing is: plan, enter, hear, step. Loops do the same piece by piece;
   * this is for tests and for tools that move the clock themselves.
   */
  settle(): Promise<void>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}
