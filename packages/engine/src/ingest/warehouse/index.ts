import type { RecordLender } from '../../identity/index.ts';
import type { HttpServer, Platform } from '../../platform/index.ts';
import { createSourceBrowser, type SourceBrowser } from './browse-sources.ts';
import { lendTables } from './lend-tables.ts';
import { createConnections, type Connections } from './manage-connections.ts';
import { createSourceReader, type SourceReader } from './source-reader.ts';
import { warehouseRoutes } from './warehouse-routes.ts';

/** Sources of others, mapped and readable in place. */
export interface Warehouse {
  readonly connections: Connections;
  readonly browser: SourceBrowser;
  readonly reader: SourceReader;
  /** Lends mapped tables to linking. */
  readonly lender: RecordLender;
  routes(server: HttpServer): void;
  stop(): Promise<void>;
}

export function createWarehouse(platform: Platform): Warehouse {
  const reader = createSourceReader(platform);
  const connections = createConnections(platform, reader);
  const browser = createSourceBrowser(platform, reader);
  return {
    connections,
    browser,
    reader,
    lender: lendTables(platform, { browser, reader }),
    routes: (server) => warehouseRoutes(server, platform, { connections, browser }),
    stop: () => reader.stop(),
  };
}

export type { Cell, PreparedQuery, QueryColumn } from './run-query.ts';
export {
  asWritten,
  checkStatement,
  countWithout,
  firstRows,
  hasZone,
  naming,
  plainType,
  prepareQuery,
  prepareTable,
  streamRows,
  textExpression,
} from './run-query.ts';
export { followColumns } from './follow-columns.ts';
export { maskCell } from './mask-preview.ts';
export { quoteName } from './quote-sql.ts';
export { mayPass, sentenceOf, sourceError } from './source-error.ts';
export type { SourceColumn } from './connectors/index.ts';
export type { Reader, SourceReader } from './source-reader.ts';
