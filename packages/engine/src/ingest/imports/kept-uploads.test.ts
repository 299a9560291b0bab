import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import writeExcelFile from 'write-excel-file/node';
import { importsApi, type ResponseOf } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../../test/harness/ingest-server.ts';
import { makeUser } from '../../../test/harness/make-user.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { createImports } from './create-imports.ts';
import { importRoutes } from './import-routes.ts';
import { createKeptUploads, UPLOAD_BYTES } from './kept-uploads.ts';

type Upload = ResponseOf<typeof importsApi.beginUpload>;
let databases: TestDatabases;
let platform: Platform;
let room: IngestServer;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  room = await startIngestServer(platform, {
    routes: (server, rooms) => importRoutes(server, platform, createImports(platform, rooms)),
  });
  for (const name of ['dora', 'ivan']) {
    await makeUser(platform, { name, role: 'data_engineer' }, `token-of-${name}`);
  }
});
afterAll(async () => {
  await room.stop();
  await platform.close();
  await databases.drop();
});

// oxlint-disable-next-line typescript/no-explicit-any -- answers of several operations, looked into by the tests
async function ask(method: string, path: string, body?: object | Buffer, name = 'dora'): Promise<any> {
  const isFile = Buffer.isBuffer(body);
  const response = await fetch(`${room.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer token-of-${name}`,
      ...(body ? { 'content-type': isFile ? 'application/octet-stream' : 'application/json' } : {}),
    },
    ...(body ? { body: isFile ? new Uint8Array(body) : JSON.stringify(body) } : {}),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

/** Sends the beginning of a piece and cuts the line. */
function breakOff(path: string, announced: number, sent: Buffer): Promise<void> {
  const { port } = room.server.fastify.server.address() as AddressInfo;
  return new Promise((resolve) => {
    const request = httpRequest({
      port,
      path: `/api/v1${path}`,
      method: 'POST',
      headers: {
        authorization: 'Bearer token-of-dora',
        'content-type': 'application/octet-stream',
        'content-length': announced,
      },
    });
    request.on('error', () => resolve());
    request.write(sent, () => setTimeout(() => request.destroy(new Error('cut')), 100));
  });
}

const workbook = async (): Promise<Buffer> =>
  (await writeExcelFile([
    {
      sheet: 'People',
      data: [
        ['id', 'level'],
        ['K1', '3'],
        ['', '4'],
      ].map((row) => row.map((value) => ({ value }))),
    },
  ] as never).toBuffer()) as Buffer;

test('a workbook is sent once: in pieces, over a broken line, previewed twice, imported', async () => {
  const bytes = await workbook();
  const { uploadId }: Upload = await ask('POST', '/imports/uploads', { bytes: bytes.length });
  const at = (offset: number): string => `/imports/uploads/${uploadId}/pieces?offset=${offset}`;
  await ask('POST', at(0), bytes.subarray(0, 1_000));
  await breakOff(at(1_000), bytes.length - 1_000, bytes.subarray(1_000, 1_500));
  await expect
    .poll(async () => ((await ask('GET', `/imports/uploads/${uploadId}`)) as Upload).received)
    .toBe(1_500);
  expect(await ask('POST', at(1_000), bytes.subarray(1_000))).toMatchObject({
    code: 'import_upload_elsewhere',
    details: { received: 1_500 },
  });
  expect(await ask('POST', `/imports/preview?uploadId=${uploadId}`)).toMatchObject({ status: 409 });
  expect(await ask('POST', at(1_500), bytes.subarray(1_500))).toMatchObject({ received: bytes.length });
  for (const header of ['yes', 'no']) {
    const head = await ask('POST', `/imports/preview?uploadId=${uploadId}&header=${header}`);
    expect(head).toMatchObject({ format: 'xlsx', sheets: ['People'], hasHeader: header === 'yes' });
  }
  const mapping = {
    name: 'kept',
    title: { en: 'Kept', zh: '暂存' },
    sourceId: 'kept',
    declare: {
      attributes: [{ name: 'level', title: { en: 'Level', zh: '等级' }, valueType: 'number' }],
    },
    files: [
      {
        file: 'people.xlsx',
        format: 'xlsx',
        records: [
          {
            record: 'person',
            keys: [{ type: 'customer_number', value: 'id' }],
            attributes: { level: { column: 'level', steps: [{ number: true }] } },
          },
        ],
      },
    ],
  };
  const { importId } = await ask('POST', '/imports', { mapping });
  const unfinished = await ask('GET', '/imports?unfinishedFile=people.xlsx');
  expect(unfinished.items).toMatchObject([{ importId }]);
  expect((await ask('GET', '/imports?unfinishedFile=other.xlsx')).items).toEqual([]);
  const path = `/imports/${importId}/files?file=people.xlsx&uploadId=${uploadId}`;
  expect(await ask('POST', path, undefined, 'ivan')).toMatchObject({ code: 'import_upload_not_found' });
  expect(await ask('POST', path)).toMatchObject({ state: 'finished', rows: 2, rejectedRows: 1 });
  expect(await ask('GET', `/imports/uploads/${uploadId}`)).toMatchObject({ code: 'import_upload_not_found' });
  expect((await ask('GET', '/imports?unfinishedFile=people.xlsx')).items).toEqual([]);
});

test('rejected rows can be fetched while the file still arrives', async () => {
  const mapping = {
    name: 'slow',
    title: { en: 'Slow', zh: '慢' },
    sourceId: 'slow',
    files: [
      {
        file: 'slow.csv',
        records: [
          {
            record: 'consent',
            keys: [{ type: 'customer_number', value: 'id' }],
            purpose: { constant: 'none' },
            granted: { constant: true },
          },
        ],
      },
    ],
  };
  const { importId } = await ask('POST', '/imports', { mapping });
  let finish!: () => void;
  const rest = new Promise<void>((resolve) => (finish = resolve));
  async function* slowly(): AsyncGenerator<Buffer> {
    yield Buffer.from('id\n' + Array.from({ length: 30_000 }, (_, row) => `S${row}\n`).join(''));
    await rest;
    yield Buffer.from('S-last\n');
  }
  const sending = fetch(`${room.url}/api/v1/imports/${importId}/files?file=slow.csv`, {
    method: 'POST',
    headers: { authorization: 'Bearer token-of-dora', 'content-type': 'text/csv' },
    body: Readable.toWeb(Readable.from(slowly())) as never,
    duplex: 'half',
  } as RequestInit);
  const errors = async (): Promise<string[]> => {
    const response = await fetch(`${room.url}/api/v1/imports/${importId}/errors`, {
      headers: { authorization: 'Bearer token-of-dora' },
    });
    return (await response.text()).trim().split('\r\n');
  };
  await expect.poll(async () => (await errors()).length, { timeout: 30_000 }).toBeGreaterThan(100);
  expect(await ask('GET', `/imports/${importId}`)).toMatchObject({ state: 'running' });
  const [head, first] = await errors();
  expect(head).toMatch(/^file,row,record,code,reason/);
  expect(first).toMatch(/^slow\.csv,1,1,\w+,/);
  finish();
  expect((await sending).status).toBe(200);
  expect(await errors()).toHaveLength(30_002);
});

test('kept files are bounded in size, number and time', async () => {
  const ids = {
    newId: (() => {
      let next = 0;
      return () => `upload-${next++}`;
    })(),
  };
  const uploads = createKeptUploads(ids, { keptMs: 200, allBytes: 1_000 });
  await expect(uploads.begin('a', UPLOAD_BYTES + 1)).rejects.toMatchObject({ code: 'body_too_large' });
  const { uploadId } = await uploads.begin('a', 600);
  await expect(uploads.begin('b', 600)).rejects.toMatchObject({ code: 'import_uploads_full' });
  await expect(uploads.add('a', uploadId, 0, Readable.from([Buffer.alloc(601)]))).rejects.toMatchObject({
    code: 'body_too_large',
  });
  expect(() => uploads.read('b', uploadId)).toThrow('import_upload_not_found');
  await expect
    .poll(
      () =>
        uploads.begin('b', 600).then(
          ({ bytes }) => bytes,
          () => 0,
        ),
      { timeout: 5_000, interval: 100 },
    )
    .toBe(600);
  expect(() => uploads.read('a', uploadId)).toThrow('import_upload_not_found');
  // Of one person the oldest gives way.
  const many = createKeptUploads(ids);
  const first = await many.begin('a', 10);
  for (let more = 0; more < 4; more++) await many.begin('a', 10);
  expect(() => many.read('a', first.uploadId)).toThrow('import_upload_not_found');
});
