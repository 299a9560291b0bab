import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical.ts';
import { checkStrategy } from './check.ts';
import { matchesEvent, type PropertyCondition } from './condition.ts';
import { strategyDocumentSchema, type StrategyDocumentInput } from './document.ts';

const DAY_MS = 86_400_000;
type Draft = { -readonly [K in keyof StrategyDocumentInput]: StrategyDocumentInput[K] };
type Nodes = StrategyDocumentInput['nodes'];

/** A sound document: entry, holdout, SMS, wait, exit. */
function sound(): Draft {
  return {
    format: 1,
    nodes: [
      {
        id: 'entry',
        kind: 'entry',
        source: { type: 'audience', eql: 'person', schedule: { kind: 'once' } },
      },
      { id: 'holdout', kind: 'holdout', share: 1_000 },
      { id: 'sms', kind: 'send', channel: 'sms', content: { contentId: 'renewal' } },
      { id: 'wait', kind: 'wait', wait: { type: 'event', event: 'login', timeoutMs: DAY_MS } },
      { id: 'exit', kind: 'exit' },
    ],
    edges: [
      { from: 'entry', to: 'holdout' },
      { from: 'holdout', label: 'treated', to: 'sms' },
      { from: 'sms', to: 'wait' },
      { from: 'wait', label: 'happened', to: 'exit' },
      { from: 'wait', label: 'timeout', to: 'exit' },
    ],
    goal: { event: 'purchase', withinMs: 7 * DAY_MS },
    policy: { riskLevel: 'R2' },
  };
}

const replaceNode = (draft: Draft, node: Nodes[number]): void => {
  draft.nodes = draft.nodes.map((each) => (each.id === node.id ? node : each));
};

// [what is wrong, how, the codes found with their nodes]
const CASES: [string, (draft: Draft) => void, string[]][] = [
  ['nothing', () => undefined, []],
  ['no entry', (d) => (d.nodes = d.nodes.slice(1)), ['entry_missing', 'edge_end_unknown']],
  [
    'two entries',
    (d) => d.nodes.push({ ...d.nodes[0]!, id: 'other' } as Nodes[number]),
    ['entry_repeated other', 'edge_missing other'],
  ],
  ['one id twice', (d) => d.nodes.push({ id: 'exit', kind: 'exit' }), ['node_repeated exit']],
  ['a way out open', (d) => d.edges.pop(), ['edge_missing wait']],
  [
    'a way out that does not exist',
    (d) => d.edges.push({ from: 'sms', label: 'maybe', to: 'exit' }),
    ['edge_label_unknown sms'],
  ],
  ['two ways in one', (d) => d.edges.push({ from: 'sms', to: 'exit' }), ['edge_repeated sms']],
  ['refused goes on', (d) => d.edges.push({ from: 'sms', label: 'refused', to: 'exit' }), []],
  ['nobody gets there', (d) => d.nodes.push({ id: 'island', kind: 'exit' }), ['unreachable island']],
  [
    'a circle',
    (d) => (d.edges[4] = { from: 'wait', label: 'timeout', to: 'sms' }),
    ['cycle sms', 'cycle wait'],
  ],
  [
    'no holdout',
    (d) => {
      d.nodes = d.nodes.filter((n) => n.id !== 'holdout');
      d.edges = [{ from: 'entry', to: 'sms' }, ...d.edges.slice(2)];
    },
    ['holdout_missing'],
  ],
  [
    'a holdout that is treated',
    (d) => d.edges.push({ from: 'holdout', label: 'holdout', to: 'sms' }),
    ['holdout_treated sms'],
  ],
  [
    'a holdout after the send',
    (d) =>
      (d.edges = [
        { from: 'entry', to: 'sms' },
        { from: 'sms', to: 'holdout' },
        { from: 'holdout', label: 'treated', to: 'wait' },
        ...d.edges.slice(3),
      ]),
    ['holdout_after_send holdout'],
  ],
  ['no content', (d) => replaceNode(d, { id: 'sms', kind: 'send', channel: 'sms' }), ['content_missing sms']],
  [
    'a variant of no split',
    (d) => replaceNode(d, { id: 'sms', kind: 'send', channel: 'sms', variantOf: 'holdout' }),
    ['variant_source_unknown sms'],
  ],
  [
    'no condition',
    (d) =>
      replaceNode(d, {
        id: 'entry',
        kind: 'entry',
        source: { type: 'audience', eql: ' ', schedule: { kind: 'once' } },
      }),
    ['condition_missing entry'],
  ],
  [
    'no such time zone',
    (d) =>
      replaceNode(d, {
        id: 'entry',
        kind: 'entry',
        source: {
          type: 'audience',
          eql: 'person',
          schedule: { kind: 'daily', at: '09:00', timeZone: 'Asia/Wutong' },
        },
      }),
    ['time_zone_unknown entry'],
  ],
  [
    'no time',
    (d) =>
      replaceNode(d, {
        id: 'entry',
        kind: 'entry',
        source: { type: 'audience', eql: 'person', schedule: { kind: 'once', at: 'soon' } },
      }),
    ['time_invalid entry'],
  ],
  [
    'a wait for another’s clicks',
    (d) =>
      replaceNode(d, {
        id: 'wait',
        kind: 'wait',
        wait: { type: 'event', event: '$message_clicked', ofNodes: ['exit'], timeoutMs: 1 },
      }),
    ['of_node_unknown wait'],
  ],
  [
    'a wait beyond the goal',
    (d) =>
      replaceNode(d, {
        id: 'wait',
        kind: 'wait',
        wait: { type: 'event', event: 'login', timeoutMs: 8 * DAY_MS },
      }),
    ['goal_shorter_than_path wait'],
  ],
  ['no goal', (d) => delete d.goal, ['goal_missing']],
  ['no risk level', (d) => (d.policy = {}), ['risk_level_missing sms']],
  [
    'an empty window',
    (d) => {
      replaceNode(d, { id: 'wait', kind: 'wait', wait: { type: 'window', from: '09:00', to: '09:00' } });
      d.edges = [...d.edges.slice(0, 3), { from: 'wait', to: 'exit' }];
    },
    ['window_empty wait'],
  ],
  [
    'shares that are not whole',
    (d) => {
      d.nodes.push({
        id: 'split',
        kind: 'split',
        branches: [
          { label: 'A', share: 5_000 },
          { label: 'B', share: 4_000 },
        ],
      });
      d.edges = [
        ...d.edges.filter((e) => e.from !== 'sms'),
        { from: 'sms', to: 'split' },
        { from: 'split', label: 'A', to: 'wait' },
        { from: 'split', label: 'B', to: 'wait' },
      ];
    },
    ['shares_not_whole split'],
  ],
];

