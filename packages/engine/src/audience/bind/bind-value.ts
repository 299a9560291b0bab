import type { Sharing } from '../sharing.ts';
import { suggestName, type Value } from '@wutong/contract';
import { dateTextOf, wallOf } from '../calendar.ts';
import { clampInstant, instantOfText } from '../resolve-window.ts';
import type { BoundValue, DatePart, EqlType } from './bound.ts';
import { refuse, requireType, type Binder, type Scope } from './binder.ts';
import { bindPath, encrypted } from './bind-name.ts';
import { written } from './suggest-meaning.ts';
import {
  bindAggregate,
  bindDistribution,
  bindGap,
  bindStreak,
  bindActiveShare,
  bindTop,
} from './bind-aggregate.ts';

/** Binds a value of any kind. */
export function bindValue(binder: Binder, node: Value, scope: Scope): BoundValue {
  switch (node.kind) {
    case 'number':
      return { kind: 'literal', value: node.value, type: 'number', unit: node.unit };
    case 'text':
    case 'boolean':
    case 'date':
      return { kind: 'literal', value: node.value, type: node.kind };
    case 'instant': {
      const value = clampInstant(instantOfText(node.value, binder.environment.time.timeZone));
      return { kind: 'literal', value, type: 'instant' };
    }
    case 'list':
      return refuse(binder, node, scope, {
        code: 'not_allowed_here',
        en: "A list of values stands to the right of in and contains only: city in ('a', 'b').",
        zh: "取值列表只能写在 in 与 contains 的右侧，例如 city in ('a', 'b')。",
      });
    case 'relative':
      return refuse(binder, node, scope, {
        code: 'not_allowed_here',
        en: 'A time such as “30 days ago” stands beside a date or a time: last(event login.time) < 30 days ago.',
        zh: '“30 days ago”这样的时间须与日期或时间比较，例如 last(event login.time) < 30 days ago。',
      });
    case 'parameter':
      return bindParameter(binder, node, scope);
    case 'attribute':
      return bindPath(binder, node, node.path, scope);
    case 'tag':
      return bindTag(binder, node, scope);
    case 'arithmetic':
      return bindArithmetic(binder, node, scope);
    case 'call':
      return bindCall(binder, node, scope);
    case 'elapsed': {
      const value = bindDate(binder, node.value, scope);
      const { unit, direction } = node;
      return { kind: 'elapsed', unit, direction, value, today: today(binder), type: 'number' };
    }
    case 'anniversary':
      return {
        kind: 'anniversary',
        value: bindDate(binder, node.value, scope),
        today: today(binder),
        type: 'date',
      };
    case 'share': {
      const left = bindNumber(binder, node.part, scope);
      const right = bindNumber(binder, node.whole, scope);
      return { kind: 'arithmetic', operator: '/', left, right, type: 'number' };
    }
    case 'percentile':
    case 'rank':
      return bindStanding(binder, node, scope);
    case 'daysIn': {
      const segment = findSegment(binder, node, node.segment, scope);
      refuseOutsidePerson(binder, node, scope);
      return {
        kind: 'daysIn',
        segmentId: segment.segmentId,
        now: binder.environment.time.now,
        type: 'number',
      };
    }
    case 'aggregate':
      return bindAggregate(binder, node, scope);
    case 'activeShare':
      return bindActiveShare(binder, node, scope);
    case 'streak':
      return bindStreak(binder, node, scope);
    case 'gap':
      return bindGap(binder, node, scope);
    case 'top':
      return bindTop(binder, node, scope);
    case 'distribution':
      return bindDistribution(binder, node, scope);
  }
}

function today(binder: Binder): string {
  const { now, timeZone } = binder.environment.time;
  return dateTextOf(wallOf(now, timeZone));
}

