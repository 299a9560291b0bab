import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { insightApi, ResponseOf } from '@wutong/contract';
import {
  askApi,
  consoleUnderTest,
  DESK,
  openBrowser,
  openPage,
  PHONE,
  type WatchedPage,
} from './console-under-test.ts';

const server = consoleUnderTest();

/** Every page of insight: where it stands, and its head line, which is also the name of the way to it. */
const pages: [address: string, headline: string][] = [
  ['/insight/analyses/trend', '事件分析'],
  ['/insight/analyses/funnel', '漏斗分析'],
  ['/insight/analyses/retention', '留存分析'],
  ['/insight/analyses/path', '路径分析'],
  ['/insight/analyses/distribution', '分布分析'],
  ['/insight/analyses/interval', '间隔分析'],
  ['/insight/analyses/attribution', '归因分析'],
  ['/insight/analyses/lifetime-value', 'LTV 分析'],
  ['/insight/analyses/session', 'Session 分析'],
  ['/insight/analyses/recency', 'RFM 分析'],
  ['/insight/analyses/sequence', '行为序列'],
  ['/insight/dashboards', '看板'],
  ['/insight/alerts', '预警'],
];

/** Until nothing is loading and no question is running. */
async function answered(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('main [role="status"]'));
}

/** A funnel about events that the platform itself states, so that any bank has them. */
const FUNNEL = {
  period: { lastDays: 365 },
  steps: [{ event: '*' }, { event: '*' }],
};

describe.skipIf(!server)('insight in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  describe('each page', () => {
    // One session for all addresses: the libraries are then read once, as they are for a person.
    let session: WatchedPage;
    beforeAll(async () => {
      session = await openPage(browser, { viewport: DESK, token: server!.token });
      await session.page.goto(`${server!.url}${pages[0]![0]}`);
    });
    afterAll(() => session.context.close());

    test.each(pages)(
      '%s asks and draws without complaint, on a desk and on a phone',
      async (address, headline) => {
        const { page, complaints } = session;
        complaints.length = 0;
        await page.setViewportSize(DESK);
        await page.getByRole('link', { name: headline }).first().click();
        await page.waitForURL(`**${address}`);
        await page.getByRole('heading', { level: 1, name: headline, exact: true }).waitFor();
        await page.locator('main section').first().waitFor();
        for (const viewport of [DESK, PHONE]) {
          await page.setViewportSize(viewport);
          await answered(page);
          expect(await page.locator('main [role="alert"]').allTextContents()).toEqual([]);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          expect(overflow, `at ${viewport.width} px`).toBeLessThanOrEqual(0);
        }
        expect(complaints).toEqual([]);
      },
    );
  });

  test('a question stands in the address, a changed one is run by a click, and back brings the former', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    const address = `/insight/analyses/funnel?q=${encodeURIComponent(JSON.stringify(FUNNEL))}`;
    await page.goto(`${server!.url}${address}`);
    await answered(page);
    const form = page.getByRole('form', { name: '分析条件' });
    expect(await form.getByRole('button', { name: /结果已是最新条件/ }).isDisabled()).toBe(true);
    await form.getByRole('radiogroup', { name: '步骤顺序' }).getByText('不限').click();
    await form.getByRole('button', { name: /运行/ }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toContain('"order":"any"');
    // The address changes before the page does: whoever goes back in between has a draft that never ran.
    await form.getByRole('button', { name: /结果已是最新条件/ }).waitFor();
    await answered(page);
    await page.goBack();
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).not.toContain('"order":"any"');
    await expect
      .poll(() => form.getByRole('radio', { name: '依次' }).isChecked(), { timeout: 10_000 })
      .toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a number opens as many people as it says', async (skip) => {
    const { page, context } = await openPage(browser, { viewport: DESK, token: server!.token });
    const address = `/insight/analyses/funnel?q=${encodeURIComponent(JSON.stringify(FUNNEL))}`;
    await page.goto(`${server!.url}${address}`);
    await answered(page);
    const first = page.locator('main ol > li b button').first();
    if ((await first.count()) === 0) return skip.skip('nobody did anything on this server');
    const people = await first.innerText();
    await first.click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText(`${people} 人`, { exact: true }).waitFor();
    expect(await drawer.getByRole('link').count()).toBeGreaterThan(0);
    await context.close();
  });

  test('a question is kept on a dashboard, which is arranged by keys and deleted again', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    const name = `测试看板 ${Date.now()}`;
    await page.goto(`${server!.url}/insight/analyses/session`);
    await answered(page);
    await page.getByRole('button', { name: '保存到看板' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: '看板' }).click();
    await page.locator('.ant-select-item-option', { hasText: '＋ 新建看板' }).click();
    await dialog.getByPlaceholder('例如：手机银行周会').fill(name);
    // Once, however quickly the button is pressed again.
    await dialog.getByRole('button', { name: '保存' }).dblclick();
    await page.getByText(`已保存到「${name}」`).waitFor();
    const { items } = await askApi<ResponseOf<typeof insightApi.listDashboards>>(
      server!,
      '/api/v1/dashboards?limit=100',
    );
    expect(items.filter((each) => each.name === name)).toHaveLength(1);

    await page.goto(`${server!.url}/insight/dashboards`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('region', { name: 'Session 分析' }).waitFor();
    await page.getByRole('button', { name: '编辑布局' }).click();
    await page.getByRole('button', { name: /^Session 分析: / }).press('Shift+ArrowRight');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByRole('button', { name: '编辑布局' }).waitFor();
    const boardId = new URL(page.url()).pathname.split('/').at(-1)!;
    const board = await askApi<ResponseOf<typeof insightApi.readDashboard>>(
      server!,
      `/api/v1/dashboards/${boardId}`,
    );
    expect(board.tiles.map(({ place }) => place.width)).toEqual([7]);

    await page.getByRole('button', { name: '更多操作' }).click();
    await page.getByRole('menuitem', { name: '删除看板' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '删除看板' }).click();
    await page.waitForURL(/\/insight\/dashboards$/);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
