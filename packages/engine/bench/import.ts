import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

// The claims are made on 5,000,000 holdings, as many events and 1,000,000 customers; the variables make it fewer.
const ROWS = Number(process.env['WUTONG_BENCH_IMPORT_ROWS'] ?? 5_000_000);
const EVENTS = Number(process.env['WUTONG_BENCH_IMPORT_EVENTS'] ?? ROWS);
const PEOPLE = Number(process.env['WUTONG_BENCH_IMPORT_PEOPLE'] ?? 1_000_000);
/** A customer has some holdings. */
const ROWS_A_CUSTOMER = 25;

/**
 * What a bank loads first: a file of customers with their attributes, then a file of their holdings and one of what they
 * did. Our import (keys resolved to persons, values checked, newest state and history written, events checked against
 * the tracking plan and for duplicates, progress settled) against ClickHouse reading the same bytes into a table of the
 * same columns.
 */
export const run: Bench = async (context) => {
  const bench = await context.createPlatform();
  const { platform } = bench;
  const directory = await mkdtemp(join(tmpdir(), 'wutong-bench-'));
  try {
    await writeCsv(join(directory, 'customers.csv'), CUSTOMER_COLUMNS, PEOPLE, customerRow);
    await writeCsv(join(directory, 'holdings.csv'), HOLDING_COLUMNS, ROWS, holdingRow);
    await writeCsv(join(directory, 'events.csv'), EVENT_COLUMNS, EVENTS, eventRow);
    const identity = createIdentity(platform);
    await identity.start();
    const profile = createProfile(platform, identity);
    const ingest = createIngest(platform, { identity, profile, wantedEvents: {} });
    await ingest.start();
    const rooms = { identity, profile, ingest };
    const measure = async (
      name: string,
      file: string,
      columns: string,
      mapping: MappingInput,
      rows: number,
    ) => {
      const baselineMs = await readDirectly(platform.clickhouse, join(directory, file), columns);
      const mappingFile = join(directory, `${name}.json`);
      await writeFile(mappingFile, JSON.stringify(mapping));
      const started = performance.now();
      const summary = await runImport(platform, rooms, { mappingFile, dataDirectory: directory });
      const ms = performance.now() - started;
      if (summary.rows !== rows || summary.rejectedRows > 0) throw new Error('the import lost rows');
      context.say(
        `${name}: ${rows} rows in ${(ms / 1000).toFixed(1)} s, read directly ${(baselineMs / 1000).toFixed(1)} s`,
      );
      return {
        name,
        value: Math.round((rows / ms) * 1000),
        unit: 'rows/s',
        baseline: 'ClickHouse reads the same CSV into a table',
        baselineValue: Math.round((rows / baselineMs) * 1000),
        ratio: baselineMs / ms,
      };
    };
    const people = await measure('import-people', 'customers.csv', CUSTOMER_TYPES, CUSTOMERS, PEOPLE);
    const holdings = await measure('import', 'holdings.csv', HOLDING_TYPES, HOLDINGS, ROWS);
    const events = await measure('import-events', 'events.csv', EVENT_TYPES, EVENTS_MAPPING, EVENTS);
    await ingest.stop();
    await identity.stop();
    return [
      {
        ...holdings,
        note: 'details of known customers, with the keys of 200,000 owners; bound by the processor, 25 s of it: docs/decisions/0023-import-in-bulk.md',
      },
      {
        ...events,
        note: 'events of known customers, three properties; Node parses, checks and names each by itself, and waits for a batch to be durable in both engines',
      },
      {
        ...people,
        note: 'new customers, six columns; bound by PostgreSQL and Node: exact attributes row by row',
      },
    ];
  } finally {
    await bench.drop();
    await rm(directory, { recursive: true });
  }
};

const title = (en: string, zh: string): { en: string; zh: string } => ({ en, zh });

const field = (name: string, zh: string, valueType: 'string' | 'number' | 'date') => ({
  name,
  title: title(name, zh),
  valueType,
});

const CUSTOMERS: MappingInput = {
  name: 'bench-people',
  title: title('Bench', '基准'),
  sourceId: 'bench',
  asOf: '2026-01-01T00:00:00Z',
  declare: {
    attributes: [
      field('city', '城市', 'string'),
      field('level', '等级', 'number'),
      field('balance', '余额', 'number'),
      field('birth_date', '出生日期', 'date'),
      field('opened_on', '开户日期', 'date'),
    ],
  },
  files: [
    {
      file: 'customers.csv',
      records: [
        {
          record: 'person',
          keys: [{ type: 'customer_number', value: 'customer_number' }],
          attributes: {
            city: 'city',
            level: 'level',
            balance: 'balance',
            birth_date: 'birth_date',
            opened_on: 'opened_on',
          },
        },
      ],
    },
  ],
};

