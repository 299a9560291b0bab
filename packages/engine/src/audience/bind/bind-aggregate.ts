import {
  formatValue,
  type AggregateFunction,
  type EventSource,
  type TimeWindow,
  type Value,
} from '@wutong/contract';
import { DAY_MS } from '../calendar.ts';
import type { BoundEventSource, BoundSource, BoundValue, EqlType } from './bound.ts';
import { refuse, requireType, type Binder, type Scope } from './binder.ts';
import { bindEventSource, bindFarDetails, bindSource, type FarDetails } from './bind-source.ts';
import { bindProperty } from './bind-name.ts';

type Of<Kind extends Value['kind']> = Extract<Value, { kind: Kind }>;

/** `count`, `sum`, … over events, details, related entities or the details of these. */
export function bindAggregate(binder: Binder, node: Of<'aggregate'>, scope: Scope): BoundValue {
  const far = node.source.kind === 'related' ? bindFarDetails(binder, node.source, scope) : undefined;
  if (far) return bindFarAggregate(binder, node, scope, far);
  const source = bindSource(binder, node.source, scope);
  const property = source.property;
  checkProperty(binder, node, scope, source);
  const hasTime = source.kind !== 'relation';
  if (!hasTime && ['first', 'last', 'nth', 'days'].includes(node.function)) {
    return refuse(binder, node, scope, {
      code: 'not_allowed_here',
      en: `“${node.function}” needs a time, and related entities have none.`,
      zh: `“${node.function}”需要时间，而关联实体没有时间。`,
    });
  }
  if (node.by && source.kind !== 'detail') {
    return refuse(binder, node, scope, {
      code: 'not_allowed_here',
      en: '“by day” is for details; use days(…) for events.',
      zh: 'by day 只用于明细；事件请用 days(…)。',
    });
  }
  const counting = ['count', 'distinct', 'days'].includes(node.function);
  const type: EqlType = counting ? 'number' : (property?.type ?? 'number');
  return {
    kind: 'aggregate',
    function: node.function,
    nth: node.nth,
    source,
    byDay: node.by === 'day',
    timeZone: binder.environment.time.timeZone,
    type,
    unit: counting ? undefined : property?.unit,
  };
}

type Aggregate = Extract<BoundValue, { kind: 'aggregate' }>;

/** How what is known of each far end gives what is asked of all of them. */
const TOGETHER: Partial<Record<AggregateFunction, AggregateFunction>> = {
  count: 'sum',
  sum: 'sum',
  min: 'min',
  max: 'max',
};

/** `sum(company.loan.amount)`: the sum of each company's sum. A detail has one owner, so that it counts once. */
function bindFarAggregate(
  binder: Binder,
  node: Of<'aggregate'>,
  scope: Scope,
  { relation, details }: FarDetails,
): BoundValue {
  checkProperty(binder, node, scope, details);
  if (node.by || (node.function !== 'avg' && !TOGETHER[node.function])) {
    const far = (node.source as { name: string }).name;
    refuse(binder, node, scope, {
      code: 'not_allowed_here',
      en: `Over the details of several “${far}” there are count, sum, avg, min and max; ask anything else of each “${far}”.`,
      zh: `跨“${far}”汇总明细只能用 count、sum、avg、min、max；其他请对每个“${far}”判断。`,
      suggestion: `any ${far} where (…)`,
    });
  }
  const { timeZone } = binder.environment.time;
  const over = (inner: AggregateFunction): Aggregate => {
    const isCount = inner === 'count';
    const type = isCount ? 'number' : (details.property?.type ?? 'number');
    const shape = { kind: 'aggregate', byDay: false, timeZone, type } as const;
    const unit = isCount ? undefined : details.property?.unit;
    const property: Aggregate = { ...shape, function: inner, source: details, unit };
    return { ...shape, function: TOGETHER[inner] ?? inner, source: { ...relation, property }, unit };
  };
  if (node.function !== 'avg') return over(node.function);
  const sum = over('sum');
  return {
    kind: 'arithmetic',
    operator: '/',
    left: sum,
    right: over('count'),
    type: 'number',
    unit: sum.unit,
  };
}

