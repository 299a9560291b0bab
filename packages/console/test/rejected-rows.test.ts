import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleUnderTest, DESK, openBrowser, openPage, PHONE } from './console-under-test.ts';

const server = consoleUnderTest();

/** An import of its own, whose second and third rows are rejected; returns its id. */
async function importRows(name: string): Promise<string> {
  const ask = async (
    path: string,
    body: string,
    type = 'application/json',
  ): Promise<{ importId: string }> => {
    const answer = await fetch(`${server!.url}/api/v1/imports${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server!.token}`, 'content-type': type },
      body,
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { importId: string };
  };
  const mapping = {
    name,
    title: { zh: name, en: name },
    sourceId: 'rejected_rows',
    files: [
      {
        file: `${name}.csv`,
        records: [
          {
            record: 'person',
            keys: [{ type: 'customer_number', value: '客户号' }],
            attributes: {
              rejected_test_day: { column: '换证日', steps: [{ date: 'YYYY-MM-DD' }] },
              rejected_test_place: '城市',
            },
          },
        ],
      },
    ],
  };
  const { importId } = await ask('', JSON.stringify({ mapping }));
  const rows = [
    '客户号,城市,换证日',
    `${name}-1,杭州,2026-03-02`,
    `${name}-2,苏州,2026-13-02`,
    `"${name}-3"x,宁波,2026-03-02`,
  ];
  await ask(`/${importId}/files?file=${name}.csv`, rows.join('\n'), 'text/csv');
  return importId;
}

describe.skipIf(!server)('rejected rows in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test('are opened from their import, repaired by keyboard and replayed', async () => {
    const name = `rr${Date.now().toString(36)}`;
    const importId = await importRows(name);
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/import/${importId}`);
    await page.getByRole('button', { name: '处理错误行' }).click();
    const table = page.getByRole('table', { name: '被拒记录' });
    const row = table.getByRole('row', { name: new RegExp(`${name}.csv 第 2 行`) });
    await row.getByText('换证日: 没有这一天').waitFor();
    await row.focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: '被拒的行' });
    const cell = drawer.getByRole('textbox', { name: '换证日' });
    expect(await cell.inputValue()).toBe('2026-13-02');
    expect(await cell.getAttribute('aria-invalid')).toBe('true');
    // The column at fault stands before the others.
    expect(await drawer.getByRole('textbox').first().inputValue()).toBe('2026-13-02');
    await cell.fill('2026-14-02');
    await drawer.getByRole('button', { name: '保存并重放' }).click();
    const notice = page.getByRole('dialog', { name: /再次拒收 1 条/ });
    await notice.getByRole('button', { name: /关\s?闭/ }).click();
    await cell.fill('2026-12-02');
    await drawer.getByRole('button', { name: '保存并重放' }).click();
    await page.getByText('重放完成：入库 1 条，再次拒收 0 条').waitFor();
    await drawer.getByText('已重放').waitFor();
    expect(await drawer.getByRole('button', { name: '保存并重放' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await table.getByText(`${name}.csv 第 3 行`).waitFor();
    expect(await table.getByText(`${name}.csv 第 2 行`).count()).toBe(0);
    await page.getByRole('searchbox', { name: '原因、文件名或行号' }).fill('nothing says this');
    await page.keyboard.press('Enter');
    await page.getByText('没有被拒记录').waitFor();
    await page.goto(`${server!.url}/data/import/${importId}`);
    await page.getByText('重放入库').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('that break their format are repaired as a line, on a phone, after the mapping was looked at', async () => {
    const name = `rp${Date.now().toString(36)}`;
    const importId = await importRows(name);
    const { page, context, complaints } = await openPage(browser, { viewport: PHONE, token: server!.token });
    await page.goto(`${server!.url}/data/import/${importId}`);
    await page.getByRole('button', { name: '更正映射' }).click();
    const dialog = page.getByRole('dialog', { name: '更正映射' });
    const field = dialog.getByRole('textbox', { name: '映射（JSON）' });
    const json = await field.inputValue();
    await field.fill(`${json}}`);
    await dialog.getByText('不是有效的 JSON。').waitFor();
    await field.fill(json.replace('"YYYY-MM-DD"', '"YYYY-DD-MM"'));
    await dialog.getByRole('button', { name: '保存映射' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.goto(`${server!.url}/data/rejected?importId=${importId}&code=value_type_conflict`);
    await page.getByText(`${name}.csv 第 2 行`).waitFor();
    await page.getByRole('button', { name: '重放全部' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /重\s?放/ })
      .click();
    await page.getByText('重放完成：入库 1 条，再次拒收 0 条').waitFor();
    await page.goto(`${server!.url}/data/rejected?importId=${importId}`);
    await page.getByText(`${name}.csv 第 3 行`).click();
    const line = page.getByRole('textbox', { name: '整行原文' });
    expect(await line.inputValue()).toBe(`"${name}-3"x,宁波,2026-03-02`);
    await line.fill(`${name}-3,宁波,2026-03-02`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(PHONE.width);
    await page.getByRole('button', { name: '保存并重放' }).click();
    await page.getByText('重放完成：入库 1 条，再次拒收 0 条').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
