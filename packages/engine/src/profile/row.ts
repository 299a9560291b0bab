/** A row as ClickHouse takes and gives it. */
export type Row = Record<string, unknown> & { version: number; deleted: number };