describe('checkStrategy', () => {
  it.each(CASES)('finds %s', (_, spoil, codes) => {
    const draft = sound();
    spoil(draft);
    const found = checkStrategy(strategyDocumentSchema.parse(draft));
    expect(found.map((each) => (each.nodeId ? `${each.code} ${each.nodeId}` : each.code)).sort()).toEqual(
      [...codes].sort(),
    );
    for (const each of found) expect(`${each.en}${each.zh}`).not.toMatch(/\{\w+\}|undefined/);
  });
});

describe('matchesEvent', () => {
  const properties = { kind: 'wealth', amount: 100, text: '100', vip: true, nothing: null };
  const matches = (condition: Omit<PropertyCondition, 'property'> & { property: string }): boolean =>
    matchesEvent(
      { event: 'purchase', where: [condition] },
      { event: 'purchase', properties },
      { seen: 'wealth' },
    );
  // [property, operator, value, result]: a comparison with a missing value is false, also `ne`.
  const TABLE: [string, PropertyCondition['operator'], PropertyCondition['value'], boolean][] = [
    ['kind', 'eq', 'wealth', true],
    ['kind', 'ne', 'fund', true],
    ['kind', 'in', ['fund', 'wealth'], true],
    ['kind', 'in', [], false],
    ['amount', 'gte', 100, true],
    ['amount', 'gt', 100, false],
    ['text', 'lt', 101, true],
    ['kind', 'gt', 5, false],
    ['kind', 'ne', 5, true],
    ['vip', 'eq', true, true],
    ['vip', 'eq', 'true', true],
    ['missing', 'eq', 'wealth', false],
    ['missing', 'ne', 'wealth', false],
    ['missing', 'missing', undefined, true],
    ['nothing', 'missing', undefined, true],
    ['nothing', 'exists', undefined, false],
    ['kind', 'eq', undefined, false],
  ];
  it.each(TABLE)('%s %s %j is %s', (property, operator, value, result) => {
    expect(matches({ property, operator, value })).toBe(result);
  });

  it('compares with what brought the person in', () => {
    expect(matches({ property: 'kind', operator: 'eq', sameAs: 'seen' })).toBe(true);
    expect(matches({ property: 'kind', operator: 'eq', sameAs: 'unseen' })).toBe(false);
  });
});

describe('canonicalJson', () => {
  it('is the same whatever the order of members, and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [1, { d: undefined, c: null }], a: '名' })).toBe(
      '{"a":"名","b":[1,{"c":null}]}',
    );
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  });
});
