import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { outputsApi, ResponseOf } from '@wutong/contract';
import { CodedError, READER_USER } from '../../../platform/index.ts';
import type { OutputNeeds } from '../output-needs.ts';
import { personalProperties } from '../personal-properties.ts';
import {
  changePassword,
  deleteReader,
  insertReader,
  passwordHashOf,
  selectReaders,
  type ReaderRow,
} from './reader-store.ts';
import { readerViews, selectOf, type ReaderView } from './reader-views.ts';
import { createReaderServer, type ReaderServer } from './reader-server.ts';

const READER_PREFIX = `${READER_USER}_`;

/** Read-only users: each reads masked views of the tables, and nothing else, through the door at `/clickhouse`. */
export interface Readers {
  list(): Promise<outputsApi.Reader[]>;
  /** @throws CodedError reader_exists, readers_unsupported */
  create(
    name: string,
    actor: string,
  ): Promise<{ reader: outputsApi.Reader; password: string; url: string; database: string }>;
  /** A new password; the former one opens nothing from now on. @throws CodedError reader_not_found */
  rotate(name: string, actor: string): Promise<string>;
  /** What each reader sees, column by column. */
  tables(): Promise<ResponseOf<typeof outputsApi.listReaderTables>['items']>;
  /** Where readers ask, and in which database the views are. */
  readonly address: { readonly url: string; readonly database: string };
  /** From now on its password opens nothing. @throws CodedError reader_not_found */
  revoke(name: string, actor: string): Promise<void>;
  /** Whether a reader's name and password fit. */
  admits(user: string, password: string): Promise<boolean>;
  /** Makes the views anew when declarations changed, before anything is read by them. */
  keepViews(): Promise<void>;
  readonly server: ReaderServer;
}

export function createReaders(needs: OutputNeeds): Readers {
  const { platform } = needs;
  const { database, clickhouse, clock, audit, config } = platform;
  const server = createReaderServer(clickhouse);
  let present: string | undefined;
  let keeping: Promise<unknown> = Promise.resolve();

  async function definitions(): Promise<ReaderView[]> {
    const [catalogue, personal, open] = await Promise.all([
      needs.profile.catalogue(),
      personalProperties(database),
      needs.ports.openToAll(),
    ]);
    return readerViews(catalogue, personal, open);
  }
  const address = { url: `${config.publicUrl}/clickhouse`, database: server.database };

  async function wanted(): Promise<{ views: Map<string, string>; print: string }> {
    const views = new Map((await definitions()).map((view) => [view.name, selectOf(view)]));
    const print = createHash('sha256')
      .update(JSON.stringify([...views]))
      .digest('hex');
    return { views, print };
  }

  /** One process at a time, by definitions read then: views of former ones are never laid over newer ones. */
  const declare = (): Promise<void> =>
    database.transaction(async (transaction) => {
      await transaction.query(`select pg_advisory_xact_lock(hashtextextended('views of readers', 0))`);
      const { views, print } = await wanted();
      if (print !== present) await server.declare(views);
      present = print;
    });

  async function keep(): Promise<string[]> {
    const { views, print } = await wanted();
    if (print !== present) {
      // One after another: each waits with a connection in its hand.
      keeping = keeping.then(declare, declare);
      await keeping;
    }
    return [...views.keys()];
  }

  const show = (row: ReaderRow, tables: readonly string[]): outputsApi.Reader => ({
    name: row.name,
    user: `${READER_PREFIX}${row.name}`,
    tables: [...tables],
    createdAt: new Date(row.created_at).toISOString(),
  });

  return {
    server,
    async list() {
      const tables = (await definitions()).map(({ name }) => name);
      return (await selectReaders(database)).map((row) => show(row, tables));
    },
    async create(name, actor) {
      const tables = await keep();
      const password = randomBytes(24).toString('base64url');
      const row = { name, password_hash: hashOf(password), created_at: clock.now() };
      await database.transaction(async (transaction) => {
        if (!(await insertReader(transaction, row)))
          throw new CodedError('reader_exists', { details: { name } });
        await audit.record(transaction, { actor, action: 'reader.create', object: name });
      });
      return { reader: show(row, tables), password, ...address };
    },
    async rotate(name, actor) {
      const password = randomBytes(24).toString('base64url');
      await database.transaction(async (transaction) => {
        if (!(await changePassword(transaction, name, hashOf(password))))
          throw new CodedError('reader_not_found', { details: { name } });
        await audit.record(transaction, { actor, action: 'reader.rotate', object: name });
      });
      return password;
    },
    async tables() {
      const views = await definitions();
      return views.map(({ name, columns }) => ({
        name,
        columns: columns.map((column) => ({ name: column.name, masked: column.masked })),
      }));
    },
    address,
    async revoke(name, actor) {
      await database.transaction(async (transaction) => {
        if (!(await deleteReader(transaction, name)))
          throw new CodedError('reader_not_found', { details: { name } });
        await audit.record(transaction, { actor, action: 'reader.revoke', object: name });
      });
    },
    async admits(user, password) {
      const name = user.startsWith(READER_PREFIX) ? user.slice(READER_PREFIX.length) : undefined;
      const kept = name === undefined ? undefined : await passwordHashOf(database, name);
      // Compared in any case, so that the time taken does not tell which names exist.
      const fits = timingSafeEqual(Buffer.from(kept ?? hashOf('')), Buffer.from(hashOf(password)));
      return fits && kept !== undefined;
    },
    async keepViews() {
      if ((await selectReaders(database)).length > 0) await keep();
    },
  };
}

/** The passwords are 192 random bits, which need no slow hash. */
const hashOf = (password: string): string => createHash('sha256').update(password).digest('hex');
