import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from './harness/databases.ts';
import { createTestPlatform } from './harness/platform.ts';

/** `wutong import` as a process of its own. */
const COMMAND = fileURLToPath(new URL('../../../scripts/wutong.mjs', import.meta.url));

const MAPPING = {
  name: 'calls',
  title: { en: 'Calls', zh: '通话' },
  sourceId: 'calls',
  files: [
    {
      file: 'calls.csv',
      records: [
        {
          record: 'event',
          event: { constant: 'call' },
          keys: [{ type: 'customer_number', value: 'customer' }],
          time: 'at',
          properties: { minutes: { column: 'minutes', steps: [{ number: true }] } },
        },
      ],
    },
  ],
};

let databases: TestDatabases;
let folder: string;

beforeAll(async () => {
  databases = await createTestDatabases();
  folder = mkdtempSync(join(tmpdir(), 'wutong-command-'));
});
afterAll(async () => {
  await databases.drop();
  rmSync(folder, { recursive: true, force: true });
});

it(
  'fills an installation whose server never ran, and teaches the tracking plan its events',
  { timeout: 120_000 },
  async () => {
    writeFileSync(
      join(folder, 'calls.csv'),
      'customer,at,minutes\nC1,2026-01-01T10:00:00Z,7\nC2,2026-01-01T10:00:00Z,9\n',
    );
    writeFileSync(join(folder, 'calls.json'), JSON.stringify(MAPPING));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [COMMAND, 'import', '--mapping', join(folder, 'calls.json')],
      {
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
    expect(JSON.parse(stdout), stdout).toMatchObject({ rows: 2, rejectedRows: 0 });
    const platform = createTestPlatform(databases);
    const planned = await platform.database.query(
      'select event, property, type, usage from ingest.plan_property order by property',
    );
    await platform.close();
    expect(planned).toEqual([{ event: 'call', property: 'minutes', type: 'number', usage: 2 }]);
  },
);
