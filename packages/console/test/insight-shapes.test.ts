import { describe, expect, test } from 'vitest';
import type { RecencyAnswer } from '@wutong/contract';
import { inOrder, moveTile, packTiles, type Tile } from '../src/pages/insight/boards/pack-tiles.ts';
import { layOutPath } from '../src/pages/insight/path/lay-out-path.ts';
import { nextDate, startOfDate } from '../src/pages/insight/question/bank-dates.ts';
import { firstQuestion } from '../src/pages/insight/question/first-question.ts';
import {
  kindOfSlug,
  behaviourKinds,
  readQuestion,
  slugOf,
  writeQuestion,
} from '../src/pages/insight/question/question.ts';
import { segmentExpression, segmentOf } from '../src/pages/insight/question/segment-expression.ts';
import type { InsightNames, NamedEvent } from '../src/pages/insight/question/use-insight-names.ts';
import { scoresOf, together, valueClasses } from '../src/pages/insight/recency/group-cells.ts';

const event = (name: string, ...numbers: string[]): NamedEvent => ({
  name,
  title: name,
  usage: 1,
  properties: numbers.map((property) => ({ name: property, title: property, numeric: true })),
});

const namesOf = (events: NamedEvent[]): InsightNames => ({
  events,
  attributes: [],
  segments: [],
  tags: [],
  event: (name) => name,
  property: (name) => name,
  attribute: (name) => name,
  shown: ({ event: name }) => name,
});

describe('a question', () => {
  const names = namesOf([event('app_open'), event('view_product'), event('purchase', 'amount')]);

  test.each(behaviourKinds)('%s is the same after the way through the address', (kind) => {
    const question = firstQuestion(kind, names);
    expect(readQuestion(kind, writeQuestion(question))).toEqual(question);
    expect(kindOfSlug(slugOf(kind))).toBe(kind);
  });

  test.each(behaviourKinds)('%s can be asked of a bank without events', (kind) => {
    const question = firstQuestion(kind, namesOf([]));
    expect(readQuestion(kind, writeQuestion(question))).toEqual(question);
  });

  test('an address that was cut, or of another kind, is no question', () => {
    expect(readQuestion('trend', '{"series":[')).toBeUndefined();
    expect(readQuestion('trend', '{"steps":[]}')).toBeUndefined();
    expect(readQuestion('trend', null)).toBeUndefined();
  });

  test('a first funnel goes from opening over looking to buying', () => {
    const funnel = firstQuestion('funnel', names);
    expect(funnel.kind === 'funnel' && funnel.steps.map((step) => step.event)).toEqual([
      'app_open',
      'view_product',
      'purchase',
    ]);
  });

  test('a segment is known by its expression alone', () => {
    expect(segmentOf(segmentExpression('maturing_7d'))).toBe('maturing_7d');
    expect(segmentOf('person where in segment maturing_7d and age >= 30')).toBeUndefined();
  });
});

describe('days of the bank', () => {
  test.each([
    ['2026-11-22', 'Asia/Shanghai', '2026-11-21T16:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00.000Z'],
    ['2026-11-02', 'America/New_York', '2026-11-02T05:00:00.000Z'],
  ])('%s begins in %s at %s', (date, timeZone, instant) => {
    expect(startOfDate(date, timeZone)).toBe(instant);
  });

  test('a day is followed by the next, over months and leap days', () => {
    expect(['2026-12-31', '2028-02-28', '2028-02-29'].map(nextDate)).toEqual([
      '2027-01-01',
      '2028-02-29',
      '2028-03-01',
    ]);
  });
});

const tile = (tileId: string, width: number, height: number): Tile => ({
  tileId,
  title: tileId,
  analysis: { ...firstQuestion('session', namesOf([])), kind: 'session' } as Tile['analysis'],
  place: { column: 0, row: 0, width, height },
});

