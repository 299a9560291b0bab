import type { hubApi, StrategyDocument } from '@wutong/contract';
import type { Audience } from '../audience/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Profile } from '../profile/index.ts';

/** A strategy with the canvas's own numbers. */
export interface StrategyProgress {
  readonly strategyId: string;
  readonly title: string;
  readonly state: string;
  readonly entered: number;
  /** Inside now. */
  readonly running: number;
  readonly converted: number;
}

/** A strategy as reports need it. */
export interface ReportedStrategy extends StrategyProgress {
  /** Published versions, newest first; the draft when there is none. */
  readonly versions: readonly { version: number; document: StrategyDocument }[];
}

/** Messages of one send step that share a state, a channel and a supplier. */
export interface MessageTally {
  readonly strategyVersion: number;
  readonly nodeId: string;
  readonly state: hubApi.MessageState;
  readonly channel: string;
  readonly supplierId?: string | undefined;
  readonly delivered: boolean;
  readonly clicked: boolean;
  readonly messages: number;
}

export interface SupplierLine {
  readonly supplierId: string;
  readonly name: string;
  /** Active, and its session is up or it needs none. */
  readonly healthy: boolean;
}

/** What insight asks of the rooms before it; everything else it reads from ClickHouse. */
export interface InsightNeeds {
  readonly identity: Pick<Identity, 'totals'>;
  readonly ingest: {
    /** Records rejected ever, and since the start of the bank's present day. */
    rejectedTotals(): Promise<{ rejected: number; rejectedToday: number }>;
    /** Title of an event in the tracking plan. */
    eventTitle(event: string): Promise<string | undefined>;
  };
  readonly profile: Pick<Profile, 'catalogue'>;
  readonly audience: Pick<
    Audience,
    'check' | 'peopleSql' | 'declareUses' | 'tagGroups' | 'mayAsk' | 'troubles'
  > & {
    /** Segments in use, people who are in at least one of them, and how many the newest proof found wrong. */
    totals(): Promise<{ segments: number; people: number; provedWrong: number }>;
  };
  readonly segments: {
    /** Makes a segment of given people (ascending, in blocks); returns how many. @throws CodedError segment_exists */
    createImported(segment: {
      segmentId: string;
      name: string;
      owner: string;
      people: AsyncIterable<number[]>;
    }): Promise<number>;
  };
  readonly hub: {
    /** Books of the strategy's send steps, exact at this instant. */
    books(filter: { strategyId: string }): Promise<readonly hubApi.StepBooks[]>;
    tally(filter: { strategyId: string }): Promise<readonly MessageTally[]>;
    suppliers(): Promise<readonly SupplierLine[]>;
    openTasks(): Promise<number>;
  };
  readonly mail: {
    /** A mail to somebody who works at the bank; `id` is the same when it is sent again. Does not reject for the relay. */
    send(mail: {
      id: string;
      to: string;
      subject: string;
      text: string;
    }): Promise<{ readonly kind: 'sent' } | { readonly kind: 'later' | 'refused'; readonly detail: string }>;
  };
  readonly canvas: {
    strategies(): Promise<readonly StrategyProgress[]>;
    strategy(strategyId: string): Promise<ReportedStrategy | undefined>;
  };
}
