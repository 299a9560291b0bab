import type { Condition, EventSource, RelatedSource, TimeWindow, Value } from '@wutong/contract';
import fc from 'fast-check';

const number = fc
  .integer({ min: -2, max: 12 })
  .map((value): Value => ({ kind: 'number', value: value + 0.25 }));
const small = fc.integer({ min: 0, max: 6 }).map((value): Value => ({ kind: 'number', value }));
const text = fc
  .constantFrom('北京', '上海', 'Paris', '', 'wealth', 'fund', 'p1', 'app')
  .map((value): Value => ({ kind: 'text', value }));
const date = fc
  .constantFrom('2026-03-02', '2026-02-20', '2000-02-29', '2026-03-09')
  .map((value): Value => ({ kind: 'date', value }));
const attribute = (...path: string[]): Value => ({ kind: 'attribute', path });

const unit = fc.constantFrom(
  'hour' as const,
  'day' as const,
  'week' as const,
  'month' as const,
  'trading_day' as const,
);
const moment = fc.oneof(
  fc.record({ kind: fc.constant('date' as const), value: fc.constantFrom('2026-02-20', '2026-03-01') }),
  fc.record({
    kind: fc.constant('relative' as const),
    direction: fc.constantFrom('ago' as const, 'ahead' as const),
    amount: fc.integer({ min: 1, max: 9 }),
    unit,
  }),
);
/** Windows of every kind. */
export const randomWindow: fc.Arbitrary<TimeWindow> = fc.oneof(
  fc.record({
    kind: fc.constant('rolling' as const),
    direction: fc.constantFrom('last' as const, 'last' as const, 'next' as const),
    amount: fc.integer({ min: 1, max: 9 }),
    unit,
  }),
  fc.record({
    kind: fc.constant('calendar' as const),
    which: fc.constantFrom('last' as const, 'this' as const, 'next' as const),
    unit: fc.constantFrom(
      'day' as const,
      'week' as const,
      'month' as const,
      'quarter' as const,
      'year' as const,
    ),
  }),
  fc.record({ kind: fc.constant('between' as const), from: moment, to: moment }),
  fc.record({ kind: fc.constant('between' as const), from: moment }),
);

const operator = fc.constantFrom(
  '=' as const,
  '!=' as const,
  '<' as const,
  '<=' as const,
  '>' as const,
  '>=' as const,
);
/** A clause that is there so often in a hundred; too many clauses would leave no rows to disagree about. */
const optional = <T, Key extends string>(
  arbitrary: fc.Arbitrary<T>,
  key: Key,
  percent = 35,
): fc.Arbitrary<Partial<Record<Key, T>>> =>
  fc.oneof(
    { weight: percent, arbitrary: arbitrary.map((value) => ({ [key]: value }) as Record<Key, T>) },
    { weight: 100 - percent, arbitrary: fc.constant({}) },
  );

/** What may stand in a comparison of one subject: a value, and literals of its type. */
interface Comparable {
  readonly value: fc.Arbitrary<Value>;
  readonly literal: fc.Arbitrary<Value>;
}

function isAbove(one: Value, other: Value): boolean {
  if (one.kind === 'number' && other.kind === 'number') return one.value > other.value;
  return one.kind === 'date' && other.kind === 'date' && one.value > other.value;
}

function comparisons(all: readonly Comparable[]): fc.Arbitrary<Condition> {
  return fc.oneof(
    ...all.map(({ value, literal }) =>
      fc.oneof(
        fc.record({ kind: fc.constant('compare' as const), operator, left: value, right: literal }),
        fc.tuple(value, literal, literal).map(([each, one, other]): Condition => {
          // Mostly from the lower to the higher one: between the other way round there is nothing.
          const [low, high] = isAbove(one, other) ? [other, one] : [one, other];
          return { kind: 'between', value: each, low, high };
        }),
        fc
          .tuple(value, fc.array(literal, { minLength: 1, maxLength: 3 }), fc.boolean())
          .map(([each, items, negated]): Condition => ({
            kind: 'oneOf',
            value: each,
            list: { kind: 'list', items },
            ...(negated ? { negated } : {}),
          })),
        fc.record({ kind: fc.constant('missing' as const), value, negated: fc.boolean() }),
      ),
    ),
  );
}

