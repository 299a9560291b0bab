import type { canvasApi } from '@wutong/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createCanvasRooms,
  makeContent,
  makePeople,
  type CanvasRooms,
} from '../../test/harness/canvas-rooms.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { makeUser } from '../../test/harness/make-user.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { renewalDocument } from '../../test/harness/renewal-strategy.ts';
import { createHttpServer, type HttpServer, type ManualClock, type Platform } from '../platform/index.ts';
import { strategyTemplates } from './index.ts';

const MAKER = 'maker-token-1234';
const CHECKER = 'checker-token-1234';
const OTHER = 'other-token-12345';
let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let rooms: CanvasRooms;
let server: HttpServer;
let personIds: number[];

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  rooms = await createCanvasRooms(platform);
  await makeContent(rooms, platform, 'renewal_a');
  await makeContent(rooms, platform, 'renewal_b');
  const people = Array.from({ length: 30 }, (_, index) => ({
    number: index + 1,
    attributes: { wealth: index },
  }));
  personIds = await makePeople(rooms, platform, people);
  server = createHttpServer({ access: platform.access, log: platform.log, ids: platform.ids });
  rooms.canvas.routes(server);
  rooms.audience.routes(server);
  rooms.decision.routes(server);
  for (const [name, role, token] of [
    ['maker', 'marketer', MAKER],
    ['checker', 'approver', CHECKER],
    ['other', 'marketer', OTHER],
  ] as const) {
    await makeUser(platform, { name, role }, token);
  }
});

afterAll(async () => {
  await server.fastify.close();
  await rooms.profile.stop();
  await rooms.identity.stop();
  await platform.close();
  await databases.drop();
});

async function call<Result>(
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  body?: object,
  token = MAKER,
): Promise<Result & { code?: string }> {
  const response = await server.fastify.inject({
    method,
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { payload: body } : {}),
  });
  return response.json();
}

