import {
  dateTextSchema,
  formatValue,
  type ComparisonOperator,
  type Condition,
  type Value,
} from '@wutong/contract';
import { DAY_MS, dateTextOf, wallOfDate } from '../calendar.ts';
import { clampInstant, instantOfText, type ResolvedWindow } from '../resolve-window.ts';
import { dateOf, refuseSealed, requireUnit } from './bind-value.ts';
import { bindList } from './bind-list.ts';
import { bindWord } from './bind-word.ts';
import { bindWindow } from './bind-window.ts';
import { refuse, requireType, TYPE_NAMES, type Binder, type Scope } from './binder.ts';
import type { BoundCondition, BoundValue } from './bound.ts';
import { suggestComparison, suggestDay } from './suggest-comparison.ts';
import { checkPattern } from './check-pattern.ts';

type Of<Kind extends Condition['kind']> = Extract<Condition, { kind: Kind }>;

/** Both sides brought to one type: texts read as dates or times, times cut to days beside dates. */
export function bindCompare(
  binder: Binder,
  node: Of<'compare'>,
  scope: Scope,
  at: Of<'compare' | 'between'> = node,
): BoundCondition {
  if (node.right.kind === 'relative')
    return bindBesideNow(binder, node.left, node.operator, node.right, scope);
  if (node.left.kind === 'relative') {
    return bindBesideNow(binder, node.right, MIRRORED[node.operator], node.left, scope);
  }
  let left = binder.value(node.left, scope);
  let right = bindWord(binder, node.right, scope);
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
      suggestion: suggestComparison(at, left.type, right.type),
    });
  }
  requireUnit(binder, at, scope, left, right);
  refusePercent(binder, node.right, scope, left, right);
  refusePercent(binder, node.left, scope, right, left);
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

/** A percentile lies between 0 and 1: `percentile(aum) >= 90` would be nobody, without a word. */
function refusePercent(
  binder: Binder,
  node: object,
  scope: Scope,
  standing: BoundValue,
  beside: BoundValue,
): void {
  if (standing.kind !== 'standing' || standing.measure !== 'percentile') return;
  if (beside.kind !== 'literal' || typeof beside.value !== 'number' || beside.value <= 1) return;
  refuse(binder, node, scope, {
    code: 'type_mismatch',
    en: `A percentile lies between 0 and 1, not ${beside.value}.`,
    zh: `分位数介于 0 与 1 之间，不是 ${beside.value}。`,
    suggestion: beside.value <= 100 ? String(beside.value / 100) : undefined,
  });
}

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** `last(event login.time) < 30 days ago`: a range with one end, so that it moves on with the clock. */
function bindBesideNow(
  binder: Binder,
  node: Value,
  operator: ComparisonOperator,
  moment: Extract<Value, { kind: 'relative' }>,
  scope: Scope,
): BoundCondition {
  let value = convertText(binder, node, scope, binder.value(node, scope), 'date');
  requireType(binder, node, scope, value, ['date', 'instant']);
  // "Exactly 30 days ago" is asked of the day; nobody means the millisecond.
  if ((operator === '=' || operator === '!=') && value.type === 'instant') value = dateOf(binder, value);
  value = compared(binder, scope, value);
  const at = bindWindow(binder, moment, scope, { kind: 'between', from: moment, to: moment });
  const { fromMs = 0, toMs = 0, fromDate = '', toDate = '' } = at;
  const range = (window: ResolvedWindow): BoundCondition => ({
    kind: 'range',
    value: anniversaryWithin(value, window),
    window,
  });
  switch (operator) {
    case '=':
      return range({ fromDate, toDate });
    case '!=':
      return {
        kind: 'and',
        items: [
          { kind: 'missing', value, negated: true },
          { kind: 'not', item: range({ fromDate, toDate }) },
        ],
      };
    case '<':
      return range({ toMs: fromMs, toDate: nextDate(fromDate, -1) });
    case '<=':
      return range({ toMs, toDate });
    case '>':
      return range({ fromMs: toMs, fromDate: nextDate(toDate, 1) });
    case '>=':
      return range({ fromMs, fromDate });
  }
}

/** Asked whether it lies in a window with a beginning and an end, an anniversary is the first one since the beginning. */
export function anniversaryWithin(value: BoundValue, { fromDate, toDate }: ResolvedWindow): BoundValue {
  if (value.kind !== 'anniversary' || fromDate === undefined || toDate === undefined) return value;
  return { ...value, today: fromDate };
}

