import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { audienceApi, hubApi, ResponseOf } from '@wutong/contract';
import { askApi, consoleUnderTest, DESK, openBrowser, openPage } from './console-under-test.ts';

type Messages = ResponseOf<typeof hubApi.listMessages>;
type Segments = ResponseOf<typeof audienceApi.listSegments>;

const server = consoleUnderTest();

describe.skipIf(!server)('people, audiences and messages in a browser', () => {
  let browser: Browser;
  let message: Messages['items'][number] | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
    message = (await askApi<Messages>(server!, '/api/v1/messages?channel=sms&state=sent&limit=1')).items[0];
  });
  afterAll(() => browser.close());

  test('the 360° view shows keys masked and a timeline by day', async (context) => {
    if (!message) return context.skip('no message was sent on this server');
    const {
      page,
      context: session,
      complaints,
    } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/people/${message.personId}`);
    await page.getByRole('heading', { name: '标识' }).waitFor();
    await page
      .getByRole('heading', { name: /^\d{4}-\d{2}-\d{2}$/ })
      .first()
      .waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toMatch(/\d{3}\*{4}\d{4}/);
    expect(text).not.toMatch(/(?<!\d)1[3-9]\d{9}(?!\d)/);
    expect(complaints).toEqual([]);
    await session.close();
  });

  test.each(['holdings', 'relations', 'strategies', 'messages', 'merges'])(
    'its tab %s opens from the address',
    async (tab) => {
      if (!message) return;
      const {
        page,
        context: session,
        complaints,
      } = await openPage(browser, { viewport: DESK, token: server!.token });
      await page.goto(`${server!.url}/people/${message.personId}?tab=${tab}`);
      await page.locator('[role="tab"][aria-selected="true"]').waitFor();
      await page.waitForFunction(
        () => !document.querySelector('main [role="status"][aria-label="正在加载"]'),
      );
      expect(await page.locator('main [role="alert"]').count()).toBe(0);
      expect(complaints).toEqual([]);
      await session.close();
    },
  );

  test("a message's story has its attempt and what was sent", async (context) => {
    if (!message) return context.skip('no message was sent on this server');
    const { page, context: session } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/messages/${message.messageId}`);
    await page.getByText('第 1 次尝试').waitFor();
    await page.getByText('进入队列').first().waitFor();
    await session.close();
  });

  test('an expression is checked where it stands, counted when it is right', async () => {
    const { page, context: session } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/audiences/new`);
    await page.getByText('文本', { exact: true }).click();
    const editor = page.getByRole('textbox', { name: 'EQL 表达式' });
    await editor.fill('person where no_such_attribute_at_all = 1');
    await page.getByText(/处需要修改/).waitFor();
    await page.getByText(/^第 1 行第 \d+ 列$/).waitFor();
    expect(await page.getByRole('button', { name: '创建并计算' }).isDisabled()).toBe(true);
    await editor.fill("person where consents('marketing', 'sms')");
    await page.getByText('表达式正确').waitFor();
    await expect.poll(() => page.getByText(/^可分析客户 [\d,]+ 的/).count()).toBeGreaterThan(0);
    await session.close();
  });

  test('a segment shows its count, its trend and its members', async (context) => {
    const { items } = await askApi<Segments>(server!, '/api/v1/segments');
    const segment = items.find(({ members }) => members !== undefined && members > 0);
    if (!segment) return context.skip('no segment was computed on this server');
    const {
      page,
      context: session,
      complaints,
    } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/audiences/${segment.segmentId}`);
    await page.getByRole('heading', { level: 1, name: segment.name }).waitFor();
    await page.getByRole('img', { name: '人数趋势' }).waitFor();
    await page.getByRole('tab', { name: '成员' }).click();
    await page.getByRole('table', { name: '成员' }).locator('tbody tr').first().waitFor();
    expect(complaints).toEqual([]);
    await session.close();
  });
});
