/** A row of a lent table: the id first, then the columns asked for; no value is an empty text. */
export type LentRow = readonly string[];

/** Later rooms lend their records to linking by this: linking itself knows files only. */
export interface RecordLender {
  readonly kind: 'mapped' | 'people';
  /** Tables that can be lent, with the names of their columns. */
  list(): Promise<{ name: string; columns: string[] }[]>;
  count(name: string): Promise<number>;
  /**
   * Rows in blocks. `idColumn` is undefined where ids are key numbers (people). Values come opened: they are for
   * comparing, and are never shown unmasked.
   */
  read(
    name: string,
    wanted: { idColumn: string | undefined; columns: readonly string[] },
    signal: AbortSignal,
  ): AsyncIterable<LentRow[]>;
}

/** How a file that arrives is written. */
export interface RecordFileForm {
  readonly file: string;
  readonly format: 'csv' | 'xlsx';
  readonly encoding: 'utf-8' | 'gb18030' | 'gbk' | 'windows-1250' | 'latin1';
  readonly delimiter: string;
}

/** What later rooms do for linking. */
export interface RecordPorts {
  readonly lenders: readonly RecordLender[];
  /** Rows of a file; its first row names the columns. @throws CodedError import_file_unreadable */
  readFile(
    bytes: AsyncIterable<Uint8Array>,
    form: RecordFileForm,
  ): Promise<{ columns: readonly string[]; blocks: AsyncIterable<string[][]> }>;
}
