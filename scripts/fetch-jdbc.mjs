// ClickHouse's JDBC driver, for the test of the readers' door.
import { fileURLToPath } from 'node:url';
import { fetchJars } from './fetch-jars.mjs';

fetchJars(
  'clickhouse-jdbc',
  fileURLToPath(new URL('../packages/engine/test/harness/jdbc-client.pom.xml', import.meta.url)),
);
