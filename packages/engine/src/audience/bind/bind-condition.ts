import { conditionSchema, type Condition } from '@wutong/contract';
import { DAY_MS } from '../calendar.ts';
import { instantOfText, resolveWindow } from '../resolve-window.ts';
import type { BoundCondition, BoundValue } from './bound.ts';
import { refuse, requireType, TYPE_NAMES, type Binder, type Scope } from './binder.ts';
import { bindEventSource, bindRelatedSource } from './bind-source.ts';
import { bindProperty } from './bind-name.ts';
import { dateOf, findSegment, refuseOutsidePerson, refuseSealed, requireUnit } from './bind-value.ts';
import { checkPattern } from './check-pattern.ts';

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
      const list = binder.value(node.list, scope);
      requireType(binder, node.list, scope, list, ['text']);
      return { kind: 'listHas', quantifier: node.quantifier, value: compared(binder, scope, value), list };
    }
    case 'missing':
      return { kind: 'missing', value: binder.value(node.value, scope), negated: node.negated === true };
    case 'inWindow': {
      const value = binder.value(node.value, scope);
      requireType(binder, node.value, scope, value, ['date', 'instant']);
      const window = resolveWindow(node.window, binder.environment.time);
      return { kind: 'range', value: compared(binder, scope, value), window };
    }
    case 'related':
      return {
        kind: 'related',
        quantifier: node.quantifier,
        source: bindRelatedSource(binder, node.source, scope),
      };
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
      const window = resolveWindow(node.window, binder.environment.time);
      return { kind: 'changed', direction: node.direction, segmentId, window };
    }
  }
}

