/**
 * The browser and the running server that the browser tests use.
 * WUTONG_TEST_URL and WUTONG_TEST_TOKEN name a server (its administrator's API token stands in for a login);
 * WUTONG_TEST_CHROMIUM a browser, otherwise Debian's is looked for. WUTONG_TEST_PATIENCE_MS is how long a step may take
 * (default 30 s): a machine that is shared by many needs more.
 */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

export interface ConsoleUnderTest {
  readonly url: string;
  readonly token: string;
}

const patienceMs = Number(process.env['WUTONG_TEST_PATIENCE_MS'] ?? 30_000);

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

const browserPath = [
  process.env['WUTONG_TEST_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && existsSync(path));

/** The server under test, or undefined with a line that says what is missing. */
export function consoleUnderTest(): ConsoleUnderTest | undefined {
  const url = process.env['WUTONG_TEST_URL'];
  const token = process.env['WUTONG_TEST_TOKEN'];
  const missing = [
    browserPath === undefined && 'a chromium',
    url === undefined && 'WUTONG_TEST_URL',
    token === undefined && 'WUTONG_TEST_TOKEN',
  ].filter((each) => each !== false);
  if (!url || !token || missing.length > 0) {
    console.log(`console browser tests skipped: no ${missing.join(', no ')}`);
    return undefined;
  }
  return { url: url.replace(/\/$/, ''), token };
}

/** Starts the browser without a sandbox (tests run as root in containers) and without calls of its own. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });
}

/** A page that collects what the browser complains about. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
}

/** Opens a page that is logged in by token, or by nothing when `token` is left out. */
export async function openPage(
  browser: Browser,
  options: { viewport: { width: number; height: number }; token?: string },
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: options.viewport,
    locale: 'zh-CN',
    extraHTTPHeaders: options.token ? { authorization: `Bearer ${options.token}` } : {},
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, context, complaints };
}

/** Goes from a page to another as a link does: the console stays loaded. */
export function goTo(page: Page, address: string): Promise<void> {
  return page.evaluate((to) => {
    window.history.pushState(null, '', to);
    window.dispatchEvent(new PopStateEvent('popstate'));
  }, address);
}

/** Makes something by the API. @throws with the answer when it was refused */
export async function postApi(server: ConsoleUnderTest, path: string, body: object): Promise<void> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
}

/** Asks the API under test directly; used to find out what there is to look at. */
export async function askApi<Answer>(server: ConsoleUnderTest, path: string): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
