import { createServer, type Server } from 'node:http';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Analytics } from '@segment/analytics-node';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../test/harness/ingest-server.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { manualClock, type Platform } from '../platform/index.ts';

const require = createRequire(import.meta.url);
const CHROMIUM = '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser)
  process.stdout.write('skipped: the browser clients, because there is no /usr/bin/chromium\n');

let databases: TestDatabases;
let platform: Platform;
let room: IngestServer;
let key: string;

beforeAll(async () => {
  databases = await createTestDatabases();
  // The real clients stamp their records with the real time.
  platform = createTestPlatform(databases, { clock: { ...manualClock(0), now: () => Date.now() } });
  room = await startIngestServer(platform);
  ({ key } = await room.ingest.sources.create({ sourceId: 'clients', name: 'Clients' }, 'test'));
});

afterAll(async () => {
  await room.stop();
  await platform.close();
  await databases.drop();
});

interface StoredRow {
  event: string;
  person_id: number;
  properties: Record<string, unknown>;
}

/** Waits until that many events with this property are stored, and returns them. */
async function stored(test: string, count: number): Promise<StoredRow[]> {
  let rows: StoredRow[] = [];
  await expect
    .poll(
      async () => {
        rows = await platform.clickhouse.query<StoredRow>(
          `select event, person_id, properties from event where properties.test.:String = {test:String} order by time, event`,
          { test },
        );
        return rows.length;
      },
      { timeout: 20_000, interval: 100 },
    )
    .toBe(count);
  return rows;
}

describe('clients of servers', () => {
  it('sa-sdk-node sends batches, single records and debug', async () => {
    const SensorsAnalytics = require('sa-sdk-node') as new () => SensorsNode;
    const sensors = new SensorsAnalytics();
    sensors.submitTo(
      { url: `${room.url}/sa?project=default&token=${key}`, gzip: true },
      { count: 2, timeSpan: 50 },
    );
    for (let number = 0; number < 5; number++) {
      sensors.track('node-person', 'NodeEvent', { test: 'sa-node', number, when: new Date(0) });
    }
    sensors.profileSet('node-person', { Age: 33 });
    sensors.itemSet('product', 'P1', { title: 'A' });
    const rows = await stored('sa-node', 5);
    expect(new Set(rows.map((row) => row.person_id)).size).toBe(1);
    expect(new Set(rows.map((row) => row.properties.number))).toEqual(new Set([0, 1, 2, 3, 4]));
    await expect
      .poll(async () => (await room.profile.attributesOf([rows[0]!.person_id])).get(rows[0]!.person_id))
      .toMatchObject({ Age: 33 });
  });

  it('@segment/analytics-node keeps its records while we are away, and sends them again', async () => {
    const analytics = new Analytics({ writeKey: key, host: room.url, flushAt: 3, flushInterval: 100 });
    analytics.identify({ userId: 'segment-person', anonymousId: 'segment-device', traits: { plan: 'gold' } });
    for (let number = 0; number < 7; number++) {
      analytics.track({
        userId: 'segment-person',
        event: 'Order Completed',
        properties: { test: 'segment-node', number },
      });
    }
    await analytics.closeAndFlush();
    const rows = await stored('segment-node', 7);
    expect(new Set(rows.map((row) => row.person_id)).size).toBe(1);
    const [found] = await room.identity.findPeople('segment-device');
    expect(found?.personId).toBe(rows[0]!.person_id);
  });
});

interface SensorsNode {
  submitTo(options: object, batch: object): void;
  track(id: string, event: string, properties: object): void;
  profileSet(id: string, properties: object): void;
  itemSet(type: string, id: string, properties: object): void;
}

