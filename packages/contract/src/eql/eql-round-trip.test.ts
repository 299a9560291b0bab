import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  eqlDocumentSchema,
  formatEql,
  parseEql,
  scalarFunctions,
  type Condition,
  type EqlDocument,
  type EventSource,
  type RelatedSource,
  type TimeWindow,
  type Value,
} from './index.ts';

/** Random documents of every node kind. Groups have two items, because a group of one reads as its item. */
const name = fc.oneof(
  fc.constantFrom(
    'aum',
    '等级',
    'last',
    'where',
    'tag',
    'any',
    'two words',
    'a.b',
    'count',
    'event',
    'odd`na``me',
  ),
  fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
);
const text = fc.oneof(fc.constantFrom("it's", '', '张三', '--', '/*'), fc.string({ maxLength: 6 }));
const unit = fc.constantFrom('minute', 'hour', 'day', 'week', 'month', 'quarter', 'year', 'trading_day');
const calendarUnit = fc.constantFrom('day', 'week', 'month', 'quarter', 'year');
const duration = fc.record({ amount: fc.integer({ min: 1, max: 400 }), unit });
const moment = fc.oneof(
  fc.record({ kind: fc.constant('date'), value: fc.constantFrom('2026-01-31', '2024-02-29') }),
  fc.record({
    kind: fc.constant('instant'),
    value: fc.constantFrom('2026-01-31T10:00:00Z', '2026-01-31T10:00:00'),
  }),
  duration.chain((each) =>
    fc.constantFrom('ago', 'ahead').map((direction) => ({ kind: 'relative', direction, ...each })),
  ),
);
const window = fc.oneof(
  duration.chain((each) =>
    fc.constantFrom('last', 'next').map((direction) => ({ kind: 'rolling', direction, ...each })),
  ),
  fc.record({
    kind: fc.constant('calendar'),
    which: fc.constantFrom('last', 'this', 'next'),
    unit: calendarUnit,
  }),
  fc.record({ kind: fc.constant('between'), from: moment, to: moment }),
  fc.record({ kind: fc.constant('between'), from: moment }),
  fc.record({ kind: fc.constant('between'), to: moment }),
) as fc.Arbitrary<TimeWindow>;

const optional = <T>(arbitrary: fc.Arbitrary<T>, key: string): fc.Arbitrary<object> =>
  fc.option(arbitrary, { nil: undefined }).map((value) => (value === undefined ? {} : { [key]: value }));
const merged = (...parts: fc.Arbitrary<object>[]): fc.Arbitrary<object> =>
  fc.tuple(...parts).map((each) => Object.assign({}, ...each) as object);

