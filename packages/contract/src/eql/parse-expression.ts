import { comparisonOperators, type Condition, type TextOperator, type Value } from './document.ts';
import type { Cursor, Parsed } from './cursor.ts';
import { applyDefaultWindow } from './default-window.ts';
import { parseCall, isCall, valueCalls } from './parse-call.ts';
import { conditionCalls, parseConditionCall, isConditionCall } from './parse-condition-call.ts';
import { parsePath, parseRelatedSource } from './parse-source.ts';
import {
  dateText,
  instantText,
  isRelativeMoment,
  parseMoment,
  parseWindow,
  windowStarts,
} from './parse-window.ts';
import { suggestName } from './suggest-name.ts';
import type { Token } from './tokenize.ts';

/** A condition; a lone value is not one, except that a boolean attribute reads as `attribute = true`. */
export function parseCondition(cursor: Cursor): Condition {
  return asCondition(cursor, cursor.peek(), parseOr(cursor));
}

/** A value: a number, an attribute, an aggregate, or a calculation with them. */
export function parseValue(cursor: Cursor): Value {
  return asValue(
    cursor,
    cursor.peek(),
    cursor.deeper(() => parseSum(cursor)),
  );
}

function asCondition(cursor: Cursor, start: Token, parsed: Parsed): Condition {
  if (parsed.is === 'condition') return parsed.node;
  const value = parsed.node;
  if (value.kind === 'attribute' || value.kind === 'tag') {
    const right: Value = { kind: 'boolean', value: true };
    return cursor.mark(start, { kind: 'compare', operator: '=', left: value, right });
  }
  return cursor.failAt(
    start,
    'syntax',
    'A condition is expected here: compare this value with another.',
    '此处应为条件，请将该值与另一个值比较。',
  );
}

function asValue(cursor: Cursor, start: Token, parsed: Parsed): Value {
  if (parsed.is === 'value') return parsed.node;
  return cursor.failAt(
    start,
    'syntax',
    'A value is expected here, but this is a condition.',
    '此处应为取值，而不是条件。',
  );
}

function parseOr(cursor: Cursor): Parsed {
  return cursor.deeper(() => joined(cursor, 'or', parseAnd));
}

function parseAnd(cursor: Cursor): Parsed {
  return joined(cursor, 'and', parseNot);
}

function joined(cursor: Cursor, word: 'and' | 'or', part: (cursor: Cursor) => Parsed): Parsed {
  const start = cursor.peek();
  const first = part(cursor);
  if (!cursor.sees(word)) return first;
  const items = [asCondition(cursor, start, first)];
  while (cursor.take(word)) {
    const itemStart = cursor.peek();
    items.push(asCondition(cursor, itemStart, part(cursor)));
  }
  return { is: 'condition', node: cursor.mark(start, { kind: word, items }) };
}

function parseNot(cursor: Cursor): Parsed {
  const start = cursor.peek();
  if (!cursor.take('not')) return parseComparison(cursor);
  const itemStart = cursor.peek();
  const item = asCondition(
    cursor,
    itemStart,
    cursor.deeper(() => parseNot(cursor)),
  );
  return { is: 'condition', node: cursor.mark(start, { kind: 'not', item }) };
}

function parseComparison(cursor: Cursor): Parsed {
  const start = cursor.peek();
  const left = parseSum(cursor);
  return continueComparison(cursor, start, left);
}

/** What may follow a value to make a condition; the value alone when nothing does. */
function continueComparison(cursor: Cursor, start: Token, left: Parsed): Parsed {
  if (left.is === 'condition') {
    const { kind } = left.node;
    // `did(…) within last 7 days` says the same as the window inside the parentheses.
    const isEvents = kind === 'did' || kind === 'sequence';
    if (isEvents && cursor.sourceDepth === 0 && cursor.take('within')) {
      applyDefaultWindow(left.node, parseWindow(cursor));
    }
    return left;
  }
  const node = comparisonAfter(cursor, left.node);
  if (!node) return left;
  // `… >= 0.7 within last 180 days`: one window for all sources of the comparison that have none.
  if (cursor.sourceDepth === 0 && cursor.take('within')) applyDefaultWindow(node, parseWindow(cursor));
  return { is: 'condition', node: cursor.mark(start, node) };
}

