import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { audienceApi, insightApi, platformApi, ResponseOf } from '@wutong/contract';
import { factsOf } from '../src/pages/settings/audit-changes.ts';
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

test('an entry of the audit says what was changed from what to what', () => {
  const before = { name: '邮件', settings: { host: 'a', port: 25 }, shares: [], enabled: true };
  const now = { name: '邮件', settings: { host: 'b', port: 25 }, shares: [{ share: 1 }], enabled: false };
  expect(factsOf('route.put', now, before)).toEqual([
    { name: 'host', value: 'b', formerly: 'a' },
    { name: 'shares', value: [{ share: 1 }] },
    { name: 'enabled', value: false, formerly: true },
  ]);
  expect(factsOf('user.create', { role: 'marketer' }, { role: 'manager' })).toEqual([
    { name: 'role', value: 'marketer' },
  ]);
  expect(factsOf('tag.edit', { version: 2 }, {})).toEqual([{ name: 'version', value: 2 }]);
});

/** Until nothing is loading and no question is running. */
async function answered(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector('main h1') && !document.querySelector('main [role="status"]'),
  );
}

describe.skipIf(!server)('reports, lookalikes, scores and the audit in a browser', () => {
  let browser: Browser;
  let session: WatchedPage;
  beforeAll(async () => {
    browser = await openBrowser();
    session = await openPage(browser, { viewport: DESK, token: server!.token });
  });
  afterAll(() => browser.close());

  test('a report drills down the tree and rolls up, sorts, opens its people, and is saved, kept and deleted', async () => {
    const { page, complaints } = session;
    complaints.length = 0;
    const name = `测试报表 ${Date.now()}`;
    await page.goto(`${server!.url}/insight/reports`);
    await page.getByRole('link', { name: '各机构客户与资产' }).click();
    await answered(page);
    const table = page.getByRole('table', { name: '报表' });
    const total = async (): Promise<number> =>
      Number((await table.getByRole('button', { name: /^合计 · 客户数/ }).innerText()).replaceAll(',', ''));
    const whole = await total();

    await table.getByRole('button', { name: '按「客户数」排序' }).click();
    await table.getByRole('button', { name: '按「客户数」排序' }).click();
    expect(await page.locator('button[aria-pressed="true"]').innerText()).toBe('客户数');

    // One step down: all rows lie below the institution, and the total is its own.
    const door = table.locator('button[title^="下钻"]').first();
    const institution = (await door.innerText()).trim();
    const row = table.getByRole('row').filter({ has: page.getByText(institution, { exact: true }) });
    const people = await row.getByRole('button', { name: /客户数/ }).innerText();
    await door.click();
    const path = page.getByRole('navigation', { name: '上卷到' });
    await path.getByText(institution, { exact: true }).waitFor();
    await answered(page);
    expect(await table.getByRole('button', { name: /^合计 · 客户数/ }).innerText()).toBe(people);

    // The number is as many people as it says, and they become a segment.
    await table.getByRole('button', { name: /^合计 · 客户数/ }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText(`${people} 人`, { exact: true }).waitFor();
    await drawer.getByRole('textbox', { name: '人群名称' }).fill(name);
    await drawer.getByRole('button', { name: '保存为人群' }).click();
    await drawer.getByRole('link', { name: '打开人群' }).waitFor();
    await page.keyboard.press('Escape');

    await path.getByRole('button', { name: '全部' }).click();
    await path.waitFor({ state: 'detached' });
    await answered(page);
    // All again, and whom the tests beside this one brought to the bank meanwhile.
    expect(await total()).toBeGreaterThanOrEqual(whole);

    await page.getByRole('button', { name: '保存报表' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: '报表名称' }).fill(name);
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await page.waitForURL(/\/insight\/reports\/[0-9a-f-]{36}$/);
    await answered(page);
    await page.goto(`${server!.url}/insight/reports`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();

    await page.getByRole('button', { name: '更多操作' }).click();
    await page.getByRole('menuitem', { name: '删除报表' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '删除报表' }).click();
    await page.waitForURL(/\/insight\/reports$/);
    const { items } = await askApi<ResponseOf<typeof insightApi.listReports>>(server!, '/api/v1/reports');
    expect(items.map((each) => each.name)).not.toContain(name);
    expect(complaints).toEqual([]);
  });

  test('rows of too few people say so, and a report is drawn on a dashboard and on a phone', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: PHONE, token: server!.token });
    const report = {
      subject: { kind: 'people' },
      measures: [{ kind: 'people' }, { kind: 'sum', field: 'aum' }],
      // Sums of a sensitive attribute: birth dates make rows of single people.
      dimensions: [{ kind: 'attribute', attribute: 'birth_date' }],
      limit: 30,
    };
    await page.goto(`${server!.url}/insight/reports/new?q=${encodeURIComponent(JSON.stringify(report))}`);
    await answered(page);
    await page.getByText('人数过少，不显示').first().waitFor();
    await page.getByText(/行的人数过少，为避免从数字推知个人/).waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);

    await page.setViewportSize(DESK);
    await page.getByRole('button', { name: '保存到看板' }).click();
    const dialog = page.getByRole('dialog');
    const board = `报表看板 ${Date.now()}`;
    await dialog.getByRole('combobox', { name: '看板' }).click();
    await page.locator('.ant-select-item-option', { hasText: '＋ 新建看板' }).click();
    await dialog.getByPlaceholder('例如：手机银行周会').fill(board);
    await dialog.getByRole('button', { name: '保存' }).click();
    await page.getByText(`已保存到「${board}」`).waitFor();
    await page.goto(`${server!.url}/insight/dashboards`);
    await page.getByRole('link', { name: board }).click();
    await page.getByRole('table', { name: '报表' }).waitFor();
    expect(await page.locator('main [role="alert"]').allTextContents()).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a lookalike is found from a segment and says in words why', async (skip) => {
    const { items } = await askApi<ResponseOf<typeof audienceApi.listSegments>>(
      server!,
      '/api/v1/segments?limit=200',
    );
    const seed = items.find((each) => each.kind === 'rule' && (each.members ?? 0) >= 10);
    if (!seed) return skip.skip('no segment of ten people on this server');
    const { page, complaints } = session;
    complaints.length = 0;
    await page.goto(`${server!.url}/audiences/new/lookalike?seed=${seed.segmentId}`);
    const name = page.getByRole('textbox', { name: '名称' });
    await name.waitFor();
    expect(await name.inputValue()).toContain(seed.name);
    await page.getByRole('spinbutton', { name: '最像的前几人' }).fill('20');
    await page.getByRole('button', { name: '创建并计算' }).click();
    await page.waitForURL(/\/audiences\/lookalike_/);
    await page.getByRole('heading', { name: /为什么相似/ }).waitFor();
    await page.getByText(/在其余 .* 人中找出了最像他们的 20 人/).waitFor();
    await page
      .getByText(/种子中 \d+%，其他人中 \d+%，更像种子/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });

  test('a model tag says how scores are written, and is stale until there are some', async () => {
    const { page, complaints } = session;
    complaints.length = 0;
    await page.goto(`${server!.url}/tags/new?shape=model`);
    const name = `测试模型分 ${Date.now()}`;
    const tagId = `score_${Date.now().toString(36)}`;
    await page.getByRole('textbox', { name: '标签名称' }).fill(name);
    await page.getByRole('textbox', { name: '编号' }).fill(tagId);
    await page.getByLabel('写入分数的命令').getByText(`/api/v1/tags/${tagId}/values`).waitFor();
    await page.getByRole('button', { name: '创建并计算' }).click();
    await page.waitForURL(new RegExp(`/tags/${tagId}$`));
    await page.getByText('还没有分数').waitFor();
    const written = await fetch(`${server!.url}/api/v1/tags/${tagId}/values`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server!.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ modelVersion: '2026-01', values: [{ personId: 1, values: ['0.82'] }] }),
    });
    expect(written.status).toBe(200);
    await page.reload();
    await page.getByText('分数有效', { exact: true }).waitFor();
    await page.getByText('2026-01').first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('the audit says in words what was done to what, without JSON', async () => {
    const { page, complaints } = session;
    complaints.length = 0;
    await page.goto(`${server!.url}/audit`);
    await page.getByRole('table', { name: '审计日志' }).waitFor();
    await answered(page);
    const { items } = await askApi<ResponseOf<typeof platformApi.listAudit>>(
      server!,
      '/api/v1/audit?limit=50',
    );
    expect(await page.getByRole('row').count()).toBeGreaterThanOrEqual(items.length);
    const told = (await page.getByRole('table', { name: '审计日志' }).innerText()) ?? '';
    expect(told).not.toMatch(/[{}]|"\w+":/);
    expect(complaints).toEqual([]);
  });
});
