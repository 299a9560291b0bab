import type { FunnelAnswer } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { makeUser } from '../../test/harness/make-user.ts';
import { createTestPlatform, TEST_START_MS } from '../../test/harness/platform.ts';
import { createHttpServer, type HttpServer, type Platform } from '../platform/index.ts';
import { createInsight } from './index.ts';
import { insertEvents, testNeeds } from './insight-world.ts';

let databases: TestDatabases;
let platform: Platform;
let server: HttpServer;
const saved: { segmentId: string; people: number[] }[] = [];
const TOKEN = 'an administrator’s token'.replace(/\W/g, '-');

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  await makeUser(platform, { name: 'mei', displayName: '梅', role: 'administrator' }, TOKEN);
  server = createHttpServer(platform);
  const needs = testNeeds({});
  createInsight(platform, {
    ...needs,
    segments: {
      async createImported({ segmentId, people }) {
        const all: number[] = [];
        for await (const block of people) all.push(...block);
        saved.push({ segmentId, people: all });
        return all.length;
      },
    },
  }).routes(server);
  await insertEvents(platform, [
    { person: 1, event: 'view', time: TEST_START_MS - 2_000 },
    { person: 1, event: 'buy', time: TEST_START_MS - 1_000 },
    { person: 2, event: 'view', time: TEST_START_MS - 2_000 },
  ]);
});
afterAll(async () => {
  await server?.fastify.close();
  await platform?.close();
  await databases?.drop();
});

const funnel = { period: { lastDays: 1 }, steps: [{ event: 'view' }, { event: 'buy' }] };
const call = async (method: 'GET' | 'POST', url: string, payload?: object, token = TOKEN) =>
  server.fastify.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload ? { payload } : {}),
  });

test('a question, the people behind a number, and a segment of them', async () => {
  const answer = (await call('POST', '/api/v1/analyses/funnel', funnel)).json<FunnelAnswer>();
  expect(answer.steps.map((step) => step.people)).toEqual([2, 1]);
  const of = { kind: 'funnel', analysis: funnel, cell: { step: 1, outcome: 'dropped' } };
  expect((await call('POST', '/api/v1/analyses/people', { of })).json()).toEqual({
    total: 1,
    personIds: [2],
  });
  const segment = { of, segmentId: 'looked_only', name: '只看未买' };
  expect((await call('POST', '/api/v1/analyses/people/segment', segment)).json()).toEqual({
    segmentId: 'looked_only',
    people: 1,
  });
  expect(saved).toEqual([{ segmentId: 'looked_only', people: [2] }]);
});

test('an export is a file, and stands in the audit', async () => {
  const response = await call('POST', '/api/v1/analyses/export', { analysis: { kind: 'funnel', ...funnel } });
  expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(response.body).toBe(
    '\u{feff}group,step,title,people,rate,step_rate\r\n,1,view,2,1,1\r\n,2,buy,1,0.5,0.5\r\n',
  );
  const [entry] = await platform.database.transaction((transaction) =>
    platform.audit.list(transaction, { limit: 1 }),
  );
  expect(entry).toMatchObject({ actor: 'mei', action: 'report.export', object: 'funnel' });
});

test('what is wrong with a question is said', async () => {
  const noSteps = await call('POST', '/api/v1/analyses/funnel', { ...funnel, steps: [] });
  expect(noSteps.json()).toMatchObject({ status: 400, code: 'invalid_request' });
  const injected = await call('POST', '/api/v1/analyses/funnel', {
    ...funnel,
    sameProperty: 'x`) from event --',
  });
  expect(injected.json()).toMatchObject({ code: 'invalid_request' });
  expect((await call('GET', '/api/v1/strategies/none/effect')).json()).toMatchObject({
    code: 'strategy_not_found',
  });
  expect((await call('GET', '/api/v1/overview', undefined, 'not-a-token')).statusCode).toBe(401);
  const missing = await call('GET', '/api/v1/dashboards/01890a5d-ac96-774b-bcce-b302099a8057');
  expect(missing.json()).toMatchObject({ status: 404, code: 'dashboard_not_found' });
});
