import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleUnderTest, DESK, goTo, openBrowser, openPage } from './console-under-test.ts';

const server = consoleUnderTest();

/** Pages whose numbers are of the whole bank, whoever looks. */
const bankWide: [address: string, headline: string][] = [
  ['/', '总览'],
  ['/data/sources', '数据源'],
  ['/data/tracking-plan', '埋点方案'],
  ['/data/keys', '标识规则'],
  ['/data/lineage', '数据血缘'],
  ['/insight/alerts', '预警'],
  ['/strategies', '策略'],
  ['/suppliers', '供应商与路由'],
];

describe.skipIf(!server)('numbers of the whole bank', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test('are said to be so to a user of an institution, in both languages, and to nobody else', async () => {
    const name = `branch_${Date.now()}`;
    const password = 'a-branch-Sees-its-own-7';
    const created = await fetch(`${server!.url}/api/v1/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server!.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name,
        displayName: '支行',
        password,
        role: 'administrator',
        institutionId: 'B101',
      }),
    });
    expect(created.status, await created.clone().text()).toBeLessThan(300);

    const { page, context, complaints } = await openPage(browser, { viewport: DESK });
    await context.request.post(`${server!.url}/api/v1/session`, { data: { name, password } });
    await page.goto(`${server!.url}/?lang=zh`);
    for (const [address, headline] of bankWide) {
      await goTo(page, address);
      await page.getByRole('heading', { level: 1, name: headline, exact: true }).waitFor();
      await page.getByText('以下数字为全行口径').waitFor();
    }
    await goTo(page, '/audiences');
    await page.getByText('人数为本机构及下级机构的客户').waitFor();
    await page.goto(`${server!.url}/strategies?lang=en`);
    await page.getByText('These numbers are of the whole bank').waitFor();
    expect(complaints).toEqual([]);
    await context.close();

    const whole = await openPage(browser, { viewport: DESK, token: server!.token });
    await whole.page.goto(`${server!.url}/data/sources?lang=zh`);
    await whole.page.getByRole('heading', { level: 1, name: '数据源' }).waitFor();
    expect(await whole.page.getByText('以下数字为全行口径').count()).toBe(0);
    await whole.context.close();
  }, 120_000);
});
