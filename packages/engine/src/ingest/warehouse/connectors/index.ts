import { clickhouseConnector } from './clickhouse.ts';
import type { Connector } from './connector.ts';
import { filesConnector } from './files.ts';
import { icebergConnector } from './iceberg.ts';
import { mysqlConnector } from './mysql.ts';
import { postgresqlConnector } from './postgresql.ts';
import { s3Connector } from './s3.ts';

/** Every kind of source; a new one is added here once. */
export const connectors: ReadonlyMap<string, Connector> = new Map(
  [
    postgresqlConnector,
    mysqlConnector,
    clickhouseConnector,
    filesConnector,
    icebergConnector,
    s3Connector,
  ].map((connector) => [connector.kind, connector]),
);
export type * from './connector.ts';
