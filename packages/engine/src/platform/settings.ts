import type { Database, Transaction } from './postgres.ts';

/** Named values of the installation, in `platform.setting`. */
export interface Settings {
  get<Value>(name: string): Promise<Value | undefined>;
  set(transaction: Transaction, name: string, value: unknown): Promise<void>;
}

/** One person works here alone and may approve what they wrote themselves. */
export const SINGLE_USER_SETTING = 'approval.single_user';

/** Settings in PostgreSQL; read at each call, so that all processes agree. */
export function createSettings(database: Database): Settings {
  return {
    async get<Value>(name: string) {
      const rows = await database.query<{ value: Value }>(
        'select value from platform.setting where name = $1',
        [name],
      );
      return rows[0]?.value;
    },
    async set(transaction, name, value) {
      await transaction.execute(
        `insert into platform.setting (name, value) values ($1, $2::jsonb)
         on conflict (name) do update set value = excluded.value`,
        [name, JSON.stringify(value)],
      );
    },
  };
}