function checkProperty(binder: Binder, node: Of<'aggregate'>, scope: Scope, source: BoundSource): void {
  const { property } = source;
  if (node.function === 'count' || node.function === 'days') return;
  if (!property) {
    refuse(binder, node, scope, {
      code: 'type_mismatch',
      en: `“${node.function}” needs a property: ${node.function}(event name.property).`,
      zh: `“${node.function}”需要指明属性，例如 ${node.function}(event 名称.属性)。`,
    });
  }
  const wanted: readonly EqlType[] =
    node.function === 'sum' || node.function === 'avg' || node.by
      ? ['number']
      : ['number', 'text', 'date', 'instant', 'boolean'];
  requireType(binder, node, scope, property, wanted);
}

const TWELVE_WEEKS: TimeWindow = { kind: 'rolling', direction: 'last', amount: 12, unit: 'week' };

/** Share of the window's hours, days or weeks in which the event happened. */
export function bindActiveShare(binder: Binder, node: Of<'activeShare'>, scope: Scope): BoundValue {
  const source = bindEventSource(binder, node.source, scope);
  const window = node.source.window;
  const lengths: Partial<Record<string, number>> = { hour: DAY_MS / 24, day: DAY_MS, week: 7 * DAY_MS };
  const bucketMs = window?.kind === 'rolling' ? lengths[window.unit] : undefined;
  if (window?.kind !== 'rolling' || window.direction !== 'last' || !bucketMs) {
    return refuse(binder, node, scope, {
      code: 'bad_window',
      en: 'Here “within last N hours, days or weeks” is needed.',
      zh: 'active_share 需要 within last N hours、days 或 weeks。',
      suggestion: formatValue({ ...node, source: { ...node.source, window: TWELVE_WEEKS } }),
    });
  }
  const { now } = binder.environment.time;
  return { kind: 'activeShare', source, now, bucketMs, buckets: window.amount, type: 'number' };
}

/** Longest run of consecutive days, weeks, months … with the event. */
export function bindStreak(binder: Binder, node: Of<'streak'>, scope: Scope): BoundValue {
  const source = bindEventSource(binder, node.source, scope);
  return { kind: 'streak', source, by: node.by, type: 'number' };
}

/** Days between one event and the next: their average, or how much they vary (standard deviation / average). */
export function bindGap(binder: Binder, node: Of<'gap'>, scope: Scope): BoundValue {
  return {
    kind: 'gap',
    measure: node.measure,
    source: bindEventSource(binder, node.source, scope),
    type: 'number',
  };
}

/** The most frequent, or heaviest, values of a property, as texts; numbers as they are written in EQL. */
export function bindTop(binder: Binder, node: Of<'top'>, scope: Scope): BoundValue {
  const source = bindPropertySource(binder, node.source, scope, ['text', 'number']);
  let weight: BoundValue | undefined;
  if (node.by.function === 'sum') {
    const inner: Scope = {
      subject: { kind: 'event' },
      event: node.source.event,
      row: true,
      path: scope.path,
    };
    weight = bindProperty(binder, node.source, node.by.property ?? '', inner);
    requireType(binder, node, scope, weight, ['number']);
  }
  return { kind: 'top', amount: node.amount, source, weight, type: 'list' };
}

/** The share of each value of a property. */
export function bindDistribution(binder: Binder, node: Of<'distribution'>, scope: Scope): BoundValue {
  return {
    kind: 'distribution',
    source: bindPropertySource(binder, node.source, scope, ['text']),
    type: 'map',
  };
}

function bindPropertySource(
  binder: Binder,
  node: EventSource,
  scope: Scope,
  types: readonly EqlType[],
): BoundEventSource {
  const source = bindEventSource(binder, node, scope);
  if (!source.property) {
    return refuse(binder, node, scope, {
      code: 'type_mismatch',
      en: 'Say of which property: event name.property.',
      zh: '请指明属性，例如 event 名称.属性。',
    });
  }
  requireType(binder, node, scope, source.property, types);
  return source;
}