/** Beside a time seen from now, on either side. */
const besideNow = (value: fc.Arbitrary<Value>): fc.Arbitrary<Condition> =>
  fc
    .tuple(
      value,
      operator,
      fc.record({
        kind: fc.constant('relative' as const),
        direction: fc.constantFrom('ago' as const, 'ago' as const, 'ahead' as const),
        amount: fc.integer({ min: 1, max: 40 }),
        unit,
      }),
      fc.boolean(),
    )
    .map(([left, sign, right, mirrored]): Condition => ({
      kind: 'compare',
      operator: sign,
      ...(mirrored ? { left: right, right: left } : { left, right }),
    }));
const inWindow = (value: fc.Arbitrary<Value>): fc.Arbitrary<Condition> =>
  fc.record({ kind: fc.constant('inWindow' as const), value, window: randomWindow });
const textual = (value: fc.Arbitrary<Value>): fc.Arbitrary<Condition> =>
  fc.record({
    kind: fc.constant('text' as const),
    operator: fc.constantFrom(
      'contains' as const,
      'starts with' as const,
      'ends with' as const,
      'matches' as const,
    ),
    value,
    pattern: fc
      .constantFrom('a', 'P', '京', 'w.*h', '^f')
      .map((each): Value => ({ kind: 'text', value: each.replace(/[.*^]/g, '') || each })),
    negated: fc.boolean(),
  });