function bindParameter(
  binder: Binder,
  node: Extract<Value, { kind: 'parameter' }>,
  scope: Scope,
): BoundValue {
  const { parameters } = binder.environment;
  const value = Object.hasOwn(parameters, node.name) ? parameters[node.name] : undefined;
  if (value === undefined) {
    return refuse(binder, node, scope, {
      code: 'unknown_parameter',
      en: `“$${node.name}” has no value here.`,
      zh: `此处“$${node.name}”没有取值。`,
      suggestion: suggestWritten(node.name, Object.keys(parameters), (name) => `$${name}`),
    });
  }
  const types: Readonly<Record<string, EqlType>> = { string: 'text', number: 'number', boolean: 'boolean' };
  return { kind: 'literal', value, type: types[typeof value] ?? 'text' };
}

/** The nearest name, as it is written in an expression. */
function suggestWritten(name: string, known: readonly string[], write = written): string | undefined {
  const nearest = suggestName(name, known);
  return nearest === undefined ? undefined : write(nearest);
}

function bindTag(binder: Binder, node: Extract<Value, { kind: 'tag' }>, scope: Scope): BoundValue {
  refuseOutsidePerson(binder, node, scope);
  const tags = named(binder, binder.environment.catalogue.tags);
  const tag = tags.find((each) => each.tagId === node.tag) ?? tags.find((each) => each.name === node.tag);
  if (!tag) {
    return refuse(binder, node, scope, {
      code: 'unknown_tag',
      en: `There is no tag “${node.tag}”.`,
      zh: `没有标签“${node.tag}”。`,
      suggestion: suggestWritten(
        node.tag,
        tags.flatMap((each) => [each.tagId, each.name]),
      ),
      word: node.tag,
    });
  }
  binder.usedTags.add(tag.tagId);
  return { kind: 'tag', tagId: tag.tagId, type: tag.type };
}

/** The segment of an id or a name. */
export function findSegment(
  binder: Binder,
  node: object,
  wanted: string,
  scope: Scope,
): Binder['environment']['catalogue']['segments'][number] {
  const segments = named(binder, binder.environment.catalogue.segments);
  const segment =
    segments.find((each) => each.segmentId === wanted) ?? segments.find((each) => each.name === wanted);
  if (!segment) {
    return refuse(binder, node, scope, {
      code: 'unknown_segment',
      en: `There is no segment “${wanted}”.`,
      zh: `没有人群“${wanted}”。`,
      suggestion: suggestWritten(
        wanted,
        segments.flatMap((each) => [each.segmentId, each.name]),
      ),
      word: wanted,
    });
  }
  binder.usedSegments.add(segment.segmentId);
  return segment;
}

/** Definitions that may be named where the binder stands: the rule of a segment names what its author could see. */
function named<Definition extends { readonly sharing?: Sharing }>(
  binder: Binder,
  definitions: readonly Definition[],
): readonly Definition[] {
  const { sees } = binder.environment;
  return sees && binder.openSegments.length === 0 ? definitions.filter(sees) : definitions;
}

/** Tags, segments and consents are about people. */
export function refuseOutsidePerson(binder: Binder, node: object, scope: Scope): void {
  if (scope.subject.kind === 'person' && !scope.row) return;
  refuse(binder, node, scope, {
    code: 'not_allowed_here',
    en: 'Only people have tags, segments and consents.',
    zh: '只有自然人才有标签、人群与授权。',
  });
}

/** Units add up only with themselves; a plain number takes the unit of the other side. */
function bindArithmetic(
  binder: Binder,
  node: Extract<Value, { kind: 'arithmetic' }>,
  scope: Scope,
): BoundValue {
  const left = bindNumber(binder, node.left, scope);
  const right = bindNumber(binder, node.right, scope);
  const { operator } = node;
  if (operator === '+' || operator === '-') requireUnit(binder, node, scope, left, right);
  const unit =
    operator === '/' && left.unit !== undefined && left.unit === right.unit
      ? undefined
      : (left.unit ?? right.unit);
  return { kind: 'arithmetic', operator, left, right, type: 'number', unit };
}