function comparisonAfter(cursor: Cursor, value: Value): Condition | undefined {
  for (const operator of comparisonOperators) {
    if (cursor.take(operator)) {
      return { kind: 'compare', operator, left: value, right: parseValue(cursor) };
    }
  }
  if (cursor.take('is')) {
    if (cursor.take('present')) return { kind: 'missing', value, negated: true };
    const negated = cursor.take('not');
    cursor.expect('missing');
    return negated ? { kind: 'missing', value, negated } : { kind: 'missing', value };
  }
  if (cursor.sees('between') && cursor.peek(1).kind !== 'clock') {
    cursor.next();
    const low = parseValue(cursor);
    cursor.expect('and');
    return { kind: 'between', value, low, high: parseValue(cursor) };
  }
  const negated = cursor.sees('not') && cursor.seesAny(['in', 'contains', 'starts', 'ends', 'matches'], 1);
  if (negated) cursor.next();
  // `vip in time zone 'Asia/Tokyo'`: a boolean by its name, and the end of the expression.
  const isLast = !negated && cursor.sees('time', 1) && cursor.sees('zone', 2);
  if (!isLast && cursor.take('in')) return membershipAfter(cursor, value, negated);
  return textComparisonAfter(cursor, value, negated);
}

function membershipAfter(cursor: Cursor, value: Value, negated: boolean): Condition {
  if (cursor.seesAny(windowStarts)) {
    const start = cursor.peek();
    const inside: Condition = { kind: 'inWindow', value, window: parseWindow(cursor) };
    return negated ? { kind: 'not', item: cursor.mark(start, inside) } : inside;
  }
  const list = cursor.sees('(') ? parseList(cursor) : parseValue(cursor);
  return negated ? { kind: 'oneOf', value, list, negated } : { kind: 'oneOf', value, list };
}

function textComparisonAfter(cursor: Cursor, value: Value, negated: boolean): Condition | undefined {
  if (cursor.sees('contains') && cursor.seesAny(['any', 'all'], 1)) {
    cursor.next();
    const quantifier = cursor.take('any') ? 'any' : 'all';
    cursor.take('all');
    const has: Condition = { kind: 'listHas', quantifier, value, list: parseList(cursor) };
    return negated ? { kind: 'not', item: has } : has;
  }
  const operator = textOperator(cursor);
  if (!operator) return undefined;
  const pattern = parseValue(cursor);
  return negated
    ? { kind: 'text', operator, value, pattern, negated }
    : { kind: 'text', operator, value, pattern };
}

function textOperator(cursor: Cursor): TextOperator | undefined {
  if (cursor.take('contains')) return 'contains';
  if (cursor.take('matches')) return 'matches';
  for (const side of ['starts', 'ends'] as const) {
    if (cursor.take(side)) {
      cursor.expect('with');
      return `${side} with`;
    }
  }
  return undefined;
}

/** `('a', 'b')`; one value in parentheses is a list of one. */
function parseList(cursor: Cursor): Value {
  const start = cursor.peek();
  cursor.expect('(');
  const items: Value[] = [];
  do items.push(parseValue(cursor));
  while (cursor.take(','));
  cursor.expect(')');
  const only = items.length === 1 ? items[0] : undefined;
  // `in (top 3 of …)`: the parentheses only group.
  return only?.kind === 'top' ? only : cursor.mark(start, { kind: 'list', items });
}

function parseSum(cursor: Cursor): Parsed {
  return chain(cursor, ['+', '-'], (each) => chain(each, ['*', '/'], parseUnary));
}

function chain(
  cursor: Cursor,
  operators: readonly ('+' | '-' | '*' | '/')[],
  part: (cursor: Cursor) => Parsed,
): Parsed {
  const start = cursor.peek();
  let left = part(cursor);
  for (;;) {
    const operator = operators.find((each) => cursor.take(each));
    if (!operator) return left;
    const rightStart = cursor.peek();
    const right = asValue(cursor, rightStart, part(cursor));
    const node: Value = { kind: 'arithmetic', operator, left: asValue(cursor, start, left), right };
    left = { is: 'value', node: cursor.mark(start, node) };
  }
}