/** Weights that leave people on both sides: an `and` of two random conditions seldom holds for anybody. */
const joined = (inner: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> =>
  fc.oneof(
    { weight: 8, arbitrary: inner },
    { weight: 1, arbitrary: fc.tuple(inner, inner).map((items): Condition => ({ kind: 'and', items })) },
    { weight: 2, arbitrary: fc.tuple(inner, inner).map((items): Condition => ({ kind: 'or', items })) },
    { weight: 1, arbitrary: inner.map((item): Condition => ({ kind: 'not', item })) },
  );

const property = (name: string): fc.Arbitrary<Value> => fc.constant(attribute(name));

const eventConditions: Readonly<Record<string, fc.Arbitrary<Condition>>> = {
  view_product: joined(
    fc.oneof(
      comparisons([
        { value: property('category'), literal: text },
        { value: property('seconds'), literal: number },
        { value: property('until'), literal: date },
        {
          value: property('first'),
          literal: fc.boolean().map((value): Value => ({ kind: 'boolean', value })),
        },
      ]),
      inWindow(fc.constantFrom(attribute('shown_at'), attribute('until'), attribute('time'))),
      textual(property('category')),
      fc.record({
        kind: fc.constant('listHas' as const),
        quantifier: fc.constantFrom('any' as const, 'all' as const),
        value: property('labels'),
        list: fc.constant<Value>({
          kind: 'list',
          items: [
            { kind: 'text', value: 'a' },
            { kind: 'text', value: 'b' },
          ],
        }),
      }),
    ),
  ),
  purchase: joined(
    comparisons([
      { value: property('category'), literal: text },
      { value: property('amount'), literal: number },
    ]),
  ),
  login: joined(comparisons([{ value: property('channel'), literal: text }])),
  trade: joined(comparisons([{ value: property('amount'), literal: number }])),
};

const CLOCKS = [
  { from: '08:00', to: '20:00' },
  { from: '22:00', to: '06:00' },
] as const;

/** Events with or without condition, window, weekdays and times of day. */
function eventSource(
  names: readonly string[],
  name?: string,
  percent: { where: number; window: number } = { where: 35, window: 35 },
): fc.Arbitrary<EventSource> {
  return fc.constantFrom(...names).chain((event) =>
    fc
      .tuple(
        optional(eventConditions[event]!, 'where', percent.where),
        optional(randomWindow, 'window', percent.window),
        optional(fc.constantFrom([1], [5, 6, 7]), 'weekdays', 12),
        optional(fc.constantFrom(...CLOCKS), 'timeOfDay', 12),
      )
      .map((parts): EventSource => ({
        kind: 'event',
        event,
        ...(name === undefined ? {} : { property: name }),
        ...Object.assign({}, ...parts),
      })),
  );
}
const anyEvent = eventSource(['view_product', 'purchase', 'login', 'trade']);
const numbered = fc.oneof(
  eventSource(['purchase', 'trade'], 'amount'),
  eventSource(['view_product'], 'seconds'),
);
const categorised = eventSource(['view_product', 'purchase'], 'category');

const holdingWhere = joined(
  fc.oneof(
    comparisons([
      { value: property('amount'), literal: number },
      { value: fc.constant(attribute('product', 'kind')), literal: text },
      { value: fc.constant(attribute('product', 'risk')), literal: number },
    ]),
    inWindow(property('maturity_date')),
  ),
);
const detail = (name: string, where: fc.Arbitrary<Condition>, path?: string[]): fc.Arbitrary<RelatedSource> =>
  fc
    .tuple(optional(where, 'where', 50), optional(randomWindow, 'window', 25))
    .map((parts): RelatedSource => ({
      kind: 'related',
      name,
      ...(path ? { property: path } : {}),
      ...Object.assign({}, ...parts),
    }));
const balanceWhere = comparisons([{ value: property('aum'), literal: number }]);
const loanWhere = joined(
  fc.oneof(comparisons([{ value: property('status'), literal: text }]), inWindow(property('end_date'))),
);

const quantified = (source: fc.Arbitrary<RelatedSource>): fc.Arbitrary<Condition> =>
  fc.record({
    kind: fc.constant('related' as const),
    quantifier: fc.constantFrom('any' as const, 'all' as const, 'none' as const),
    source,
  });
const aggregate = (
  names: readonly ('count' | 'sum' | 'avg' | 'min' | 'max' | 'distinct' | 'days' | 'first' | 'last')[],
  source: fc.Arbitrary<EventSource | RelatedSource>,
): fc.Arbitrary<Value> =>
  fc.record({ kind: fc.constant('aggregate' as const), function: fc.constantFrom(...names), source });

const companyWhere = joined(
  fc.oneof(
    comparisons([
      { value: property('size'), literal: number },
      { value: aggregate(['count'], detail('loan', loanWhere)), literal: small },
    ]),
    quantified(detail('loan', loanWhere)),
    // A relation of a type with itself, one hop further.
    quantified(
      optional(comparisons([{ value: property('size'), literal: number }]), 'where').map((where) => ({
        kind: 'related' as const,
        name: 'company',
        via: 'parent',
        ...where,
      })),
    ),
  ),
);
const company = (path?: string[]): fc.Arbitrary<RelatedSource> =>
  optional(companyWhere, 'where').map((where) => ({
    kind: 'related' as const,
    name: 'company',
    via: 'legal_representative',
    ...(path ? { property: path } : {}),
    ...where,
  }));

/** Details of what stands at the far ends of a relation. */
const companyLoan = (path: string[] = []): fc.Arbitrary<RelatedSource> =>
  detail('company', loanWhere, ['loan', ...path]).map((source) => ({
    ...source,
    via: 'legal_representative',
  }));

/** Numbers of a person: attributes, aggregates, shapes, standings, calculations with them. */
const numbers: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(attribute('age'), attribute('aum'), { kind: 'tag', tag: 'score' } as Value),
  aggregate(['count', 'days'], anyEvent),
  aggregate(['sum', 'avg', 'min', 'max', 'distinct', 'first', 'last', 'count'], numbered),
  fc.record({
    kind: fc.constant('aggregate' as const),
    function: fc.constant('nth' as const),
    nth: fc.integer({ min: 1, max: 3 }),
    source: numbered,
  }),
  aggregate(
    ['sum', 'avg', 'min', 'max', 'distinct', 'first', 'last', 'count'],
    detail('holding', holdingWhere, ['amount']),
  ),
  aggregate(['sum', 'max'], detail('holding', holdingWhere, ['product', 'risk'])),
  fc.record({
    kind: fc.constant('aggregate' as const),
    function: fc.constantFrom(
      'avg' as const,
      'min' as const,
      'max' as const,
      'sum' as const,
      'count' as const,
      'first' as const,
      'last' as const,
    ),
    source: detail('balance', balanceWhere, ['aum']),
    by: fc.constant('day' as const),
  }),
  aggregate(['sum', 'avg', 'max', 'count', 'distinct'], company(['size'])),
  aggregate(['sum', 'avg', 'min', 'max', 'count'], companyLoan(['amount'])),
  aggregate(['count'], companyLoan()),
  fc.record({
    kind: fc.constant('streak' as const),
    source: anyEvent,
    by: fc.constantFrom(
      'day' as const,
      'week' as const,
      'month' as const,
      'quarter' as const,
      'year' as const,
    ),
  }),
  fc.record({
    kind: fc.constant('gap' as const),
    measure: fc.constantFrom('average' as const, 'variation' as const),
    source: anyEvent,
  }),
  fc
    .tuple(
      anyEvent,
      fc.constantFrom('hour' as const, 'day' as const, 'week' as const),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([source, each, amount]): Value => ({
      kind: 'activeShare',
      source: { ...source, window: { kind: 'rolling', direction: 'last', amount, unit: each } },
    })),
  fc.constantFrom<Value>(
    {
      kind: 'arithmetic',
      operator: '*',
      left: { kind: 'percentile', value: attribute('aum') },
      right: { kind: 'number', value: 10 },
    },
    { kind: 'rank', value: attribute('aum') },
  ),
  aggregate(['count'], anyEvent).map((value): Value => ({ kind: 'rank', value })),
  fc.record({
    kind: fc.constant('elapsed' as const),
    unit: fc.constantFrom('days' as const, 'months' as const, 'years' as const),
    direction: fc.constantFrom('since' as const, 'until' as const),
    value: fc.constantFrom(attribute('birth_date'), attribute('opened_at')),
  }),
  fc.constant<Value>({ kind: 'daysIn', segment: 'imported' }),
  fc
    .tuple(aggregate(['count'], anyEvent), aggregate(['count'], anyEvent))
    .map(([part, whole]): Value => ({ kind: 'share', part, whole })),
  fc.record({
    kind: fc.constant('arithmetic' as const),
    operator: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
    left: fc.constant(attribute('aum')),
    right: fc.oneof(number, fc.constant(attribute('age'))),
  }),
  fc.record({
    kind: fc.constant('call' as const),
    function: fc.constantFrom('abs' as const, 'round' as const),
    value: fc.constant(attribute('aum')),
  }),
  fc.constantFrom<Value>(
    { kind: 'call', function: 'size', value: attribute('interests') },
    { kind: 'call', function: 'length', value: attribute('city') },
    ...(['year', 'month', 'day', 'weekday'] as const).flatMap((each): Value[] => [
      { kind: 'call', function: each, value: attribute('birth_date') },
      { kind: 'call', function: each, value: attribute('opened_at') },
    ]),
    { kind: 'call', function: 'hour', value: attribute('opened_at') },
  ),
);

