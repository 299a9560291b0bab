import type { OutputSelection } from '@wutong/contract';
import type { CallingUser, Transaction } from '../../../platform/index.ts';

/** A value of a row; lists are joined in CSV, objects are written as JSON. */
export type OutputValue =
  string | number | boolean | null | readonly string[] | Readonly<Record<string, unknown>>;

/** One row that leaves. */
export interface OutputRow {
  /** Stable: the same fact has the same id at each sending, so that receivers can drop repetitions. */
  readonly id: string;
  readonly personId: number;
  readonly values: RowValues;
}

export type RowValues = Readonly<Record<string, OutputValue>>;

/** JSON that says how far an output is, or which rows a portion holds. */
export type Position = Readonly<Record<string, unknown>>;

/** A column of what leaves. */
export interface OutputColumn {
  readonly name: string;
  /** Its values are masked, in whole or in part, unless the output is open. */
  readonly personal: boolean;
}

/** A portion of an output, fixed before its first row is sent. */
export interface Portion {
  readonly plan: Position;
  /** The columns of a CSV file, in order; `id` stands before them. */
  readonly columns: readonly string[];
  /** Pieces are counted, so their size stays while the portion is under way; absent in portions of before. */
  readonly rowsADelivery?: number;
}

/** What a subject is asked about. */
export interface OutputScope<Selection extends OutputSelection = OutputSelection> {
  readonly outputId: string;
  readonly selection: Selection;
  /** Whether personal values leave unmasked. */
  readonly open: boolean;
  readonly cursor: Position;
}

/** What leaves: one file each, listed in `output-subjects.ts`. */
export interface OutputSubject<Selection extends OutputSelection = OutputSelection> {
  /** Refuses what is not there for the asker. @throws CodedError output_settings_invalid */
  check(selection: Selection, asker: CallingUser): Promise<void>;
  /** The first cursor, in the transaction that makes the output; `now` is epoch ms. */
  begin(transaction: Transaction, selection: Selection, now: number): Promise<Position>;
  /** The first cursor of another run by schedule; by default the cursor goes on. */
  beginRun?(cursor: Position): Position;
  /** What is to be sent next; undefined when there is nothing at present. `large`: as much as one file may hold. */
  plan(scope: OutputScope<Selection>, large: boolean): Promise<Position | undefined>;
  columns(scope: OutputScope<Selection>): Promise<OutputColumn[]>;
  /** A plan with about so many rows, for people to look at; undefined when there are none. */
  sample(scope: OutputScope<Selection>, limit: number): Promise<Position | undefined>;
  /** Rows of a plan in blocks, in the same order at each call. */
  rows(scope: OutputScope<Selection>, plan: Position): AsyncIterable<OutputRow[]>;
  /** Values of a row that was read earlier, with all masked that is personal by now; those of the row by default. */
  masked?(scope: OutputScope<Selection>): Promise<(values: RowValues) => RowValues>;
  /** Notes in the closing transaction that the plan was sent; returns the cursor behind it. */
  settle(transaction: Transaction, scope: OutputScope<Selection>, plan: Position): Promise<Position>;
}
