import type { Database } from '../platform/index.ts';
import { isSecret } from '../profile/index.ts';
import type { BankDays } from './bank-day.ts';
import { addUsage, selectPlan, type PlanValueType } from './plan-store.ts';
import { coerced, isOfType, typeOfValue } from './plan-values.ts';
import type { EventRecord, Rejection } from './record.ts';
import type { EventUse, PropertyUse } from './staged-events.ts';

/** The tracking plan in memory: asked for every event, written down every few seconds. */
export interface TrackingPlan {
  /**
   * Checks an event and brings its properties into the planned types, in place. What cannot be brought is
   * set aside as text under `$type_conflicts`, so that one wrong value never costs the rest. A lenient
   * source teaches the plan; a strict one is refused what the plan does not know. Secrets are dropped.
   */
  check(record: EventRecord, mode: 'lenient' | 'strict'): Rejection | undefined;
  /**
   * Whether `check` would take every event of a use as it stands. A lenient source teaches the plan what it does not
   * know yet, where all values say the same; otherwise each event must be asked about by itself.
   */
  takes(use: EventUse, mode: 'lenient' | 'strict'): boolean;
  /** Counts a use of events that the plan took, as `check` would have. */
  count(use: EventUse): void;
  /** Reads what people and other processes changed, and writes usage down. */
  synchronise(): Promise<void>;
}

interface PlannedProperty {
  type: PlanValueType;
  usage: number;
  conflicts: number;
  firstSeenAt: number;
  lastSeenAt: number;
}

interface PlannedEvent {
  usage: number;
  firstSeenAt: number;
  lastSeenAt: number;
  readonly properties: Map<string, PlannedProperty>;
}

/** Beyond these the plan learns nothing more; records are stored all the same. */
const EVENTS_LIMIT = 5_000;
const PROPERTIES_LIMIT = 500;
const CONFLICTS = '$type_conflicts';

