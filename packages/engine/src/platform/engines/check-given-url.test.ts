import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { findFreePort, startEngines } from './index.ts';

const databaseUrl = inject('databaseUrl');
const clickhouseUrl = inject('clickhouseUrl');

function changed(url: string, change: (url: URL) => void): string {
  const copy = new URL(url);
  change(copy);
  return copy.toString();
}

/** Starts with the given URLs, so that no engine is started; returns what came of it. */
async function start(urls: { databaseUrl: string; clickhouseUrl: string }): Promise<unknown> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'wutong-given-'));
  try {
    const engines = await startEngines({ dataDirectory, ...urls });
    await engines.stop();
    return engines.embedded;
  } catch (error) {
    return error;
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

async function refusal(urls: Partial<{ databaseUrl: string; clickhouseUrl: string }>): Promise<string> {
  const error = await start({ databaseUrl, clickhouseUrl, ...urls });
  expect(error).toMatchObject({ name: 'EngineError', code: 'engine_url_unreachable' });
  return (error as Error).message;
}

test('servers of one’s own are used, and nothing is started', async () => {
  expect(await start({ databaseUrl, clickhouseUrl })).toEqual({ postgres: false, clickhouse: false });
});

test('a wrong DATABASE_URL is one sentence that says what is wrong with it', async () => {
  const port = String(await findFreePort());
  const check = async (change: (url: URL) => void, words: RegExp) => {
    const message = await refusal({ databaseUrl: changed(databaseUrl, change) });
    expect(message).toMatch(words);
    expect(message).toMatch(/DATABASE_URL/);
    expect(message).not.toContain(new URL(databaseUrl).password);
  };
  await check((url) => (url.port = port), /nothing listens there/);
  await check((url) => (url.password = 'wrong'), /refuses this user or password/);
  await check((url) => (url.pathname = '/no_such_database'), /has no such database/);
  expect(await refusal({ databaseUrl: 'not a url' })).toMatch(/not a URL/);
  expect(await refusal({ databaseUrl: 'mysql://127.0.0.1/x' })).toMatch(/postgres:/);
});

test('a wrong CLICKHOUSE_URL is one sentence that says what is wrong with it', async () => {
  const port = String(await findFreePort());
  const check = async (change: (url: URL) => void, words: RegExp) => {
    const message = await refusal({ clickhouseUrl: changed(clickhouseUrl, change) });
    expect(message).toMatch(words);
    expect(message).toMatch(/CLICKHOUSE_URL/);
    expect(message).not.toContain(new URL(clickhouseUrl).password);
  };
  await check((url) => (url.port = port), /nothing listens there/);
  await check((url) => (url.password = 'wrong'), /refuses this user or password/);
  await check((url) => (url.pathname = '/no_such_database'), /has no such database/);
  await check((url) => (url.port = new URL(databaseUrl).port), /CLICKHOUSE_URL/);
});

test('something else that speaks HTTP is not taken for ClickHouse', async () => {
  const server = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const port = String((server.address() as AddressInfo).port);
    const message = await refusal({ clickhouseUrl: changed(clickhouseUrl, (url) => (url.port = port)) });
    expect(message).toMatch(/not as ClickHouse does/);
  } finally {
    server.close();
  }
});