/** Refuses to compare or add yuan and dollars. */
export function requireUnit(
  binder: Binder,
  node: object,
  scope: Scope,
  left: BoundValue,
  right: BoundValue,
): void {
  if (left.unit === undefined || right.unit === undefined || left.unit === right.unit) return;
  refuse(binder, node, scope, {
    code: 'unit_mismatch',
    en: `“${left.unit}” and “${right.unit}” cannot be compared.`,
    zh: `“${left.unit}”与“${right.unit}”单位不同，无法比较。`,
    // A unit that was written can be written otherwise; one that is declared stays.
    ...(right.kind === 'literal' ? otherUnit(right.unit, left.unit) : {}),
    ...(left.kind === 'literal' ? otherUnit(left.unit, right.unit) : {}),
  });
}

/** `10w` is how many write 100,000. */
const otherUnit = (word: string, declared: string): { word: string; suggestion: string } => ({
  word,
  suggestion: word.toLowerCase() === 'w' ? '万' : declared,
});

function bindCall(binder: Binder, node: Extract<Value, { kind: 'call' }>, scope: Scope): BoundValue {
  const value = binder.value(node.value, scope);
  switch (node.function) {
    case 'lower':
      requireType(binder, node.value, scope, value, ['text']);
      refuseSealed(binder, node.value, scope, value);
      return { kind: 'call', function: 'lower', value, type: 'text' };
    case 'length':
      requireType(binder, node.value, scope, value, ['text']);
      refuseSealed(binder, node.value, scope, value);
      return { kind: 'call', function: 'length', value, type: 'number' };
    case 'size':
      requireType(binder, node.value, scope, value, ['list']);
      return { kind: 'call', function: 'size', value, type: 'number' };
    case 'abs':
    case 'round':
      requireType(binder, node.value, scope, value, ['number']);
      return { kind: 'call', function: node.function, value, type: 'number', unit: value.unit };
    case 'year':
    case 'month':
    case 'day':
    case 'weekday':
    case 'hour':
      return bindDatePart(binder, node.value, node.function, scope, value);
  }
}

/** Of a time, in the query's time zone. */
function bindDatePart(
  binder: Binder,
  node: Value,
  part: DatePart,
  scope: Scope,
  value: BoundValue,
): BoundValue {
  const { timeZone } = binder.environment.time;
  requireType(binder, node, scope, value, part === 'hour' ? ['instant'] : ['date', 'instant']);
  const of = part !== 'hour' && value.type === 'instant' ? dateOf(binder, value) : value;
  return { kind: 'datePart', part, value: of, timeZone, type: 'number' };
}

/** A value that orders the population; its own standing cannot be asked inside another. */
function bindStanding(
  binder: Binder,
  node: Extract<Value, { kind: 'percentile' | 'rank' }>,
  scope: Scope,
): BoundValue {
  const value = bindNumber(binder, node.value, scope);
  if (scope.row || containsStanding(value)) {
    return refuse(binder, node, scope, {
      code: 'not_allowed_here',
      en: 'A percentile or rank cannot be asked here.',
      zh: '此处不能使用分位数或排名。',
    });
  }
  return { kind: 'standing', measure: node.kind, value, type: 'number' };
}

function containsStanding(value: BoundValue): boolean {
  if (value.kind === 'standing') return true;
  if (value.kind === 'arithmetic') return containsStanding(value.left) || containsStanding(value.right);
  return value.kind === 'call' && containsStanding(value.value);
}

/** A number; refuses anything else. */
export function bindNumber(binder: Binder, node: Value, scope: Scope): BoundValue {
  const value = binder.value(node, scope);
  requireType(binder, node, scope, value, ['number']);
  return value;
}

/** A date; the day of a time, in the query's time zone. */
export function bindDate(binder: Binder, node: Value, scope: Scope): BoundValue {
  const value = binder.value(node, scope);
  requireType(binder, node, scope, value, ['date', 'instant']);
  return value.type === 'instant' ? dateOf(binder, value) : value;
}

/** The day of an instant. */
export function dateOf(binder: Binder, value: BoundValue): BoundValue {
  return { kind: 'dateOf', value, timeZone: binder.environment.time.timeZone, type: 'date' };
}

/** Encrypted fields answer equality only. */
export function refuseSealed(binder: Binder, node: object, scope: Scope, value: BoundValue): void {
  if (value.kind === 'field' && value.sealed) encrypted(binder, node, scope, value.field.name);
}
