import { reservedWords } from './cursor.ts';
import type { Condition, EqlDocument, EventSource, SequenceStep, Source, Value } from './document.ts';
import { weekdayNames, type Duration, type Moment, type TimeUnit, type TimeWindow } from './window.ts';

/** Text of a document in the one canonical form; parsing it gives the same document again. */
export function formatEql(document: EqlDocument): string {
  const { timeZone, timeZoneOf } = document;
  if (timeZoneOf !== undefined) return `${formatBody(document)}\nin time zone of ${name(timeZoneOf)}`;
  return formatBody(document) + (timeZone === undefined ? '' : `\nin time zone ${quote(timeZone)}`);
}

function formatBody(document: EqlDocument): string {
  switch (document.kind) {
    case 'population': {
      const of = name(document.of);
      if (!document.where) return of;
      const lines =
        document.where.kind === 'and'
          ? document.where.items.map((item) => conditionInside(item, 'and')).join('\n  and ')
          : formatCondition(document.where);
      return `${of} where\n  ${lines}`;
    }
    case 'value': {
      const text = formatValue(document.value);
      return document.value.kind === 'top' ? text.slice(1, -1) : text;
    }
    case 'tier': {
      const tiers = document.tiers.map((tier) => `  ${quote(tier.label)} when ${formatCondition(tier.when)}`);
      if (document.otherwise !== undefined) tiers.push(`  else ${quote(document.otherwise)}`);
      return `tier {\n${tiers.join('\n')}\n}`;
    }
    case 'rfm':
      return `rfm(${formatSource(document.source)}, value ${name(document.value)}, buckets ${document.buckets})`;
  }
}

/** Text of a condition by itself. */
export function formatCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.items.map((item) => conditionInside(item, condition.kind)).join(` ${condition.kind} `);
    case 'not':
      return `not ${conditionInside(condition.item, 'not')}`;
    case 'compare':
      return `${formatValue(condition.left)} ${condition.operator} ${formatValue(condition.right)}`;
    case 'oneOf':
      return `${formatValue(condition.value)} ${condition.negated ? 'not in' : 'in'} ${formatList(condition.list)}`;
    case 'between':
      return `${formatValue(condition.value)} between ${formatValue(condition.low)} and ${formatValue(condition.high)}`;
    case 'text':
      return `${formatValue(condition.value)} ${condition.negated ? 'not ' : ''}${condition.operator} ${formatValue(condition.pattern)}`;
    case 'listHas': {
      return `${formatValue(condition.value)} contains ${condition.quantifier} ${formatList(condition.list)}`;
    }
    case 'missing':
      return `${formatValue(condition.value)} is ${condition.negated ? 'not missing' : 'missing'}`;
    case 'inWindow':
      return `${formatValue(condition.value)} in ${formatWindow(condition.window)}`;
    case 'related':
      return `${condition.quantifier} ${formatSource(condition.source)}`;
    case 'did':
      return `did(${formatSource(condition.source)})`;
    case 'sequence':
      return formatSequence(condition.steps, condition.same);
    case 'consents':
      return `consents(${quote(condition.purpose)}, ${quote(condition.channel)})`;
    case 'inSegment':
      return `in segment ${name(condition.segment)}`;
    case 'changed':
      return `${condition.direction}(segment ${name(condition.segment)} within ${formatWindow(condition.window)})`;
  }
}

/** Parentheses wherever a reader, or the parser, could take the parts for another grouping. */
function conditionInside(condition: Condition, outer: 'and' | 'or' | 'not'): string {
  const text = formatCondition(condition);
  // A group of one item reads as that item, so its parentheses keep it a group only in the document.
  if (condition.kind === 'and' || condition.kind === 'or') return `(${text})`;
  if (outer === 'not' && condition.kind !== 'not' && text.includes(' ')) return `(${text})`;
  return text;
}

function formatSequence(steps: readonly SequenceStep[], same: string | undefined): string {
  const parts = steps.map((step) => {
    const within = step.within ? ` within ${formatDuration(step.within)}` : '';
    return `${step.negated ? 'not ' : ''}${formatSource(step.source)}${within}`;
  });
  return `sequence(${parts.join(' then ')}${same === undefined ? '' : ` same ${eventName(same)}`})`;
}

/** Text of a value by itself. */
export function formatValue(value: Value): string {
  switch (value.kind) {
    case 'number':
      return `${formatNumber(value.value)}${value.unit === undefined ? '' : ` ${unitName(value.unit)}`}`;
    case 'text':
      return quote(value.value);
    case 'boolean':
      return String(value.value);
    case 'date':
      return `date ${quote(value.value)}`;
    case 'instant':
      return `datetime ${quote(value.value)}`;
    case 'list':
      return formatList(value);
    case 'parameter':
      return `$${value.name}`;
    case 'relative':
      return formatMoment(value);
    case 'attribute':
      return value.path.map(name).join('.');
    case 'tag':
      return `tag ${name(value.tag)}`;
    case 'arithmetic':
      return `${operand(value.left)} ${value.operator} ${operand(value.right)}`;
    case 'call':
      return `${value.function}(${formatValue(value.value)})`;
    case 'elapsed':
      return `${value.unit}_${value.direction}(${formatValue(value.value)})`;
    case 'anniversary':
    case 'percentile':
    case 'rank':
      return `${value.kind}(${formatValue(value.value)})`;
    case 'share':
      return `share(${formatValue(value.part)}, ${formatValue(value.whole)})`;
    case 'daysIn':
      return `days_in(segment ${name(value.segment)})`;
    case 'aggregate':
    case 'activeShare':
    case 'streak':
    case 'gap':
    case 'top':
    case 'distribution':
      return formatSourceValue(value);
  }
}

