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

/** Condition that an event row is one of the source; in its window. Rows of its name only need not be asked for it. */
export function eventCondition(
  compiler: Compiler,
  source: BoundEventSource,
  rows: 'of any name' | 'of its name' = 'of any name',
  range?: EventRange,
): string {
  const { parameters } = compiler;
  const parts: string[] = [];
  if (source.event !== undefined && rows === 'of any name')
    parts.push(`event = ${parameters.bind('String', source.event)}`);
  parts.push(...windowBounds(compiler, source, range));
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

/** Bounds of a source's window that rows of a range may not keep. */
function windowBounds(compiler: Compiler, source: BoundEventSource, range: EventRange | undefined): string[] {
  const bounds: string[] = [];
  const { fromMs, toMs } = source.window ?? {};
  if (fromMs !== undefined && !range?.beginsAt(fromMs)) {
    bounds.push(`time >= ${compiler.parameters.instant(fromMs)}`);
  }
  if (toMs !== undefined && !range?.endsAt(toMs)) {
    bounds.push(`time < ${compiler.parameters.instant(toMs)}`);
  }
  return bounds;
}

/** The pass over the events of a frame, shared by all conditions on it. */
export interface EventScan {
  /** Adds an aggregate over the rows of a source; `aggregate` is given the source's condition. */
  add(source: BoundEventSource, aggregate: (condition: string) => string): string;
}

/** Names and time of the events that some sources ask of: a pass must read all of them, and need read no other. */
export class EventRange {
  private isAny = false;
  private readonly names = new Set<string>();
  private fromMs = Number.POSITIVE_INFINITY;
  private toMs = Number.NEGATIVE_INFINITY;
  private isClosed = false;

  widen(source: BoundEventSource): void {
    if (this.isClosed) throw new Error('a range is widened that conditions relied on');
    if (source.event === undefined) this.isAny = true;
    else this.names.add(source.event);
    this.fromMs = Math.min(this.fromMs, source.window?.fromMs ?? Number.NEGATIVE_INFINITY);
    this.toMs = Math.max(this.toMs, source.window?.toMs ?? Number.POSITIVE_INFINITY);
  }

  /** The same range, which nothing widens any more: conditions need not say again what holds for all of its rows. */
  closed(): EventRange {
    this.isClosed = true;
    return this;
  }

  beginsAt(fromMs: number): boolean {
    return this.isClosed && this.fromMs === fromMs;
  }

  endsAt(toMs: number): boolean {
    return this.isClosed && this.toMs === toMs;
  }

  covers({ event, window }: BoundEventSource): boolean {
    const hasName = this.isAny || (event !== undefined && this.names.has(event));
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = window ?? {};
    return hasName && this.fromMs <= fromMs && this.toMs >= toMs;
  }

  whereSql(compiler: Compiler): string {
    const parts = this.conditions(compiler);
    if (compiler.people) parts.push(compiler.people.arrived('person_id', 'key_number'));
    return parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`;
  }

  /** SQL conditions of the rows of the range. */
  conditions(compiler: Compiler): string[] {
    const { parameters } = compiler;
    const parts: string[] = [];
    const [event, ...others] = [...this.names].sort();
    if (!this.isAny && event !== undefined) {
      parts.push(
        others.length === 0
          ? `event = ${parameters.bind('String', event)}`
          : `event IN ${parameters.bind('Array(String)', [event, ...others])}`,
      );
    }
    if (Number.isFinite(this.fromMs)) parts.push(`time >= ${parameters.instant(this.fromMs)}`);
    if (Number.isFinite(this.toMs)) parts.push(`time < ${parameters.instant(this.toMs)}`);
    return parts;
  }
}

/** Event names with a pass of their own in one statement: each is joined by itself, which costs too. */
const SCANS_APART = 8;
const SHARED = 'event';

const ranges = new WeakMap<Frame, Map<string, EventRange>>();

/**
 * Opens the event scans of a frame of people, or joins those that are open: one for each event name, because
 * events lie together by name, and a pass over one tests its conditions and reads its properties only (twenty
 * segments over 6 million events: 1.5 s of processor time against 2.1 s in one pass for all names). Further names
 * and sources of any event share a pass.
 */
export function eventScan(compiler: Compiler, frame: Frame): EventScan {
  let opened = ranges.get(frame);
  if (!opened) ranges.set(frame, (opened = new Map<string, EventRange>()));
  const open = opened;
  return {
    add(source, aggregate) {
      const name = scanName(open, source);
      let range = open.get(name);
      if (!range) open.set(name, (range = new EventRange()));
      if (!range.covers(source)) range.widen(source);
      const widened = range;
      const scan = frame.scan(name, (aggregates) => {
        const person = compiler.presentPerson('person_id', 'key_number');
        return `SELECT ${[`${person} AS scan_key`, ...aggregates].join(', ')} FROM event${widened.whereSql(compiler)} GROUP BY scan_key`;
      });
      const rows = name === SHARED ? 'of any name' : 'of its name';
      return scan.add(aggregate(eventCondition(compiler, source, rows, range)));
    },
  };
}

/** Name of the scan of a source's events, where there is one for each name. */
export const scanOfEvents = ({ event }: BoundEventSource): string =>
  event === undefined ? SHARED : `${SHARED} ${event}`;

/** The range of an event scan of a frame; undefined when the frame has no such scan. */
export const rangeOfEvents = (frame: Frame, scan: string): EventRange | undefined =>
  ranges.get(frame)?.get(scan);

/** Opens an event scan of a frame that is for one range only. */
export function openEventScan(frame: Frame, scan: string, range: EventRange): void {
  ranges.set(frame, new Map([[scan, range]]));
}

function scanName(open: ReadonlyMap<string, EventRange>, source: BoundEventSource): string {
  const own = scanOfEvents(source);
  return open.has(own) || open.size < SCANS_APART ? own : SHARED;
}
