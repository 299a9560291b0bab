import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database, type ManualClock, type Platform } from '../../src/platform/index.ts';
import { createTestDatabases, type TestDatabases } from './databases.ts';
import { createTestPlatform } from './platform.ts';

/** A platform that may reach this machine, a folder for files, and a PostgreSQL database that plays the bank's. */
export interface WarehouseWorld {
  readonly platform: Platform & { clock: ManualClock };
  readonly databases: TestDatabases;
  readonly folder: string;
  readonly bank: Database;
  /** Settings and secret of a connection to the bank's database. */
  readonly bankConnection: { settings: Record<string, string | number>; secrets: { password: string } };
  stop(): Promise<void>;
}

export async function createWarehouseWorld(options: { startMs?: number } = {}): Promise<WarehouseWorld> {
  const databases = await createTestDatabases();
  const root = await mkdtemp(join(tmpdir(), 'wutong-warehouse-'));
  const folder = join(root, 'files');
  await mkdir(folder);
  const plain = createTestPlatform(databases, options);
  const platform = { ...plain, config: { ...plain.config, warehouseFolder: folder } };
  await platform.database.transaction((transaction) =>
    platform.settings.set(transaction, 'warehouse.reach', { hosts: ['127.0.0.1'] }),
  );
  const name = `test_bank_${randomBytes(6).toString('hex')}`;
  await platform.database.execute(`create database ${name}`);
  const url = new URL(databases.databaseUrl);
  url.pathname = `/${name}`;
  const bank = openDatabase(url.toString(), { maximumConnections: 2 });
  return {
    platform,
    databases,
    folder,
    bank,
    bankConnection: {
      settings: { host: '127.0.0.1', port: Number(url.port), database: name, user: url.username },
      secrets: { password: decodeURIComponent(url.password) },
    },
    async stop() {
      await bank.close();
      await platform.database.execute(`drop database if exists ${name} with (force)`);
      await plain.close();
      await databases.drop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
