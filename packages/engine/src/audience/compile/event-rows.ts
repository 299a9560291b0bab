import type { BoundEventSource, EqlType } from '../bind/bound.ts';
import type { Compiler, RowScope } from './compiler.ts';
import type { Frame } from './frame.ts';
import { zoneLiteral } from './parameters.ts';

/** Events have properties only, which are compiled without the scope. */
export const eventRow: RowScope = {
  kind: 'row',
  field() {
    throw new Error('an event has no declared fields');
  },
  reference() {
    throw new Error('an event refers to no entity');
  },
};

/**
 * SQL of a property: the typed sub-column, so that only it is read. Ingest stores numbers as Float64 and
 * times as texts, one type for each path.
 */
export function propertySql(property: string, type: EqlType): string {
  const path = `properties.${quotePath(property)}`;
  switch (type) {
    case 'number':
      return `${path}.:Float64`;
    case 'boolean':
      return `${path}.:Bool`;
    case 'date':
      return `toDate32OrNull(${path}.:String)`;
    case 'instant':
      return `parseDateTime64BestEffortOrNull(${path}.:String, 3, 'UTC')`;
    case 'list':
      return `arrayMap(x -> assumeNotNull(x), arrayFilter(x -> isNotNull(x), ${path}.:\`Array(Nullable(String))\`))`;
    case 'text':
    case 'map':
      return `${path}.:String`;
  }
}

/** A dot in a name is a step into the JSON, as ClickHouse stores it. */
function quotePath(property: string): string {
  return property
    .split('.')
    .map((part) => `\`${part.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``)
    .join('.');
}

/** Condition that an event row is one of the source; in its window. */
export function eventCondition(compiler: Compiler, source: BoundEventSource): string {
  const { parameters } = compiler;
  const parts: string[] = [];
  if (source.event !== undefined) parts.push(`event = ${parameters.bind('String', source.event)}`);
  parts.push(...windowBounds(compiler, source));
  const zone = zoneLiteral(source.timeZone);
  if (source.weekdays) {
    parts.push(`toDayOfWeek(time, 0, ${zone}) IN (${source.weekdays.map(Number).join(', ')})`);
  }
  if (source.minutes) {
    const minute = `(toHour(time, ${zone}) * 60 + toMinute(time, ${zone}))`;
    const { from, to } = source.minutes;
    const joint = from < to ? 'AND' : 'OR';
    parts.push(`(${minute} >= ${from} ${joint} ${minute} < ${to})`);
  }
  if (source.where) parts.push(compiler.condition(source.where, eventRow));
  return parts.length === 0 ? '1' : parts.join(' AND ');
}

function windowBounds(compiler: Compiler, source: BoundEventSource): string[] {
  const bounds: string[] = [];
  if (source.window?.fromMs !== undefined) {
    bounds.push(`time >= ${compiler.parameters.instant(source.window.fromMs)}`);
  }
  if (source.window?.toMs !== undefined) {
    bounds.push(`time < ${compiler.parameters.instant(source.window.toMs)}`);
  }
  return bounds;
}

/** A pass over events of a frame, shared by all conditions on it. */
export interface EventScan {
  /** Adds an aggregate over the rows of a source; `aggregate` is given the source's condition. */
  add(source: BoundEventSource, aggregate: (condition: string) => string): string;
}

/** The stretch of time that the sources of a pass cover. */
interface Stretch {
  fromMs: number;
  toMs: number;
}

/** More passes than this would read the events' names and times more often than their rows are worth. */
const MAXIMUM_PASSES = 12;
const ALL_EVENTS = '*';

const openPasses = new WeakMap<Frame, Map<string, Stretch>>();

/**
 * The scan of a frame's events. Each event name has a pass of its own, over the time its conditions look at:
 * a row is then tested by the conditions on its own event only. (Twenty segments over 4 million events, on
 * one pass: 2.4 s of processor time; sources of any event, and those beyond the limit, share one.)
 */
export function eventScan(compiler: Compiler, frame: Frame): EventScan {
  let passes = openPasses.get(frame);
  if (!passes) openPasses.set(frame, (passes = new Map<string, Stretch>()));
  const opened = passes;
  return {
    add(source, aggregate) {
      const wanted = source.event ?? ALL_EVENTS;
      const name = opened.has(wanted) || opened.size < MAXIMUM_PASSES ? wanted : ALL_EVENTS;
      let stretch = opened.get(name);
      if (!stretch) {
        stretch = { fromMs: Number.POSITIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
        opened.set(name, stretch);
      }
      // The pass must read every row that any of its sources wants, and need read no other.
      stretch.fromMs = Math.min(stretch.fromMs, source.window?.fromMs ?? Number.NEGATIVE_INFINITY);
      stretch.toMs = Math.max(stretch.toMs, source.window?.toMs ?? Number.POSITIVE_INFINITY);
      const covered = stretch;
      const scan = frame.scan(`event ${name}`, (aggregates) => passSql(compiler, name, covered, aggregates));
      const own = name === ALL_EVENTS ? source : { ...source, event: undefined };
      return scan.add(aggregate(eventCondition(compiler, own)));
    },
  };
}

function passSql(compiler: Compiler, name: string, stretch: Stretch, aggregates: readonly string[]): string {
  const { parameters } = compiler;
  const person = compiler.presentPerson('person_id', 'key_number');
  const where: string[] = [];
  if (name !== ALL_EVENTS) where.push(`event = ${parameters.bind('String', name)}`);
  if (Number.isFinite(stretch.fromMs)) where.push(`time >= ${parameters.instant(stretch.fromMs)}`);
  if (Number.isFinite(stretch.toMs)) where.push(`time < ${parameters.instant(stretch.toMs)}`);
  if (compiler.people) where.push(compiler.people.arrived('person_id', 'key_number'));
  const rows = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
  return `SELECT ${[`${person} AS scan_key`, ...aggregates].join(', ')} FROM event${rows} GROUP BY scan_key`;
}