function parseUnary(cursor: Cursor): Parsed {
  const start = cursor.peek();
  if (!cursor.take('-')) return parsePrimary(cursor);
  const inner = asValue(
    cursor,
    cursor.peek(),
    cursor.deeper(() => parseUnary(cursor)),
  );
  // A negative literal is one number; anything else is subtracted from zero.
  const node: Value =
    inner.kind === 'number'
      ? { ...inner, value: inner.value === 0 ? 0 : -inner.value }
      : { kind: 'arithmetic', operator: '-', left: { kind: 'number', value: 0 }, right: inner };
  return { is: 'value', node: cursor.mark(start, node) };
}

function parsePrimary(cursor: Cursor): Parsed {
  const start = cursor.peek();
  if (cursor.take('(')) {
    // Inside parentheses a postfix `within` belongs to the comparison again.
    const inner = parseOr(cursor);
    cursor.expect(')');
    return inner;
  }
  if (cursor.seesAny(['any', 'all', 'none']) && cursor.seesName(1)) {
    return { is: 'condition', node: parseQuantified(cursor) };
  }
  if (isConditionCall(cursor)) {
    return { is: 'condition', node: cursor.mark(start, parseConditionCall(cursor, parseCondition)) };
  }
  if (isCall(cursor)) {
    return { is: 'value', node: cursor.mark(start, parseCall(cursor, parseCondition, parseValue)) };
  }
  return { is: 'value', node: cursor.mark(start, parseLiteralOrName(cursor)) };
}

/**
 * `any holding where …`. A parenthesis after `where` holds the whole condition, so that what follows it
 * belongs outside; without one, the condition goes on to the end of the enclosing parentheses.
 */
function parseQuantified(cursor: Cursor): Condition {
  const start = cursor.peek();
  const quantifier = cursor.next().text.toLowerCase() as 'any' | 'all' | 'none';
  const source = parseRelatedSource(cursor, (inner) => {
    if (!inner.sees('(')) return parseCondition(inner);
    const conditionStart = inner.peek();
    return asCondition(inner, conditionStart, parseNot(inner));
  });
  return cursor.mark(start, { kind: 'related', quantifier, source });
}

function parseLiteralOrName(cursor: Cursor): Value {
  const token = cursor.peek();
  if (isRelativeMoment(cursor)) {
    const moment = parseMoment(cursor);
    if (moment.kind === 'relative') return moment;
  }
  if (token.kind === 'number') return numberLiteral(cursor);
  if (token.kind === 'text') return { kind: 'text', value: cursor.string() };
  if (token.kind === 'parameter') return { kind: 'parameter', name: cursor.next().text };
  if (cursor.take('true')) return { kind: 'boolean', value: true };
  if (cursor.take('false')) return { kind: 'boolean', value: false };
  if (cursor.sees('date') && cursor.peek(1).kind === 'text') {
    cursor.next();
    return { kind: 'date', value: dateText(cursor) };
  }
  if (cursor.sees('datetime') && cursor.peek(1).kind === 'text') {
    cursor.next();
    return { kind: 'instant', value: instantText(cursor) };
  }
  if (cursor.sees('tag') && cursor.seesName(1)) {
    cursor.next();
    return { kind: 'tag', tag: cursor.name('a tag', '标签') };
  }
  if (token.kind === 'word' && cursor.sees('(', 1) && cursor.seesName()) {
    const nearest = suggestName(token.text, [...valueCalls, ...conditionCalls]);
    return cursor.fail(
      `There is no function “${token.text}” here.`,
      `此处没有函数“${token.text}”。`,
      nearest,
    );
  }
  if (cursor.sees('event')) {
    return cursor.fail(
      'Events stand in a function, such as did(event login) or count(event login).',
      '事件须写在函数中，例如 did(event login) 或 count(event login)。',
      'did(event …)',
    );
  }
  if (cursor.seesName()) {
    return { kind: 'attribute', path: [cursor.name('an attribute', '属性'), ...parsePath(cursor)] };
  }
  return cursor.fail('A value or a condition is expected here.', '此处应为取值或条件。');
}

// Words that may follow a number without being its unit.
const NOT_UNITS = new Set(['contains', 'matches', 'starts', 'ends']);

function numberLiteral(cursor: Cursor): Value {
  const value = cursor.number();
  const isUnit = cursor.peek().kind === 'quoted' || !NOT_UNITS.has(cursor.peek().text.toLowerCase());
  if (cursor.seesName() && isUnit) {
    return { kind: 'number', value, unit: cursor.name('a unit', '单位') };
  }
  return { kind: 'number', value };
}
