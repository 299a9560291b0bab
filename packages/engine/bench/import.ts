import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MappingInput } from '@wutong/contract';
import { createIdentity } from '../src/identity/index.ts';
import { createIngest, runImport } from '../src/ingest/index.ts';
import { createProfile } from '../src/profile/index.ts';
import type { Platform } from '../src/platform/index.ts';
import type { Bench } from './bench-context.ts';

// The claim is made on 5,000,000 rows; WUTONG_BENCH_IMPORT_ROWS changes it.
const ROWS = Number(process.env['WUTONG_BENCH_IMPORT_ROWS'] ?? 5_000_000);
/** A customer has some holdings. */
const ROWS_A_CUSTOMER = 25;

/**
 * A CSV of holdings of customers: our import (keys resolved to persons, values checked, newest state and history
 * written, progress settled) against ClickHouse reading the same bytes into a table of the same columns.
 */
export const run: Bench = async (context) => {
  const bench = await context.createPlatform();
  const { platform } = bench;
  const directory = await mkdtemp(join(tmpdir(), 'wutong-bench-'));
  try {
    const file = join(directory, 'holdings.csv');
    await writeHoldings(file);
    const baselineMs = await readDirectly(platform.clickhouse, file);

    const identity = createIdentity(platform);
    await identity.start();
    const profile = createProfile(platform, identity);
    const ingest = createIngest(platform, { identity, profile, wantedEvents: {} });
    const mappingFile = join(directory, 'mapping.json');
    await writeFile(mappingFile, JSON.stringify(MAPPING));
    const started = performance.now();
    const summary = await runImport(
      platform,
      { identity, profile, ingest },
      { mappingFile, dataDirectory: directory },
    );
    const ms = performance.now() - started;
    await identity.stop();
    if (summary.rows !== ROWS || summary.rejectedRows > 0) throw new Error('the import lost rows');

    const value = Math.round((ROWS / ms) * 1000);
    const baselineValue = Math.round((ROWS / baselineMs) * 1000);
    return [
      {
        name: 'import',
        value,
        unit: 'rows/s',
        baseline: 'ClickHouse reads the same CSV into a table',
        baselineValue,
        ratio: value / baselineValue,
      },
    ];
  } finally {
    await bench.drop();
    await rm(directory, { recursive: true });
  }
};

const title = (en: string, zh: string): { en: string; zh: string } => ({ en, zh });

const MAPPING: MappingInput = {
  name: 'bench',
  title: title('Bench', '基准'),
  sourceId: 'bench',
  asOf: '2026-01-01T00:00:00Z',
  declare: {
    detailTypes: [
      {
        name: 'bench_holding',
        title: title('Holding', '持仓'),
        fields: [
          { name: 'product_id', title: title('Product', '产品'), valueType: 'string' },
          { name: 'amount', title: title('Amount', '金额'), valueType: 'number', unit: 'cny' },
          { name: 'status', title: title('Status', '状态'), valueType: 'string' },
          { name: 'maturity_date', title: title('Maturity', '到期日'), valueType: 'date' },
        ],
      },
    ],
  },
  files: [
    {
      file: 'holdings.csv',
      records: [
        {
          record: 'detail',
          type: 'bench_holding',
          id: 'holding_id',
          owner: { person: [{ type: 'customer_number', value: 'customer_number' }] },
          time: 'opened_on',
          fields: {
            product_id: 'product_id',
            amount: { column: 'amount', steps: [{ number: true }] },
            status: { column: 'status', steps: [{ map: { N: 'held', M: 'matured', R: 'redeemed' } }] },
            maturity_date: { column: 'maturity_date', steps: [{ date: 'YYYYMMDD' }] },
          },
        },
      ],
    },
  ],
};

async function writeHoldings(path: string): Promise<void> {
  const stream = createWriteStream(path);
  stream.write('holding_id,customer_number,product_id,amount,status,opened_on,maturity_date\n');
  let block = '';
  for (let row = 0; row < ROWS; row++) {
    const customer = 100_000_000 + ((row * 7919) % Math.ceil(ROWS / ROWS_A_CUSTOMER));
    const day = String((row % 28) + 1).padStart(2, '0');
    const amount = ((row * 37) % 1_000_000) / 100;
    block += `H${row},${customer},P${row % 300},${amount},${'NMR'[row % 3]},2025-${day.slice(0, 1) === '0' ? '03' : '11'}-${day},202606${day}\n`;
    if (block.length > 1 << 20) {
      if (!stream.write(block)) await once(stream, 'drain');
      block = '';
    }
  }
  stream.end(block);
  await once(stream, 'finish');
}

/** Milliseconds in which ClickHouse takes the file as it is. */
async function readDirectly(clickhouse: Platform['clickhouse'], path: string): Promise<number> {
  await clickhouse.command(
    `create table bench_direct (holding_id String, customer_number String, product_id String, amount Float64,
       status String, opened_on Date32, maturity_date String) engine = MergeTree order by holding_id`,
  );
  const { size } = await stat(path);
  if (size === 0) throw new Error('the bench file is empty');
  const started = performance.now();
  await clickhouse.client.insert({
    table: 'bench_direct',
    values: createReadStream(path, { highWaterMark: 1 << 20 }),
    format: 'CSVWithNames',
  });
  return performance.now() - started;
}
