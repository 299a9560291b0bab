import type { ClickHouseSettings } from '@clickhouse/client';
import type { Readable } from 'node:stream';
import {
  CodedError,
  READER_USER,
  readStatement,
  StatementRefusal,
  tableNotReadable,
  type ClickHouse,
} from '../../../platform/index.ts';
import { catalogueOf, INTRODUCTIONS } from './introduce-client.ts';

/** The ClickHouse side of the readers: a database of views, and a user that may read them and nothing else. */
export interface ReaderServer {
  /** Where the views are. */
  readonly database: string;
  /** Makes the views, and drops those that are not among them. @throws CodedError readers_unsupported */
  declare(views: ReadonlyMap<string, string>): Promise<void>;
  /**
   * Rows of a SELECT over the views in a format of ClickHouse, and the headers it gave them.
   * @throws StatementRefusal, ClickHouse's own errors
   */
  query(
    sql: string,
    format: string,
    asked?: ReaderOptions,
  ): Promise<{ rows: Readable; headers: Readonly<Record<string, string>> }>;
  close(): Promise<void>;
}

/** What a client may say of how it wants its answer. */
export interface ReaderOptions {
  /** In ClickHouse's own frames of compressed blocks. */
  readonly compress?: boolean;
  /** Rows are cut there. */
  readonly maximumRows?: number | undefined;
}

/** Headers of ClickHouse that its drivers read. */
const HEADERS = ['x-clickhouse-timezone', 'x-clickhouse-summary', 'x-clickhouse-query-id'] as const;

export function createReaderServer(clickhouse: ClickHouse): ReaderServer {
  const { client: reader, password, database } = clickhouse.forUser(READER_USER, '_reader');
  const catalogue = catalogueOf(database);
  const filters = Object.entries(catalogue).flatMap(([table, condition]) =>
    condition === undefined ? [] : [`'${table}':'${condition.replaceAll("'", "\\'")}'`],
  );

  /** On a server of the bank the user is made when Wutong may make users; the embedded one has it from its start. */
  async function ensureUser(): Promise<void> {
    const statements = [
      `create user if not exists ${READER_USER} identified with sha256_password by '${password}'`,
      `alter user ${READER_USER} settings readonly = 2 const, max_execution_time = 300 max 300`,
      `grant select on ${database}.* to ${READER_USER}`,
    ];
    try {
      for (const statement of statements) await clickhouse.command(statement);
    } catch (error) {
      const refusal = (error as { type?: string }).type ?? '';
      if (!/^(ACCESS_DENIED|ACCESS_STORAGE_\w+|UNKNOWN_ROLE|UNKNOWN_USER)$/.test(refusal)) throw error;
    }
    await reader.query('select 1').catch((error: unknown) => {
      const reason = (error as { type?: string }).type ?? (error as Error).message;
      throw new CodedError('readers_unsupported', { details: { user: READER_USER, reason } });
    });
  }

  return {
    database,
    async declare(views) {
      await clickhouse.command(`create database if not exists ${database}`);
      await ensureUser();
      for (const [name, select] of views) {
        // The view reads as its maker, so that the reader needs no right to the tables beneath.
        await clickhouse.command(
          `create or replace view ${database}.${name} sql security definer as ${select}`,
          {},
          // It lists all segments or tags that are open to all.
          { max_query_size: '16777216' },
        );
      }
      const found = await clickhouse.query<{ name: string }>(
        'select name from system.tables where database = {database:String}',
        { database },
      );
      for (const { name } of found.filter((each) => !views.has(each.name)))
        await clickhouse.command(`drop view if exists ${database}.\`${name}\``);
    },
    async query(sql, format, { compress = false, maximumRows } = {}) {
      const { tables } = await readStatement(clickhouse, sql, {}, INTRODUCTIONS);
      const foreign = tables.find(
        (table) =>
          table.includes('.') && !table.startsWith(`${database}.`) && !Object.hasOwn(catalogue, table),
      );
      if (foreign !== undefined) throw new StatementRefusal('forbidden', tableNotReadable(foreign));
      const settings = {
        additional_table_filters: `{${filters.join(',')}}`,
        // Not a setting: it stands beside them in the address.
        ...(compress ? { compress: '1' } : {}),
        ...(maximumRows === undefined
          ? {}
          : { max_result_rows: String(maximumRows), result_overflow_mode: 'break' }),
      };
      const answer = await reader.client.exec({
        query: `${sql}\nFORMAT ${format}`,
        clickhouse_settings: settings as unknown as ClickHouseSettings,
      });
      const headers: Record<string, string> = {};
      for (const name of HEADERS) {
        const value = answer.response_headers[name];
        if (typeof value === 'string') headers[name] = value;
      }
      return { rows: answer.stream, headers };
    },
    close: () => reader.close(),
  };
}
