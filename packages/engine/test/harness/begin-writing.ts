import type { Database } from '../../src/platform/index.ts';

/** A transaction that has written, as PostgreSQL counts it, and stays open until it is ended. */
export async function beginWriting(database: Database): Promise<{ end(): Promise<void> }> {
  let end = (): void => undefined;
  let whole: Promise<unknown> = Promise.resolve();
  await new Promise<void>((begun) => {
    whole = database.transaction(async (transaction) => {
      await transaction.query('select pg_current_xact_id()');
      begun();
      await new Promise<void>((ended) => (end = ended));
    });
  });
  return {
    async end() {
      end();
      await whole;
    },
  };
}