export function createTrackingPlan(database: Database, days: BankDays): TrackingPlan {
  const events = new Map<string, PlannedEvent>();

  function check(record: EventRecord, mode: 'lenient' | 'strict'): Rejection | undefined {
    let planned = events.get(record.event);
    if (!planned) {
      if (mode === 'strict') return { code: 'not_in_plan', details: { event: record.event } };
      if (events.size >= EVENTS_LIMIT) return undefined;
      planned = { usage: 0, firstSeenAt: record.time, lastSeenAt: record.time, properties: new Map() };
      events.set(record.event, planned);
    }
    if (mode === 'strict') {
      const unknown = unknownProperty(record.properties, planned);
      if (unknown) return { code: 'not_in_plan', details: { event: record.event, property: unknown } };
    }
    planned.usage++;
    if (record.time > planned.lastSeenAt) planned.lastSeenAt = record.time;
    let conflicts: Record<string, string> | undefined;
    for (const name in record.properties) {
      if (mayBeSecret(name, record.properties[name])) {
        delete record.properties[name];
        continue;
      }
      if (!fits(record, name, planned)) {
        conflicts ??= {};
        conflicts[name] = asText(record.properties[name]);
        delete record.properties[name];
      }
    }
    if (conflicts) record.properties[CONFLICTS] = conflicts;
    return undefined;
  }

  /** Notes the use of a property and coerces its value; false when it cannot be of the planned type. */
  function fits(record: EventRecord, name: string, event: PlannedEvent): boolean {
    const value = record.properties[name];
    if (value === null || value === undefined) return true;
    let planned = event.properties.get(name);
    if (!planned) {
      if (event.properties.size >= PROPERTIES_LIMIT) return true;
      const type = typeOfValue(value);
      planned = { type, usage: 0, conflicts: 0, firstSeenAt: record.time, lastSeenAt: record.time };
      event.properties.set(name, planned);
    }
    planned.usage++;
    if (record.time > planned.lastSeenAt) planned.lastSeenAt = record.time;
    if (isOfType(value, planned.type)) return true;
    const brought = coerced(value, planned.type, days);
    if (brought === undefined) {
      planned.conflicts++;
      return false;
    }
    record.properties[name] = brought;
    return true;
  }

  function takes(use: EventUse, mode: 'lenient' | 'strict'): boolean {
    const planned = events.get(use.event);
    const types = use.properties.map((each) => planned?.properties.get(each.name)?.type ?? typeOfUse(each));
    const isKnown =
      planned && use.properties.every(({ name, values }) => values === 0 || planned.properties.has(name));
    if (!use.properties.every((each, place) => isTaken(each, types[place]))) return false;
    if (isKnown) return true;
    const names = planned?.properties.size ?? 0;
    if (mode === 'strict' || events.size >= EVENTS_LIMIT || names + types.length > PROPERTIES_LIMIT)
      return false;
    learn(use, types);
    return true;
  }

  function learn(
    { event, firstAt, properties }: EventUse,
    types: readonly (PlanValueType | undefined)[],
  ): void {
    const seen = { usage: 0, firstSeenAt: firstAt, lastSeenAt: firstAt };
    if (!events.has(event)) events.set(event, { ...seen, properties: new Map() });
    const planned = events.get(event)!.properties;
    properties.forEach(({ name, values }, place) => {
      if (values > 0 && !planned.has(name)) planned.set(name, { ...seen, type: types[place]!, conflicts: 0 });
    });
  }

  function count(use: EventUse): void {
    const planned = events.get(use.event);
    if (!planned) return;
    planned.usage += use.events;
    planned.lastSeenAt = Math.max(planned.lastSeenAt, use.lastAt);
    for (const { name, values } of use.properties) {
      const property = planned.properties.get(name);
      if (!property || values === 0) continue;
      property.usage += values;
      property.lastSeenAt = Math.max(property.lastSeenAt, use.lastAt);
    }
  }

  async function load(): Promise<void> {
    const plan = await selectPlan(database);
    for (const row of plan.events) {
      if (events.has(row.event)) continue;
      events.set(row.event, {
        usage: 0,
        firstSeenAt: row.first_seen_at,
        lastSeenAt: row.last_seen_at,
        properties: new Map(),
      });
    }
    for (const row of plan.properties) {
      const properties = events.get(row.event)?.properties;
      const known = properties?.get(row.property);
      if (known) known.type = row.type;
      else {
        properties?.set(row.property, {
          type: row.type,
          usage: 0,
          conflicts: 0,
          firstSeenAt: row.first_seen_at,
          lastSeenAt: row.last_seen_at,
        });
      }
    }
  }

  return {
    check,
    takes,
    count,
    async synchronise() {
      const used = [...events].filter(([, event]) => event.usage > 0);
      const usedEvents = used.map(([event, { usage, firstSeenAt, lastSeenAt }]) => ({
        event,
        usage,
        firstSeenAt,
        lastSeenAt,
      }));
      const usedProperties = used.flatMap(([event, { properties }]) =>
        [...properties]
          .filter(([, property]) => property.usage > 0)
          .map(([property, planned]) => ({ event, property, ...planned })),
      );
      if (used.length > 0) {
        // Counted from zero again before the await, so that what comes meanwhile is counted next time.
        for (const [, event] of used) {
          event.usage = 0;
          for (const property of event.properties.values()) property.usage = property.conflicts = 0;
        }
        await addUsage(database, usedEvents, usedProperties);
      }
      await load();
    },
  };
}

/** The type that all values of a property have; undefined where they differ, or are times to be brought into UTC. */
function typeOfUse({ type, values, days, dated }: PropertyUse): PlanValueType | undefined {
  if (dated === 0) return type;
  return days === values ? 'date' : undefined;
}

/** Whether all values of a property are of a type as they stand. */
function isTaken({ type, values, days }: PropertyUse, planned: PlanValueType | undefined): boolean {
  if (values === 0 || planned === 'json') return true;
  // Days are texts; all of them must be days.
  return planned === type || (planned === 'date' && type === 'string' && days === values);
}

function unknownProperty(properties: Record<string, unknown>, planned: PlannedEvent): string | undefined {
  for (const name in properties) {
    // Presets of the SDKs ($lib, $url …) need no declaration.
    if (!name.startsWith('$') && !planned.properties.has(name)) return name;
  }
  return undefined;
}

// Names are few and asked often; only long texts can be tracks of a card.
const harmlessNames = new Set<string>();

/** Passwords, card verification numbers and track data are dropped before anything is written. */
function mayBeSecret(name: string, value: unknown): boolean {
  if (!harmlessNames.has(name)) {
    if (isSecret(name, undefined)) return true;
    if (harmlessNames.size < 10_000) harmlessNames.add(name);
  }
  return typeof value === 'string' && value.length >= 20 && isSecret(name, value);
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
