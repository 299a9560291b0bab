import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askApi,
  consoleUnderTest,
  DESK,
  goTo,
  openBrowser,
  openPage,
  postApi,
  type WatchedPage,
} from './console-under-test.ts';

const server = consoleUnderTest();

describe.skipIf(!server)('the console without a mouse', () => {
  let browser: Browser;
  let session: WatchedPage;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
    session = await openPage(browser, { viewport: DESK, token: server!.token });
    ({ page } = session);
    await page.goto(`${server!.url}/`);
    await page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
  });
  afterAll(async () => {
    expect(session.complaints).toEqual([]);
    await browser.close();
  });

  const arrive = async (address: string, headline: string): Promise<void> => {
    await goTo(page, address);
    await page.getByRole('heading', { level: 1, name: headline, exact: true }).waitFor();
  };
  const hasFocus = (selector: string): Promise<unknown> =>
    page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);

  test('the first Tab offers to skip the navigation', async () => {
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: '跳到正文' });
    expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
    expect((await skip.boundingBox())!.y).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
    await hasFocus('main');
  });

  test('an alert is muted and called again from the switch, which keeps the focus', async () => {
    const name = `静音 ${Date.now()}`;
    await postApi(server!, '/api/v1/alerts', {
      name,
      analysis: { period: { lastDays: 3 }, series: [{ event: '$message_sent' }] },
      condition: { kind: 'threshold', direction: 'above', value: 1 },
    });
    await arrive('/insight/alerts', '预警');
    const enabled = page.getByRole('switch', { name: `启用: ${name}` });
    await enabled.focus();
    for (const checked of ['false', 'true']) {
      const saved = page.waitForResponse((response) => response.request().method() === 'PUT');
      await page.keyboard.press('Space');
      expect((await saved).status()).toBe(200);
      await hasFocus(`[role=switch][aria-checked=${checked}][aria-busy=false]`);
    }
  });

  test('a slash in a field is a slash', async () => {
    await arrive('/people', '客户查询');
    const field = page.getByRole('main').getByRole('searchbox');
    await field.focus();
    await page.keyboard.type('a/b');
    expect(await field.inputValue()).toBe('a/b');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('a dialog keeps the focus, says what is missing at its field, and gives the focus back on Escape', async () => {
    await arrive('/data/sources', '数据源');
    const button = page.getByRole('button', { name: '新建数据源' });
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('[role="dialog"]'));
    for (let step = 0; step < 12; step++) {
      await page.keyboard.press('Tab');
      // After the last one the browser itself has the focus, never the page behind.
      const behind = await page.evaluate(() => document.activeElement?.matches('#root *') ?? false);
      expect(behind, `after ${step + 1} Tabs`).toBe(false);
    }
    const name = dialog.getByRole('textbox').first();
    await name.focus();
    await page.keyboard.press('Enter');
    await dialog.locator('[aria-invalid="true"]').first().waitFor();
    const described = await dialog.locator('[aria-invalid="true"]').first().getAttribute('aria-describedby');
    expect(await page.locator(`[id="${described}"]`).textContent()).not.toBe('');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    // The page as a whole holds the words too: only the button will do.
    await page.waitForFunction(() => document.activeElement?.matches('button') ?? false);
    expect(await button.evaluate((own) => own === document.activeElement)).toBe(true);
  });

  test('a row opens by Enter, and Tab goes on in the page that opens', async () => {
    await arrive('/audiences', '人群');
    const row = page.locator('tbody tr[tabindex="0"]').first();
    await row.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: '画像' }).waitFor();
    await hasFocus('main');
  });

  test('a node of a strategy is chosen by Enter, and one of the lineage opens', async () => {
    const { items } = await askApi<{ items: { strategyId: string }[] }>(server!, '/api/v1/strategies');
    await goTo(page, `/strategies/${items[0]!.strategyId}`);
    const node = page.locator('.react-flow__node').first();
    await node.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/[?&]node=/);

    await arrive('/data/lineage', '数据血缘');
    const segment = page.locator('.react-flow__node[role="link"]', { hasText: '人群' }).first();
    await segment.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/audiences\//);
  });

  test('a condition is added by the arrows, and leaving the choice gives the focus back', async () => {
    await arrive('/audiences/new', '新建人群');
    const first = page.getByRole('button', { name: /添加(第一个)?条件/ }).first();
    await first.focus();
    await page.keyboard.press('Enter');
    await hasFocus('[role="combobox"]');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.matches('#root button') ?? false);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('条件');
    await page.keyboard.press('Enter');
    await hasFocus('[role="combobox"]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '删除条件' }).first().waitFor();
    await page.waitForFunction(() => document.activeElement?.matches('#root button') ?? false);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('添加条件');
  });

  test('an alert, its editor and the people behind a number give the focus back to what opened them', async () => {
    await postApi(server!, '/api/v1/alerts', {
      name: '无鼠标预警',
      analysis: { period: { lastDays: 30 }, series: [{ event: '*' }] },
      condition: { kind: 'threshold', direction: 'above', value: 1 },
      enabled: false,
    });
    const dialog = page.getByRole('dialog');
    const opensAndGivesBack = async (opener: Locator): Promise<void> => {
      await opener.focus();
      await page.keyboard.press('Enter');
      await dialog.waitFor();
      await page.waitForFunction(() => document.activeElement?.closest('[role="dialog"], .ant-drawer'));
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await expect.poll(() => opener.evaluate((own) => own === document.activeElement)).toBe(true);
    };
    await arrive('/insight/alerts', '预警');
    await opensAndGivesBack(page.locator('tbody tr[tabindex="0"]', { hasText: '无鼠标预警' }).first());
    await opensAndGivesBack(page.getByRole('button', { name: '新建预警' }));
    const funnel = { period: { lastDays: 365 }, steps: [{ event: '*' }, { event: '*' }] };
    const question = encodeURIComponent(JSON.stringify(funnel));
    await arrive(`/insight/analyses/funnel?q=${question}`, '漏斗分析');
    await opensAndGivesBack(page.locator('main ol > li b button').first());
  });

  test('Enter in the last field of a dialog of several sends it', async () => {
    await arrive('/insight/dashboards', '看板');
    await page.getByRole('button', { name: '新建看板' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await dialog.getByLabel('看板名称').fill('无鼠标看板');
    await dialog.getByLabel('说明').focus();
    await page.keyboard.type('只用键盘');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/insight\/dashboards\/[^/?]+/);
  });

  test('a value of a rule that is not given yet is told apart without its colour', async () => {
    await arrive('/audiences/new', '新建人群');
    await page
      .getByRole('button', { name: /添加(第一个)?条件/ })
      .first()
      .click();
    await page.keyboard.type('管理资产');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '删除条件' }).first().waitFor();
    const value = page.getByLabel('值', { exact: true }).first();
    await value.fill('');
    expect(await value.getAttribute('aria-invalid')).toBe('true');
    await value.fill('5');
    expect(await value.getAttribute('aria-invalid')).toBe('false');
  });
});
