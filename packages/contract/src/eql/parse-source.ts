import type { Condition, EventSource, RelatedSource, Source } from './document.ts';
import type { Cursor } from './cursor.ts';
import type { Duration } from './window.ts';
import { weekdayNames } from './window.ts';
import { parseDuration, parseWindow, windowStarts } from './parse-window.ts';

/** What a source may carry after its name, depending on where it stands. */
export interface SourceTail {
  /** `by day`, `by count`, `by sum(amount)`: read by the caller, at any place among the clauses. */
  by?: (cursor: Cursor) => void;
  /** `within 24 hours` counted from the step before, in sequences. */
  within?: (duration: Duration) => void;
}

/** Reads the condition after `where`; given by the expression parser, so that the files do not form a cycle. */
export type ReadCondition = (cursor: Cursor) => Condition;

/** `event view_product.category where … within last 30 days`, or `holding.amount via … where …`. */
export function parseSource(cursor: Cursor, condition: ReadCondition, tail: SourceTail = {}): Source {
  return cursor.sees('event')
    ? parseEventSource(cursor, condition, tail)
    : parseRelatedSource(cursor, condition, tail);
}

/** A source that must be events. */
export function parseEventSource(
  cursor: Cursor,
  condition: ReadCondition,
  tail: SourceTail = {},
): EventSource {
  const start = cursor.peek();
  if (!cursor.take('event')) {
    const name = cursor.seesName() ? cursor.peek().text : '…';
    cursor.fail('“event” and its name are expected here.', '此处应为 event 及事件名称。', `event ${name}`);
  }
  const source: EventSource = { kind: 'event', event: eventName(cursor) };
  if (cursor.take('.')) source.property = propertyName(cursor);
  readClauses(cursor, source, condition, tail);
  return cursor.mark(start, source);
}

/** A source of details or related entities; `detail` and `entity` may stand before the name. */
export function parseRelatedSource(
  cursor: Cursor,
  condition: ReadCondition,
  tail: SourceTail = {},
): RelatedSource {
  const start = cursor.peek();
  if (cursor.seesAny(['detail', 'entity']) && cursor.seesName(1)) cursor.next();
  const source: RelatedSource = {
    kind: 'related',
    name: cursor.name('a detail or entity type', '明细或实体'),
  };
  if (cursor.sees('.')) source.property = parsePath(cursor);
  readClauses(cursor, source, condition, tail);
  return cursor.mark(start, source);
}

/** `.product.kind` */
export function parsePath(cursor: Cursor): string[] {
  const path: string[] = [];
  while (cursor.take('.')) path.push(cursor.name('an attribute', '属性'));
  return path;
}

function eventName(cursor: Cursor): string {
  if (cursor.take('*')) return '*';
  // Names of Wutong's own events begin with $, as parameters do.
  if (cursor.peek().kind === 'parameter') return `$${cursor.next().text}`;
  return cursor.name('an event', '事件');
}

function propertyName(cursor: Cursor): string {
  if (cursor.peek().kind === 'parameter') return `$${cursor.next().text}`;
  return cursor.name('a property', '事件属性');
}

function readClauses(
  cursor: Cursor,
  source: EventSource | RelatedSource,
  condition: ReadCondition,
  tail: SourceTail,
): void {
  for (;;) {
    if (source.kind === 'related' && !source.via && cursor.take('via')) {
      source.via = cursor.name('a relation', '关系');
    } else if (source.kind === 'event' && !source.weekdays && cursor.take('on')) {
      source.weekdays = weekdays(cursor);
    } else if (source.kind === 'event' && !source.timeOfDay && isTimeOfDay(cursor)) {
      source.timeOfDay = timeOfDay(cursor);
    } else if (!source.where && cursor.take('where')) {
      cursor.sourceDepth++;
      source.where = condition(cursor);
      cursor.sourceDepth--;
    } else if (tail.by && cursor.take('by')) {
      tail.by(cursor);
    } else if (!readWindow(cursor, source, tail)) {
      return;
    }
  }
}

function readWindow(cursor: Cursor, source: EventSource | RelatedSource, tail: SourceTail): boolean {
  const comma = cursor.sees(',') ? 1 : 0;
  if (cursor.sees('within', comma)) {
    if (comma) cursor.next();
    cursor.next();
    if (tail.within && cursor.peek().kind === 'number') {
      tail.within(parseDuration(cursor));
      return true;
    }
    source.window = parseWindow(cursor);
    return true;
  }
  if (!source.window && cursor.sees('in') && cursor.seesAny(windowStarts, 1)) {
    cursor.next();
    source.window = parseWindow(cursor);
    return true;
  }
  return false;
}

function weekdays(cursor: Cursor): number[] {
  const days = new Set<number>();
  do {
    const word = cursor.peek().text.toLowerCase();
    const weekday = weekdayNames.indexOf(word as (typeof weekdayNames)[number]) + 1;
    if (cursor.peek().kind !== 'word' || weekday === 0) {
      return cursor.fail(
        'A weekday is expected here, such as friday.',
        '此处应为星期，例如 friday。',
        'friday',
      );
    }
    cursor.next();
    days.add(weekday);
  } while (isNextWeekday(cursor) && cursor.take(','));
  return [...days].sort((left, right) => left - right);
}

function isNextWeekday(cursor: Cursor): boolean {
  return cursor.sees(',') && cursor.seesAny(weekdayNames, 1);
}

function isTimeOfDay(cursor: Cursor): boolean {
  return cursor.sees('between') && cursor.peek(1).kind === 'clock';
}

/** `between 20:00 and 22:00`: from included, to excluded; over midnight when to is the earlier one. */
function timeOfDay(cursor: Cursor): { from: string; to: string } {
  cursor.expect('between');
  const from = clock(cursor);
  cursor.expect('and');
  return { from, to: clock(cursor) };
}

function clock(cursor: Cursor): string {
  const token = cursor.peek();
  if (token.kind !== 'clock' || !/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(token.text)) {
    return cursor.fail(
      'A time of day is expected here, such as 20:00.',
      '此处应为时刻，例如 20:00。',
      '20:00',
    );
  }
  return cursor.next().text;
}