const top = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.boolean(),
    fc.oneof(eventSource(['purchase'], 'category'), eventSource(['purchase'], 'amount')),
  )
  .map(([amount, weighed, source]): Value => ({
    kind: 'top',
    amount,
    source,
    by: weighed ? { function: 'sum', property: 'amount' } : { function: 'count' },
  }));

const texts: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(
    attribute('city'),
    attribute('managed_by'),
    attribute('managed_by', 'branch'),
    { kind: 'tag', tag: 'level' },
    { kind: 'call', function: 'lower', value: attribute('city') },
  ),
  aggregate(['min', 'max', 'first', 'last'], categorised),
);

const steps = (names: readonly string[]) =>
  fc.record({
    // Each clause of each step takes people away.
    source: eventSource(names, undefined, { where: 15, window: 15 }),
    within: fc.option(
      fc.record({
        amount: fc.integer({ min: 1, max: 30 }),
        unit: fc.constantFrom('hour' as const, 'day' as const, 'day' as const, 'day' as const),
      }),
      { nil: undefined },
    ),
  });
const sequenceOf = (step: ReturnType<typeof steps>, property: string): fc.Arbitrary<Condition> =>
  fc
    .tuple(
      fc.array(step, { minLength: 2, maxLength: 3 }),
      fc.constantFrom('none' as const, 'middle' as const, 'end' as const),
      step,
      fc.option(fc.constant(property), { nil: undefined }),
    )
    .map(([positives, negation, negated, same]): Condition => {
      const positive = positives.map((each, index) =>
        index === 0 || !each.within ? { source: each.source } : { source: each.source, within: each.within },
      );
      const [first, ...others] = positive;
      const all =
        negation === 'middle'
          ? [first!, { source: negated.source, negated: true }, ...others]
          : negation === 'end'
            ? [
                ...positive,
                {
                  source: negated.source,
                  negated: true,
                  ...(negated.within ? { within: negated.within } : {}),
                },
              ]
            : positive;
      return { kind: 'sequence', steps: all, ...(same === undefined ? {} : { same }) };
    });
