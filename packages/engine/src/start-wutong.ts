import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ConfigError, type RuntimeConfig } from './config.ts';
import { serveConsole } from './serve-console.ts';
import type { Rooms } from './compose-rooms.ts';
import { openInstallation } from './open-installation.ts';
import {
  createHttpServer,
  platformRoutes,
  watchReadiness,
  type Platform,
  type Readiness,
} from './platform/index.ts';

/** What a starting process tells its parent or its terminal. */
export type StartReport =
  | { kind: 'progress'; text: string }
  | {
      kind: 'ready';
      url: string;
      /** Absent when somebody changed it in the console. */
      adminPassword: string | undefined;
      pid: number;
      enginePids: Record<string, number | undefined>;
    }
  | { kind: 'failed'; text: string };

export interface RunningWutong {
  readonly url: string;
  readonly platform: Platform;
  readonly rooms: Rooms;
  stop(): Promise<void>;
}

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * Starts everything in order: port, engines, schema, rooms, loops, HTTP. When a step fails, the steps
 * before it are undone in reverse order and the error is thrown on.
 */
export async function startWutong(
  config: RuntimeConfig,
  report: (message: StartReport) => void,
): Promise<RunningWutong> {
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    await refuseUsedPort(config);

    // An engine that ends is known at once; the readiness watch alone would see it up to a second later.
    const later: { readiness?: Readiness } = {};
    const installation = await openInstallation(config, (text) => report({ kind: 'progress', text }), {
      onEngineExit: (engine) => later.readiness?.noteDown(engine),
    });
    undo.push(() => installation.close());
    const { platform, rooms, engines, demoClock } = installation;

    const adminPassword = await openAdministrator(platform, config);

    const server = createHttpServer({ ...platform, peopleOfInstitution: rooms.peopleOfInstitution });
    const readiness = watchReadiness(platform, server);
    later.readiness = readiness;
    undo.push(() => readiness.stop());
    platformRoutes(platform, server, {
      version,
      demoClock,
      unreachable: () => readiness.unreachable(),
      isInstitution: (institutionId) => rooms.isInstitution(institutionId),
    });
    rooms.routes(server);
    await serveConsole(server.fastify);

    await rooms.start();
    undo.push(() => rooms.stop());
    await server.fastify.listen({ port: config.port, host: config.host });
    undo.push(() => server.fastify.close());
    readiness.markStarted();

    const { port } = server.fastify.server.address() as AddressInfo;
    const url = `http://${config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}`;
    report({
      kind: 'ready',
      url,
      adminPassword,
      pid: process.pid,
      enginePids: { postgres: engines.postgresPid, clickhouse: engines.clickhousePid },
    });
    return { url, platform, rooms, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** Which configured password the administrator was given last: one that was changed in the console stays. */
const ADMIN_PASSWORD_SETTING = 'admin.password_fingerprint';

/** Makes the administrator as configured. Returns the password if it is the configured one. */
async function openAdministrator(platform: Platform, config: RuntimeConfig): Promise<string | undefined> {
  const name = 'admin';
  const fingerprint = platform.secrets.fingerprint(config.adminPassword);
  const isApplied = (await platform.settings.get<string>(ADMIN_PASSWORD_SETTING)) === fingerprint;
  const { userId, fits } = await platform.access.ensureUser(
    { name, displayName: '管理员', password: config.adminPassword, role: 'administrator' },
    { keepPassword: isApplied },
  );
  await platform.database.transaction((transaction) =>
    platform.settings.set(transaction, ADMIN_PASSWORD_SETTING, fingerprint),
  );
  await platform.access.ensureToken(userId, 'WUTONG_ADMIN_TOKEN', config.adminToken);
  return fits ? config.adminPassword : undefined;
}

/** Found out before the engines start, so that the answer comes at once. */
async function refuseUsedPort(config: RuntimeConfig): Promise<void> {
  if (config.port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${config.port} is in use; stop what uses it, or choose another with --port`
          : `cannot listen on ${config.host}:${config.port} (${error.code}); choose another --host or --port`;
      reject(new ConfigError(reason));
    });
    probe.listen(config.port, config.host, () => probe.close(() => resolve()));
  });
}
