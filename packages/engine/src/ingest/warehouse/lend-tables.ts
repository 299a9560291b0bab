import type { LentRow, RecordLender } from '../../identity/index.ts';
import { CodedError, type Platform } from '../../platform/index.ts';
import type { SourceBrowser } from './browse-sources.ts';
import { prepareTable, streamRows, textExpression, type PreparedQuery } from './run-query.ts';
import type { Reader, SourceReader } from './source-reader.ts';

const TIMEOUT_SECONDS = 600;
/** Linking takes fewer; this only bounds what a source may send. */
const MAXIMUM_ROWS = 5_000_000;

/** Lends mapped tables to linking: their rows are read in place. */
export function lendTables(
  platform: Platform,
  { browser, reader: sourceReader }: { browser: SourceBrowser; reader: SourceReader },
): RecordLender {
  return {
    kind: 'mapped',
    async list() {
      const tables = await browser.mapped();
      return tables.map(({ tableName, columns }) => ({
        name: tableName,
        columns: columns.map((column) => column.name),
      }));
    },
    count: (name) =>
      sourceReader.use(async (reader) => {
        const query = await prepareTable(platform, reader, name);
        let count = 0;
        const statement = { sql: `SELECT toString(count()) FROM ${query.from}`, values: {} };
        const limits = { timeoutSeconds: TIMEOUT_SECONDS, maximumRows: 1 };
        for await (const [row] of streamRows(reader, statement, limits)) count = Number(row?.[0] ?? 0);
        return count;
      }),
    async *read(name, { idColumn, columns }, signal) {
      const { reader, release } = await hold(sourceReader);
      try {
        const query = await prepareTable(platform, reader, name);
        const cells = [idColumn ?? '', ...columns].map((column) => cellOf(query, column));
        const statement = { sql: `SELECT ${cells.join(', ')} FROM ${query.from}`, values: {} };
        const limits = { timeoutSeconds: TIMEOUT_SECONDS, maximumRows: MAXIMUM_ROWS, signal };
        for await (const rows of streamRows(reader, statement, limits))
          yield rows.map((row): LentRow => row.map((cell) => cell ?? ''));
      } finally {
        release();
      }
    },
  };
}

function cellOf({ columns }: PreparedQuery, name: string): string {
  const column = columns.find((each) => each.name === name);
  if (!column) throw new CodedError('linking_input_invalid', { details: { missing: [name] } });
  return textExpression(column);
}

/** The reader, kept while rows are taken one block after the other. */
function hold(sourceReader: SourceReader): Promise<{ reader: Reader; release: () => void }> {
  return new Promise((resolve, reject) => {
    sourceReader.use((reader) => new Promise<void>((release) => resolve({ reader, release }))).catch(reject);
  });
}