describe('tiles of a dashboard', () => {
  const tiles = packTiles([tile('a', 6, 9), tile('b', 6, 5), tile('c', 6, 9), tile('d', 12, 4)]);

  test('never lie over one another and stay within the grid', () => {
    const cells = tiles.flatMap(({ place }) =>
      Array.from({ length: place.width * place.height }, (_, index) => {
        const column = place.column + (index % place.width);
        return `${column} ${place.row + Math.floor(index / place.width)}`;
      }),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(tiles.every(({ place }) => place.column + place.width <= 12)).toBe(true);
  });

  test('fill the shorter column first', () => {
    expect(tiles.map(({ tileId, place }) => [tileId, place.column, place.row])).toEqual([
      ['a', 0, 0],
      ['b', 6, 0],
      ['c', 6, 5],
      ['d', 0, 14],
    ]);
  });

  test('are packed the same when they are packed again', () => {
    expect(packTiles(inOrder(tiles))).toEqual(tiles);
  });

  test('move within the order, and no further than its ends', () => {
    expect(moveTile(tiles, 'd', 0).map(({ tileId }) => tileId)).toEqual(['d', 'a', 'b', 'c']);
    expect(moveTile(tiles, 'a', 99).map(({ tileId }) => tileId)).toEqual(['b', 'c', 'd', 'a']);
  });
});

describe('a diagram of paths', () => {
  const answer = {
    nodes: [
      { level: 0, name: 'open', paths: 100, ended: 20 },
      { level: 1, name: 'look', paths: 60, ended: 30 },
      { level: 1, name: 'pay', paths: 20, ended: 20 },
      { level: 2, name: 'buy', paths: 30, ended: 30 },
    ],
    links: [
      { level: 0, from: 'open', to: 'look', paths: 60 },
      { level: 0, from: 'open', to: 'pay', paths: 20 },
      { level: 1, from: 'look', to: 'buy', paths: 30 },
    ],
  };
  const { nodes, links } = layOutPath(answer, { widthPx: 900, heightPx: 400 });

  test('draws nodes and bands on one scale', () => {
    const scale = nodes[0]!.height / 100;
    for (const node of nodes) expect(node.height).toBeCloseTo(node.paths * scale);
    for (const link of links) expect(link.width).toBeCloseTo(link.paths * scale);
  });

  test('keeps bands within the nodes that they leave and reach', () => {
    for (const link of links) {
      const from = nodes.find(({ level, name }) => level === link.level && name === link.from)!;
      const to = nodes.find(({ level, name }) => level === link.level + 1 && name === link.to)!;
      expect(link.y1 - link.width / 2).toBeGreaterThanOrEqual(from.y - 0.01);
      expect(link.y1 + link.width / 2).toBeLessThanOrEqual(from.y + from.height - from.endedHeight + 0.01);
      expect(link.y2 + link.width / 2).toBeLessThanOrEqual(to.y + to.height + 0.01);
    }
  });
});

describe('scores of recency, frequency and value', () => {
  test.each([2, 3, 4, 5, 10])('the eight classes part %i scores without a gap', (buckets) => {
    const all = [...scoresOf(true, buckets), ...scoresOf(false, buckets)];
    expect(all.toSorted((left, right) => left - right)).toEqual(
      Array.from({ length: buckets }, (_, index) => index + 1),
    );
    expect(new Set(Object.values(valueClasses).map(String)).size).toBe(8);
  });

  test('means of several cells are weighed by their people', () => {
    const cell = (people: number, meanValue: number): RecencyAnswer['cells'][number] => ({
      recency: 1,
      frequency: 1,
      value: 1,
      people,
      meanDays: 10,
      meanEvents: 2,
      meanValue,
    });
    expect(together([cell(30, 100), cell(10, 500)])).toEqual({
      people: 40,
      meanDays: 10,
      meanEvents: 2,
      meanValue: 200,
    });
    expect(together([])).toMatchObject({ people: 0, meanValue: 0 });
  });
});
