import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from './harness/databases.ts';
import { spawnServer, type SpawnedProcess } from './harness/spawn-wutong.ts';

/**
 * 45,211 real customers (UCI Bank Marketing): imported by the command, counted by EQL as awk counts them,
 * taken through a strategy whose books balance.
 */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DATA = fileURLToPath(new URL('../../../../shared/data/uci-bank-marketing/', import.meta.url));
const FILE = join(DATA, 'bank-full.csv.gz');
if (!existsSync(FILE))
  console.warn('skipped: real customers (../shared/data/uci-bank-marketing is not there)');

const TOKEN = 'token-of-the-real-customers-test';
let databases: TestDatabases;
let folder: string;
let server: SpawnedProcess;
let url: string;

const call = async <Answer>(method: string, path: string, body?: object, token = TOKEN): Promise<Answer> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer as Answer;
};

const awk = (condition: string): number =>
  Number(
    spawnSync('sh', ['-c', `gunzip -c '${FILE}' | awk -F, 'NR>1 && ${condition}' | wc -l`], {
      encoding: 'utf8',
    }).stdout,
  );

describe.skipIf(!existsSync(FILE))('real customers', () => {
  beforeAll(async () => {
    databases = await createTestDatabases();
    folder = mkdtempSync(join(tmpdir(), 'wutong-real-'));
    server = await spawnServer({
      dataDirectory: folder,
      databaseUrl: databases.databaseUrl,
      clickhouseUrl: databases.clickhouseUrl,
      port: 0,
      token: TOKEN,
    });
    url = (await server.message<{ url: string }>((message) => message.kind === 'ready', 60_000)).url;
  });
  afterAll(async () => {
    await server?.stop();
    await databases?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are imported by the command, while the server runs', { timeout: 5 * 60_000 }, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(ROOT, 'scripts/wutong.mjs'),
        'import',
        '--mapping',
        join(ROOT, 'examples/mappings/uci-bank-full.json'),
        '--data',
        DATA,
      ],
      {
        cwd: ROOT,
        encoding: 'utf8',
        env: {
          ...process.env,
          WUTONG_DATA: folder,
          DATABASE_URL: databases.databaseUrl,
          CLICKHOUSE_URL: databases.clickhouseUrl,
        },
      },
    );
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 45_211, rejectedRows: 0 });
  });

  it.each([
    ["job = 'management' and balance > 1000", '$2=="management" && $6>1000'],
    ["marital = 'married' and age between 30 and 40", '$3=="married" && $1>=30 && $1<=40'],
    [
      "not (housing = 'yes') and education in ('tertiary', 'secondary')",
      '$7=="no" && ($4=="tertiary" || $4=="secondary")',
    ],
  ])('are counted as awk counts them: %s', async (eql, condition) => {
    const { count, total } = await call<{ count: number; total: number }>('POST', '/api/v1/eql/count', {
      text: `person where ${eql}`,
    });
    expect(total).toBe(45_211);
    expect(count).toBe(awk(condition));
  });

  it('go through a strategy, and the books balance', { timeout: 5 * 60_000 }, async () => {
    const expected = awk('$2=="management" && $6>1000');
    await call('POST', '/api/v1/users', {
      name: 'checker',
      displayName: '审批',
      password: 'a long password',
      role: 'approver',
    });
    const login = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'checker', password: 'a long password' }),
    });
    const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
    const approve = async (path: string, body: object): Promise<void> => {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify(body),
      });
      expect(response.status, await response.text()).toBe(200);
    };
    const content = await call<{ hash: string }>('POST', '/api/v1/content', {
      contentId: 'deposit',
      name: '定期存款',
      purpose: 'service',
      variants: { in_app: { slot: 'home', title: '定期存款', body: '了解一下' } },
    });
    await approve('/api/v1/content/deposit/versions/1/approval', { hash: content.hash });
    const document = {
      format: 1,
      nodes: [
        {
          id: 'entry',
          kind: 'entry',
          source: {
            type: 'audience',
            eql: "person where job = 'management' and balance > 1000",
            schedule: { kind: 'once' },
          },
        },
        { id: 'holdout', kind: 'holdout', share: 1_000 },
        { id: 'slot', kind: 'send', channel: 'in_app', content: { contentId: 'deposit' } },
        { id: 'end', kind: 'exit' },
      ],
      edges: [
        { from: 'entry', to: 'holdout' },
        { from: 'holdout', label: 'treated', to: 'slot' },
        { from: 'holdout', label: 'holdout', to: 'end' },
        { from: 'slot', to: 'end' },
      ],
      goal: { event: 'subscribed', withinMs: 86_400_000 },
      policy: { purpose: 'service' },
    };
    await call('POST', '/api/v1/strategies', { strategyId: 'deposit', name: '定期存款', document });
    const { draftRevision } = await call<{ draftRevision: number }>('GET', '/api/v1/strategies/deposit');
    const version = await call<{ version: number; hash: string }>(
      'POST',
      '/api/v1/strategies/deposit/versions',
      { draftRevision },
    );
    await approve(`/api/v1/strategies/deposit/versions/${version.version}/decision`, {
      hash: version.hash,
      decision: 'approve',
    });
    await call('POST', `/api/v1/strategies/deposit/versions/${version.version}/publication`, {
      hash: version.hash,
    });

    interface Summary {
      audience: number;
      holdout: number;
      running: number;
      pending: number;
      balanced: boolean;
      steps: { audience: number; sent: number; balanced: boolean; suppressed: Record<string, number> }[];
    }
    const summary = await expect
      .poll(() => call<Summary>('GET', '/api/v1/strategies/deposit/summary'), {
        timeout: 180_000,
        interval: 500,
      })
      .toSatisfy((seen: Summary) => seen.audience === expected && seen.running === 0 && seen.pending === 0)
      .then(() => call<Summary>('GET', '/api/v1/strategies/deposit/summary'));
    expect(summary.balanced).toBe(true);
    expect(summary.holdout / summary.audience).toBeGreaterThan(0.08);
    expect(summary.holdout / summary.audience).toBeLessThan(0.12);
    const [step] = summary.steps;
    expect(step!.audience).toBe(expected - summary.holdout);
    expect(step!.sent + Object.values(step!.suppressed).reduce((sum, count) => sum + count, 0)).toBe(
      step!.audience,
    );
    expect(step!.sent).toBeGreaterThan(0);
  });
});
