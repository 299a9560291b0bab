import { conditionSchema, type Condition } from '@wutong/contract';
import { DAY_MS } from '../calendar.ts';
import { conditionInEachZone } from './bind-each-zone.ts';
import { bindList } from './bind-list.ts';
import { bindWindow } from './bind-window.ts';
import {
  anniversaryWithin,
  bindCompare,
  bindOneOf,
  bindText,
  compared,
  convertText,
  requireItems,
} from './bind-comparison.ts';
import type { BoundCondition, BoundValue, EqlType } from './bound.ts';
import { refuse, requireType, type Binder, type Scope } from './binder.ts';
import { bindEventSource, bindRelated } from './bind-source.ts';
import { bindConsents } from './bind-consents.ts';
import { bindProperty } from './bind-name.ts';
import { findSegment, refuseOutsidePerson } from './bind-value.ts';

type Of<Kind extends Condition['kind']> = Extract<Condition, { kind: Kind }>;

/** Binds a condition of any kind. */
export function bindCondition(binder: Binder, node: Condition, scope: Scope): BoundCondition {
  switch (node.kind) {
    case 'and':
    case 'or':
      return {
        kind: node.kind,
        items: node.items.map((item, index) =>
          binder.condition(item, { ...scope, path: `${scope.path}.items[${index}]` }),
        ),
      };
    case 'not':
      return { kind: 'not', item: binder.condition(node.item, { ...scope, path: `${scope.path}.item` }) };
    case 'compare':
      return bindCompare(binder, node, scope);
    case 'oneOf':
      return bindOneOf(binder, node, scope);
    case 'between': {
      const { value, low, high } = node;
      return {
        kind: 'and',
        items: [
          bindCompare(binder, { kind: 'compare', operator: '>=', left: value, right: low }, scope, node),
          bindCompare(binder, { kind: 'compare', operator: '<=', left: value, right: high }, scope, node),
        ],
      };
    }
    case 'text':
      return bindText(binder, node, scope);
    case 'listHas': {
      const value = binder.value(node.value, scope);
      requireType(binder, node.value, scope, value, ['list']);
      const list = bindList(binder, node.list, scope);
      requireItems(binder, node.list, scope, list);
      requireType(binder, node.list, scope, list, ['text']);
      return { kind: 'listHas', quantifier: node.quantifier, value: compared(binder, scope, value), list };
    }
    case 'missing':
      return { kind: 'missing', value: binder.value(node.value, scope), negated: node.negated === true };
    case 'inWindow': {
      const value = convertText(binder, node.value, scope, binder.value(node.value, scope), 'date');
      requireType(binder, node.value, scope, value, ['date', 'instant']);
      const window = bindWindow(binder, node, scope, node.window);
      return { kind: 'range', value: anniversaryWithin(compared(binder, scope, value), window), window };
    }
    case 'related':
      return bindRelated(binder, node, scope);
    case 'did':
      return bindDid(binder, node, scope);
    case 'sequence':
      return bindSequence(binder, node, scope);
    case 'consents':
      return bindConsents(binder, node, scope);
    case 'inSegment':
      return bindInSegment(binder, node, scope);
    case 'changed': {
      refuseOutsidePerson(binder, node, scope);
      const { segmentId } = findSegment(binder, node, node.segment, scope);
      const window = bindWindow(binder, node, scope, node.window);
      return { kind: 'changed', direction: node.direction, segmentId, window };
    }
  }
}

/** `did` is a count above zero, so that it shares its scan with counts of the same events. */
function bindDid(binder: Binder, node: Of<'did'>, scope: Scope): BoundCondition {
  const source = bindEventSource(binder, node.source, scope);
  const count: BoundValue = {
    kind: 'aggregate',
    function: 'count',
    source,
    byDay: false,
    timeZone: binder.environment.time.timeZone,
    type: 'number',
  };
  return {
    kind: 'compare',
    operator: '>',
    left: count,
    right: { kind: 'literal', value: 0, type: 'number' },
  };
}

const STEP_UNITS_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
  week: 7 * DAY_MS,
};

function bindSequence(binder: Binder, node: Of<'sequence'>, scope: Scope): BoundCondition {
  const last = node.steps.length - 1;
  const steps = node.steps.map((step, index) => {
    const withinMs = step.within
      ? (STEP_UNITS_MS[step.within.unit] ?? Number.NaN) * step.within.amount
      : undefined;
    const refuseStep = (en: string, zh: string): never =>
      refuse(binder, step, scope, { code: 'not_allowed_here', en, zh });
    if (Number.isNaN(withinMs))
      refuseStep('Steps are minutes, hours, days or weeks apart.', '步骤间隔只能用分钟、小时、天或周。');
    if (index === 0 && (step.negated || step.within)) {
      refuseStep(
        'The first step is an event that happened, without “within N hours”.',
        '第一步必须是已发生的事件，且不带间隔。',
      );
    }
    if (step.negated && index < last && step.within) {
      refuseStep(
        '“not” between two steps covers all the time between them.',
        '中间的 not 覆盖两步之间的全部时间，不能再限时。',
      );
    }
    if (step.negated && node.steps[index - 1]?.negated) {
      refuseStep('Join two “not” steps into one with “or” in “where”.', '请把连续的 not 步骤合并为一个。');
    }
    const source = bindEventSource(binder, step.source, scope);
    return { source, negated: step.negated === true, withinMs };
  });
  const same = node.same === undefined ? undefined : bindSame(binder, node, node.same, scope);
  return { kind: 'sequence', steps, same, now: binder.environment.time.now };
}

/** The property that all steps share must be of one type in all of them. */
function bindSame(
  binder: Binder,
  node: Of<'sequence'>,
  property: string,
  scope: Scope,
): { property: string; type: EqlType } {
  let type: EqlType | undefined;
  for (const step of node.steps) {
    const inner: Scope = {
      subject: { kind: 'event' },
      event: step.source.event,
      row: true,
      path: scope.path,
    };
    const value = bindProperty(binder, step, property, inner);
    requireType(binder, step, scope, value, type === undefined ? ['text', 'number'] : [type]);
    type = value.type;
  }
  return { property, type: type ?? 'text' };
}

/** A rule segment is put in place, so that it is true now and shares the scans; others are looked up. */
function bindInSegment(binder: Binder, node: Of<'inSegment'>, scope: Scope): BoundCondition {
  refuseOutsidePerson(binder, node, scope);
  const segment = findSegment(binder, node, node.segment, scope);
  if (binder.openSegments.includes(segment.segmentId)) {
    refuse(binder, node, scope, {
      code: 'cycle',
      en: `The segments refer to one another in a circle: ${[...binder.openSegments, segment.segmentId].join(' → ')}.`,
      zh: `人群之间循环引用：${[...binder.openSegments, segment.segmentId].join(' → ')}。`,
    });
  }
  if (!segment.document) return { kind: 'member', segmentId: segment.segmentId, run: segment.run };
  if (segment.document.kind !== 'population' || !segment.document.where)
    return { kind: 'constant', value: true };
  const where = conditionSchema.parse(segment.document.where);
  const inner = binder.inside(segment.segmentId, segment.document.timeZone);
  const at: Scope = { ...scope, path: `segment ${segment.segmentId}` };
  const { timeZoneOf } = segment.document;
  if (timeZoneOf === undefined) return inner.condition(where, at);
  return conditionInEachZone(inner, timeZoneOf, at, (zoned) => zoned.condition(where, at));
}
