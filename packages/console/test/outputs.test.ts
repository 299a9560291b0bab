import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleUnderTest, DESK, openBrowser, openPage, type WatchedPage } from './console-under-test.ts';

const server = consoleUnderTest();
const stamp = Date.now().toString(36);

interface Delivery {
  output: string;
  subject: string;
  rows: { id: string; event?: string }[];
}

/** Calls the API as the administrator. */
async function api<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${server!.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server!.token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function ask(user: string, password: string, sql: string): Promise<[number, string]> {
  const response = await fetch(`${server!.url}/clickhouse/`, {
    method: 'POST',
    headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
    body: sql,
  });
  return [response.status, await response.text()];
}

/** Answers the question that a dangerous button asks. */
const confirm = (page: Page, name: string): Promise<void> =>
  page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

describe.skipIf(!server)('what comes in by Kafka and what leaves, in a browser', () => {
  let browser: Browser;
  let receiver: Server;
  let address: string;
  let former: { privateHosts: string[] };
  const got: Delivery[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        got.push(JSON.parse(text) as Delivery);
        response.writeHead(204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;
    former = await api('GET', '/api/v1/output-policy');
    await api('PUT', '/api/v1/output-policy', { privateHosts: [] });
  });

  afterAll(async () => {
    if (former) await api('PUT', '/api/v1/output-policy', former);
    receiver?.close();
    await browser?.close();
  });

  test('a webhook output is tried, made in four steps, delivers rows, pauses and goes', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    const outputId = `hook_${stamp}`;
    await api('PUT', '/api/v1/output-policy', { privateHosts: [] });
    await page.goto(`${server!.url}/data/outputs/new`);
    await page.getByRole('radio', { name: '包括已有的全部' }).check();
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByRole('radio', { name: /^Webhook/ }).check();
    await page.getByLabel('地址', { exact: true }).fill(address);
    // A private address is refused until an administrator allows it.
    await page.getByRole('button', { name: '试投递' }).click();
    await page.getByRole('alert').filter({ hasText: 'Webhook 不得访问该地址' }).waitFor();
    await api('PUT', '/api/v1/output-policy', { privateHosts: ['127.0.0.1'] });
    await page.getByRole('button', { name: '试投递' }).click();
    await page.getByText(/成功，用时/).waitFor();
    expect(got.at(-1)).toMatchObject({ subject: 'test', rows: [] });
    await page.getByRole('button', { name: '下一步' }).click();
    // Masked by default, and the rows are shown as they will leave.
    expect(await page.getByRole('radio', { name: '脱敏（默认）' }).isChecked()).toBe(true);
    const preview = page.getByRole('region', { name: '预览几行' });
    await preview.getByRole('columnheader', { name: 'properties' }).waitFor();
    expect(await preview.locator('tbody tr').count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByRole('radio', { name: '有数据就送' }).check();
    await page.getByLabel('名称', { exact: true }).fill('试验推送');
    await page.getByLabel('编号', { exact: true }).fill(outputId);
    await page.getByRole('button', { name: '保存并开始' }).click();
    const secret = page.getByRole('dialog').filter({ hasText: '签名密钥' });
    await secret.getByText(/^whsec_/).waitFor();
    await secret.getByRole('button', { name: '已保存密钥' }).click();
    await page.getByRole('heading', { level: 1, name: /试验推送/ }).waitFor();
    await expect
      .poll(() => got.filter(({ output }) => output === outputId).length, { timeout: 60_000 })
      .toBeGreaterThan(0);
    const delivery = got.find(({ output }) => output === outputId)!;
    expect(delivery.rows[0]).toMatchObject({ id: expect.any(String) as string });
    await page.getByRole('table', { name: '输出历史' }).locator('tbody tr').first().waitFor();
    await page.getByText('送出', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: '暂停', exact: true }).click();
    await confirm(page, '暂停');
    await page.getByRole('heading', { level: 1, name: /已暂停/ }).waitFor();
    const list = page.getByRole('heading', { level: 1, name: '数据输出' });
    const ofOutput = `/api/v1/outputs/${outputId}`;
    // The answer to the deletion comes late: nobody may ask for the output in between.
    await page.route(`**${ofOutput}`, async (route) => {
      if (route.request().method() !== 'DELETE') return route.continue();
      const response = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return route.fulfill({ response });
    });
    const deleted = page.waitForResponse(
      (answer) => answer.request().method() === 'DELETE' && answer.url().endsWith(ofOutput),
    );
    await page.getByRole('button', { name: '删除', exact: true }).click();
    await confirm(page, '删除');
    await list.waitFor();
    expect((await deleted).status()).toBe(200);
    await page.getByText(outputId).waitFor({ state: 'detached' });
    // The browser itself reports each refused call; there was the one that was meant to be.
    expect(complaints.filter((each) => !each.includes('422'))).toEqual([]);
    await context.close();
  });

  /** A page of a new user of a role, logged in. */
  async function logIn(role: string): Promise<WatchedPage> {
    const name = `${role}_${stamp}`;
    const password = `a long password ${stamp}`;
    await api('POST', '/api/v1/users', { name, displayName: '试用', password, role });
    const watched = await openPage(browser, { viewport: DESK });
    const { page } = watched;
    await page.goto(`${server!.url}/data/outputs`);
    await page.getByLabel('用户名').fill(name);
    await page.getByLabel('密码', { exact: true }).fill(password);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '数据输出' }).waitFor();
    return watched;
  }

  test('files of an output are downloaded whole', async () => {
    const outputId = `files_${stamp}`;
    await api('POST', '/api/v1/outputs', {
      outputId,
      name: '试验文件',
      selection: { subject: 'portraits' },
      destination: { kind: 'files', format: 'csv', gzip: false, folder: 'console_test' },
      schedule: { kind: 'once' },
    });
    // Downloads carry the cookie of a session, but not the test's header.
    const { page, context } = await logIn('administrator');
    await page.goto(`${server!.url}/data/outputs/${outputId}`);
    const [file] = await Promise.all([
      page.waitForEvent('download', { timeout: 60_000 }),
      page.getByRole('link', { name: /^下载/ }).first().click({ timeout: 60_000 }),
    ]);
    expect(file.suggestedFilename()).toBe(`${outputId}-00000000.csv`);
    const pieces: Buffer[] = [];
    for await (const piece of await file.createReadStream()) pieces.push(piece as Buffer);
    const slices = await api<{ items: { sha256: string; rows: number }[] }>(
      'GET',
      `/api/v1/outputs/${outputId}/slices`,
    );
    const content = Buffer.concat(pieces);
    expect(createHash('sha256').update(content).digest('hex')).toBe(slices.items[0]!.sha256);
    expect(content.toString().trim().split('\r\n')).toHaveLength(slices.items[0]!.rows + 1);
    await api('DELETE', `/api/v1/outputs/${outputId}`);
    await context.close();
  });

  test('a reader is made, queries masked views, gets a new password, and is revoked', async () => {
    const { page, context, complaints } = await openPage(browser, { viewport: DESK, token: server!.token });
    const name = `r_${stamp}`;
    const user = `wutong_reader_${name}`;
    await page.goto(`${server!.url}/data/readers`);
    await page.getByRole('button', { name: '新建只读用户' }).first().click();
    const form = page.getByRole('dialog');
    await form.getByLabel('名称').fill(name);
    await form.getByLabel('名称').press('Enter');
    const password = async (): Promise<string> => {
      const shown = page.getByRole('dialog').filter({ hasText: `${user} 的密码` });
      const text = (await shown.getByLabel('密码', { exact: true }).textContent()) ?? '';
      // Escape does not close it: the password would be lost.
      await page.keyboard.press('Escape');
      await shown.getByText(`curl -u '${user}:${text.trim()}'`).waitFor();
      await shown.getByRole('button', { name: '已保存密码' }).click();
      await shown.waitFor({ state: 'hidden' });
      return text.trim();
    };
    const first = await password();
    const [status, count] = await ask(user, first, 'select count() from event');
    expect([status, Number(count) > 0], count).toEqual([200, true]);
    const tables = await api<{ items: { name: string; columns: { name: string; masked: boolean }[] }[] }>(
      'GET',
      '/api/v1/reader-tables',
    );
    const hidden = tables.items.find((each) => each.name === 'person')!.columns.find(({ masked }) => masked)!;
    expect(await ask(user, first, `select distinct ${hidden.name} from person`)).toEqual([200, '***\n']);
    await page
      .getByRole('table', { name: '能看到什么' })
      .getByText(hidden.name, { exact: true })
      .first()
      .waitFor();

    const row = page.getByRole('table', { name: '只读用户' }).getByRole('row').filter({ hasText: user });
    await row.getByRole('button', { name: '更换密码' }).click();
    await confirm(page, '更换密码');
    const second = await password();
    expect((await ask(user, first, 'select 1'))[0]).toBe(403);
    expect((await ask(user, second, 'select 1'))[0]).toBe(200);
    await row.getByRole('button', { name: '吊销' }).click();
    await confirm(page, '吊销');
    await row.waitFor({ state: 'detached' });
    expect((await ask(user, second, 'select 1'))[0]).toBe(403);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a stream says in words what is in the way, at the test and while it runs', async () => {
    const { page, context } = await openPage(browser, { viewport: DESK, token: server!.token });
    const streamId = `stream_${stamp}`;
    await page.goto(`${server!.url}/data/streams/new`);
    await page.getByLabel('消息服务器', { exact: true }).fill('127.0.0.1:1');
    await page.getByLabel('主题', { exact: true }).fill('payments');
    await page.getByLabel('主题', { exact: true }).press('Enter');
    await page.getByRole('button', { name: '测试连接' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: '无法以该设置连接消息服务器' })
      .waitFor({ timeout: 60_000 });
    await page.getByRole('radio', { name: /^梧桐原生/ }).check();
    await page.getByLabel('名称', { exact: true }).fill('试验消息流');
    await page.getByLabel('编号', { exact: true }).fill(streamId);
    await page.getByRole('button', { name: '保存，暂不读取' }).click();
    await page.getByRole('heading', { level: 1, name: /已停止/ }).waitFor();
    await page.getByRole('button', { name: '启动', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /受阻/ }).waitFor({ timeout: 60_000 });
    await page.getByText('无法以该设置连接消息服务器').first().waitFor();
    await page.getByRole('button', { name: '立即重连' }).click();
    await page.getByText('修改设置').first().waitFor();
    await page.getByRole('button', { name: '停止', exact: true }).click();
    await confirm(page, '停止');
    await page.getByRole('heading', { level: 1, name: /已停止/ }).waitFor();
    await page.getByRole('button', { name: '删除', exact: true }).click();
    await confirm(page, '删除');
    await page.getByRole('heading', { level: 1, name: 'Kafka 消息流' }).waitFor();
    await context.close();
  });

  test('who may only look is told so, and is offered nothing that would be refused', async () => {
    const { page, context } = await logIn('marketer');
    for (const [path, sentence] of [
      ['outputs', '你可以查看数据输出'],
      ['readers', '你可以查看只读用户'],
      ['streams', '你可以查看消息流'],
    ] as const) {
      await page.goto(`${server!.url}/data/${path}`);
      await page.getByText(sentence).waitFor();
      expect(await page.getByRole('button', { name: /^新建/ }).count()).toBe(0);
    }
    await context.close();
  });
});
