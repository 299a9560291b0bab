import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { derivePassword } from '../derive-password.ts';

export interface ClickHouseConfig {
  directory: string;
  httpPort: number;
  /** The native protocol; only shards of one cluster need it. */
  tcpPort?: number;
  password: string;
  memoryBytes: number;
  cluster?: ClickHouseCluster;
  /** This server reads the sources of others and keeps nothing: see source-reader-config.ts. */
  sourceReader?: SourceReaderOptions;
}

export interface SourceReaderOptions {
  readonly analystPassword: string;
  /** The only folder from which Iceberg tables are read; other files are named by paths that Wutong has checked. */
  readonly filesDirectory: string;
}

export interface ClickHouseCluster {
  name: string;
  /** One entry a shard; every shard has the same password for the user wutong. */
  shards: { host: string; tcpPort: number; password: string }[];
}

/** The user that Wutong is; the other one, `default`, can do nothing. */
export const CLICKHOUSE_USER = 'wutong';
export const CLICKHOUSE_DATABASE = 'wutong';
/** Reads the masked views of its own database, for people's own tools; Wutong alone knows its password. */
export const READER_USER = 'wutong_reader';
export const READER_DATABASE = `${CLICKHOUSE_DATABASE}_reader`;
/** Runs SQL written by people, on a source reader only. */
export const ANALYST_USER = 'analyst';

/** The longest that ClickHouse takes. It counts intervals from 1970, so this one first renews in 2038. */
export const QUOTA_INTERVAL_SECONDS = 2 ** 31 - 1;

/**
 * The server's configuration. Nothing here creates system log tables: `clickhouse local` makes none unless
 * they are configured, which keeps the data folder from growing by itself.
 */
export function serverConfig(config: ClickHouseConfig): string {
  const { directory, memoryBytes } = config;
  // ClickHouse's own defaults are for servers (a mark cache of 5 GiB); ours stay within the given memory.
  const cacheBytes = Math.floor(memoryBytes / 16);
  return `<clickhouse>
  <path>${escape(join(directory, 'data'))}</path>
  <users_config>${escape(join(directory, 'users.xml'))}</users_config>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${config.httpPort}</http_port>
  ${config.tcpPort ? `<tcp_port>${config.tcpPort}</tcp_port>` : ''}
  ${httpDoor(credentialsOf(config))}
  <log-level>warning</log-level>
  <logger>
    <log>${escape(join(directory, 'logs', 'clickhouse.log'))}</log>
    <size>5M</size>
    <count>2</count>
  </logger>
  <max_server_memory_usage>${memoryBytes}</max_server_memory_usage>
  <mark_cache_size>${cacheBytes}</mark_cache_size>
  <index_mark_cache_size>${cacheBytes}</index_mark_cache_size>
  <primary_index_cache_size>${cacheBytes}</primary_index_cache_size>
  <uncompressed_cache_size>${cacheBytes}</uncompressed_cache_size>
  <max_connections>1024</max_connections>
  <keep_alive_timeout>30</keep_alive_timeout>
  <access_control_improvements><table_engines_require_grant>true</table_engines_require_grant></access_control_improvements>
  <merge_tree>
    <!-- An acknowledged insert survives a power cut, not only a crash of the process. -->
    <fsync_after_insert>1</fsync_after_insert>
    <fsync_part_directory>1</fsync_part_directory>
  </merge_tree>
  ${config.cluster ? clusterConfig(config.cluster) : ''}
</clickhouse>
`;
}

function clusterConfig(cluster: ClickHouseCluster): string {
  const shards = cluster.shards.map(
    (shard) => `<shard>
      <internal_replication>false</internal_replication>
      <replica>
        <host>${escape(shard.host)}</host><port>${shard.tcpPort}</port>
        <user>${CLICKHOUSE_USER}</user><password>${escape(shard.password)}</password>
      </replica>
    </shard>`,
  );
  return `<remote_servers><${cluster.name}>${shards.join('')}</${cluster.name}></remote_servers>
  <!-- Only tests start shards here; they look at what each was asked. -->
  <query_log><database>system</database><table>query_log</table></query_log>`;
}

/** Engines that keep their rows in the data folder or in memory; those that reach files or the net are not here. */
const TABLE_ENGINES = [
  'MergeTree',
  'ReplacingMergeTree',
  'SummingMergeTree',
  'AggregatingMergeTree',
  'CollapsingMergeTree',
  'VersionedCollapsingMergeTree',
  'Memory',
  'Null',
  'Set',
  'Join',
  'Buffer',
  'Merge',
];

