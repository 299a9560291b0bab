import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { resolve, join } from 'node:path';
import type { Config } from './platform/index.ts';

/** A setting from outside that cannot be used; the message says which and what to do. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

export interface RuntimeConfig extends Config {
  readonly masterKeyHex: string;
  readonly adminPassword: string;
}

type Environment = Record<string, string | undefined>;

function integer(
  environment: Environment,
  name: string,
  standard: number,
  low: number,
  high: number,
): number {
  const text = environment[name];
  if (text === undefined || text === '') return standard;
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new ConfigError(`${name} must be a whole number from ${low} to ${high}, not "${text}"`);
  }
  return value;
}

function url(environment: Environment, name: string, protocols: readonly string[]): string | undefined {
  const text = environment[name];
  if (text === undefined || text === '') return undefined;
  if (!isUrl(text, protocols)) {
    throw new ConfigError(
      `${name} must be a URL that begins with ${protocols.map((each) => `${each}//`).join(' or ')}`,
    );
  }
  return text;
}

const isUrl = (text: string, protocols: readonly string[]): boolean =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol);

/** As long as what a request may carry after `Bearer`. */
function adminToken(environment: Environment): string | undefined {
  const token = environment['WUTONG_ADMIN_TOKEN'] || undefined;
  if (token !== undefined && !/^\S{8,500}$/.test(token)) {
    throw new ConfigError('WUTONG_ADMIN_TOKEN must be 8 to 500 characters without blanks');
  }
  return token;
}

const CLICKHOUSE_PROTOCOLS = ['http:', 'https:'];

/** One URL, or with a cluster one of each node, with commas between them. */
function clickhouseUrls(environment: Environment): string | undefined {
  if (!environment['CLICKHOUSE_CLUSTER']) return url(environment, 'CLICKHOUSE_URL', CLICKHOUSE_PROTOCOLS);
  const nodes = (environment['CLICKHOUSE_URL'] ?? '').split(',').map((node) => node.trim());
  if (!nodes.every((node) => isUrl(node, CLICKHOUSE_PROTOCOLS))) {
    throw new ConfigError(
      'with CLICKHOUSE_CLUSTER, CLICKHOUSE_URL must be the URLs of all nodes of the cluster with commas between them',
    );
  }
  return nodes.join(',');
}

/** A secret kept in a 0600 file of the data folder: read, or made the first time. */
function keptSecret(directory: string, name: string, make: () => string): string {
  const path = join(directory, name);
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const value = make();
  writeFileSync(path, `${value}\n`, { mode: 0o600 });
  return value;
}

/**
 * Reads the whole configuration from the environment. The only place that does.
 * @throws ConfigError naming the variable and what it must be.
 */
export function readConfig(environment: Environment = process.env): RuntimeConfig {
  const port = integer(environment, 'WUTONG_PORT', 7500, 0, 65_535);
  const dataDirectory = resolve(environment['WUTONG_DATA'] || '.wutong');
  const timeZone = environment['WUTONG_TIME_ZONE'] || 'Asia/Shanghai';
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new ConfigError(`WUTONG_TIME_ZONE must be an IANA zone such as Asia/Shanghai, not "${timeZone}"`);
  }
  const roles = (environment['WUTONG_ROLES'] || 'api,worker').split(',').map((role) => role.trim());
  if (roles.some((role) => role !== 'api' && role !== 'worker')) {
    throw new ConfigError('WUTONG_ROLES must be api, worker or api,worker');
  }
  const masterKeyHex =
    environment['WUTONG_MASTER_KEY'] ||
    keptSecret(dataDirectory, 'master.key', () => randomBytes(32).toString('hex'));
  if (!/^[0-9a-f]{64}$/i.test(masterKeyHex)) throw new ConfigError('WUTONG_MASTER_KEY must be 64 hex digits');
  const clockStart = environment['WUTONG_DEMO_CLOCK_START'];
  return {
    port,
    host: environment['WUTONG_HOST'] || '127.0.0.1',
    dataDirectory,
    databaseUrl: url(environment, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    clickhouseUrl: clickhouseUrls(environment),
    clickhouseCluster: environment['CLICKHOUSE_CLUSTER'] || undefined,
    adminToken: adminToken(environment),
    publicUrl: (environment['WUTONG_PUBLIC_URL'] || `http://localhost:${port}`).replace(/\/$/, ''),
    warehouseFolder: environment['WUTONG_WAREHOUSE_FOLDER']
      ? resolve(environment['WUTONG_WAREHOUSE_FOLDER'])
      : undefined,
    outputDirectory: environment['WUTONG_OUTPUT_DIRECTORY']
      ? resolve(environment['WUTONG_OUTPUT_DIRECTORY'])
      : undefined,
    timeZone,
    bankName: environment['WUTONG_BANK_NAME'] || '梧桐示范银行',
    logLevel: environment['WUTONG_LOG'] || 'warn',
    roles: new Set(roles as ('api' | 'worker')[]),
    demoClockStartMs: clockStart ? Number(clockStart) : undefined,
    masterKeyHex,
    adminPassword:
      environment['WUTONG_ADMIN_PASSWORD'] ||
      keptSecret(dataDirectory, 'admin-password', () => randomBytes(9).toString('base64url')),
  };
}
