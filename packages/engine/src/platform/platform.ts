import { createAccess, type Access } from './access.ts';
import { createAudit, type Audit } from './audit.ts';
import { openClickHouse, type ClickHouse } from './clickhouse.ts';
import { realClock, type Clock } from './clock.ts';
import type { Config } from './config-shape.ts';
import { createIds, type Ids } from './ids.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { createLog, type Log } from './log.ts';
import { createUserManagement, type UserManagement } from './manage-users.ts';
import { openDatabase, type Database } from './postgres.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { createSettings, type Settings } from './settings.ts';

/** What every room is given. */
export interface Platform {
  readonly config: Config;
  readonly database: Database;
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly log: Log;
  readonly ids: Ids;
  readonly secrets: Secrets;
  readonly access: Access;
  readonly users: UserManagement;
  readonly audit: Audit;
  readonly settings: Settings;
  readonly jobs: Jobs;
  close(): Promise<void>;
}

export interface PlatformOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly clickhouseUrl: string;
  readonly masterKeyHex: string;
  readonly clock: Clock;
  readonly log?: Log;
}

/** Opens both engines and builds the rest on them. Does not migrate and does not wait. */
export function createPlatform(options: PlatformOptions): Platform {
  const { config, clock } = options;
  const log = options.log ?? createLog(config.logLevel);
  const jobs = createJobs(log);
  const database = openDatabase(options.databaseUrl, {
    onError: (error) => log.warn({ error: error.message }, 'an idle PostgreSQL connection broke'),
    onChange: () => jobs.noteActivity(),
  });
  const clickhouse = openClickHouse(options.clickhouseUrl, { cluster: config.clickhouseCluster });
  const ids = createIds(clock);
  // Sessions and tokens live in real time, not in the demo's.
  const access = createAccess(database, ids, realClock());
  const audit = createAudit(clock);
  return {
    config,
    database,
    clickhouse,
    clock,
    log,
    ids,
    secrets: createSecrets(options.masterKeyHex),
    access,
    users: createUserManagement({ database, access, audit, ids, realTime: realClock() }),
    audit,
    settings: createSettings(database),
    jobs,
    async close() {
      await jobs.stop();
      await database.close();
      await clickhouse.close();
    },
  };
}
