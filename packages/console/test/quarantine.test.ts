import type { identityApi, ResponseOf } from '@wutong/contract';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, describe, test } from 'vitest';
import { askApi, consoleUnderTest, DESK, openBrowser, openPage } from './console-under-test.ts';

const server = consoleUnderTest();

describe.skipIf(!server)('the quarantine in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test('a decision leads the focus to the next item, and a click in the list leaves it there', async ({
    skip,
  }) => {
    type Items = ResponseOf<typeof identityApi.listQuarantine>;
    const openIds = async (): Promise<string[]> => {
      const { items } = await askApi<Items>(server!, '/api/v1/quarantine?state=open&limit=100');
      return items.map(({ itemId }) => itemId);
    };
    const before = await openIds();
    if (before.length < 3) return skip('fewer than three items wait on this server');
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/quarantine`);
    const list = page.getByRole('navigation', { name: '隔离与复核' }).getByRole('button');
    await page.getByRole('radio').last().check({ force: true });
    await page.getByRole('textbox', { name: '判断理由' }).fill('走查');
    await page.getByRole('button', { name: '记录判断' }).click();
    await page.getByText('已记录判断').waitFor();
    await page.waitForFunction(() => document.activeElement?.matches('main section[tabindex="-1"]'));
    // What the decision lets through may meet another guard: the one item is gone, and a new one may have come.
    const leftOf = (now: readonly string[]): number => before.filter((id) => now.includes(id)).length;
    await expect.poll(async () => leftOf(await openIds())).toBeLessThan(before.length);
    await list.nth(1).click();
    await page.waitForFunction(() => document.activeElement?.matches('nav button[aria-current="true"]'));
    expect(complaints).toEqual([]);
    await context.close();
  });
});