describe('the API', () => {
  it('takes a strategy from a draft to its people', async () => {
    const created = await call<canvasApi.Strategy>('POST', '/strategies', {
      strategyId: 'renewal',
      name: '理财到期续接',
      document: renewalDocument(),
    });
    expect(created).toMatchObject({ state: 'draft', draftRevision: 1, draftChanged: true });
    expect(created.findings.map((each) => each.code)).toEqual(['risk_level_missing']);

    const broken = renewalDocument((draft) => {
      const nodes = draft['nodes'] as Record<string, unknown>[];
      nodes[3]!['contentByVariant'] = { A: { contentId: 'nowhere' }, B: { contentId: 'renewal_b' } };
      (nodes[0]!['source'] as Record<string, unknown>)['eql'] = 'person where welth > 1';
    });
    const checked = await call<{ findings: canvasApi.Strategy['findings']; publishable: boolean }>(
      'POST',
      '/strategies/check',
      { document: broken },
    );
    expect(checked.publishable).toBe(false);
    expect(checked.findings.map((each) => [each.code, each.nodeId, each.path])).toEqual(
      expect.arrayContaining([
        ['condition_invalid', 'entry', 'source.eql'],
        ['content_unknown', 'in_app', 'contentByVariant.A'],
      ]),
    );

    const saved = await call<canvasApi.Strategy>('PUT', '/strategies/renewal/draft', {
      document: renewalDocument((draft) => {
        draft['policy'] = { riskLevel: undefined, priority: 60 };
      }),
      draftRevision: 1,
    });
    expect(saved.draftRevision).toBe(2);
    const version = await call<canvasApi.StrategyVersion>('POST', '/strategies/renewal/versions', {
      draftRevision: 2,
    });
    const { hash } = version;
    const decision = { hash, decision: 'approve' };
    const path = '/strategies/renewal/versions/1';
    expect(await call('POST', `${path}/decision`, decision)).toMatchObject({ code: 'permission_denied' });
    expect(await call('POST', `${path}/decision`, decision, CHECKER)).toMatchObject({ state: 'approved' });
    expect(await call('POST', `${path}/publication`, { hash })).toMatchObject({ state: 'published' });
    await rooms.canvas.settle();

    const [listed] = (await call<{ items: canvasApi.StrategySummary[] }>('GET', '/strategies')).items;
    expect(listed).toMatchObject({ state: 'running', entered: 30, draftChanged: false, publishedVersion: 1 });
  });

  it('shows numbers, the people behind them page by page, and a person’s way', async () => {
    const path = '/strategies/renewal/versions/1';
    const numbers = await call<canvasApi.StrategyNumbers>('GET', `${path}/numbers`);
    const waiting = numbers.nodes.find((node) => node.nodeId === 'click_wait')!.waiting;
    expect(waiting).toBe(numbers.treated.people);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await call<{ items: canvasApi.EnrolledPerson[]; nextCursor?: string }>(
        'GET',
        `${path}/people?nodeId=click_wait&standing=waiting&limit=7${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.items.map((person) => person.personId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(new Set(seen).size).toBe(waiting);
    const held = await call<{ items: object[] }>('GET', `${path}/people?standing=holdout`);
    expect(held.items).toHaveLength(numbers.holdout.people);
    expect(await call('GET', `${path}/people?nodeId=nowhere`)).toMatchObject({
      code: 'strategy_node_not_found',
    });

    const own = await call<{
      items: { strategyName: string; standsAt: string; steps: { nodeId: string }[] }[];
    }>('GET', `/people/${seen[0]}/strategies`);
    expect(own.items[0]).toMatchObject({ strategyName: '理财到期续接', standsAt: 'click_wait' });
    expect(own.items[0]!.steps.map((step) => step.nodeId).sort()).toEqual(
      ['content', 'entry', 'holdout', 'in_app', 'push'].sort(),
    );
    const runs = await call<{ items: canvasApi.EntryRun[] }>('GET', '/strategies/renewal/entry-runs');
    expect(runs.items).toMatchObject([{ state: 'done', found: 30, entered: 30, passedOver: 0 }]);
  });

  it('pauses, resumes, simulates, and offers templates that only lack contents', async () => {
    const act = (action: string) => call<canvasApi.Strategy>('POST', '/strategies/renewal/state', { action });
    expect(await act('pause')).toMatchObject({ state: 'paused' });
    expect(await act('pause')).toMatchObject({ code: 'strategy_state_differs' });
    expect(await act('resume')).toMatchObject({ state: 'running' });
    const simulated = await call<canvasApi.Simulation>('POST', '/strategies/simulate', {
      document: renewalDocument(),
    });
    expect(simulated.audience).toBe(30);
    const templates = await call<{ items: canvasApi.StrategyTemplate[] }>('GET', '/strategy-templates');
    expect(templates.items).toHaveLength(strategyTemplates.length);
    for (const template of templates.items) {
      const { findings } = await call<{ findings: canvasApi.Strategy['findings'] }>(
        'POST',
        '/strategies/check',
        {
          document: template.document,
        },
      );
      const shape = findings.filter(
        (each) => each.severity === 'error' && !/content|condition_invalid/.test(each.code),
      );
      expect(shape, template.templateId).toEqual([]);
    }
  });

  it('shows nobody of a strategy to those with whom its segment is not shared', async () => {
    const segment = { segmentId: 'quiet', name: '内部名单', text: 'person where wealth >= 20' };
    const own = { shared: false, sharedWith: [], sharedWithUsers: [], editors: [] };
    await call('POST', '/segments', { ...segment, schedule: { every: 'manual' }, sharing: own });
    const document = renewalDocument((draft) => {
      const nodes = draft['nodes'] as Record<string, unknown>[];
      (nodes[0]!['source'] as Record<string, unknown>)['eql'] = 'person where in segment quiet';
    });
    await call('POST', '/strategies', { strategyId: 'quiet', name: '内部名单触达', document });
    const { hash } = await call<canvasApi.StrategyVersion>('POST', '/strategies/quiet/versions', {
      draftRevision: 1,
    });
    const path = '/strategies/quiet/versions/1';
    expect(await call('POST', `${path}/decision`, { hash, decision: 'approve' }, CHECKER)).toMatchObject({
      state: 'approved',
    });
    await call('POST', `${path}/publication`, { hash });
    await rooms.canvas.settle();

    const mine = await call<{ items: { personId: number }[] }>('GET', `${path}/people`);
    expect(mine.items).toHaveLength(10);
    const { personId } = mine.items[0]!;
    const strategiesOf = async (token: string) =>
      (
        await call<{ items: { strategyId: string }[] }>(
          'GET',
          `/people/${personId}/strategies`,
          undefined,
          token,
        )
      ).items
        .map((each) => each.strategyId)
        .sort();
    expect(await strategiesOf(MAKER)).toEqual(['quiet', 'renewal']);
    expect(await strategiesOf(OTHER)).toEqual(['renewal']);
    for (const query of ['', '?standing=holdout', '?nodeId=push']) {
      expect(await call('GET', `${path}/people${query}`, undefined, OTHER)).toMatchObject({
        code: 'names_not_shared',
      });
    }
    // How many there are is for everybody who judges strategies.
    expect(await call<canvasApi.StrategyNumbers>('GET', `${path}/numbers`, undefined, OTHER)).toMatchObject({
      holdout: { people: expect.any(Number) },
      nodes: expect.any(Array),
    });
    const shared = { ...own, shared: true };
    expect(await call('PUT', '/segments/quiet/sharing', shared)).toMatchObject({ segmentId: 'quiet' });
    expect(await strategiesOf(OTHER)).toEqual(['quiet', 'renewal']);
  });

  it('explains a refusal rule by rule, and changes the policy one editor at a time', async () => {
    const stored = await call<{ revision: number; policy: { caps: object[] } }>('GET', '/policy');
    const tested = await call<{ verdict: string; rules: { rule: string; passed: boolean }[] }>(
      'POST',
      '/policy/test',
      { personId: personIds[0], channel: 'sms', riskLevel: 'R3' },
    );
    expect(tested.verdict).toBe('refuse');
    expect(tested.rules.filter((rule) => !rule.passed).map((rule) => rule.rule)).toEqual(['suitability']);
    const body = { revision: stored.revision, policy: { ...stored.policy, caps: [] } };
    expect(await call('PUT', '/policy', body)).toMatchObject({ code: 'permission_denied' });
    expect(await call('PUT', '/policy', body, CHECKER)).toMatchObject({ revision: stored.revision + 1 });
    expect(await call('PUT', '/policy', body, CHECKER)).toMatchObject({ code: 'policy_changed' });
  });
});
