import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guessIdColumn, suggestColumns } from '../src/pages/identity/linking/linking-draft.ts';
import { probabilityOf, weightOf, zonesOf } from '../src/pages/identity/linking/weight-bins.ts';
import { consoleUnderTest, DESK, openBrowser, openPage, PHONE } from './console-under-test.ts';

test('columns of two lists that mean the same are put together, ids left out', () => {
  const own = ['客户号', '姓名', '手机号', '住址'];
  const other = ['cust_no', 'address', 'mobile', 'name', 'branch'];
  expect(guessIdColumn(own)).toBe('客户号');
  expect(suggestColumns(own, other, ['客户号', 'cust_no']).map(({ columns }) => columns)).toEqual([
    ['姓名', 'name'],
    ['手机号', 'mobile'],
    ['住址', 'address'],
  ]);
  expect(suggestColumns(own, undefined, ['客户号']).map(({ columns }) => columns)).toEqual([
    ['姓名'],
    ['手机号'],
    ['住址'],
  ]);
});

test('thresholds stand on bounds of bins, and every pair falls somewhere', () => {
  expect(weightOf(0.5)).toBe(0);
  expect(weightOf(probabilityOf(4.5))).toBe(4.5);
  expect(weightOf(1)).toBe(20);
  const bins = [-3, 0, 4.5, 30].map((weight) => ({ weight, pairs: 10, expected: 5 }));
  const zones = zonesOf(bins, { link: 4.5, review: 0 });
  expect([zones.drop.pairs, zones.review.pairs, zones.link.pairs]).toEqual([10, 10, 20]);
});

/** Two lists of one town: the older one has a typing error in every fourth name. */
function listOf(isOld: boolean): Buffer {
  const surnames = [
    'zhang',
    'wang',
    'chen',
    'huang',
    'zhou',
    'xu',
    'sun',
    'guo',
    'lin',
    'luo',
    'song',
    'deng',
  ];
  const given = [
    'weimin',
    'fangfang',
    'jianguo',
    'xiaoli',
    'zhiqiang',
    'meihua',
    'yulan',
    'guoping',
    'haitao',
  ];
  let seed = 20;
  const draw = (size: number): number => (seed = (seed * 48_271) % 2_147_483_647) % size;
  const rows = Array.from({ length: 300 }, (_, person) => {
    const name = `${given[draw(9)]} ${surnames[draw(12)]}`;
    const born = `19${50 + draw(49)}-${String(1 + draw(12)).padStart(2, '0')}-${String(1 + draw(28)).padStart(2, '0')}`;
    const mobile = `139${String(draw(99_999_999)).padStart(8, '0')}`;
    const wrong = isOld && person % 4 === 0 ? `${name.slice(0, 2)}x${name.slice(3)}` : name;
    return `${isOld ? 'A' : 'B'}${person},${wrong},${born},${mobile}`;
  });
  return Buffer.from([isOld ? 'no,name,birthday,phone' : 'id,full_name,born,mobile', ...rows].join('\n'));
}

const server = consoleUnderTest();

describe.skipIf(!server)('linking in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test('two lists are uploaded, compared, looked at, linked and taken back', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    await page.goto(`${server!.url}/data/linking/new`);
    const upload = async (place: number, name: string, isOld: boolean): Promise<void> => {
      await page
        .getByLabel(`上传名单文件 ${place}`)
        .setInputFiles({ name, mimeType: 'text/csv', buffer: listOf(isOld) });
      await page.getByLabel(`记录编号列 ${place}`).waitFor();
      const keyType = page.getByLabel(`编号属于哪种标识 ${place}`);
      await keyType.click();
      await keyType.fill('登录');
      await keyType.press('Enter');
    };
    await upload(1, 'old-core.csv', true);
    await upload(2, 'cards.csv', false);
    await page.getByRole('button', { name: '下一步' }).click();
    const columns = page.getByRole('table', { name: '对应各列' });
    await columns.getByText('日期').waitFor({ timeout: 60_000 });
    expect(await columns.getByRole('row').count()).toBe(4);
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByRole('figure', { name: '记录对的得分分布' }).waitFor({ timeout: 120_000 });
    await page.getByText('已比对全部 600 条').waitFor();
    await page.getByRole('button', { name: '开始比对' }).click();

    await page.getByText('待确认').waitFor({ timeout: 120_000 });
    await page.getByText('将合并').click();
    const pair = page.getByRole('article').first();
    await pair.getByText('完全相同').first().waitFor();
    expect(await pair.textContent()).toContain('*');
    await page.getByRole('button', { name: '合并并送复核' }).click();
    await page.getByRole('tooltip').getByRole('button', { name: '合并并送复核' }).click();
    await page.getByText('已应用').waitFor({ timeout: 120_000 });
    await page.getByText('已合并').first().waitFor();

    await page.getByRole('button', { name: '整批撤回' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('撤回原因').fill('名单版本有误');
    await dialog.getByRole('button', { name: '整批撤回' }).click();
    await page.getByText('已撤回').first().waitFor({ timeout: 120_000 });
    expect(complaints).toEqual([]);
    await context.close();
  }, 400_000);

  test('the list of runs is readable on a phone', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: PHONE, token: server!.token });
    await page.goto(`${server!.url}/data/linking`);
    await page.getByRole('heading', { name: '概率匹配' }).waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(PHONE.width);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
