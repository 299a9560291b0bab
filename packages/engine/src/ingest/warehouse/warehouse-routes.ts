import { connectionsApi } from '@wutong/contract';
import {
  allows,
  CodedError,
  type CallingUser,
  type HttpServer,
  type Platform,
} from '../../platform/index.ts';
import type { SourceBrowser } from './browse-sources.ts';
import { connectors } from './connectors/index.ts';
import type { Connections } from './manage-connections.ts';
import { readReach, saveReach } from './reach-policy.ts';

/** Endpoints of connections and mapped tables. */
export function warehouseRoutes(
  server: HttpServer,
  platform: Platform,
  { connections, browser }: { connections: Connections; browser: SourceBrowser },
): void {
  /** Unmasked rows need the right, and leave a line in the audit. */
  async function mayOpen(user: CallingUser, wanted: boolean, object: string): Promise<boolean> {
    if (!wanted) return false;
    if (!allows(user.permissions, 'pii.open'))
      throw new CodedError('permission_denied', { details: { permission: 'pii.open' } });
    await platform.database.transaction((transaction) =>
      platform.audit.record(transaction, { actor: user.name, action: 'pii.open', object }),
    );
    return true;
  }

  server.handle(connectionsApi.listConnectionKinds, async () => ({
    items: [...connectors.values()].map(({ kind, title, fields }) => ({ kind, title, fields: [...fields] })),
  }));
  server.handle(connectionsApi.listConnections, async () => ({ items: await connections.list() }));
  server.handle(connectionsApi.createConnection, ({ body, user }) => connections.create(body, user.name));
  server.handle(connectionsApi.readConnection, ({ params }) => connections.read(params.connectionId));
  server.handle(connectionsApi.updateConnection, ({ params, body, user }) =>
    connections.update(params.connectionId, body, user.name),
  );
  server.handle(connectionsApi.deleteConnection, async ({ params, user }) => {
    await connections.remove(params.connectionId, user.name);
    return { deleted: true };
  });
  server.handle(connectionsApi.testConnection, ({ params }) => connections.test(params.connectionId));
  server.handle(connectionsApi.listSourceTables, ({ params, query }) =>
    browser.tables(params.connectionId, query.search),
  );
  server.handle(connectionsApi.listSourceColumns, async ({ params, query }) => ({
    items: await browser.columns(params.connectionId, query),
  }));
  server.handle(connectionsApi.previewSourceTable, async ({ params, query, user }) => {
    const place = [query.schema, query.table].filter((part) => part !== '').join('.');
    const open = await mayOpen(user, query.open === 'true', `rows of ${params.connectionId} ${place}`);
    return browser.preview(params.connectionId, query, open);
  });
  server.handle(connectionsApi.listMappedTables, async () => ({ items: await browser.mapped() }));
  server.handle(connectionsApi.saveMappedTable, ({ params, body, user }) =>
    browser.map(params.tableName, body, user.name),
  );
  server.handle(connectionsApi.deleteMappedTable, async ({ params, user }) => {
    await browser.unmap(params.tableName, user.name);
    return { deleted: true };
  });
  server.handle(connectionsApi.previewSql, async ({ body, user }) =>
    browser.previewSql(body.sql, await mayOpen(user, body.open, 'rows of SQL over mapped tables')),
  );
  server.handle(connectionsApi.readReach, async () => ({ hosts: await readReach(platform) }));
  server.handle(connectionsApi.saveReach, async ({ body, user }) => {
    await saveReach(platform, body.hosts, user.name);
    return { hosts: body.hosts };
  });
}
