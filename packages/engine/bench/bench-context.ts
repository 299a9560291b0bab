import type { Platform } from '../src/platform/index.ts';

/** One measured claim: a figure and its ratio to a named baseline measured in the same run. */
export interface BenchRow {
  /** e.g. `ingest-http`. */
  readonly name: string;
  readonly value: number;
  /** e.g. `events/s`. */
  readonly unit: string;
  /** What the figure is compared with, in words. */
  readonly baseline: string;
  readonly baselineValue: number;
  /** value ÷ baselineValue where more is better, baselineValue ÷ value where less is better. */
  readonly ratio: number;
  /** What bounds the figure, and anything a reader must know. */
  readonly note?: string;
}

/** What a bench is given. */
export interface BenchContext {
  /** A fresh pair of databases with all migrations, and a platform on them. */
  createPlatform(): Promise<{
    platform: Platform;
    databaseUrl: string;
    clickhouseUrl: string;
    readonly drop: () => Promise<void>;
  }>;
  readonly say: (text: string) => void;
}

/** What each file beside this one exports: `export const run: Bench`. */
export type Bench = (context: BenchContext) => Promise<BenchRow[]>;