/** Both sides brought to one type: texts read as dates or times, times cut to days beside dates. */
function bindCompare(binder: Binder, node: Of<'compare'>, scope: Scope, at: object = node): BoundCondition {
  let left = binder.value(node.left, scope);
  let right = binder.value(node.right, scope);
  left = convertText(binder, node.left, scope, left, right.type);
  right = convertText(binder, node.right, scope, right, left.type);
  if (left.type === 'date' && right.type === 'instant') right = dateOf(binder, right);
  if (left.type === 'instant' && right.type === 'date') left = dateOf(binder, left);
  requireType(binder, node.left, scope, left, ['text', 'number', 'boolean', 'date', 'instant']);
  if (left.type !== right.type) {
    refuse(binder, at, scope, {
      code: 'type_mismatch',
      en: `${capital(TYPE_NAMES[left.type].en)} cannot be compared with ${TYPE_NAMES[right.type].en}.`,
      zh: `${TYPE_NAMES[left.type].zh}不能与${TYPE_NAMES[right.type].zh}比较。`,
    });
  }
  requireUnit(binder, at, scope, left, right);
  if (node.operator !== '=' && node.operator !== '!=') {
    refuseSealed(binder, node.left, scope, left);
    refuseSealed(binder, node.right, scope, right);
  }
  [left, right] = sealLiterals(binder, at, scope, left, right);
  return {
    kind: 'compare',
    operator: node.operator,
    left: compared(binder, scope, left),
    right: compared(binder, scope, right),
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A literal beside an encrypted attribute becomes its fingerprint. */
function sealLiterals(
  binder: Binder,
  node: object,
  scope: Scope,
  left: BoundValue,
  right: BoundValue,
): [BoundValue, BoundValue] {
  const seal = (value: BoundValue, other: BoundValue): BoundValue => {
    if (other.kind !== 'field' || !other.sealed) return value;
    if (value.kind !== 'literal') {
      if (value.kind === 'field' && value.sealed) return value;
      return refuse(binder, node, scope, {
        code: 'encrypted_attribute',
        en: `“${other.field.name}” is encrypted: it can only be compared with a fixed text.`,
        zh: `“${other.field.name}”已加密，只能与固定文本比较。`,
      });
    }
    const { seal: fingerprint } = binder.environment;
    const sealed = Array.isArray(value.value)
      ? (value.value as readonly unknown[]).map((each) => fingerprint(String(each)))
      : fingerprint(String(value.value));
    return { ...value, value: sealed };
  };
  return [seal(left, right), seal(right, left)];
}

/** A text literal beside a date or a time is read as one. */
function convertText(
  binder: Binder,
  node: object,
  scope: Scope,
  value: BoundValue,
  wanted: BoundValue['type'],
): BoundValue {
  if (value.kind !== 'literal' || value.type !== 'text' || (wanted !== 'date' && wanted !== 'instant')) return value;
  const texts = Array.isArray(value.value) ? (value.value as readonly string[]) : [String(value.value)];
  if (texts.every((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)))) {
    return { ...value, type: 'date' };
  }
  const { timeZone } = binder.environment.time;
  const instants = texts.map((text) => instantOfText(text.replace(' ', 'T'), timeZone));
  if (instants.some(Number.isNaN)) {
    return refuse(binder, node, scope, {
      code: 'type_mismatch',
      en: "This text is not a date; write 'YYYY-MM-DD'.",
      zh: "该文本不是日期，请写成 'YYYY-MM-DD'。",
    });
  }
  return { kind: 'literal', type: 'instant', value: Array.isArray(value.value) ? instants : instants[0]! };
}

/** Remembers attributes of the population itself, for the count of people without a value. */
function compared(binder: Binder, scope: Scope, value: BoundValue): BoundValue {
  const isOwn = scope.path === 'where' || /^where(\.item|\.items\[\d+\])*$/.test(scope.path);
  if (isOwn) rememberFields(binder, value);
  return value;
}

function rememberFields(binder: Binder, value: BoundValue): void {
  switch (value.kind) {
    case 'field':
      if (value.type !== 'list') binder.comparedFields.set(value.field.column, value);
      return;
    case 'tag':
      binder.comparedFields.set(`tag ${value.tagId}`, value);
      return;
    case 'arithmetic':
      rememberFields(binder, value.left);
      rememberFields(binder, value.right);
      return;
    case 'call':
    case 'dateOf':
    case 'elapsed':
    case 'anniversary':
    case 'standing':
      rememberFields(binder, value.value);
      return;
    default:
      return;
  }
}

function bindOneOf(binder: Binder, node: Of<'oneOf'>, scope: Scope): BoundCondition {
  let value = binder.value(node.value, scope);
  requireType(binder, node.value, scope, value, ['text', 'number', 'boolean', 'date', 'instant']);
  let list = binder.value(node.list, scope);
  if (list.kind === 'literal') {
    list = convertText(binder, node.list, scope, list, value.type);
    if (value.type === 'instant' && list.type === 'date') value = dateOf(binder, value);
    requireType(binder, node.list, scope, list, [value.type]);
    [, list] = sealLiterals(binder, node, scope, value, list);
  } else {
    requireType(binder, node.list, scope, list, ['list']);
    requireType(binder, node.value, scope, value, ['text']);
    refuseSealed(binder, node.value, scope, value);
  }
  return { kind: 'oneOf', value: compared(binder, scope, value), list, negated: node.negated === true };
}

function bindText(binder: Binder, node: Of<'text'>, scope: Scope): BoundCondition {
  const value = binder.value(node.value, scope);
  requireType(binder, node.value, scope, value, node.operator === 'contains' ? ['text', 'list'] : ['text']);
  refuseSealed(binder, node.value, scope, value);
  const pattern = binder.value(node.pattern, scope);
  requireType(binder, node.pattern, scope, pattern, ['text']);
  refuseSealed(binder, node.pattern, scope, pattern);
  if (node.operator === 'matches') checkPattern(binder, node.pattern, scope, pattern);
  return {
    kind: 'text',
    operator: node.operator,
    value: compared(binder, scope, value),
    pattern,
    negated: node.negated === true,
  };
}

/** `did` is a count above zero, so that it shares its scan with counts of the same events. */
function bindDid(binder: Binder, node: Of<'did'>, scope: Scope): BoundCondition {
  const source = bindEventSource(binder, { ...node.source }, scope);
  const count: BoundValue = {
    kind: 'aggregate',
    function: 'count',
    source,
    byDay: false,
    timeZone: binder.environment.time.timeZone,
    type: 'number',
  };
  return { kind: 'compare', operator: '>', left: count, right: { kind: 'literal', value: 0, type: 'number' } };
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
    const withinMs = step.within ? (STEP_UNITS_MS[step.within.unit] ?? Number.NaN) * step.within.amount : undefined;
    const refuseStep = (en: string, zh: string): never =>
      refuse(binder, step, scope, { code: 'not_allowed_here', en, zh });
    if (Number.isNaN(withinMs)) refuseStep('Steps are minutes, hours, days or weeks apart.', '步骤间隔只能用分钟、小时、天或周。');
    if (index === 0 && (step.negated || step.within)) {
      refuseStep('The first step is an event that happened, without “within N hours”.', '第一步必须是已发生的事件，且不带间隔。');
    }
    if (step.negated && index < last && step.within) {
      refuseStep('“not” between two steps covers all the time between them.', '中间的 not 覆盖两步之间的全部时间，不能再限时。');
    }
    if (step.negated && node.steps[index - 1]?.negated) {
      refuseStep('Join two “not” steps into one with “or” in “where”.', '请把连续的 not 步骤合并为一个。');
    }
    const source = bindEventSource(binder, { ...step.source }, scope);
    return { source, negated: step.negated === true, withinMs };
  });
  if (node.same !== undefined) requireSame(binder, node, scope);
  return { kind: 'sequence', steps, same: node.same, now: binder.environment.time.now };
}

function requireSame(binder: Binder, node: Of<'sequence'>, scope: Scope): void {
  for (const step of node.steps) {
    const inner: Scope = { subject: { kind: 'event' }, event: step.source.event, row: true, path: scope.path };
    const value = bindProperty(binder, step, node.same ?? '', inner);
    requireType(binder, step, scope, value, ['text']);
  }
}

function bindConsents(binder: Binder, node: Of<'consents'>, scope: Scope): BoundCondition {
  refuseOutsidePerson(binder, node, scope);
  return { kind: 'consents', purpose: node.purpose, channel: node.channel };
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
  if (segment.document.kind !== 'population' || !segment.document.where) return { kind: 'constant', value: true };
  const where = conditionSchema.parse(segment.document.where);
  return binder.inside(segment.segmentId).condition(where, { ...scope, path: `segment ${segment.segmentId}` });
}
