/** One entry of a person into a strategy, as the walk sees it. Times are epoch ms. */
export interface Enrolment {
  readonly entry: number;
  readonly strategyId: string;
  readonly version: number;
  readonly personId: number;
  /** The person at entry: the hash key of splits, and what merges and splits of people are followed by. */
  readonly keyNumber: number;
  readonly isActive: boolean;
  /** Where the person stands, or stood when it ended. */
  readonly nodeId: string;
  readonly arrivedAt: number;
  /** When to look next; undefined when ended. */
  readonly dueAt: number | undefined;
  readonly anchorAt: number;
  readonly heard: readonly string[];
  readonly holdout: boolean;
  readonly variants: Readonly<Record<string, string>>;
  readonly context: Readonly<Record<string, unknown>>;
  readonly already: readonly string[];
  readonly enteredAt: number;
  readonly endedAt: number | undefined;
  readonly endReason: EndReason | undefined;
  readonly goalUntilAt: number | undefined;
  readonly goalAt: number | undefined;
}

/** Why an entry ended. */
export type EndReason = 'exit' | 'goal' | 'holdout' | 'completed' | 'stopped' | 'merged';

/** A node that was left. */
export interface Visit {
  readonly nodeId: string;
  readonly arrivedAt: number;
  readonly leftAt: number;
  /** The way out, or the reason of ending there; of sends `reserved`, `refused` or `already_sent`. */
  readonly outcome: string;
  readonly detail?: string | undefined;
}