const sequence = fc.oneof(
  sequenceOf(steps(['view_product', 'purchase']), 'product_id'),
  sequenceOf(steps(['purchase', 'trade']), 'amount'),
);

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 6, arbitrary: comparisons([{ value: numbers, literal: fc.oneof(number, small) }]) },
  {
    weight: 2,
    arbitrary: comparisons([
      { value: texts, literal: text },
      { value: fc.constant(attribute('birth_date')), literal: date },
      { value: fc.constant(attribute('opened_at')), literal: date },
    ]),
  },
  { weight: 1, arbitrary: textual(texts) },
  {
    weight: 2,
    arbitrary: inWindow(
      fc.oneof(
        fc.constantFrom<Value>(attribute('birth_date'), attribute('opened_at'), {
          kind: 'anniversary',
          value: attribute('birth_date'),
        }),
        aggregate(['max', 'min', 'first', 'last'], eventSource(['login', 'purchase'], 'time')),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: besideNow(
      fc.oneof(
        fc.constantFrom<Value>(attribute('birth_date'), attribute('opened_at')),
        aggregate(['max', 'min', 'first', 'last'], eventSource(['login', 'purchase'], 'time')),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a', 'z').map((value): Condition => ({
      kind: 'text',
      operator: 'contains',
      value: attribute('interests'),
      pattern: { kind: 'text', value },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('oneOf' as const),
      value: text,
      list: top,
      negated: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('missing' as const),
      value: fc.oneof(top, fc.constant(attribute('interests'))),
      negated: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('did' as const), source: anyEvent }) },
  { weight: 4, arbitrary: sequence },
  { weight: 2, arbitrary: quantified(detail('holding', holdingWhere)) },
  { weight: 2, arbitrary: quantified(company()) },
  { weight: 1, arbitrary: quantified(companyLoan()) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('consents' as const),
      purpose: fc.constant('marketing'),
      channel: fc.constantFrom('sms', 'push', 'email'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Condition>(
      { kind: 'inSegment', segment: 'imported' },
      { kind: 'inSegment', segment: '成年人' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('changed' as const),
      direction: fc.constantFrom('entered' as const, 'left' as const),
      segment: fc.constant('imported'),
      window: randomWindow,
    }),
  },
);

/** A condition about a person, of any kind. */
export const randomCondition: fc.Arbitrary<Condition> = joined(joined(leaf));

/** A condition about a company, which may go back to people. */
export const randomCompanyCondition: fc.Arbitrary<Condition> = fc.oneof(
  companyWhere,
  quantified(
    optional(leaf, 'where').map((where) => ({ kind: 'related' as const, name: 'person', ...where })),
  ),
);

/** A number or a text of a person. */
export const randomValue: fc.Arbitrary<Value> = fc.oneof(
  numbers,
  texts,
  top,
  categorised.map((source): Value => ({ kind: 'distribution', source })),
);
