/** Imports over HTTP and what is done with their rejected rows, for the tests of both. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ingestApi, importsApi, MappingInput } from '@wutong/contract';
import { afterAll, beforeAll, expect } from 'vitest';
import { createImports } from '../../src/ingest/imports/create-imports.ts';
import { importRoutes } from '../../src/ingest/imports/import-routes.ts';
import type { Platform } from '../../src/platform/index.ts';
import { createTestDatabases, type TestDatabases } from './databases.ts';
import { startIngestServer, type IngestServer } from './ingest-server.ts';
import { makeUser } from './make-user.ts';
import { createTestPlatform } from './platform.ts';

let databases: TestDatabases;
export let platform: Platform;
export let room: IngestServer;
export let directory: string;

/** Databases, the rooms and a user of each role for the tests of a file. */
export function withImports(): void {
  beforeAll(async () => {
    databases = await createTestDatabases();
    platform = createTestPlatform(databases);
    room = await startIngestServer(platform, {
      routes: (server, rooms) => importRoutes(server, platform, createImports(platform, rooms)),
    });
    for (const role of ['administrator', 'data_engineer', 'marketer', 'manager'] as const) {
      await makeUser(platform, { name: role, role }, `token-of-${role}`);
    }
    directory = await mkdtemp(join(tmpdir(), 'wutong-rejected-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
    await room.stop();
    await platform.close();
    await databases.drop();
  });
}

export async function ask<Body>(
  method: string,
  path: string,
  body?: object | string,
  role = 'administrator',
): Promise<{ status: number; body: Body & { code?: string; details?: Record<string, unknown> } }> {
  const isFile = typeof body === 'string';
  const answer = await fetch(`${room.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer token-of-${role}`,
      ...(body ? { 'content-type': isFile ? 'text/csv' : 'application/json' } : {}),
    },
    ...(body ? { body: isFile ? body : JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as never };
}

export type Rejected = ingestApi.RejectedRecord;
export type Opened = Rejected & { raw: string; opened: ingestApi.OpenedRow };
export interface Replayed {
  replayed: number;
  stored: number;
  duplicate: number;
  rejectedAgain: number;
  reasons: object[];
  more: boolean;
}

export const title = { en: 'Test', zh: '测试' };
export const customer = { type: 'customer_number', value: 'id' };
export type Records = MappingInput['files'][number]['records'];
export const score = { name: 'score', title, valueType: 'number' } as const;
export const PEOPLE: Records = [
  { record: 'person', keys: [customer], attributes: { city: 'city', score: 'score' } },
];
export const EVENTS: Records = [
  { record: 'event', event: 'event', keys: [customer], time: 'time', properties: { amount: 'amount' } },
];

export const mappingOf = (
  sourceId: string,
  records: Records,
  change: Partial<MappingInput['files'][number]> = {},
): MappingInput => ({
  name: sourceId,
  title,
  sourceId,
  asOf: '2026-01-01T00:00:00Z',
  files: [{ file: 'f', records, ...change }],
  declare: { attributes: [score] },
});

/** Imports a file over HTTP. */
export async function load(mapping: MappingInput, content: string): Promise<importsApi.Import> {
  const made = await ask<importsApi.Import>('POST', '/imports', { mapping });
  expect(made.status).toBe(200);
  const { file } = mapping.files[0]!;
  const sent = await ask<importsApi.Import>(
    'POST',
    `/imports/${made.body.importId}/files?file=${file}`,
    content,
  );
  expect(sent.status).toBe(200);
  return sent.body;
}

export const list = async (filter: string): Promise<{ items: Rejected[]; codes: object[] }> =>
  (await ask<{ items: Rejected[]; codes: object[] }>('GET', `/rejected?${filter}`)).body;
export const rowsOf = async (importId: string, state = 'waiting'): Promise<Rejected[]> =>
  (await list(`importId=${importId}&state=${state}`)).items.toSorted((one, other) => one.row! - other.row!);
export const open = async (rejectedId: string): Promise<Opened> =>
  (await ask<Opened>('GET', `/rejected/${rejectedId}`)).body;
export const repair = (rejectedId: string, body: object) =>
  ask<Rejected>('PUT', `/rejected/${rejectedId}`, body);
export const replay = async (body: object): Promise<Replayed> =>
  (await ask<Replayed>('POST', '/rejected/replay', body)).body;
export const readImport = async (importId: string): Promise<importsApi.Import> =>
  (await ask<importsApi.Import>('GET', `/imports/${importId}`)).body;
export const ledgerOf = async (sourceId: string): Promise<object[]> =>
  (await ask<{ items: object[] }>('GET', `/sources/${sourceId}/ledger`)).body.items;
export const attributesOf = async (customerNumber: string) => {
  const [found] = await room.identity.findPeople(customerNumber);
  return found && (await room.profile.attributesOf([found.personId])).get(found.personId);
};
export const eventsOf = (sourceId: string) =>
  platform.clickhouse.query<{ event: string; event_id: string; person_id: number }>(
    `select event, toString(event_id) as event_id, person_id from event where source_id = '${sourceId}' order by event, event_id`,
  );
