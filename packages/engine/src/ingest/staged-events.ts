/** A property of staged events, in a column that is NULL where an event has none. */
export interface StagedProperty {
  readonly name: string;
  /** How it is stored; days are texts. */
  readonly type: 'string' | 'number' | 'boolean';
  /** String, Float64 or Bool, nullable. */
  readonly sql: string;
}

/**
 * Events of rows of a file that lie in a ClickHouse table already. Members in SQL are expressions over the rows of
 * `from`.
 */
export interface StagedRows {
  /** What follows FROM. */
  readonly from: string;
  /** SQL: number of the row in the file, from 1. */
  readonly row: string;
  /** SQL: name of the event. */
  readonly event: string;
  /** SQL: epoch ms. */
  readonly at: string;
  /** SQL: the person, and the key by which they are known. */
  readonly personId: string;
  readonly keyNumber: string;
  readonly properties: readonly StagedProperty[];
}

/** Staged rows to be stored, each surely what a single row would have given and with nothing for the tracking plan to change. */
export interface StagedEvents extends StagedRows {
  /** With the row and the place of the record in the mapping, what names the event within its source. */
  readonly file: string;
  readonly record: number;
}

/** How often an event of one name came with each of its properties. Times are epoch ms. */
export interface EventUse {
  readonly event: string;
  readonly events: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly properties: readonly PropertyUse[];
}

export interface PropertyUse {
  readonly name: string;
  readonly type: StagedProperty['type'];
  readonly values: number;
  /** Of the texts, those that are a day (YYYY-MM-DD), and those that begin with one. */
  readonly days: number;
  readonly dated: number;
}
