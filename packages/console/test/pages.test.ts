import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askApi,
  consoleUnderTest,
  DESK,
  openBrowser,
  openPage,
  PHONE,
  type WatchedPage,
} from './console-under-test.ts';

/** Every page that needs no id, with its head line in Chinese. */
const pages: [address: string, headline: string][] = [
  ['/', '总览'],
  ['/people', '客户查询'],
  ['/entities', '实体'],
  ['/audiences', '人群'],
  ['/audiences/new', '新建人群'],
  ['/audiences/new/lookalike', '新建相似人群'],
  ['/tags', '标签'],
  ['/tags/new', '新建标签'],
  ['/tags/new?shape=tier', '新建标签'],
  ['/tags/new?shape=model', '新建标签'],
  ['/insight/reports', '经营报表'],
  ['/insight/reports/new', '新建报表'],
  ['/strategies', '策略'],
  ['/content', '内容'],
  ['/suppliers', '供应商与路由'],
  ['/messages', '消息'],
  ['/tasks', '任务'],
  ['/data/sources', '数据源'],
  ['/data/rejected', '被拒记录'],
  ['/data/runs', '导入与运行'],
  ['/data/import', '导入文件'],
  ['/data/connections', '数据连接'],
  ['/data/ingestion', '接入任务'],
  ['/data/ingestion/new', '新建接入任务'],
  ['/data/streams', 'Kafka 消息流'],
  ['/data/streams/new', '新建消息流'],
  ['/data/outputs', '数据输出'],
  ['/data/outputs/new', '新建数据输出'],
  ['/data/readers', '只读用户'],
  ['/data/lineage', '数据血缘'],
  ['/data/model', '数据模型'],
  ['/data/keys/mobile', '手机号'],
  ['/data/tracking-plan', '埋点方案'],
  ['/data/keys', '标识规则'],
  ['/data/quarantine', '隔离与复核'],
  ['/data/linking', '概率匹配'],
  ['/data/linking/new', '新建匹配'],
  ['/settings', '设置'],
  ['/audit', '审计日志'],
];

const server = consoleUnderTest();

describe.skipIf(!server)('pages of the console in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  describe.each([DESK, PHONE])('at $width px', (viewport) => {
    // One session for all addresses: the libraries are then read once, as they are for a person.
    let session: WatchedPage;
    beforeAll(async () => {
      session = await openPage(browser, { viewport, token: server!.token });
    });
    afterAll(() => session.context.close());

    test.each(pages)('%s draws, whole and without complaint', async (address, headline) => {
      const { page, complaints } = session;
      complaints.length = 0;
      await page.goto(`${server!.url}${address}`);
      await page.getByRole('heading', { level: 1, name: headline, exact: true }).waitFor();
      // Every part of the page has its answer: nothing is loading and nothing has failed.
      await page.waitForFunction(
        () => !document.querySelector('main [role="status"][aria-label="正在加载"]'),
      );
      expect(await page.locator('main [role="alert"]').allTextContents()).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    });
  });

  test('without a session the door is shown, and a wrong password is refused in words', async () => {
    const { page, context } = await openPage(browser, { viewport: DESK });
    await page.goto(`${server!.url}/strategies`);
    await page.getByRole('heading', { name: '登录梧桐' }).waitFor();
    await page.getByLabel('用户名').fill('nobody');
    await page.getByLabel('密码', { exact: true }).fill('wrong-password');
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: /不正确|失败次数过多/ })
      .waitFor();
    await context.close();
  });

  test('English is one click away and stays after a reload', async () => {
    const { page, context } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/strategies`);
    await page.getByRole('button', { name: '语言' }).click();
    await page.getByRole('heading', { level: 1, name: 'Strategies' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Strategies' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    await context.close();
  });

  test('on a phone the navigation is a drawer', async () => {
    const { page, context } = await openPage(browser, { viewport: PHONE, token: server!.token });
    await page.goto(`${server!.url}/`);
    await page.getByRole('button', { name: '打开导航' }).click();
    await page.getByRole('dialog').getByRole('link', { name: '任务', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '任务', exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/tasks');
    await context.close();
  });

  test('a slash opens the search, and a chosen page opens with Enter', async () => {
    const { page, context } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/`);
    await page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: '搜索' }).fill('供应商');
    await page.getByRole('option', { name: '供应商' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: '供应商与路由' }).waitFor();
    await context.close();
  });

  test('an unknown address says so and leads home', async () => {
    const { page, context } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/no/such/page`);
    await page.getByText('没有这个页面').waitFor();
    await page.getByRole('link', { name: '回到总览' }).click();
    await page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
    await context.close();
  });

  test('the overview shows what the API counts', async () => {
    const overview = await askApi<{ data: { keys: { value: number } } }>(server!, '/api/v1/overview');
    const { page, context } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/`);
    const card = page.getByRole('listitem').filter({ hasText: '数据通' });
    await card.waitFor();
    // Keys only ever grow, and the page may be newer than our own question.
    const shown = await card.locator('dd').first().textContent();
    expect(shown).toMatch(/^[\d,.]+( [万亿])?$/);
    if (overview.data.keys.value === 0) expect(shown).toBe('0');
    await context.close();
  });
});
