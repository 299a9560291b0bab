import type { Catalogue } from '@wutong/contract';
import type { SqlContext } from './express-value.ts';
import type { StagedColumn } from './staged-record.ts';

/** What a mapping is translated in. */
export interface BulkContext extends SqlContext {
  readonly bankTimeZone: string;
  /** Epoch ms: when rows are true that do not say so. */
  readonly asOf: number;
  readonly catalogue: Catalogue;
}

/** A translated record, and what must hold for its columns to count. */
export interface ExpressedRecord<Record> {
  readonly record: Record;
  readonly columns: readonly StagedColumn[];
  readonly holds: string;
  readonly sure: readonly string[];
  readonly sureId: string;
  readonly isLearning: boolean;
}