const { condition, value, eventSource } = fc.letrec<{
  condition: Condition;
  value: Value;
  eventSource: EventSource;
  relatedSource: RelatedSource;
}>((tie) => {
  const where = optional(
    fc.oneof({ maxDepth: 2 }, fc.constant({ kind: 'inSegment', segment: 's' }), tie('condition')),
    'where',
  );
  const eventSource = merged(
    fc.record({ kind: fc.constant('event'), event: fc.oneof(name, fc.constantFrom('*', '$message_sent')) }),
    optional(name, 'property'),
    optional(fc.constantFrom([1], [2, 5], [6, 7]), 'weekdays'),
    optional(fc.constant({ from: '20:00', to: '24:00' }), 'timeOfDay'),
    where,
    optional(window, 'window'),
  );
  const relatedSource = merged(
    fc.record({ kind: fc.constant('related'), name }),
    optional(name, 'via'),
    optional(fc.array(name, { minLength: 1, maxLength: 2 }), 'property'),
    where,
    optional(window, 'window'),
  );
  const leaf = fc.oneof(
    fc.record({
      kind: fc.constant('number'),
      value: fc.oneof(
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => (each === 0 ? 0 : each)),
      ),
    }),
    fc.record({ kind: fc.constant('number'), value: fc.nat(), unit: name }),
    fc.record({ kind: fc.constant('text'), value: text }),
    fc.record({ kind: fc.constant('boolean'), value: fc.boolean() }),
    fc.record({ kind: fc.constant('date'), value: fc.constant('2026-02-28') }),
    fc.record({ kind: fc.constant('instant'), value: fc.constant('2026-02-28T00:00:00+08:00') }),
    fc.record({ kind: fc.constant('parameter'), name: fc.constantFrom('viewer', 'node') }),
    fc.record({ kind: fc.constant('attribute'), path: fc.array(name, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('tag'), tag: name }),
    fc.record({ kind: fc.constant('daysIn'), segment: name }),
    duration.chain((each) =>
      fc.constantFrom('ago', 'ahead').map((direction) => ({ kind: 'relative', direction, ...each })),
    ),
  );
  const sub = tie('value');
  const source = fc.oneof(tie('eventSource'), tie('relatedSource'));
  const value = fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({
      kind: fc.constant('arithmetic'),
      operator: fc.constantFrom('+', '-', '*', '/'),
      left: sub,
      right: sub,
    }),
    fc.record({
      kind: fc.constant('call'),
      function: fc.constantFrom(...scalarFunctions),
      value: sub,
    }),
    fc.record({
      kind: fc.constant('elapsed'),
      unit: fc.constantFrom('days', 'months', 'years'),
      direction: fc.constantFrom('since', 'until'),
      value: sub,
    }),
    fc.record({ kind: fc.constantFrom('anniversary', 'percentile', 'rank'), value: sub }),
    merged(
      fc.record({
        kind: fc.constant('aggregate'),
        function: fc.constantFrom('count', 'sum', 'first'),
        source,
      }),
      optional(fc.constant('day'), 'by'),
    ),
    fc.record({
      kind: fc.constant('aggregate'),
      function: fc.constant('nth'),
      nth: fc.integer({ min: 1, max: 9 }),
      source,
    }),
    fc.record({ kind: fc.constant('share'), part: sub, whole: sub }),
    fc.record({ kind: fc.constantFrom('activeShare', 'distribution'), source: tie('eventSource') }),
    fc.record({ kind: fc.constant('streak'), source: tie('eventSource'), by: calendarUnit }),
    fc.record({
      kind: fc.constant('gap'),
      measure: fc.constantFrom('average', 'variation'),
      source: tie('eventSource'),
    }),
    fc.record({
      kind: fc.constant('top'),
      amount: fc.integer({ min: 1, max: 9 }),
      source: tie('eventSource'),
      by: fc.oneof(
        fc.constant({ function: 'count' }),
        fc.record({ function: fc.constant('sum'), property: name }),
      ),
    }),
  );
  const items = fc.array(tie('condition'), { minLength: 2, maxLength: 3 });
  const list = fc.record({
    kind: fc.constant('list'),
    items: fc.array(leaf, { minLength: 1, maxLength: 3 }),
  });
  const condition = fc.oneof(
    { maxDepth: 3 },
    fc.record({ kind: fc.constant('inSegment'), segment: name }),
    fc.record({
      kind: fc.constant('compare'),
      operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
      left: sub,
      right: sub,
    }),
    fc.record({ kind: fc.constantFrom('and', 'or'), items }),
    fc.record({ kind: fc.constant('not'), item: tie('condition') }),
    merged(
      fc.record({ kind: fc.constant('oneOf'), value: sub, list }),
      optional(fc.constant(true), 'negated'),
    ),
    fc.record({ kind: fc.constant('between'), value: sub, low: sub, high: sub }),
    merged(
      fc.record({
        kind: fc.constant('text'),
        operator: fc.constantFrom('contains', 'starts with', 'ends with', 'matches'),
        value: sub,
        pattern: sub,
      }),
      optional(fc.constant(true), 'negated'),
    ),
    fc.record({ kind: fc.constant('listHas'), quantifier: fc.constantFrom('any', 'all'), value: sub, list }),
    merged(fc.record({ kind: fc.constant('missing'), value: sub }), optional(fc.constant(true), 'negated')),
    fc.record({ kind: fc.constant('inWindow'), value: sub, window }),
    fc.record({
      kind: fc.constant('related'),
      quantifier: fc.constantFrom('any', 'all', 'none'),
      source: tie('relatedSource'),
    }),
    fc.record({ kind: fc.constant('did'), source: tie('eventSource') }),
    merged(
      fc.record({
        kind: fc.constant('sequence'),
        steps: fc.array(
          merged(
            fc.record({ source: tie('eventSource') }),
            optional(fc.constant(true), 'negated'),
            optional(duration, 'within'),
          ),
          { minLength: 2, maxLength: 3 },
        ),
      }),
      optional(fc.oneof(name, fc.constant('$lib')), 'same'),
    ),
    fc.record({ kind: fc.constant('consents'), purpose: text, channel: text }),
    fc.record({
      kind: fc.constant('changed'),
      direction: fc.constantFrom('entered', 'left'),
      segment: name,
      window,
    }),
  );
  return { condition, value, eventSource, relatedSource } as never;
});

const zone = fc.oneof(
  fc.constant({}),
  fc.constant({ timeZone: 'Asia/Tokyo' }),
  name.map((timeZoneOf) => ({ timeZoneOf })),
);
const document = fc.oneof(
  merged(fc.record({ kind: fc.constant('population'), of: name, where: condition }), zone),
  fc.record({ kind: fc.constant('population'), of: fc.constant('person') }),
  merged(fc.record({ kind: fc.constant('value'), value }), zone),
  merged(
    fc.record({
      kind: fc.constant('tier'),
      tiers: fc.array(fc.record({ label: text.filter((each) => each !== ''), when: condition }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    optional(text, 'otherwise'),
  ),
  fc.record({
    kind: fc.constant('rfm'),
    source: eventSource,
    value: name,
    buckets: fc.integer({ min: 2, max: 9 }),
  }),
) as fc.Arbitrary<EqlDocument>;

it('formats every document to text that parses to the same document', () => {
  fc.assert(
    fc.property(document, (each) => {
      const formatted = formatEql(each);
      const parsed = parseEql(formatted);
      expect(parsed.problem, formatted).toBeUndefined();
      expect(parsed.document, formatted).toEqual(each);
      expect(formatEql(parsed.document!)).toBe(formatted);
    }),
    { numRuns: 2_000 },
  );
});

it('answers any text with a document or a problem, never with an exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        document.map((each) => formatEql(each).slice(0, -3)),
      ),
      (each) => {
        const parsed = parseEql(each);
        if (parsed.document) expect(eqlDocumentSchema.safeParse(parsed.document).error).toBeUndefined();
        else expect(parsed.problem.position).toBeDefined();
      },
    ),
    { numRuns: 1_000 },
  );
});

it('refuses bombs before any other work', () => {
  expect(parseEql(`person where ${'('.repeat(15_000)}`).problem?.code).toBe('too_large');
  expect(parseEql(`person where ${'not '.repeat(4_000)}`).problem?.code).toBe('too_large');
  expect(parseEql(`person where ${'a '.repeat(30_000)}`).problem?.code).toBe('too_large');
  expect(parseEql(`person where a = ${'1+'.repeat(5_000)}1`).problem?.code).toBe('too_large');
  let deep: unknown = { kind: 'inSegment', segment: 's' };
  for (let depth = 0; depth < 1_000_000; depth++) deep = { kind: 'not', item: deep };
  expect(eqlDocumentSchema.safeParse({ kind: 'population', of: 'person', where: deep }).success).toBe(false);
});
