import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { canvasApi, ResponseOf } from '@wutong/contract';
import { askApi, consoleUnderTest, DESK, openBrowser, openPage, PHONE } from './console-under-test.ts';

type Strategies = ResponseOf<typeof canvasApi.listStrategies>;
type Strategy = ResponseOf<typeof canvasApi.readStrategy>;

const server = consoleUnderTest();

/** The first strategy that runs or ran, with its document; the demo has one, an empty installation none. */
async function publishedStrategy(): Promise<Strategy | undefined> {
  const { items } = await askApi<Strategies>(server!, '/api/v1/strategies');
  const found = items.find(({ publishedVersion }) => publishedVersion !== undefined);
  return found && askApi<Strategy>(server!, `/api/v1/strategies/${found.strategyId}`);
}

describe.skipIf(!server)('a strategy in a browser', () => {
  let browser: Browser;
  let strategy: Strategy | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
    strategy = await publishedStrategy();
  });
  afterAll(() => browser.close());

  test('the canvas shows every node with its numbers; a chosen node opens its people and stands in the address', async (context) => {
    if (!strategy) return context.skip('no strategy is published on this server');
    const {
      page,
      context: session,
      complaints,
    } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/strategies/${strategy.strategyId}`);
    await page.locator('.react-flow__node').first().waitFor();
    expect(await page.locator('.react-flow__node').count()).toBe(strategy.draft.nodes.length);
    const entry = strategy.draft.nodes.find(({ kind }) => kind === 'entry')!;
    const card = page.locator(`.react-flow__node[data-id="${entry.id}"]`);
    await expect.poll(() => card.textContent()).toContain(strategy.entered > 0 ? '进入' : '–');
    await card.click();
    const panel = page.getByRole('complementary', { name: '策略设置' });
    await panel.getByRole('heading', { name: entry.title }).waitFor();
    expect(new URL(page.url()).searchParams.get('node')).toBe(entry.id);
    await panel.getByText('客户', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await session.close();
  });

  test('an address with a node opens that node, also on a phone', async (context) => {
    if (!strategy) return context.skip('no strategy is published on this server');
    const node = strategy.draft.nodes.find(({ kind }) => kind === 'send')!;
    const { page, context: session } = await openPage(browser, { viewport: PHONE, token: server!.token });
    await page.goto(`${server!.url}/strategies/${strategy.strategyId}?node=${node.id}`);
    await page.getByRole('dialog').getByRole('heading', { name: node.title }).waitFor();
    await session.close();
  });

  test('the effect report draws the interval and balances the books', async (context) => {
    if (!strategy || strategy.entered === 0)
      return context.skip('nobody has entered a strategy on this server');
    const {
      page,
      context: session,
      complaints,
    } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/strategies/${strategy.strategyId}?tab=effect`);
    await page.getByRole('img', { name: /^差异: / }).waitFor();
    const books = page.getByRole('table', { name: '发送账目' });
    await books.waitFor();
    const rows = await books.locator('tbody tr').allInnerTexts();
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const [audience = 0, ...parts] = [...row.replaceAll(',', '').matchAll(/\t(\d+)/g)].map(([, value]) =>
        Number(value),
      );
      expect(
        parts.reduce((sum, part) => sum + part, 0),
        row,
      ).toBe(audience);
    }
    expect(complaints).toEqual([]);
    await session.close();
  });

  test('stopping asks for the name first', async (context) => {
    if (strategy?.state !== 'running' && strategy?.state !== 'paused') {
      return context.skip('no strategy is running on this server');
    }
    const { page, context: session } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/strategies/${strategy.strategyId}`);
    await page.getByRole('button', { name: '终止' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: '终止' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill(strategy.name);
    expect(await dialog.getByRole('button', { name: '终止' }).isEnabled()).toBe(true);
    await dialog.getByRole('button', { name: '取消' }).click();
    await session.close();
  });
});