/**
 * What answers over HTTP: the ping, and queries that carry the credentials of a user of ours. `default` has no
 * password and cannot be removed, and a user without any right may still compute `file('/etc/passwd')`, which
 * `clickhouse local` allows for every path: so whoever does not say a password finds no handler at all.
 */
function httpDoor(credentials: readonly string[]): string {
  const rules = credentials.map(
    (each) => `<rule>
      <headers><Authorization>Basic ${Buffer.from(each).toString('base64')}</Authorization></headers>
      <handler><type>dynamic_query_handler</type><query_param_name>query</query_param_name></handler>
    </rule>`,
  );
  return `<http_handlers>
    <rule><url>/ping</url><handler><type>ping</type></handler></rule>
    ${rules.join('\n    ')}
  </http_handlers>`;
}

function credentialsOf({ password, sourceReader }: ClickHouseConfig): string[] {
  const own = `${CLICKHOUSE_USER}:${password}`;
  const other = sourceReader
    ? `${ANALYST_USER}:${sourceReader.analystPassword}`
    : `${READER_USER}:${derivePassword(password, READER_USER)}`;
  return [own, other];
}

/**
 * Three users. `default` cannot be removed: the session that opens the listeners is it, and it has no password.
 * So it gets the one right it needs, and a quota of as many statements, which that session uses up: whoever
 * came through the door without a password (see httpDoor) could compute with constants and no more. `wutong` may do everything to tables, but a query of it cannot reach files,
 * URLs, other databases or programs, so that a hole in our SQL does not become a hole in the machine.
 * CREATE DICTIONARY is left out for that reason: here a dictionary's source may be any command.
 */
export function usersConfig(config: ClickHouseConfig): string {
  const perQueryBytes = Math.floor(config.memoryBytes * 0.7);
  const spillBytes = Math.floor(perQueryBytes / 2);
  const passwordHash = createHash('sha256').update(config.password).digest('hex');
  const grants = [
    'GRANT SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, ' +
      'CREATE FUNCTION, CREATE TEMPORARY TABLE, DROP, TRUNCATE, OPTIMIZE, KILL QUERY, dictGet, SYSTEM ON *.*',
    ...[...TABLE_ENGINES, ...(config.cluster ? ['Distributed'] : [])].map(
      (engine) => `GRANT TABLE ENGINE ON ${engine}`,
    ),
    ...(config.cluster ? ['GRANT READ, WRITE ON REMOTE'] : []),
  ];
  const listeners = config.tcpPort ? 2 : 1;
  return `<clickhouse>
  <profiles>
    <default>
      <max_memory_usage>${perQueryBytes}</max_memory_usage>
      <max_bytes_before_external_group_by>${spillBytes}</max_bytes_before_external_group_by>
      <max_bytes_before_external_sort>${spillBytes}</max_bytes_before_external_sort>
    </default>
    <reader>
      <readonly>2</readonly>
      <max_memory_usage>${Math.floor(perQueryBytes / 2)}</max_memory_usage>
      <max_execution_time>300</max_execution_time>
      <max_concurrent_queries_for_user>8</max_concurrent_queries_for_user>
      <constraints>
        <readonly><const/></readonly>
        <max_memory_usage><const/></max_memory_usage>
        <max_execution_time><max>300</max></max_execution_time>
        <max_concurrent_queries_for_user><const/></max_concurrent_queries_for_user>
        <allow_introspection_functions><const/></allow_introspection_functions>
      </constraints>
    </reader>
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
    <nobody><interval><duration>${QUOTA_INTERVAL_SECONDS}</duration><queries>${listeners}</queries></interval></nobody>
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
      <password_sha256_hex>${passwordHash}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants>${grants.map((grant) => `<query>${grant}</query>`).join('')}</grants>
    </${CLICKHOUSE_USER}>
    <${READER_USER}>
      <password_sha256_hex>${createHash('sha256').update(derivePassword(config.password, READER_USER)).digest('hex')}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>reader</profile>
      <quota>default</quota>
      <grants><query>GRANT SELECT ON ${READER_DATABASE}.*</query></grants>
    </${READER_USER}>
  </users>
</clickhouse>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
