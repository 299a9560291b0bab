import type { Database, Transaction } from '../../../platform/index.ts';

export interface ReaderRow {
  name: string;
  password_hash: string;
  created_at: number;
}

export async function insertReader(transaction: Transaction, row: ReaderRow): Promise<boolean> {
  const made = await transaction.execute(
    'insert into outputs.reader (name, password_hash, created_at) values ($1, $2, $3) on conflict do nothing',
    [row.name, row.password_hash, row.created_at],
  );
  return made === 1;
}

export async function selectReaders(database: Database): Promise<ReaderRow[]> {
  return database.query<ReaderRow>('select * from outputs.reader order by name limit 1000');
}

export async function passwordHashOf(database: Database, name: string): Promise<string | undefined> {
  const [row] = await database.query<{ password_hash: string }>(
    'select password_hash from outputs.reader where name = $1',
    [name],
  );
  return row?.password_hash;
}

/** Whether there is such a reader. */
export async function changePassword(
  transaction: Transaction,
  name: string,
  passwordHash: string,
): Promise<boolean> {
  const changed = await transaction.execute('update outputs.reader set password_hash = $2 where name = $1', [
    name,
    passwordHash,
  ]);
  return changed === 1;
}

export async function deleteReader(transaction: Transaction, name: string): Promise<boolean> {
  return (await transaction.execute('delete from outputs.reader where name = $1', [name])) === 1;
}
