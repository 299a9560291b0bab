import type { Database, Log, Transaction } from '../platform/index.ts';

/** Classes of this room's advisory locks. */
const PROCESS_CLASS = 7508;
const SUPPLIER_CLASS = 7509;

/**
 * Who is alive and who owns which supplier's session, told by session locks of one PostgreSQL connection: the
 * server gives them up at the instant the process dies, by whatever death. No heartbeats, no time-outs.
 */
export interface ProcessLocks {
  /** Number of this process; undefined while the connection is lost. */
  number(): number | undefined;
  /** Registers, or registers anew after the connection broke. Call it often; true when all is well. */
  keep(now: number): Promise<boolean>;
  /** Tries to own a supplier's session. */
  own(supplierId: string): Promise<boolean>;
  disown(supplierId: string): Promise<void>;
  owns(supplierId: string): boolean;
  /** Processes that died: their locks can be had. Locks them for the transaction. */
  findDead(transaction: Transaction): Promise<number[]>;
  release(): Promise<void>;
}

/** Locks of this process. */
export function createProcessLocks(database: Database, log: Log): ProcessLocks {
  let connection: Awaited<ReturnType<Database['connect']>> | undefined;
  let processNumber: number | undefined;
  const owned = new Set<string>();

  function lose(error: Error): void {
    log.warn({ error: error.message }, 'the connection that holds the locks of this process broke');
    connection?.release(true);
    connection = undefined;
    processNumber = undefined;
    owned.clear();
  }

  async function register(now: number): Promise<void> {
    connection = await database.connect();
    const [row] = await connection.query<{ next: number }>(
      "select nextval(pg_get_serial_sequence('hub.process', 'process_number')) as next",
    );
    // The lock comes before the row: a row without a lock is a dead process.
    await connection.query('select pg_advisory_lock($1, $2)', [PROCESS_CLASS, row!.next]);
    await connection.query(
      'insert into hub.process (process_number, started_at) overriding system value values ($1, $2)',
      [row!.next, now],
    );
    processNumber = row!.next;
  }

  return {
    number: () => processNumber,
    async keep(now) {
      try {
        if (connection === undefined || processNumber === undefined) {
          connection?.release(true);
          await register(now);
        } else {
          await connection.query('select 1');
        }
        return true;
      } catch (error) {
        lose(error as Error);
        return false;
      }
    },
    async own(supplierId) {
      if (connection === undefined) return false;
      if (owned.has(supplierId)) return true;
      const [row] = await connection.query<{ got: boolean }>(
        'select pg_try_advisory_lock($1, hashtext($2)) as got',
        [SUPPLIER_CLASS, supplierId],
      );
      if (row!.got) owned.add(supplierId);
      return row!.got;
    },
    async disown(supplierId) {
      if (!owned.delete(supplierId) || connection === undefined) return;
      await connection.query('select pg_advisory_unlock($1, hashtext($2))', [SUPPLIER_CLASS, supplierId]);
    },
    owns: (supplierId) => owned.has(supplierId),
    async findDead(transaction) {
      const rows = await transaction.query<{ process_number: number }>(
        `select process_number from hub.process p
         where process_number <> $1 and pg_try_advisory_xact_lock($2, process_number::int)
         order by process_number`,
        [processNumber ?? -1, PROCESS_CLASS],
      );
      return rows.map((row) => row.process_number);
    },
    async release() {
      if (connection === undefined) return;
      const held = connection;
      connection = undefined;
      owned.clear();
      if (processNumber !== undefined) {
        await held
          .query('delete from hub.process where process_number = $1', [processNumber])
          .catch(() => undefined);
      }
      processNumber = undefined;
      await held.query('select pg_advisory_unlock_all()').catch(() => undefined);
      held.release(true);
    },
  };
}