describe.skipIf(!hasBrowser)('clients in a browser', () => {
  let browser: Browser;
  let site: Server;
  let siteUrl: string;
  const files = new Map<string, string>();

  beforeAll(async () => {
    files.set('/', '<!doctype html><meta charset="utf-8"><title>示范银行</title><h1>Hello</h1>');
    files.set('/sensors.js', await readFile(require.resolve('sa-sdk-javascript/sensorsdata.min.js'), 'utf8'));
    files.set(
      '/segment.js',
      await bundle(`export { AnalyticsBrowser } from '@segment/analytics-next'`, 'segment'),
    );
    const sdk = fileURLToPath(new URL('../../../sdk-web/src/index.ts', import.meta.url));
    files.set('/wutong.js', await bundle(`export * from ${JSON.stringify(sdk)}`, 'wutong'));
    // Another origin than the collector, as a bank's pages are.
    site = createServer((request, response) => {
      const text = files.get(new URL(request.url!, 'http://site').pathname);
      const type = request.url!.endsWith('.js') ? 'text/javascript' : 'text/html';
      response.writeHead(text === undefined ? 404 : 200, { 'content-type': type }).end(text);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });

  afterAll(async () => {
    await browser.close();
    site.close();
  });

  async function open(script: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${siteUrl}/`);
    await page.addScriptTag({ url: `${siteUrl}/${script}` });
    return page;
  }

  it.each([['image'], ['ajax'], ['beacon']])('sa-sdk-javascript by %s', async (sendType) => {
    const page = await open('sensors.js');
    await page.evaluate(
      ([serverUrl, type]) => {
        const sensors = (globalThis as never as { sensorsDataAnalytic201505: SensorsWeb })
          .sensorsDataAnalytic201505;
        sensors.init({
          server_url: serverUrl,
          send_type: type,
          show_log: false,
          heatmap: {},
          is_track_single_page: false,
        });
        sensors.login(`web-${type}`);
        sensors.track('WebEvent', { test: `sa-${type}`, amount: 3 });
        sensors.setProfile({ City: '上海' });
      },
      [`${room.url}/sa?project=default&token=${key}`, sendType!] as const,
    );
    const [row] = await stored(`sa-${sendType}`, 1);
    expect(row).toMatchObject({ event: 'WebEvent', properties: { amount: 3, $lib: 'js' } });
    await expect
      .poll(async () => (await room.identity.findPeople(`web-${sendType}`))[0]?.personId)
      .toBe(row!.person_id);
    await page.context().close();
  });

  it('sa-sdk-javascript in batches', async () => {
    const page = await open('sensors.js');
    await page.evaluate((serverUrl) => {
      const sensors = (globalThis as never as { sensorsDataAnalytic201505: SensorsWeb })
        .sensorsDataAnalytic201505;
      sensors.init({ server_url: serverUrl, batch_send: { send_interval: 200 }, show_log: false });
      for (let number = 0; number < 5; number++) sensors.track('WebEvent', { test: 'sa-batch', number });
    }, `${room.url}/sa?project=default&token=${key}`);
    expect(await stored('sa-batch', 5)).toHaveLength(5);
    await page.context().close();
  });

  it('@segment/analytics-next', async () => {
    const page = await open('segment.js');
    await page.evaluate(
      async ([writeKey, host]) => {
        const { AnalyticsBrowser } = (globalThis as never as { segment: SegmentWeb }).segment;
        const [analytics] = await AnalyticsBrowser.load(
          {
            writeKey,
            cdnSettings: {
              integrations: { 'Segment.io': { apiKey: writeKey, apiHost: `${host}/v1`, protocol: 'http' } },
            },
          },
          {},
        );
        await analytics.identify('segment-web', { vip: true });
        await analytics.track('Viewed', { test: 'segment-web', amount: 5 });
      },
      [key, room.url.replace('http://', '')] as const,
    );
    const [row] = await stored('segment-web', 1);
    expect(row).toMatchObject({ event: 'Viewed', properties: { amount: 5, $url: `${siteUrl}/` } });
    await page.context().close();
  });

  it('our own SDK: retries, survives a closed page, and is one person before and after login', async () => {
    const page = await open('wutong.js');
    // The first answers are lost on the way.
    let failures = 2;
    await page.route('**/api/v1/collect**', (route) => (failures-- > 0 ? route.abort() : route.continue()));
    const start = async (from: Page): Promise<void> =>
      from.evaluate(
        ([endpoint, sourceKey]) => {
          const { createWutong } = (globalThis as never as { wutong: WutongWeb }).wutong;
          (globalThis as never as { client: unknown }).client = createWutong({
            endpoint,
            key: sourceKey,
            flushIntervalMs: 50,
            page: false,
          });
        },
        [room.url, key] as const,
      );
    await start(page);
    await page.evaluate(() => {
      const { client } = globalThis as never as { client: WutongClient };
      client.track('browse', { test: 'sdk-web', number: 1 });
      client.identify({ type: 'customer_number', value: 'sdk-customer' }, { city: '上海' });
      client.track('browse', { test: 'sdk-web', number: 2 });
    });
    const rows = await stored('sdk-web', 2);
    await expect
      .poll(() => page.evaluate(() => (globalThis as never as { client: WutongClient }).client.waiting()))
      .toBe(0);
    const [person] = await room.identity.findPeople('sdk-customer');
    const present = await room.identity.personsOf(
      (
        await platform.clickhouse.query<{ key: number }>(
          `select key_number as key from event where properties.test.:String = 'sdk-web'`,
        )
      ).map((row) => row.key),
    );
    expect(rows).toHaveLength(2);
    expect(new Set(present.values())).toEqual(new Set([person!.personId]));

    // Offline, then the page is left: the record waits in the browser and goes out with the next page.
    await page.route('**/api/v1/collect**', (route) => route.abort());
    await page.evaluate(() =>
      (globalThis as never as { client: WutongClient }).client.track('browse', { test: 'sdk-offline' }),
    );
    await page.goto('about:blank');
    await page.unroute('**/api/v1/collect**');
    await page.goto(`${siteUrl}/`);
    await page.addScriptTag({ url: `${siteUrl}/wutong.js` });
    await page.evaluate(() => {
      // The other tab is taken for gone after 30 seconds.
      const real = Date.now.bind(Date);
      Date.now = () => real() + 31_000;
    });
    await start(page);
    expect(await stored('sdk-offline', 1)).toHaveLength(1);
    await page.context().close();
  });

  it('our own SDK hands the last records to the browser when the page goes away', async () => {
    const page = await open('wutong.js');
    await page.evaluate(
      ([endpoint, sourceKey]) => {
        const { createWutong } = (globalThis as never as { wutong: WutongWeb }).wutong;
        createWutong({ endpoint, key: sourceKey, flushIntervalMs: 60_000, page: false }).track('bye', {
          test: 'sdk-beacon',
        });
      },
      [room.url, key] as const,
    );
    await page.goto('about:blank');
    expect(await stored('sdk-beacon', 1)).toHaveLength(1);
    await page.context().close();
  });
});

async function bundle(contents: string, globalName: string): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'iife',
    globalName,
    define: { 'process.env': '{}' },
    logLevel: 'silent',
  });
  return result.outputFiles[0]!.text;
}

interface SensorsWeb {
  init(options: object): void;
  login(id: string): void;
  track(event: string, properties: object): void;
  setProfile(properties: object): void;
}
interface SegmentWeb {
  AnalyticsBrowser: {
    load(
      settings: object,
      options: object,
    ): Promise<
      [
        {
          identify(id: string, traits: object): Promise<unknown>;
          track(event: string, properties: object): Promise<unknown>;
        },
      ]
    >;
  };
}
interface WutongClient {
  track(event: string, properties: object): void;
  identify(key: object, attributes: object): void;
  waiting(): number;
}
interface WutongWeb {
  createWutong: (this: void, options: object) => WutongClient;
}
