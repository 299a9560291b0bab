import { createClient, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client';
import type { Readable } from 'node:stream';
import { derivePassword } from './derive-password.ts';

/** ClickHouse: all that is large and append-only. Values are bound as `{name:Type}`. */
export interface ClickHouse {
  query<Row = Record<string, unknown>>(
    sql: string,
    parameters?: Record<string, unknown>,
    settings?: ClickHouseSettings,
  ): Promise<Row[]>;
  /** Rows in blocks as they arrive, for results too large to hold. */
  queryStream<Row = Record<string, unknown>>(
    sql: string,
    parameters?: Record<string, unknown>,
    settings?: ClickHouseSettings,
  ): AsyncIterable<Row[]>;
  /** Resolves when the rows are on disk. With a token, the same call sent again inserts nothing. */
  insert(
    table: string,
    rows: readonly object[],
    options?: { deduplicationToken?: string; settings?: ClickHouseSettings },
  ): Promise<void>;
  /** Inserts a stream of bytes already in a ClickHouse format. */
  insertStream(
    table: string,
    stream: Readable,
    format: 'JSONEachRow' | 'CSV' | 'TabSeparated',
    settings?: ClickHouseSettings,
  ): Promise<void>;
  command(sql: string, parameters?: Record<string, unknown>, settings?: ClickHouseSettings): Promise<void>;
  ping(): Promise<boolean>;
  /**
   * The same server as another user of ours, whose password derives from ours, in the database of our name with a
   * suffix. To be closed by the caller.
   */
  forUser(user: string, databaseSuffix: string): { client: ClickHouse; password: string; database: string };
  close(): Promise<void>;
  readonly client: ClickHouseClient;
}

const SETTINGS: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 0,
  date_time_input_format: 'best_effort',
  // Rows go to disk before the answer: an acknowledged row survives a kill of the process.
  // fsync is PostgreSQL's and the table's matter (see ARCHITECTURE.md on durability).
  async_insert: 0,
  wait_end_of_query: 1,
};

export interface ClickHouseOptions {
  readonly maximumConnections?: number;
  readonly requestTimeoutMs?: number;
}

/** Opens a client of one node. */
export function openClickHouseNode(
  url: string,
  options: ClickHouseOptions & { readonly settings?: ClickHouseSettings } = {},
): ClickHouse {
  const client = createClient({
    url,
    max_open_connections: options.maximumConnections ?? 16,
    request_timeout: options.requestTimeoutMs ?? 300_000,
    compression: { request: false, response: false },
    keep_alive: { enabled: true },
    clickhouse_settings: { ...SETTINGS, ...options.settings },
    log: { level: 127 as never },
  });
  return {
    client,
    async query<Row>(sql: string, parameters = {}, settings: ClickHouseSettings = {}) {
      const result = await client.query({
        query: sql,
        query_params: parameters,
        format: 'JSONEachRow',
        clickhouse_settings: settings,
      });
      return result.json<Row>() as Promise<Row[]>;
    },
    async *queryStream<Row>(sql: string, parameters = {}, settings: ClickHouseSettings = {}) {
      const result = await client.query({
        query: sql,
        query_params: parameters,
        format: 'JSONEachRow',
        clickhouse_settings: { ...settings, wait_end_of_query: 0 },
      });
      for await (const rows of result.stream()) {
        yield rows.map((row) => row.json<Row>());
      }
    },
    async insert(table, rows, insertOptions = {}) {
      if (rows.length === 0) return;
      await client.insert({
        table,
        values: rows as object[],
        format: 'JSONEachRow',
        clickhouse_settings: {
          ...insertOptions.settings,
          ...(insertOptions.deduplicationToken
            ? { insert_deduplication_token: insertOptions.deduplicationToken }
            : {}),
        },
      });
    },
    async insertStream(table, stream, format, settings = {}) {
      await client.insert({ table, values: stream, format, clickhouse_settings: settings });
    },
    async command(sql, parameters = {}, settings = {}) {
      await client.command({ query: sql, query_params: parameters, clickhouse_settings: settings });
    },
    forUser(user, databaseSuffix) {
      const other = new URL(url);
      const password = derivePassword(decodeURIComponent(other.password), user);
      const database = `${other.pathname.slice(1) || 'default'}${databaseSuffix}`;
      other.username = user;
      other.password = password;
      other.pathname = `/${database}`;
      return { client: openClickHouseNode(other.toString(), { maximumConnections: 8 }), password, database };
    },
    async ping() {
      return (await client.ping()).success;
    },
    async close() {
      await client.close();
    },
  };
}
