import type { connectionsApi } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import {
  changeConnection,
  insertConnection,
  noteCheck,
  removeConnection,
  selectConnections,
  selectTables,
  type ConnectionRow,
} from './connection-store.ts';
import { type Connector, type Settings } from './connectors/index.ts';
import { checkSettings, connectorOf, openSecrets, openSource } from './open-source.ts';
import { checkReach } from './reach-policy.ts';
import { sentenceOf, sourceError } from './source-error.ts';
import type { SourceReader } from './source-reader.ts';

type Secrets = Readonly<Record<string, string>>;

/** Connections to sources. Their secrets come in and never go out. */
export interface Connections {
  list(): Promise<connectionsApi.Connection[]>;
  /** @throws CodedError connection_not_found */
  read(connectionId: string): Promise<connectionsApi.Connection>;
  /** @throws CodedError connection_exists, connection_settings_invalid, connection_host_refused */
  create(
    connection: { connectionId: string; name: string; kind: string; settings: Settings; secrets: Secrets },
    actor: string,
  ): Promise<connectionsApi.Connection>;
  /** Secrets that are not named stay, unless what is connected to changes. @throws as create */
  update(
    connectionId: string,
    change: { name?: string | undefined; settings?: Settings | undefined; secrets?: Secrets | undefined },
    actor: string,
  ): Promise<connectionsApi.Connection>;
  /** @throws CodedError connection_in_use */
  remove(connectionId: string, actor: string): Promise<void>;
  /** Connects and asks for one table. */
  test(connectionId: string): Promise<{ ok: boolean; tookMs: number; code?: string; message?: string }>;
}

export function createConnections(platform: Platform, reader: SourceReader): Connections {
  const { database, clock, secrets: boxes, audit } = platform;

  async function find(connectionId: string): Promise<ConnectionRow> {
    const [row] = await selectConnections(database, connectionId);
    if (!row) throw new CodedError('connection_not_found', { details: { connectionId } });
    return row;
  }

  const boxOf = (secrets: Secrets): { box: string | null; names: string[] } => {
    const names = Object.keys(secrets).filter((name) => secrets[name] !== '');
    return { box: names.length > 0 ? boxes.encrypt(JSON.stringify(secrets)) : null, names };
  };

  async function checkPlace(connector: Connector, settings: Settings): Promise<void> {
    const endpoint = connector.endpoint?.(settings);
    // A name that is not there now may be there later; the list of hosts is asked in any case.
    if (endpoint) {
      await checkReach(platform, endpoint).catch((error: unknown) => {
        if (!(error instanceof CodedError) || error.code !== 'source_unreachable') throw error;
      });
    }
  }

  return {
    list: async () => (await selectConnections(database)).map(show),
    read: async (connectionId) => show(await find(connectionId)),
    async create(connection, actor) {
      const connector = connectorOf(connection.kind);
      const settings = checkSettings(connector, connection.settings, connection.secrets);
      await checkPlace(connector, settings);
      const { box, names } = boxOf(connection.secrets);
      const now = clock.now();
      await database.transaction(async (transaction) => {
        const made = await insertConnection(transaction, {
          connection_id: connection.connectionId,
          name: connection.name,
          kind: connection.kind,
          settings,
          secrets_box: box,
          secret_names: names,
          created_at: now,
          updated_at: now,
        });
        if (!made)
          throw new CodedError('connection_exists', { details: { connectionId: connection.connectionId } });
        await audit.record(transaction, {
          actor,
          action: 'connection.create',
          object: connection.connectionId,
          detail: { kind: connection.kind, settings },
        });
      });
      return show(await find(connection.connectionId));
    },
    async update(connectionId, change, actor) {
      const row = await find(connectionId);
      const connector = connectorOf(row.kind);
      const settings = checkSettings(connector, change.settings ?? row.settings, change.secrets ?? {});
      await checkPlace(connector, settings);
      // Else a secret could be sent to a place of the caller's choice, who need not know it.
      const isMoved = connector.target.some((name) => settings[name] !== row.settings[name]);
      const kept = isMoved ? {} : openSecrets(platform, row.secrets_box);
      const { box, names } = boxOf({ ...kept, ...change.secrets });
      await database.transaction(async (transaction) => {
        await changeConnection(transaction, {
          connection_id: connectionId,
          name: change.name ?? row.name,
          settings,
          secrets_box: box,
          secret_names: names,
          updated_at: Math.max(clock.now(), row.updated_at + 1),
        });
        await audit.record(transaction, {
          actor,
          action: 'connection.update',
          object: connectionId,
          detail: { settings, secrets: Object.keys(change.secrets ?? {}) },
        });
      });
      return show(await find(connectionId));
    },
    async remove(connectionId, actor) {
      const tables = await selectTables(database, { connectionId });
      if (tables.length > 0) {
        const names = tables.slice(0, 100).map((table) => table.table_name);
        throw new CodedError('connection_in_use', { details: { tables: names } });
      }
      await database.transaction(async (transaction) => {
        const removed = await removeConnection(transaction, connectionId);
        if (!removed) throw new CodedError('connection_not_found', { details: { connectionId } });
        await audit.record(transaction, { actor, action: 'connection.delete', object: connectionId });
      });
    },
    async test(connectionId) {
      const row = await find(connectionId);
      const started = performance.now();
      let failure: CodedError | undefined;
      try {
        await reader.use(async (running) => {
          await connectorOf(row.kind).tables(await openSource(platform, running, row), 1);
        });
      } catch (error) {
        failure = sourceError(error, 'source');
      }
      await noteCheck(database, connectionId, { at: clock.now(), code: failure?.code ?? null });
      const tookMs = Math.round(performance.now() - started);
      if (!failure) return { ok: true, tookMs };
      return { ok: false, tookMs, code: failure.code, message: messageOf(failure) };
    },
  };
}

const messageOf = (error: CodedError): string => {
  const { zh, en } = sentenceOf(error);
  return `${zh} ${en}`;
};

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

function show(row: ConnectionRow): connectionsApi.Connection {
  return {
    connectionId: row.connection_id,
    name: row.name,
    kind: row.kind,
    settings: { ...row.settings },
    secretsSet: [...row.secret_names],
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    ...(row.checked_at === null
      ? {}
      : {
          check: {
            at: iso(row.checked_at),
            ok: row.check_code === null,
            ...(row.check_code === null ? {} : { code: row.check_code }),
          },
        }),
  };
}
