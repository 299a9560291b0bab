import { describe, expect, test } from 'vitest';
import { strategyDocumentSchema } from '@wutong/contract';
import { edgeKey, layOut, pathThrough } from '../src/pages/strategy/canvas/lay-out.ts';
import { everyMinute, RATE_MINUTES } from '../src/pages/data/minutes.ts';

const document = strategyDocumentSchema.parse({
  format: 1,
  nodes: [
    { id: 'entry', kind: 'entry', source: { type: 'api' } },
    {
      id: 'split',
      kind: 'split',
      branches: [
        { label: 'A', share: 5_000 },
        { label: 'B', share: 5_000 },
      ],
    },
    { id: 'one', kind: 'send', channel: 'sms' },
    { id: 'two', kind: 'send', channel: 'push' },
    { id: 'end', kind: 'exit' },
  ],
  edges: [
    { from: 'entry', to: 'split' },
    { from: 'split', label: 'A', to: 'one' },
    { from: 'split', label: 'B', to: 'two' },
    { from: 'one', to: 'end' },
    { from: 'two', to: 'end' },
  ],
});

describe('the layout of a strategy', () => {
  const placed = layOut(document, ({ label }) => label);

  test('reads from top to bottom: every edge leads down', () => {
    for (const { from, to } of document.edges) {
      const [above, below] = [placed.nodes.get(from)!, placed.nodes.get(to)!];
      expect(above.y + above.height).toBeLessThanOrEqual(below.y);
    }
  });

  test('no two cards overlap', () => {
    const cards = [...placed.nodes.values()];
    for (const [index, card] of cards.entries()) {
      for (const other of cards.slice(index + 1)) {
        const apart =
          card.x + card.width <= other.x ||
          other.x + other.width <= card.x ||
          card.y + card.height <= other.y ||
          other.y + other.height <= card.y;
        expect(apart).toBe(true);
      }
    }
  });

  test('every edge has a way, and the same document the same picture', () => {
    for (const edge of document.edges) expect(placed.edges.get(edgeKey(edge))!.length).toBeGreaterThan(1);
    expect(layOut(document, ({ label }) => label)).toEqual(placed);
  });

  test('an edge to a node that is not there is left out rather than failing', () => {
    const broken = { ...document, edges: [...document.edges, { from: 'one', label: 'next', to: 'gone' }] };
    expect(layOut(broken, () => '').nodes.size).toBe(5);
  });

  test('a path begins and ends where the points do', () => {
    expect(
      pathThrough([
        { x: 0, y: 0 },
        { x: 5, y: 5 },
        { x: 10, y: 0 },
      ]),
    ).toBe('M 0 0 Q 5 5 7.5 2.5 L 10 0');
    expect(pathThrough([])).toBe('');
  });
});

test('silent minutes are minutes too', () => {
  const now = Date.parse('2026-11-14T12:00:30Z');
  const minutes = everyMinute([{ minute: '2026-11-14T11:58:00Z', events: 7 }], now);
  expect(minutes).toHaveLength(RATE_MINUTES);
  expect(minutes.slice(-3).map(({ value }) => value)).toEqual([7, 0, 0]);
});
