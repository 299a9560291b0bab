import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAudienceServer, type AudienceServer } from '../../../test/harness/audience-server.ts';
import { createInsight } from '../index.ts';
import { testNeeds } from '../insight-world.ts';

let world: AudienceServer;

beforeAll(async () => {
  world = await startAudienceServer({ marketer: 'marketer' });
  const needs = testNeeds({ profile: world.profile, audience: world.audience });
  createInsight(world.platform, needs).routes(world.server);
}, 180_000);
afterAll(() => world?.close());

const ask = (kind: string, question: object) =>
  world.call<object>('marketer', 'POST', `/analyses/${kind}`, { period: { lastDays: 7 }, ...question });
const step = (event: string, property?: string): object => ({
  event,
  ...(property === undefined ? {} : { where: [{ property, operator: 'eq', value: 'x' }] }),
});
const known = step('view_product', 'category');

test.each<[string, string, object]>([
  ['a funnel', 'funnel', { steps: [known, step('purchase')] }],
  ['a path of all events', 'path', { anchor: { kind: 'start', event: 'view_product' } }],
  ['any event', 'trend', { series: [{ ...step('*'), measure: { kind: 'count' } }] }],
  ['what lies within a property', 'funnel', { steps: [known, step('purchase', 'basket.size')] }],
])('%s of known names is answered', async (_, kind, question) => {
  expect((await ask(kind, question)).body).not.toHaveProperty('code');
});

test.each<[string, string, object, string, string]>([
  ['a step', 'funnel', { steps: [known, step('purchas')] }, 'unknown_event', 'purchase'],
  [
    'a property',
    'funnel',
    { steps: [known, step('view_product', 'categry')] },
    'unknown_property',
    'category',
  ],
  ['a start', 'path', { anchor: { kind: 'start', event: 'view_prodct' } }, 'unknown_event', 'view_product'],
  ['some of a path', 'path', { events: [known, step('logn')] }, 'unknown_event', 'login'],
  [
    'a series',
    'trend',
    { series: [{ ...step('logn'), measure: { kind: 'people' } }] },
    'unknown_event',
    'login',
  ],
])(
  '%s that nobody knows is refused with the name that may be meant',
  async (_, kind, question, reason, meant) => {
    const { status, body } = await ask(kind, question);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'analysis_invalid',
      details: { reason },
      problems: [
        {
          code: reason,
          suggestion: meant,
          en: expect.stringContaining(meant) as string,
          zh: expect.stringContaining(meant) as string,
        },
      ],
    });
  },
);