const HOLDINGS: MappingInput = {
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

const EVENTS_MAPPING: MappingInput = {
  name: 'bench-events',
  title: title('Bench', '基准'),
  sourceId: 'bench',
  files: [
    {
      file: 'events.csv',
      records: [
        {
          record: 'event',
          event: 'event',
          keys: [{ type: 'customer_number', value: 'customer_number' }],
          time: 'happened_at',
          properties: {
            product_id: 'product_id',
            amount: { column: 'amount', steps: [{ number: true }] },
            channel: 'channel',
          },
        },
      ],
    },
  ],
};

const CUSTOMER_COLUMNS = 'customer_number,city,level,balance,birth_date,opened_on';
const CUSTOMER_TYPES =
  'customer_number String, city String, level Float64, balance Float64, birth_date Date32, opened_on Date32';
const HOLDING_COLUMNS = 'holding_id,customer_number,product_id,amount,status,opened_on,maturity_date';
const HOLDING_TYPES =
  'holding_id String, customer_number String, product_id String, amount Float64, status String, opened_on Date32, maturity_date String';

const EVENT_COLUMNS = 'event,customer_number,happened_at,product_id,amount,channel';
const EVENT_TYPES =
  'event LowCardinality(String), customer_number String, happened_at DateTime64(3), product_id String, amount Float64, channel String';

const twoDigits = (number: number): string => String(number).padStart(2, '0');
const customerNumber = (index: number): number => 100_000_000 + (index % PEOPLE);

function customerRow(row: number): string {
  const day = `${twoDigits((row % 12) + 1)}-${twoDigits((row % 28) + 1)}`;
  return `${customerNumber(row)},City ${row % 300},${row % 7},${((row * 37) % 1_000_000) / 100},${1940 + (row % 60)}-${day},${2000 + (row % 25)}-${day}`;
}

function holdingRow(row: number): string {
  const day = twoDigits((row % 28) + 1);
  const customer = customerNumber((row * 7_919) % Math.ceil(ROWS / ROWS_A_CUSTOMER));
  const amount = ((row * 37) % 1_000_000) / 100;
  return `H${row},${customer},P${row % 300},${amount},${'NMR'[row % 3]},2025-${row % 2 === 0 ? '03' : '11'}-${day},202606${day}`;
}

function eventRow(row: number): string {
  const customer = customerNumber((row * 7_919) % Math.ceil(EVENTS / ROWS_A_CUSTOMER));
  const event = ['product_viewed', 'transfer_made', 'page_opened', 'product_bought'][row % 4]!;
  const time = `2025-11-${twoDigits((row % 28) + 1)} ${twoDigits(row % 24)}:${twoDigits(row % 60)}:${twoDigits((row * 7) % 60)}`;
  return `${event},${customer},${time},P${row % 300},${((row * 37) % 1_000_000) / 100},${row % 3 === 0 ? 'web' : 'app'}`;
}

async function writeCsv(
  path: string,
  columns: string,
  rows: number,
  rowOf: (row: number) => string,
): Promise<void> {
  const stream = createWriteStream(path);
  stream.write(`${columns}\n`);
  let block = '';
  for (let row = 0; row < rows; row++) {
    block += `${rowOf(row)}\n`;
    if (block.length > 1 << 20) {
      if (!stream.write(block)) await once(stream, 'drain');
      block = '';
    }
  }
  stream.end(block);
  await once(stream, 'finish');
}

/** Milliseconds in which ClickHouse takes the file as it is, ordered by its first column. */
async function readDirectly(
  clickhouse: Platform['clickhouse'],
  path: string,
  types: string,
): Promise<number> {
  const [order] = types.split(' ');
  await clickhouse.command(
    `create or replace table bench_direct (${types}) engine = MergeTree order by ${order}`,
  );
  const started = performance.now();
  await clickhouse.client.insert({
    table: 'bench_direct',
    values: createReadStream(path, { highWaterMark: 1 << 20 }),
    format: 'CSVWithNames',
  });
  return performance.now() - started;
}