const nextDate = (date: string, days: number): string => dateTextOf(wallOfDate(date) + days * DAY_MS);

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
export function convertText(
  binder: Binder,
  node: object,
  scope: Scope,
  value: BoundValue,
  wanted: BoundValue['type'],
): BoundValue {
  if (value.kind !== 'literal' || value.type !== 'text' || (wanted !== 'date' && wanted !== 'instant'))
    return value;
  const texts = Array.isArray(value.value) ? (value.value as readonly string[]) : [String(value.value)];
  if (texts.every((text) => dateTextSchema.safeParse(text).success)) {
    return { ...value, type: 'date' };
  }
  const { timeZone } = binder.environment.time;
  const instants = texts.map((text) => instantOfText(text.replace(' ', 'T'), timeZone)).map(clampInstant);
  if (instants.some(Number.isNaN)) {
    return refuse(binder, node, scope, {
      code: 'type_mismatch',
      en: "There is no such date; write 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM'.",
      zh: "日期无效，请写成 'YYYY-MM-DD' 或 'YYYY-MM-DD HH:MM'。",
      suggestion: texts.length === 1 ? suggestDay(texts[0]!) : undefined,
    });
  }
  return { kind: 'literal', type: 'instant', value: Array.isArray(value.value) ? instants : instants[0]! };
}

/** Remembers attributes of the population itself, for the count of people without a value. */
export function compared(binder: Binder, scope: Scope, value: BoundValue): BoundValue {
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
    case 'datePart':
    case 'standing':
      rememberFields(binder, value.value);
      return;
    // Aggregates and literals always have an answer, if only that there is nothing.
    case 'literal':
    case 'reference':
    case 'property':
    case 'eventPart':
    case 'entityId':
    case 'aggregate':
    case 'activeShare':
    case 'streak':
    case 'gap':
    case 'top':
    case 'distribution':
    case 'byZone':
    case 'daysIn':
    case 'tier':
    case 'rfm':
      return;
  }
}

/** `in` a list of literals, or in a list of the person. */
export function bindOneOf(binder: Binder, node: Of<'oneOf'>, scope: Scope): BoundCondition {
  let value = binder.value(node.value, scope);
  requireType(binder, node.value, scope, value, ['text', 'number', 'boolean', 'date', 'instant']);
  let list = bindList(binder, node.list, scope);
  if (list.kind === 'literal') {
    requireItems(binder, node.list, scope, list);
    list = convertText(binder, node.list, scope, list, value.type);
    if (value.type === 'instant' && list.type === 'date') value = dateOf(binder, value);
    requireType(binder, node.list, scope, list, [value.type]);
    [, list] = sealLiterals(binder, node, scope, value, list);
  } else {
    requireType(binder, node.list, scope, list, ['list']);
    if (list.kind === 'top') value = numberAsText(list, value);
    requireType(binder, node.value, scope, value, ['text']);
    refuseSealed(binder, node.value, scope, value);
  }
  return { kind: 'oneOf', value: compared(binder, scope, value), list, negated: node.negated === true };
}

/** The favourites among numbers are a list of their texts: a number looked for among them is read as one. */
function numberAsText(list: Extract<BoundValue, { kind: 'top' }>, value: BoundValue): BoundValue {
  if (list.source.property?.type !== 'number' || value.kind !== 'literal' || typeof value.value !== 'number')
    return value;
  return { ...value, type: 'text', value: String(value.value) };
}

/** `city in '北京'` and `city contains any ($viewer)` want parentheses around their values. */
export function requireItems(binder: Binder, node: Value, scope: Scope, list: BoundValue): void {
  if (list.kind === 'literal' && Array.isArray(list.value)) return;
  const text = node.kind === 'list' ? undefined : `(${formatValue(node)})`;
  refuse(binder, node, scope, {
    code: 'type_mismatch',
    en: "A list in parentheses is expected here: ('a', 'b').",
    zh: "此处须为括号括起的列表，例如 ('a', 'b')。",
    ...(list.kind === 'literal' && text !== undefined ? { suggestion: text } : {}),
  });
}

/** Questions about the letters of a text, or the elements of a list. */
export function bindText(binder: Binder, node: Of<'text'>, scope: Scope): BoundCondition {
  const value = binder.value(node.value, scope);
  requireType(binder, node.value, scope, value, node.operator === 'contains' ? ['text', 'list'] : ['text']);
  refuseSealed(binder, node.value, scope, value);
  const pattern = bindWord(binder, node.pattern, scope);
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
