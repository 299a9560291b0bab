import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { profileApi, ResponseOf } from '@wutong/contract';
import { askApi, consoleUnderTest, DESK, openBrowser, openPage } from './console-under-test.ts';
import { PARQUET, WORKBOOK } from './packed-files.ts';

const server = consoleUnderTest();

describe.skipIf(!server)('data and identity in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test('a rule says what it would do before it can be saved', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/keys/account`);
    const save = page.getByRole('button', { name: /^(按此规则)?保\s?存$/ });
    await page.getByLabel('共用判定').waitFor();
    expect(await save.count()).toBe(0);
    await page.getByLabel('共用判定').fill('7');
    await page.getByRole('button', { name: '预演影响' }).click();
    await save.waitFor();
    await page
      .getByText(/不会合并或拆分|合并 [\d,]+ 位客户|拆分出 [\d,]+ 位客户/)
      .first()
      .waitFor();
    // Another change: what was tried is no longer what would be saved.
    await page.getByLabel('共用判定').fill('8');
    await page.getByText('请重新预演再保存').waitFor();
    expect(await save.count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the import wizard reads GBK and suggests what columns mean', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/import`);
    // 客户号,手机号,城市 and C1,13800001111,北京 in GBK.
    const buffer = Buffer.from(
      'bfcdbba7bac52ccad6bbfabac52cb3c7cad00a43312c31333830303030313131312cb1b1bea90a',
      'hex',
    );
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'customers.csv', mimeType: 'text/csv', buffer });
    await page.getByText('GB18030（含 GBK）').waitFor();
    await page.getByRole('button', { name: '下一步' }).click();
    const columns = page.getByRole('table', { name: '说明每一列' });
    await columns.getByText('13800001111').waitFor();
    expect(await columns.getByRole('combobox', { name: '手机号 用作' }).count()).toBe(1);
    await columns.getByText('手机号', { exact: true }).last().waitFor();
    expect(await page.getByRole('button', { name: '下一步' }).isEnabled()).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the import wizard reads numbers and dates as people write them, and asks for the order of day and month', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/import`);
    const buffer = Buffer.from(
      '2026年客户清单;;;\n客户号;月收入;注册日;换证日\nC1;"1,234.50";2/3/2026;2026年3月2日\nC2;(5.00);4/5/2026;2026年12月1日\n',
    );
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'written.csv', mimeType: 'text/csv', buffer });
    await page.getByText('表头之上有 1 行是标题').waitFor();
    await page.getByRole('button', { name: '下一步' }).click();
    const columns = page.getByRole('table', { name: '说明每一列' });
    await columns.getByText('1,234.50 → 1234.5').waitFor();
    await columns.getByText('2026年3月2日 → 2026-03-02').waitFor();
    await page.getByText('“注册日”列的日期看不出先日还是先月，请选择。').waitFor();
    expect(await columns.getByText('不是日期').count()).toBe(0);
    expect(await page.getByRole('button', { name: '下一步' }).isEnabled()).toBe(false);
    await columns.getByRole('combobox', { name: '注册日 先日还是先月？' }).click();
    await page
      .locator('.ant-select-item-option-content', { hasText: '日/月/年（2/3/2026 → 2026-03-02）' })
      .click();
    await page.getByText('“注册日”列的日期看不出先日还是先月，请选择。').waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: '下一步' }).isEnabled()).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the import wizard reads a sheet of a workbook and a Parquet file', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/import`);
    const choose = page.locator('input[type=file]');
    await choose.setInputFiles({ name: 'customers.xlsx', mimeType: '', buffer: WORKBOOK });
    await page.getByText('Excel（.xlsx）').waitFor();
    await page.getByRole('combobox', { name: '工作表' }).click();
    await page.locator('.ant-select-item-option-content', { hasText: '客户' }).click();
    await page.getByRole('region', { name: '前几行' }).getByText('13800001111').waitFor();
    await page.getByRole('button', { name: '下一步' }).click();
    const columns = page.getByRole('table', { name: '说明每一列' });
    expect(await columns.getByRole('combobox', { name: '手机号 用作' }).count()).toBe(1);
    await page.getByRole('button', { name: '上一步' }).click();
    await page.getByRole('button', { name: '换一个文件' }).click();
    await choose.setInputFiles({ name: 'holdings.parquet', mimeType: '', buffer: PARQUET });
    const rows = page.getByRole('region', { name: '前几行' });
    await rows.getByText('customer_number').waitFor();
    await rows.getByText('2026-01-02').first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a workbook is sent once, over a broken line and a reload, and then imported', async () => {
    const { page, context } = await openPage(browser, { viewport: DESK, token: server!.token });
    const sent: string[] = [];
    let cut = 2;
    await page.route('**/api/v1/imports/uploads/*/pieces**', async (route) => {
      if (cut-- > 0) return route.abort('connectionreset');
      sent.push('piece');
      return route.continue();
    });
    page.on('request', (request) => {
      if (/\/files\?|\/preview\?/.test(request.url()) && request.postDataBuffer()) sent.push(request.url());
    });
    const folder = await mkdtemp(join(tmpdir(), 'wutong-once-'));
    const path = join(folder, `once-${Date.now()}.xlsx`);
    await writeFile(path, WORKBOOK);
    const choose = () => page.locator('input[type=file]').setInputFiles(path);
    await page.goto(`${server!.url}/data/import`);
    await choose();
    await page.getByRole('combobox', { name: '工作表' }).click();
    await page.locator('.ant-select-item-option-content', { hasText: '客户' }).click();
    await page.getByRole('region', { name: '前几行' }).getByText('13800001111').waitFor();
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByRole('table', { name: '说明每一列' }).waitFor();
    await page.getByRole('button', { name: '下一步' }).click();
    // The line breaks as the import begins: its run waits for the file.
    await page.route('**/files?**', (route) => route.abort('connectionreset'), { times: 1 });
    await page.getByRole('button', { name: '开始导入' }).click();
    await page.getByText('导入中断').waitFor();
    await page.goto(`${server!.url}/data/import`);
    await choose();
    await page.getByText('这个文件有未完成的导入').waitFor();
    await page.getByRole('combobox', { name: '工作表' }).waitFor();
    await page.getByRole('button', { name: /^继\s?续$/ }).click();
    await page.getByText('导入完成').waitFor();
    expect(sent).toEqual(['piece']);
    await rm(folder, { recursive: true });
    await context.close();
  });

  test('a type of entity is declared with a field, whose labels belong to its own dialog', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    const name = `branch_${Date.now().toString(36)}`;
    await page.goto(`${server!.url}/data/model?kind=entityTypes&open=%2B`);
    const drawer = page.getByRole('dialog', { name: '新建实体类型' });
    await drawer.getByLabel('中文名称').fill('试验网点');
    await drawer.getByLabel('英文名称').fill('Test branch');
    await drawer.getByLabel('编号').fill(name);
    await drawer.getByRole('button', { name: '添加字段' }).click();
    const field = page.getByRole('dialog', { name: '添加字段' });
    await field.getByLabel('中文名称').fill('等级');
    await field.getByLabel('英文名称').fill('Level');
    await field.getByLabel('编号').fill('level');
    await field.getByRole('button', { name: /确\s?定/ }).click();
    await field.waitFor({ state: 'hidden' });
    await drawer.getByRole('button', { name: /保\s?存/ }).click();
    await page.getByRole('row', { name: new RegExp(name) }).waitFor();
    const { entityTypes } = await askApi<ResponseOf<typeof profileApi.readCatalogue>>(
      server!,
      '/api/v1/catalogue',
    );
    expect(entityTypes.find((each) => each.name === name)?.fields).toMatchObject([{ name: 'level' }]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the model refuses a name that is taken, where it is written', async () => {
    const { page, context } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/model?open=%2B`);
    const drawer = page.getByRole('dialog');
    await drawer.getByLabel('中文名称').fill('姓名');
    await drawer.getByLabel('英文名称').fill('Name');
    await drawer.getByLabel('编号').fill('person_id');
    await drawer.getByRole('button', { name: /保\s?存/ }).click();
    await drawer.getByText('系统保留的名称').waitFor();
    await context.close();
  });
});
