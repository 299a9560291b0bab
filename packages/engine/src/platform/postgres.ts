import pg from 'pg';
import { watchLines } from './watch-lines.ts';

/** What a statement can be sent through: the pool or an open transaction. Values are always bound. */
export interface Transaction {
  /** Rows of a statement. `bigint` columns arrive as numbers (all ours are below 2^53). */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Number of rows a statement touched. */
  execute(text: string, values?: readonly unknown[]): Promise<number>;
}

/** PostgreSQL: all that must be exact. */
export interface Database extends Transaction {
  /** Runs work in one transaction (read committed); repeats it on deadlock and serialisation failure. */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /** One connection for a session-level advisory lock or LISTEN; give it back with `release`. */
  connect(): Promise<
    Transaction & { release(destroy?: boolean): void; onNotice?(handler: () => void): void }
  >;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

const BIGINT_OID = 20;
const NUMERIC_OID = 1700;
// 40P01 deadlock, 40001 serialisation failure: PostgreSQL's own advice is to run the transaction again.
const REPEATABLE = new Set(['40P01', '40001']);
const MAXIMUM_REPEATS = 8;
/** Commands, as PostgreSQL names them in its answer, that write rows. */
const WRITING = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === BIGINT_OID || oid === NUMERIC_OID) return Number;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

/** Opens a pool. Connections are made when needed, so this does not fail while the server is away. */
export function openDatabase(
  url: string,
  options: {
    maximumConnections?: number;
    onError?: (error: Error) => void;
    /** Called after a transaction that wrote rows. */
    onChange?: () => void;
  } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maximumConnections ?? 20,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    types: types as pg.CustomTypesConfig,
    application_name: 'wutong',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  const lines = watchLines(url);
  // An idle connection that breaks must not end the process: the next query opens a new one.
  pool.on('error', (error) => options.onError?.(error));

  type Ask = (text: string, values?: readonly unknown[]) => Promise<pg.QueryResult>;

  const through = (ask: Ask): Transaction => ({
    async query<Row>(text: string, values?: readonly unknown[]) {
      return (await ask(text, values)).rows as Row[];
    },
    async execute(text, values) {
      return (await ask(text, values)).rowCount ?? 0;
    },
  });
  /** One connection answers one question after the other, also to callers who ask at once. */
  const inOrder = (client: pg.PoolClient): Ask => {
    let last: Promise<unknown> = Promise.resolve();
    return (text, values) => {
      const answer = last.then(() => lines.awaiting(client, () => client.query(text, values as unknown[])));
      last = answer.catch(() => undefined);
      return answer;
    };
  };

  /** One question on any connection. */
  async function askAny(text: string, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      return await lines.awaiting(client, () => client.query(text, values as unknown[]));
    } catch (error) {
      broken ??= error as Error;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  async function once<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    const ask = inOrder(client);
    let changed = false;
    try {
      await ask('begin');
      const result = await work(
        through(async (text, values) => {
          const answer = await ask(text, values);
          changed ||= WRITING.has(answer.command) && (answer.rowCount ?? 0) > 0;
          return answer;
        }),
      );
      await ask('commit');
      if (changed) options.onChange?.();
      return result;
    } catch (error) {
      await ask('rollback').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  return {
    ...through(askAny),
    pool,
    async transaction(work) {
      for (let repeat = 0; ; repeat++) {
        try {
          return await once(work);
        } catch (error) {
          const code = (error as { code?: string }).code ?? '';
          if (!REPEATABLE.has(code) || repeat >= MAXIMUM_REPEATS) throw error;
          await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20 * (repeat + 1)));
        }
      }
    },
    async connect() {
      const client = await pool.connect();
      // A connection that breaks while it is held fails the next query; it must not end the process.
      const ignore = (): void => undefined;
      client.on('error', ignore);
      return {
        ...through(inOrder(client)),
        release(destroy?: boolean) {
          client.off('error', ignore);
          client.release(destroy);
        },
      };
    },
    async close() {
      lines.close();
      await pool.end();
    },
  };
}
