import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeRooms, type Rooms } from './compose-rooms.ts';
import type { RuntimeConfig } from './config.ts';
import { keepDemoTime, readDemoClock } from './demo-clock.ts';
import {
  createPlatform,
  migrateClickHouse,
  migratePostgres,
  openDatabase,
  realClock,
  startEngines,
  type AnchoredClock,
  type Platform,
  type RunningEngines,
} from './platform/index.ts';

/** Engines, schema, platform and rooms of an installation, without HTTP and without loops. */
export interface Installation {
  readonly platform: Platform;
  readonly rooms: Rooms;
  readonly engines: Pick<RunningEngines, 'databaseUrl' | 'clickhouseUrl' | 'postgresPid' | 'clickhousePid'>;
  readonly demoClock: AnchoredClock | undefined;
  close(): Promise<void>;
}

const RUNNING_FILE = 'running.json';

/**
 * Opens an installation in order: engines, PostgreSQL schema, clock, platform, ClickHouse schema, rooms.
 * With `shareEngines`, the engines of a server that runs on the same data folder are used. What was opened
 * is closed again when a
 * later step fails.
 * @throws EngineError, NewerSchemaError with a sentence for the operator
 */
export async function openInstallation(
  config: RuntimeConfig,
  say: (text: string) => void,
  options: { shareEngines?: boolean; onEngineExit?: (engine: 'postgres' | 'clickhouse') => void } = {},
): Promise<Installation> {
  const undo: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const shared = options.shareEngines ? sharedEngines(config) : undefined;
    const engines = shared ?? (await ownEngines(config, say, options.onEngineExit));
    undo.push(() => engines.stop());

    const opening = openDatabase(engines.databaseUrl, { maximumConnections: 2 });
    let demoClock: AnchoredClock | undefined;
    try {
      await migratePostgres(opening);
      demoClock = await readDemoClock(opening, config.demoClockStartMs);
    } finally {
      await opening.close();
    }
    const platform = createPlatform({
      config,
      databaseUrl: engines.databaseUrl,
      clickhouseUrl: engines.clickhouseUrl,
      masterKeyHex: config.masterKeyHex,
      clock: demoClock ?? realClock(),
    });
    undo.push(() => platform.close());
    if (demoClock) undo.push(keepDemoTime(platform.database, demoClock));
    const applied = await migrateClickHouse(platform.clickhouse);
    if (applied.length > 0) say('建立数据结构 · schema is up to date');
    return { platform, rooms: composeRooms(platform), engines, demoClock, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function ownEngines(
  config: RuntimeConfig,
  say: (text: string) => void,
  onEngineExit: ((engine: 'postgres' | 'clickhouse') => void) | undefined,
): Promise<RunningEngines> {
  say('启动 PostgreSQL 与 ClickHouse · starting the engines');
  const engines = await startEngines({
    dataDirectory: config.dataDirectory,
    ...(config.databaseUrl ? { databaseUrl: config.databaseUrl } : {}),
    ...(config.clickhouseUrl ? { clickhouseUrl: config.clickhouseUrl } : {}),
    onProgress: say,
    onEngineExit(engine, detail) {
      onEngineExit?.(engine);
      say(`${engine}: ${detail}`);
    },
  });
  if (!engines.embedded.postgres && !engines.embedded.clickhouse) return engines;
  const path = join(config.dataDirectory, RUNNING_FILE);
  const { databaseUrl, clickhouseUrl } = engines;
  writeFileSync(path, JSON.stringify({ pid: process.pid, databaseUrl, clickhouseUrl }), { mode: 0o600 });
  return {
    databaseUrl,
    clickhouseUrl,
    embedded: engines.embedded,
    get postgresPid() {
      return engines.postgresPid;
    },
    get clickhousePid() {
      return engines.clickhousePid;
    },
    async stop() {
      rmSync(path, { force: true });
      await engines.stop();
    },
  };
}

/** Engines of a server that runs on the same data folder, when there is one. */
function sharedEngines(config: RuntimeConfig): RunningEngines | undefined {
  const path = join(config.dataDirectory, RUNNING_FILE);
  if (config.databaseUrl || config.clickhouseUrl || !existsSync(path)) return undefined;
  const running = JSON.parse(readFileSync(path, 'utf8')) as {
    pid: number;
    databaseUrl: string;
    clickhouseUrl: string;
  };
  try {
    process.kill(running.pid, 0);
  } catch {
    return undefined; // left behind by a process that was killed
  }
  return {
    databaseUrl: running.databaseUrl,
    clickhouseUrl: running.clickhouseUrl,
    embedded: { postgres: false, clickhouse: false },
    stop: async () => undefined,
  };
}
