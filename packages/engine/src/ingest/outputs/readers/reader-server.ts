import type { Readable } from 'node:stream';
import {
  CodedError,
  READER_USER,
  readStatement,
  StatementRefusal,
  type ClickHouse,
} from '../../../platform/index.ts';

/** The ClickHouse side of the readers: a database of views, and a user that may read them and nothing else. */
export interface ReaderServer {
  /** Where the views are. */
  readonly database: string;
  /** Makes the views, and drops those that are not among them. @throws CodedError readers_unsupported */
  declare(views: ReadonlyMap<string, string>): Promise<void>;
  /** Rows of a SELECT over the views in a format of ClickHouse. @throws StatementRefusal, ClickHouse's own errors */
  query(sql: string, format: string): Promise<Readable>;
  close(): Promise<void>;
}

/** What a tool looks up to show which tables there are; ClickHouse shows the reader its own only. */
const CATALOGUE_TABLES = new Set(['system.databases', 'system.tables', 'system.columns']);

export function createReaderServer(clickhouse: ClickHouse): ReaderServer {
  const { client: reader, password, database } = clickhouse.forUser(READER_USER, '_reader');

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
        );
      }
      const found = await clickhouse.query<{ name: string }>(
        'select name from system.tables where database = {database:String}',
        { database },
      );
      for (const { name } of found.filter((each) => !views.has(each.name)))
        await clickhouse.command(`drop view if exists ${database}.\`${name}\``);
    },
    async query(sql, format) {
      const { tables } = await readStatement(clickhouse, sql);
      const foreign = tables.find((table) => table.includes('.') && !isReadable(table, database));
      if (foreign !== undefined)
        throw new StatementRefusal('forbidden', `the table ${foreign} may not be read`);
      const answer = await reader.client.exec({ query: `${sql}\nFORMAT ${format}` });
      return answer.stream;
    },
    close: () => reader.close(),
  };
}

const isReadable = (table: string, database: string): boolean =>
  table.startsWith(`${database}.`) || CATALOGUE_TABLES.has(table);
