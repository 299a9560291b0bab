import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { openDatabase } from '../src/platform/index.ts';
import { createTestDatabases, type TestDatabases } from './harness/databases.ts';
import { spawnServer } from './harness/spawn-wutong.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
let databases: TestDatabases;
let folder: string;
beforeAll(async () => {
  databases = await createTestDatabases();
  folder = mkdtempSync(join(tmpdir(), 'wutong-start-'));
});
afterAll(async () => {
  await databases.drop();
  rmSync(folder, { recursive: true, force: true });
});

const serve = (more: Partial<Parameters<typeof spawnServer>[0]> = {}): ReturnType<typeof spawnServer> =>
  spawnServer({
    dataDirectory: folder,
    databaseUrl: databases.databaseUrl,
    clickhouseUrl: databases.clickhouseUrl,
    port: 0,
    token: 'token-of-the-start-test',
    ...more,
  });

describe('a start that cannot be', () => {
  const refused = async (starting: ReturnType<typeof spawnServer>, sentence: RegExp): Promise<void> => {
    const process = await starting;
    const { code } = await process.ended;
    expect(process.said()).toMatch(sentence);
    expect(code).toBe(2);
  };

  it('says that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await refused(serve({ port }), /port \d+ is in use; .*--port/);
    other.close();
  });

  it('says that a URL leads nowhere', async () => {
    await refused(serve({ databaseUrl: 'postgres://u:p@127.0.0.1:1/nowhere' }), /PostgreSQL|DATABASE_URL/);
  });

  it('says that the data is of a newer version', async () => {
    const other = await createTestDatabases();
    const database = openDatabase(other.databaseUrl);
    await database.execute("insert into public.wutong_migration values ('9999-future.sql', '')");
    await database.close();
    await refused(
      serve({ databaseUrl: other.databaseUrl, clickhouseUrl: other.clickhouseUrl }),
      /9999-future\.sql.*newer version/s,
    );
    await other.drop();
  });
});

describe('a running server', () => {
  it('answers health, readiness, metrics, its documentation and problems, and stops cleanly', async () => {
    const server = await serve();
    const { url } = await server.message<{ url: string }>((message) => message.kind === 'ready', 60_000);
    const get = (path: string, token?: string): Promise<Response> =>
      fetch(`${url}${path}`, token ? { headers: { authorization: `Bearer ${token}` } } : {});
    expect((await get('/healthz')).status).toBe(200);
    await expect.poll(async () => (await get('/readyz')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain('wutong_engine_up{engine="clickhouse"} 1');
    const document = (await (await get('/api/openapi.json')).json()) as { openapi: string; paths: object };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).length).toBeGreaterThan(50);
    expect(await (await get('/api/docs')).text()).toContain('/api/v1/session');

    expect((await get('/api/v1/users')).status).toBe(401);
    expect((await get('/api/v1/users', 'a wrong token')).status).toBe(401);
    expect((await get('/api/v1/users', 'token-of-the-start-test')).status).toBe(200);
    const refused = await fetch(`${url}/api/v1/users`, {
      method: 'POST',
      headers: { authorization: 'Bearer token-of-the-start-test', 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'wu',
        displayName: '吴',
        password: 'a long password',
        role: 'manager',
        institutionId: 'nowhere',
      }),
    });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ problems: [{ path: 'body.institutionId' }] });
    const missing = await get('/api/v1/nothing-here', 'token-of-the-start-test');
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
    expect(await missing.json()).toMatchObject({ code: 'not_found', status: 404 });
    await server.stop();
    expect((await server.ended).code).toBe(0);
  });
});

describe('settings', () => {
  it('of which every one that is read is explained by --help', () => {
    const help = execFileSync(process.execPath, [join(ROOT, 'scripts/start.mjs'), '--help'], {
      encoding: 'utf8',
    });
    const read = readFileSync(join(ROOT, 'packages/engine/src/config.ts'), 'utf8').matchAll(
      /'((?:WUTONG|DATABASE|CLICKHOUSE)_[A-Z_]+)'/g,
    );
    for (const [, name] of read) expect(help).toContain(name);
  });

  it('that are wrong are refused by name', () => {
    const read = (environment: Record<string, string>): unknown =>
      readConfig({ WUTONG_DATA: folder, ...environment });
    expect(() => read({ WUTONG_PORT: 'eighty' })).toThrow(/WUTONG_PORT must be a whole number/);
    expect(() => read({ DATABASE_URL: 'mysql://x' })).toThrow(
      /DATABASE_URL must be a URL that begins with postgres/,
    );
    expect(() => read({ WUTONG_TIME_ZONE: 'Mars/Olympus' })).toThrow(ConfigError);
    expect(() => read({ WUTONG_ROLES: 'king' })).toThrow(/WUTONG_ROLES/);
    expect(() => read({ WUTONG_MASTER_KEY: '12' })).toThrow(/64 hex digits/);
  });

  it('unknown as a flag are refused before anything starts', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/start.mjs'), '--colour'], {
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('--colour');
  });
});