type SourceValue = Extract<
  Value,
  { kind: 'aggregate' | 'activeShare' | 'streak' | 'gap' | 'top' | 'distribution' }
>;

function formatSourceValue(value: SourceValue): string {
  switch (value.kind) {
    case 'aggregate': {
      const nth = value.function === 'nth' ? `${value.nth ?? 1}, ` : '';
      return `${value.function}(${nth}${formatSource(value.source, value.by ? ` by ${value.by}` : '')})`;
    }
    case 'activeShare':
      return `active_share(${formatSource(value.source)})`;
    case 'distribution':
      return `distribution(${formatSource(value.source)})`;
    case 'gap':
      return `${value.measure === 'average' ? 'average_gap' : 'gap_variation'}(${formatSource(value.source)})`;
    case 'streak':
      return `streak(${formatSource(value.source, ` by ${value.by}`)})`;
    case 'top': {
      const by = value.by.function === 'count' ? ' by count' : ` by sum(${name(value.by.property ?? '')})`;
      // In parentheses, because what follows could be read as a clause of its source.
      return `(top ${value.amount} of ${formatSource(value.source, by)})`;
    }
  }
}

function operand(value: Value): string {
  const text = formatValue(value);
  // A negative number after a minus would begin a comment.
  const negative = value.kind === 'number' && value.value < 0;
  return value.kind === 'arithmetic' || negative ? `(${text})` : text;
}

function formatList(value: Value): string {
  return value.kind === 'list' ? `(${value.items.map(formatValue).join(', ')})` : formatValue(value);
}

/** Text of a source; `by` is put where it reads best: before the condition. */
export function formatSource(source: Source, by = ''): string {
  const where = source.where ? ` where (${formatCondition(source.where)})` : '';
  const window = source.window ? ` within ${formatWindow(source.window)}` : '';
  if (source.kind === 'event') {
    const property = source.property === undefined ? '' : `.${eventName(source.property)}`;
    return `event ${eventName(source.event)}${property}${by}${formatWhen(source)}${where}${window}`;
  }
  const via = source.via === undefined ? '' : ` via ${name(source.via)}`;
  const path = (source.property ?? []).map((part) => `.${name(part)}`).join('');
  return `${name(source.name)}${path}${by}${via}${where}${window}`;
}

function formatWhen(source: EventSource): string {
  const days = source.weekdays ? ` on ${source.weekdays.map((day) => weekdayNames[day - 1]).join(', ')}` : '';
  const time = source.timeOfDay ? ` between ${source.timeOfDay.from} and ${source.timeOfDay.to}` : '';
  return days + time;
}

/** Text of a window, e.g. `last 7 days`. */
export function formatWindow(window: TimeWindow): string {
  switch (window.kind) {
    case 'rolling':
      return `${window.direction} ${formatDuration(window)}`;
    case 'calendar':
      if (window.unit === 'day') return { last: 'yesterday', this: 'today', next: 'tomorrow' }[window.which];
      return `${window.which} ${window.unit}`;
    case 'between':
      if (window.from && window.to)
        return `between ${formatMoment(window.from)} and ${formatMoment(window.to)}`;
      if (window.from) return `since ${formatMoment(window.from)}`;
      return window.to ? `until ${formatMoment(window.to)}` : 'since 100000 days ago';
  }
}

function formatDuration(duration: Duration): string {
  const unit = UNIT_TEXT[duration.unit] ?? duration.unit;
  return `${duration.amount} ${unit}${duration.amount === 1 ? '' : 's'}`;
}

const UNIT_TEXT: Partial<Record<TimeUnit, string>> = { trading_day: 'trading day' };

function formatMoment(moment: Moment): string {
  switch (moment.kind) {
    case 'date':
      return `date ${quote(moment.value)}`;
    case 'instant':
      return `datetime ${quote(moment.value)}`;
    case 'relative':
      return `${formatDuration(moment)} ${moment.direction}`;
  }
}

/** Plain digits, because the text has no way to tell an exponent's sign from a subtraction otherwise. */
function formatNumber(value: number): string {
  if (Object.is(value, -0)) return '0';
  return String(value);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function eventName(text: string): string {
  return text === '*' || /^\$[\p{L}_][\p{L}\p{N}_]*$/u.test(text) ? text : name(text);
}

// Words that begin something else when they stand where a name may stand, if followed by the right token.
const OPENING_WORDS = new Set(['tag', 'date', 'datetime', 'detail', 'entity', 'top', 'tier', 'rfm']);

/** A unit as text: in backticks also where it could continue the comparison. */
function unitName(text: string): string {
  return /^(contains|matches|starts|ends)$/i.test(text) ? quoted(text) : name(text);
}

/** A name as text: in backticks when it could be read as anything else. */
function name(text: string): string {
  const plain = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text);
  const lower = text.toLowerCase();
  return plain && !reservedWords.has(lower) && !OPENING_WORDS.has(lower) ? text : quoted(text);
}

/** A backtick in a name is written twice. */
function quoted(text: string): string {
  return `\`${text.replaceAll('`', '``')}\``;
}
