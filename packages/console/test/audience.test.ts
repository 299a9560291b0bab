import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askApi,
  consoleUnderTest,
  DESK,
  openBrowser,
  openPage,
  PHONE,
  postApi,
  type WatchedPage,
} from './console-under-test.ts';

const server = consoleUnderTest();

const RULE = `person where
  aum >= 10000
  and (city = '上海' or not did(event app_open within last 30 days))
  and any holding where (product.kind = 'wealth')
  and aum / 10000 > 1`;

const newSegment = (text: string): string => `${server!.url}/audiences/new?text=${encodeURIComponent(text)}`;

describe.skipIf(!server)('writing segments and tags in a browser', () => {
  let browser: Browser;
  let session: WatchedPage;
  beforeAll(async () => {
    browser = await openBrowser();
    session = await openPage(browser, { viewport: DESK, token: server!.token });
  });
  afterAll(() => browser.close());

  test('a rule is drawn, counted with the effect of each condition, and what cannot be drawn is kept', async () => {
    const { page, complaints } = session;
    await page.goto(newSegment(RULE));
    // Each condition says what it does; the group of alternatives says it as a whole as well.
    await page
      .getByText(/^(筛掉|带来|不改变)/)
      .nth(4)
      .waitFor();
    await page.getByRole('button', { name: /aum \/ 10000/ }).waitFor();
    await page.getByText('文本', { exact: true }).click();
    const written = page.getByRole('textbox', { name: 'EQL 表达式' });
    await written.waitFor();
    expect((await written.innerText()).replaceAll(/\s+/g, ' ')).toBe(RULE.replaceAll(/\s+/g, ' '));
    expect(complaints).toEqual([]);
  });

  test('lists of names stay on the screen of a phone', async () => {
    const { page } = await openPage(browser, { viewport: PHONE, token: server!.token });
    await page.goto(`${newSegment(RULE)}&lang=en`);
    await page.getByRole('button', { name: 'Add a condition' }).last().click();
    const list = page.locator('.ant-select-dropdown:visible');
    await list.getByText('Assets under management', { exact: true }).waitFor();
    const box = async (): Promise<{ left: number; right: number }> => {
      const { x = -1, width = 0 } = (await list.boundingBox()) ?? {};
      return { left: x, right: x + width };
    };
    // It is placed once it is drawn.
    await expect.poll(async () => (await box()).left).toBeGreaterThanOrEqual(0);
    expect((await box()).right).toBeLessThanOrEqual(PHONE.width);
    await page.context().close();
  });

  test('a rule with groups fits a phone, in English too', async () => {
    const { page } = await openPage(browser, { viewport: PHONE, token: server!.token });
    await page.goto(`${newSegment(RULE)}&lang=en`);
    await page.getByText('None of these', { exact: true }).nth(1).waitFor();
    await page
      .getByText(/^(removes|adds)/)
      .nth(3)
      .waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
    await page.context().close();
  });

  test('segments and tags that say the same as others name them in the list', async () => {
    const { page, complaints } = session;
    const made = `same_${Date.now().toString(36)}`;
    const rules = ["aum >= 31415 and city = '上海'", "city = '上海' and aum >= 31415"];
    for (const [index, rule] of rules.entries()) {
      await postApi(server!, '/api/v1/segments', {
        segmentId: `${made}_${index}`,
        name: `${made} ${index}`,
        text: `person where ${rule}`,
        schedule: { every: 'manual' },
      });
      await postApi(server!, '/api/v1/tags', {
        tagId: `${made}_${index}`,
        name: `${made} ${index}`,
        text: `tier { '高' when ${rule} else '低' }`,
        schedule: { every: 'manual' },
      });
    }
    for (const list of ['audiences', 'tags']) {
      await page.goto(`${server!.url}/${list}?search=${made}`);
      for (const [one, other] of [
        [0, 1],
        [1, 0],
      ]) {
        const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: `${made} ${one}` }) });
        await row.getByText(`与 ${made} ${other} 定义相同`).waitFor();
      }
    }
    expect(complaints).toEqual([]);
  });

  test('a condition is added by keyboard, undone and done again', async () => {
    const { page, complaints } = session;
    await page.goto(newSegment('person where aum >= 10000'));
    await page.getByRole('button', { name: '添加条件', exact: false }).first().click();
    await page.keyboard.type('性别');
    await page.keyboard.press('Enter');
    await page.getByText('1 个条件待填写，暂不计入').waitFor();
    await page.getByRole('button', { name: '撤销' }).click();
    await page.getByText('1 个条件待填写，暂不计入').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '重做' }).click();
    await page.getByText('1 个条件待填写，暂不计入').waitFor();
    expect(await page.getByRole('button', { name: '创建并计算' }).isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('the text face completes names by their titles and puts a suggestion in place', async () => {
    const { page } = session;
    await page.goto(newSegment('person where genderr = 1'));
    await page.getByText('文本', { exact: true }).click();
    await page.getByRole('button', { name: '采用' }).first().click();
    const written = page.getByRole('textbox', { name: 'EQL 表达式' });
    expect(await written.innerText()).toContain('gender = 1');
    await written.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' and 城');
    // A list that has only just opened takes no choice yet, so that nobody chooses by accident.
    const city = page.getByRole('option', { name: /^city/ });
    await city.waitFor();
    await expect
      .poll(async () => {
        if (await city.isVisible()) await city.click({ timeout: 1_000 }).catch(() => undefined);
        return written.innerText();
      })
      .toContain('and city');
  });

  test('a tag in tiers is written, previewed, saved and shown with its lineage', async () => {
    const { page, complaints } = session;
    await page.goto(`${server!.url}/tags/new?shape=tier`);
    const tagId = `tier_${Date.now().toString(36)}`;
    await page.getByLabel('标签名称').fill('客户分层');
    await page.getByLabel('编号').fill(tagId);
    await page.getByRole('textbox', { name: '取值名称' }).fill('富裕');
    await page.getByRole('spinbutton', { name: '值' }).fill('10000');
    await page.getByText('有值的客户').first().waitFor();
    await page.getByRole('button', { name: '创建并计算' }).click();
    await page.getByRole('heading', { level: 1, name: /客户分层/ }).waitFor();
    const tag = await askApi<{ text: string }>(server!, `/api/v1/tags/${tagId}`);
    expect(tag.text).toContain("'富裕' when aum >= 10000");
    await page.getByRole('tab', { name: '血缘' }).click();
    await page.locator('.react-flow__node', { hasText: '管理资产' }).waitFor();
    expect(complaints.filter((each) => !each.includes('React Flow'))).toEqual([]);
  });

  test('a list of keys becomes a segment, which gets another list later', async () => {
    const { page, complaints } = session;
    const { items } = await askApi<{ items: { personId: number }[] }>(
      server!,
      '/api/v1/segments/' + (await anySegment()) + '/members?limit=3',
    );
    const keys = await Promise.all(items.map(({ personId }) => customerNumber(personId)));
    await page.goto(`${server!.url}/audiences`);
    await page.getByRole('button', { name: '其他方式' }).click();
    await page.getByText('按名单创建', { exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('名称').fill('活动名单');
    const list = dialog.getByLabel('名单', { exact: true });
    await list.fill(['客户号', keys[0], keys[1], '0000-nobody'].join('\n'));
    await dialog.getByRole('button', { name: '查找客户' }).click();
    await dialog.getByText('找到 2 人，1 个标识没有对应的客户。').waitFor();
    await dialog.getByRole('button', { name: '用这 2 人创建' }).click();
    await page.getByRole('heading', { level: 1, name: /活动名单/ }).waitFor();
    const segmentId = new URL(page.url()).pathname.split('/').at(-1)!;

    await page.getByRole('button', { name: '更换名单' }).click();
    await list.fill(keys[2]!);
    await dialog.getByRole('button', { name: '查找客户' }).click();
    await dialog.getByRole('button', { name: '换成这 1 人' }).click();
    await dialog.waitFor({ state: 'detached' });
    const members = await askApi<{ items: { personId: number }[] }>(
      server!,
      `/api/v1/segments/${segmentId}/members`,
    );
    expect(members.items.map(({ personId }) => personId)).toEqual([items[2]!.personId]);
    expect(complaints).toEqual([]);
  });

  async function anySegment(): Promise<string> {
    const page = await askApi<{ items: { segmentId: string; members?: number }[] }>(
      server!,
      '/api/v1/segments',
    );
    return page.items.find(({ members }) => (members ?? 0) >= 3)!.segmentId;
  }

  async function customerNumber(personId: number): Promise<string> {
    const { items } = await askApi<{ items: { type: string; masked: string }[] }>(
      server!,
      `/api/v1/people/${personId}/keys`,
    );
    return items.find(({ type }) => type === 'customer_number')!.masked;
  }
});
