import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditPage } from './audit-page.ts';
import {
  askApi,
  consoleUnderTest,
  DESK,
  goTo,
  openBrowser,
  openPage,
  PHONE,
  type WatchedPage,
} from './console-under-test.ts';

/** Every page that needs no id, with its head line in both languages. */
const pages: [address: string, zh: string, en: string][] = [
  ['/', '总览', 'Overview'],
  ['/people', '客户查询', 'Find people'],
  ['/entities', '实体', 'Entities'],
  ['/audiences', '人群', 'Segments'],
  ['/audiences/new', '新建人群', 'New segment'],
  ['/audiences/new/lookalike', '新建相似人群', 'New lookalike'],
  ['/tags', '标签', 'Tags'],
  ['/tags/new', '新建标签', 'New tag'],
  ['/tags/new?shape=tier', '新建标签', 'New tag'],
  ['/tags/new?shape=model', '新建标签', 'New tag'],
  ['/insight/reports', '经营报表', 'Business reports'],
  ['/insight/reports/new', '新建报表', 'New report'],
  ['/strategies', '策略', 'Strategies'],
  ['/content', '内容', 'Content'],
  ['/suppliers', '供应商与路由', 'Suppliers and routes'],
  ['/messages', '消息', 'Messages'],
  ['/tasks', '任务', 'Tasks'],
  ['/data/sources', '数据源', 'Sources'],
  ['/data/rejected', '被拒记录', 'Rejected records'],
  ['/data/runs', '导入与运行', 'Imports and runs'],
  ['/data/import', '导入文件', 'Import a file'],
  ['/data/connections', '数据连接', 'Connections'],
  ['/data/ingestion', '接入任务', 'Ingestion tasks'],
  ['/data/ingestion/new', '新建接入任务', 'New task'],
  ['/data/streams', 'Kafka 消息流', 'Kafka streams'],
  ['/data/streams/new', '新建消息流', 'New stream'],
  ['/data/outputs', '数据输出', 'Outputs'],
  ['/data/outputs/new', '新建数据输出', 'New output'],
  ['/data/readers', '只读用户', 'Readers'],
  ['/data/lineage', '数据血缘', 'Lineage'],
  ['/data/model', '数据模型', 'Data model'],
  ['/data/keys/mobile', '手机号', 'Mobile number'],
  ['/data/tracking-plan', '埋点方案', 'Tracking plan'],
  ['/data/keys', '标识规则', 'Key rules'],
  ['/data/quarantine', '隔离与复核', 'Quarantine and review'],
  ['/data/linking', '概率匹配', 'Linking'],
  ['/data/linking/new', '新建匹配', 'New linking run'],
  ['/settings', '设置', 'Settings'],
  ['/audit', '审计日志', 'Audit log'],
];

const server = consoleUnderTest();

describe.skipIf(!server)('pages of the console in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  // English words are longer: what fits on a phone in English fits in Chinese too.
  describe.each([
    { viewport: DESK, language: 'zh' },
    { viewport: PHONE, language: 'en' },
  ] as const)('at $viewport.width px in $language', ({ viewport, language }) => {
    // One session for all addresses, from page to page as by links: the libraries are read once, as for a person.
    let session: WatchedPage;
    beforeAll(async () => {
      session = await openPage(browser, { viewport, token: server!.token });
      await session.page.goto(`${server!.url}/?lang=${language}`);
      await session.page.getByRole('heading', { level: 1 }).waitFor();
    });
    afterAll(() => session.context.close());

    test.each(pages)('%s draws, whole, for everybody and without complaint', async (address, zh, en) => {
      const { page, complaints } = session;
      complaints.length = 0;
      await goTo(page, address);
      const headline = language === 'zh' ? zh : en;
      await page.getByRole('heading', { level: 1, name: headline, exact: true }).waitFor();
      // Every part of the page has its answer: nothing is loading and nothing has failed.
      await page.waitForFunction(() => !document.querySelector('main [role="status"] .ant-skeleton'));
      expect(await page.locator('main [role="alert"]').allTextContents()).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      expect(await auditPage(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });
  });

  test('what is longest fits: a name of 200 letters pushes nothing out of sight, and a filled search can be emptied by name', async () => {
    const longest = 'longunbrokenname'.repeat(13).slice(0, 200);
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.route(/\/api\/v1\/(sources|people\/\d+)$/, async (route) => {
      const response = await route.fetch();
      const answer = (await response.json()) as {
        items?: { name: string }[];
        attributes?: { title: { zh: string; en: string } }[];
      };
      if (answer.items?.[0]) answer.items[0].name = longest;
      if (answer.attributes?.[0]) answer.attributes[0].title = { zh: longest, en: longest };
      await route.fulfill({ response, json: answer });
    });
    const hidden = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await page.goto(`${server!.url}/data/sources`);
    await page.getByRole('link', { name: longest }).waitFor();
    expect(await page.locator('main table').evaluate((table) => table.scrollWidth)).toBeLessThan(DESK.width);
    await goTo(page, '/data/quarantine');
    await page.getByRole('rowheader', { name: longest }).waitFor();
    expect(await hidden()).toBeLessThanOrEqual(0);
    const person = page.locator('main thead a[href^="/people/"]').first();
    await goTo(page, (await person.getAttribute('href'))!);
    await page.getByRole('term').filter({ hasText: longest }).waitFor();
    expect(await hidden()).toBeLessThanOrEqual(0);
    await goTo(page, '/people?search=nobody');
    await page.getByRole('button', { name: '清除', exact: true }).waitFor();
    expect(await auditPage(page)).toEqual([]);
    expect(complaints).toEqual([]);
    // A page asks again by itself: an answer may be on its way while the browser closes.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
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
