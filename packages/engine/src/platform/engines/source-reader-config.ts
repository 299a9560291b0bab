import { createHash } from 'node:crypto';
import {
  ANALYST_USER,
  CLICKHOUSE_USER,
  QUOTA_INTERVAL_SECONDS,
  type ClickHouseConfig,
  type SourceReaderOptions,
} from './clickhouse-config.ts';

/** Where the mapped tables of sources are; in memory, so that no password of a source is ever on the disk. */
export const SOURCE_DATABASE = 'warehouse';

/** What a reader may reach, by the names of ClickHouse's own privileges; it may write to none of them. */
const SOURCES = ['POSTGRES', 'MYSQL', 'REMOTE', 'FILE', 'S3'];
/** Engines through which it reads, and Memory, which a database without a disk is made of. */
const ENGINES = [
  'Memory',
  'PostgreSQL',
  'MySQL',
  'Remote',
  'RemoteSecure',
  'File',
  'S3',
  'IcebergLocal',
  'IcebergS3',
  'SQLite',
];

/**
 * Where the process runs. ClickHouse takes Iceberg tables from below the working directory. PGTZ is libpq's: the
 * PostgreSQL engine leaves the offset of `timestamptz` unread, which is right only when all of them are +00.
 */
export function sourceReaderSurroundings(options: SourceReaderOptions): {
  workingDirectory: string;
  variables: Record<string, string>;
} {
  return { workingDirectory: options.filesDirectory, variables: { PGTZ: 'UTC', PGCLIENTENCODING: 'UTF8' } };
}

/**
 * Users of a ClickHouse that reads the sources of others. It is a process of its own beside the one that holds
 * the bank's customers, so the latter needs no way to the network or the disk. `wutong` runs statements that
 * Wutong composes: it declares the mapped tables. `analyst` runs SQL that people wrote: it reads those tables,
 * within limits that it cannot change, and has no right to any source. `default` as in usersConfig.
 */
export function sourceReaderUsers(config: ClickHouseConfig): string {
  const perQueryBytes = Math.floor(config.memoryBytes * 0.7);
  const spillBytes = Math.floor(perQueryBytes / 2);
  const composer = [
    'GRANT SHOW, SELECT, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE TEMPORARY TABLE, DROP, KILL QUERY ON *.*',
    ...SOURCES.map((source) => `GRANT READ ON ${source}`),
    ...ENGINES.map((engine) => `GRANT TABLE ENGINE ON ${engine}`),
  ];
  const analyst = [`GRANT SELECT ON ${SOURCE_DATABASE}.*`];
  const listOf = (grants: readonly string[]): string =>
    `<grants>${grants.map((grant) => `<query>${grant}</query>`).join('')}</grants>`;
  const hash = (password: string): string => createHash('sha256').update(password).digest('hex');
  return `<clickhouse>
  <profiles>
    <default>
      <max_memory_usage>${perQueryBytes}</max_memory_usage>
      <max_bytes_before_external_group_by>${spillBytes}</max_bytes_before_external_group_by>
      <max_bytes_before_external_sort>${spillBytes}</max_bytes_before_external_sort>
    </default>
    <analyst>
      <readonly>2</readonly>
      <max_memory_usage>${perQueryBytes}</max_memory_usage>
      <max_bytes_before_external_group_by>${spillBytes}</max_bytes_before_external_group_by>
      <max_bytes_before_external_sort>${spillBytes}</max_bytes_before_external_sort>
      <allow_introspection_functions>0</allow_introspection_functions>
      <constraints>
        <max_memory_usage><const/></max_memory_usage>
        <allow_introspection_functions><const/></allow_introspection_functions>
        <readonly><const/></readonly>
      </constraints>
    </analyst>
    <nobody>
      <max_memory_usage>50000000</max_memory_usage>
      <max_execution_time>5</max_execution_time>
      <max_concurrent_queries_for_user>2</max_concurrent_queries_for_user>
      <constraints>
        <max_memory_usage><const/></max_memory_usage>
        <max_execution_time><const/></max_execution_time>
        <max_concurrent_queries_for_user><const/></max_concurrent_queries_for_user>
      </constraints>
    </nobody>
  </profiles>
  <quotas>
    <default></default>
    <nobody><interval><duration>${QUOTA_INTERVAL_SECONDS}</duration><queries>1</queries></interval></nobody>
  </quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>nobody</profile>
      <quota>nobody</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants>
    </default>
    <${CLICKHOUSE_USER}>
      <password_sha256_hex>${hash(config.password)}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      ${listOf(composer)}
    </${CLICKHOUSE_USER}>
    <${ANALYST_USER}>
      <password_sha256_hex>${hash(config.sourceReader?.analystPassword ?? '')}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>analyst</profile>
      <quota>default</quota>
      ${listOf(analyst)}
    </${ANALYST_USER}>
  </users>
</clickhouse>
`;
}
