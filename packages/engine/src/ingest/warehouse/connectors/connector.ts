import type { connectionsApi } from '@wutong/contract';
import { CodedError } from '../../../platform/index.ts';

/**
 * A kind of source that can be mapped. Adding one is a file in this folder and a line in `index.ts`; `docs/warehouse.md`
 * walks through it. A connector composes statements for the reader of sources, a ClickHouse of its own: it never sees
 * SQL that a person wrote, quotes every name it is given (quote-sql.ts), and never puts a secret into an error.
 */
export interface Connector {
  readonly kind: string;
  readonly title: { readonly zh: string; readonly en: string };
  /** What a connection of the kind is asked for; secrets are kept apart, encrypted. */
  readonly fields: readonly connectionsApi.ConnectionField[];
  /** Names of the fields that say what is connected to: when one changes, secrets have to be given again. */
  readonly target: readonly string[];
  /** The host that it connects to, if any: checked against the hosts that connections may reach. */
  endpoint?(settings: Settings): Endpoint;
  /** Whether a column that is declared as text is given as the source writes it, whatever its type there. */
  readonly givesTexts?: boolean;
  /** Path below the folder for files, if it reads files: checked to be inside. */
  path?(settings: Settings): string;
  /** Tables that may be read, at most `limit`. The first question a test of the connection asks. */
  tables(source: Source, limit: number): Promise<SourceTable[]>;
  /** Columns of a table with the types of ClickHouse that hold their values. Throws what the reader throws. */
  columns(source: Source, table: TableReference): Promise<DescribedColumn[]>;
  /** The engine of a ClickHouse table that reads the source's table in place. */
  engine(source: Source, table: TableReference): Fragment | Promise<Fragment>;
}

export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface TableReference {
  /** Empty when the source has none. */
  readonly schema: string;
  readonly table: string;
}

export interface SourceTable extends TableReference {
  readonly kind: 'table' | 'view' | 'file' | 'folder';
}

export interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  readonly sourceType?: string;
}

/** A piece of SQL with the values that are bound in it as `{name:Type}`. */
export interface Fragment {
  readonly sql: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The engine finds the columns itself and does not want them told. */
  readonly findsColumns?: boolean;
}

/** A connection opened for a connector. */
export interface Source {
  readonly settings: Settings;
  /** A secret, or an empty text when none is kept. */
  secret(name: string): string;
  /** `host:port` with the address that the host's name had when it was checked; no name is looked up again. */
  readonly address: string;
  /** The folder for files of sources, links followed; and the checked path in it, for sources that are files. */
  readonly folder: string;
  readonly path: string;
  /** Asks the reader of sources as the user that may reach them. */
  query<Row>(sql: string, values?: Readonly<Record<string, unknown>>): Promise<Row[]>;
}

export const textOf = (settings: Settings, name: string): string => String(settings[name] ?? '');

/** A column as the API shows it and the mapping of a table keeps it. */
export type SourceColumn = connectionsApi.SourceColumn;

/**
 * ClickHouse quotes names for PostgreSQL and MySQL with backslashes, which those do not know: a name with one of these
 * characters would not stay a name.
 */
const isUnquotable = (name: string): boolean => /["`\\]/.test(name) || name.includes('\u0000');

/** @throws CodedError source_table_missing */
export function refuseUnquotable(names: readonly string[]): void {
  const name = names.find(isUnquotable);
  if (name === undefined) return;
  const reason = 'names with a quote or a backslash cannot be read';
  throw new CodedError('source_table_missing', { details: { name, reason } });
}

/** Columns whose names can be quoted; the others are left out. */
export const quotable = <Column extends { readonly name: string }>(columns: readonly Column[]): Column[] =>
  columns.filter((column) => !isUnquotable(column.name));
