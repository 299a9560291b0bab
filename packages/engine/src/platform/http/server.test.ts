import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoint, sentence } from '@wutong/contract';
import { z } from 'zod';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import type { Platform } from '../platform.ts';
import { createHttpServer, type HttpServer } from './server.ts';

let databases: TestDatabases;
let platform: Platform;
let server: HttpServer;

const readThing = endpoint({
  name: 'readThing',
  method: 'GET',
  path: '/things/:id',
  room: 'platform',
  summary: { en: 'A thing', zh: '某物' },
  permission: 'public',
  params: z.object({ id: z.string() }),
  query: z.object({
    amount: z.coerce.number().int().max(10).optional(),
    even: z.coerce
      .number()
      .refine((number) => number % 2 === 0, sentence('要是偶数', 'must be even'))
      .optional(),
  }),
  response: z.object({ id: z.string() }),
});

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  server = createHttpServer({ access: platform.access, log: platform.log, ids: platform.ids });
  server.handle(readThing, async ({ params }) => {
    const [row] = await platform.database.query<{ id: string }>('select $1::uuid as id', [params.id]);
    return { id: row!.id };
  });
});
afterAll(async () => {
  await server.fastify.close();
  await platform.close();
  await databases.drop();
});

const ask = async (url: string, language = 'zh-CN') => {
  const answer = await server.fastify.inject({ url, headers: { 'accept-language': language } });
  return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
};

describe('wrong requests', () => {
  it('a value that the database cannot hold is the caller’s mistake, not ours', async () => {
    const { status, body } = await ask('/things/no-uuid');
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_request' });
    expect(JSON.stringify(body)).not.toContain('uuid');
    expect((await ask('/things/00000000-0000-4000-8000-000000000000')).status).toBe(200);
  });

  it.each([
    ['zh-CN', /[\u4e00-\u9fff]/],
    ['en', /^Too big/],
  ])('says in %s what is wrong with a field', async (language, words) => {
    const { status, body } = await ask('/things/1?amount=11', language);
    expect(status).toBe(400);
    expect(body['problems']).toEqual([
      { path: 'query.amount', message: expect.stringMatching(words) as string },
    ]);
  });

  it('says a refinement’s own sentence in the language of the caller', async () => {
    expect((await ask('/things/1?even=3')).body['problems']).toEqual([
      { path: 'query.even', message: '要是偶数' },
    ]);
    expect((await ask('/things/1?even=3', 'en')).body['problems']).toEqual([
      { path: 'query.even', message: 'must be even' },
    ]);
  });
});
