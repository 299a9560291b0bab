import type { importsApi } from '@wutong/contract';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askApi, consoleUnderTest, DESK, openBrowser, openPage, PHONE } from './console-under-test.ts';

const server = consoleUnderTest();

/** A file of an import of its own; returns the id of the import. */
async function importFile(
  { name, records, declare }: { name: string; records: readonly object[]; declare?: object },
  rows: readonly string[],
): Promise<string> {
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
  const title = { zh: name, en: name };
  const files = [{ file: `${name}.csv`, records }];
  const mapping = { name, title, sourceId: 'rejected_rows', declare, files };
  const { importId } = await ask('', JSON.stringify({ mapping }));
  await ask(`/${importId}/files?file=${name}.csv`, rows.join('\n'), 'text/csv');
  return importId;
}

/** An import of its own, whose second and third rows are rejected; returns its id. */
function importRows(name: string): Promise<string> {
  const declare = {
    attributes: [
      { name: 'rejected_test_day', title: { zh: '换证日', en: 'Renewed on' }, valueType: 'date' },
      { name: 'rejected_test_level', title: { zh: '等级', en: 'Level' }, valueType: 'number' },
    ],
  };
  const records = [
    {
      record: 'person',
      keys: [{ type: 'customer_number', value: '客户号' }],
      attributes: {
        rejected_test_day: { column: '换证日', steps: [{ date: 'M/D/YYYY' }] },
        rejected_test_place: '城市',
        rejected_test_from: { constant: 'counter' },
      },
      action: 'set_once',
    },
  ];
  return importFile({ name, records, declare }, [
    '客户号,城市,换证日',
    `${name}-1,杭州,3/2/2026`,
    `${name}-2,苏州,13/2/2026`,
    `"${name}-3"x,宁波,3/2/2026`,
  ]);
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
    expect(await cell.inputValue()).toBe('13/2/2026');
    expect(await cell.getAttribute('aria-invalid')).toBe('true');
    // The column at fault stands before the others.
    expect(await drawer.getByRole('textbox').first().inputValue()).toBe('13/2/2026');
    await cell.fill('14/2/2026');
    await drawer.getByRole('button', { name: '保存并重放' }).click();
    const notice = page.getByRole('dialog', { name: /再次拒收 1 条/ });
    await notice.getByRole('button', { name: /关\s?闭/ }).click();
    await cell.fill('12/2/2026');
    await drawer.getByRole('button', { name: '保存并重放' }).click();
    await page.getByText('重放完成：入库 1 条，再次拒收 0 条').waitFor();
    await drawer.getByText('已重放').waitFor();
    expect(await drawer.getByRole('button', { name: '保存并重放' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await table.getByText(`${name}.csv 第 3 行`).waitFor();
    expect(await table.getByText(`${name}.csv 第 2 行`).count()).toBe(0);
    await page.getByRole('searchbox', { name: '原因、文件、行' }).fill('nothing says this');
    await page.keyboard.press('Enter');
    await page.getByText('没有被拒记录').waitFor();
    await page.goto(`${server!.url}/data/import/${importId}`);
    await page.getByText('重放入库').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('are taken once the mapping is corrected in the form of the wizard, with refusals at the column', async () => {
    const name = `rm${Date.now().toString(36)}`;
    const importId = await importRows(name);
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/import/${importId}`);
    const open = page.getByRole('button', { name: '更正映射' });
    await open.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: '更正映射' });
    await dialog.getByText('被拒的行必须还是原来那些行').waitFor();
    // What the mapping says stands in the form; the kind of record is not to be chosen.
    expect(await dialog.getByRole('radio').count()).toBe(0);
    await dialog.getByText('13/2/2026').first().waitFor();
    await dialog.getByText('1 个示例里有 1 个不是').waitFor();
    expect(await dialog.getByText(/[{}]/).count()).toBe(0);
    const save = dialog.getByRole('button', { name: '保存映射' });
    expect(await save.isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('更正映射'));
    await page.keyboard.press('Enter');
    // A new item with the id of a declared one and another type: the server refuses it.
    await dialog.getByRole('combobox', { name: '城市 用作' }).focus();
    await page.keyboard.type('新建一项');
    await page.getByTitle('新建一项…').waitFor();
    await page.keyboard.press('Enter');
    await dialog.getByRole('textbox', { name: '编号' }).fill('rejected_test_level');
    await save.click();
    const refusal = dialog.getByText('已有同编号的项，类型是数值');
    await refusal.waitFor();
    const city = dialog.getByRole('row', { name: /^城市/ });
    expect(await city.getByRole('alert').innerText()).toContain('已有同编号的项');
    await dialog.getByRole('textbox', { name: '编号' }).fill('rejected_test_town');
    await refusal.waitFor({ state: 'detached' });
    const reading = dialog.getByRole('combobox', { name: '换证日 写法' });
    await reading.focus();
    await page.keyboard.type('D/M/YYYY');
    await page.getByTitle('按 D/M/YYYY 识别 (13/2/2026 → 2026-02-13)').waitFor();
    await page.keyboard.press('Enter');
    await save.click();
    await page.getByText('映射已更正').waitFor();
    await dialog.waitFor({ state: 'detached' });
    expect(complaints.filter((each) => !each.includes('409'))).toEqual([]);
    const { mapping } = await askApi<importsApi.MappingToCorrect>(
      server!,
      `/api/v1/imports/${importId}/mapping`,
    );
    expect(mapping.files[0]!.records[0]).toMatchObject({
      keys: [{ type: 'customer_number', value: '客户号' }],
      action: 'set_once',
      attributes: {
        rejected_test_town: '城市',
        rejected_test_day: { column: '换证日', steps: [{ date: 'D/M/YYYY' }] },
        rejected_test_from: { constant: 'counter' },
      },
    });
    await context.close();
  });

  test('with a code that is not in the value map are taken once it is added, renamed and removed by keyboard', async () => {
    const name = `rv${Date.now().toString(36)}`;
    const states = {
      column: '状态',
      steps: [{ map: { N: 'held', X: 'gone', Y: 'late' }, otherwise: 'reject' }],
    };
    const records = [
      {
        record: 'person',
        keys: [{ type: 'customer_number', value: '客户号' }],
        attributes: { rejected_test_again: states, rejected_test_state: states },
      },
    ];
    const importId = await importFile({ name, records }, [
      '客户号,状态',
      `${name}-1,N`,
      `${name}-2,H`,
      `${name}-3,h `,
    ]);
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/import/${importId}`);
    await page.getByRole('button', { name: '更正映射' }).click();
    const correction = page.getByRole('dialog', { name: '更正映射' });
    await correction.getByText('示例中有 2 个代码不在对照中').waitFor();
    await correction.getByRole('button', { name: '状态 取值对照' }).focus();
    await page.keyboard.press('Enter');
    const map = page.getByRole('dialog', { name: '状态 · 取值对照' });
    // A code of the examples, as it stands with its blank; one by hand; one renamed; one removed.
    await map.getByRole('button', { name: '“h ”' }).click();
    const value = (code: string) =>
      map.getByRole('group', { name: `“${code}”`, exact: true }).getByRole('textbox', { name: '取值' });
    await value('h ').fill('held');
    await map.getByRole('button', { name: '添加代码' }).click();
    const save = map.getByRole('button', { name: /采\s?用/ });
    expect(await save.isDisabled()).toBe(true);
    await map.getByRole('textbox', { name: '文件中的代码' }).first().fill('N');
    await map.getByText('代码重复：“N”').waitFor();
    await map.getByRole('textbox', { name: '文件中的代码' }).first().fill('H');
    await value('H').fill('held');
    await value('X').fill('');
    await map.getByRole('button', { name: '删除代码“Y”' }).click();
    await value('H').focus();
    await page.keyboard.press('Enter');
    await map.waitFor({ state: 'detached' });
    await correction.getByText('4 个取值对照').waitFor();
    // The second use of the column has a map of its own, among what stays.
    await correction.getByRole('button', { name: 'rejected_test_state 取值对照' }).click();
    const other = page.getByRole('dialog', { name: 'rejected_test_state · 取值对照' });
    await other.getByRole('combobox', { name: '不在对照中的代码' }).click();
    await page.getByTitle('当作没有值').click();
    await other.getByRole('button', { name: /采\s?用/ }).click();
    await other.waitFor({ state: 'detached' });
    await correction.getByRole('button', { name: '保存映射' }).click();
    await page.getByText('映射已更正').waitFor();
    const { mapping } = await askApi<importsApi.MappingToCorrect>(
      server!,
      `/api/v1/imports/${importId}/mapping`,
    );
    expect(mapping.files[0]!.records[0]).toMatchObject({
      attributes: {
        rejected_test_again: {
          column: '状态',
          steps: [{ map: { N: 'held', X: null, H: 'held', 'h ': 'held' }, otherwise: 'reject' }],
        },
        rejected_test_state: {
          column: '状态',
          steps: [{ map: { N: 'held', X: 'gone', Y: 'late' }, otherwise: 'missing' }],
        },
      },
    });
    await page.goto(`${server!.url}/data/rejected?importId=${importId}`);
    await page.getByRole('button', { name: '重放全部' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /重\s?放/ })
      .click();
    await page.getByText('重放完成：入库 2 条，再次拒收 0 条').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('that break their format are repaired as a line, and others replayed by the corrected mapping, on a phone', async () => {
    const name = `rp${Date.now().toString(36)}`;
    const importId = await importRows(name);
    const { page, context, complaints } = await openPage(browser, { viewport: PHONE, token: server!.token });
    await page.goto(`${server!.url}/data/import/${importId}`);
    await page.getByRole('button', { name: '更正映射' }).click();
    const dialog = page.getByRole('dialog', { name: '更正映射' });
    await dialog.getByRole('combobox', { name: '换证日 写法' }).click();
    await page.keyboard.type('D/M/YYYY');
    await page.keyboard.press('Enter');
    const inDialog = await dialog.evaluate((box) => [box.scrollWidth, box.clientWidth]);
    expect(inDialog[0]).toBeLessThanOrEqual(inDialog[1]!);
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
    expect(await line.inputValue()).toBe(`"${name}-3"x,宁波,3/2/2026`);
    await line.fill(`${name}-3,宁波,3/2/2026`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(PHONE.width);
    await page.getByRole('button', { name: '保存并重放' }).click();
    await page.getByText('重放完成：入库 1 条，再次拒收 0 条').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
