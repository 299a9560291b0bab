import type { outputsApi } from '@wutong/contract';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAudienceServer, type AudienceServer } from '../../../test/harness/audience-server.ts';
import { createOutputs, type Outputs } from './create-outputs.ts';

let world: AudienceServer;
let outputs: Outputs;
let folder: string;

const call: AudienceServer['call'] = (...asked) => world.call(...asked);
const own = { shared: false, sharedWith: [], sharedWithUsers: [], editors: [] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wutong-right-'));
  world = await startAudienceServer({
    mei: 'marketer',
    lan: 'data_engineer',
    bo: 'data_engineer',
    root: 'administrator',
  });
  const { platform, identity, profile, audience } = world;
  outputs = createOutputs({
    platform: { ...platform, config: { ...platform.config, outputDirectory: folder } },
    identity,
    profile,
    ports: audience,
  });
  outputs.routes(world.server);
  const segment = { segmentId: 'secret_savers', name: '机密', text: 'person where age > 40' };
  await call('mei', 'POST', '/segments', { ...segment, schedule: { every: 'manual' } });
}, 180_000);
afterAll(async () => {
  await outputs?.stop();
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Shares the segment with one user only. */
const shareWith = (name: string) =>
  call('mei', 'PUT', '/segments/secret_savers/sharing', {
    ...own,
    shared: true,
    sharedWithUsers: [world.ids[name]],
  });

it('looks at the right of the owner at each run, stops with its reason, and goes on when handed over', async () => {
  await shareWith('lan');
  const output = {
    outputId: 'savers',
    name: '机密客户',
    selection: { subject: 'memberships', segmentIds: ['secret_savers'], startAt: 'beginning', keyTypes: [] },
    destination: { kind: 'files', format: 'ndjson', gzip: false, folder: 'savers' },
    schedule: { kind: 'every', minutes: 60 },
  };
  expect((await call('bo', 'POST', '/outputs', output)).body).toMatchObject({
    code: 'output_settings_invalid',
  });
  expect((await call('lan', 'POST', '/outputs', output)).status).toBe(200);
  await outputs.runDue();
  const read = async (name: string) => (await call<outputsApi.Output>(name, 'GET', '/outputs/savers')).body;
  expect(await read('lan')).toMatchObject({ rows: 10, state: 'running', owner: world.ids['lan'] });
  // Who may not see the segment finds neither the output nor its files, and turns it nowhere else.
  expect((await call<{ items: object[] }>('bo', 'GET', '/outputs')).body.items).toEqual([]);
  for (const [method, path, body] of [
    ['GET', ''],
    ['GET', '/slices'],
    ['GET', '/slices/0/file'],
    ['GET', '/log'],
    ['GET', '/dead'],
    ['PATCH', '', { destination: { ...output.destination, folder: 'elsewhere' } }],
    ['PUT', '/state', { state: 'paused' }],
    ['POST', '/run'],
    ['PUT', '/owner', { owner: world.ids['bo'] }],
  ] as const) {
    const answer = await call<{ code: string }>('bo', method, `/outputs/savers${path}`, body);
    expect([path, answer.body.code]).toEqual([path, 'output_not_found']);
  }

  await shareWith('bo');
  world.platform.clock.advance(3_600_000);
  await outputs.runDue();
  const stopped = { state: 'failed', code: 'owner_lost_right', rows: 10 };
  expect(await read('lan')).toMatchObject(stopped);
  const { body: log } = await call<{ items: object[] }>('lan', 'GET', '/outputs/savers/log');
  expect(log.items[0]).toMatchObject({ event: 'failed', code: 'owner_lost_right' });
  expect((await call<object>('lan', 'GET', '/outputs/savers/slices/0/file')).body).toMatchObject({
    code: 'owner_lost_right',
  });
  // Starting it does not help, and nobody's right is lent by somebody who has none.
  await call('lan', 'PUT', '/outputs/savers/state', { state: 'running' });
  await outputs.runDue();
  expect(await read('lan')).toMatchObject(stopped);
  const give = (by: string, to: string) =>
    call<{ code?: string; state?: string }>(by, 'PUT', '/outputs/savers/owner', { owner: world.ids[to] });
  expect((await give('lan', 'bo')).body.code).toBe('not_owner');
  expect((await give('root', 'mei')).body.code).toBe('owner_lost_right');
  expect((await give('bo', 'bo')).body.state).toBe('running');
  // From where it stopped.
  await call('mei', 'PUT', '/segments/secret_savers', {
    name: '机密',
    text: 'person where age > 40 and age <> 45',
    version: 1,
    schedule: { every: 'manual' },
  });
  await outputs.runDue();
  expect(await read('bo')).toMatchObject({ state: 'running', rows: 11, owner: world.ids['bo'] });
  expect((await call('lan', 'GET', '/outputs/savers')).status).toBe(404);
  // Nor does anything leave on behalf of somebody whose role is another now.
  await world.platform.users.edit('test', world.ids['bo']!, { role: 'approver' });
  world.platform.clock.advance(3_600_000);
  await outputs.runDue();
  expect(await read('root')).toMatchObject({ state: 'failed', code: 'owner_lost_right' });
});
