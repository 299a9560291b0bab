import type { BoundSource } from '../bind/bound.ts';
import { DAY_MS, wallOf } from '../calendar.ts';
import type { Interpreter, Place } from './interpreter.ts';
import { presentOf, type World, type WorldDetail } from './world.ts';

/** Rows of a source that belong to a place and fulfil its window and condition, in order of time. */
export function rowsOf(interpreter: Interpreter, source: BoundSource, at: Place, history = false): Place[] {
  const rows = allRowsOf(interpreter, source, at, history);
  return rows
    .filter((row) => !source.where || interpreter.condition(source.where, row))
    .toSorted(compareRows);
}

/** Order of rows in time; ids decide between rows of one instant, so that there is only one order. */
export function compareRows(left: Place, right: Place): number {
  const timeOf = (place: Place): number => ('time' in place ? place.time : 0);
  const idOf = (place: Place): string => ('id' in place ? place.id : '');
  // ClickHouse orders UUIDs by their second half first.
  const orderOf = (place: Place): string =>
    place.kind === 'event' ? idOf(place).slice(19) + idOf(place).slice(0, 18) : idOf(place);
  const [first, second] = [orderOf(left), orderOf(right)];
  return timeOf(left) - timeOf(right) || (first < second ? -1 : first > second ? 1 : 0);
}

function allRowsOf(interpreter: Interpreter, source: BoundSource, at: Place, history: boolean): Place[] {
  const { world } = interpreter;
  switch (source.kind) {
    case 'event':
      return world.events
        .filter((event) => at.kind === 'person' && presentOf(world, event) === at.personId)
        .filter((event) => source.event === undefined || event.event === source.event)
        .filter((event) => inWindow(event.time, source.window) && inWeek(event.time, source))
        .map((event) => ({
          kind: 'event',
          time: event.time,
          id: event.eventId,
          event: event.event,
          source: event.source,
          fields: event.properties,
        }));
    case 'detail':
      return detailsOf(world, at, history)
        .filter((detail) => detail.type === source.detail.type && inWindow(detail.time, source.window))
        .map((detail) => ({
          kind: 'detail',
          time: detail.time,
          id: detail.detailId,
          version: detail.version,
          fields: detail.fields,
        }));
    case 'relation':
      return farEnds(world, source, at);
  }
}

function inWindow(time: number, window: { fromMs?: number; toMs?: number } | undefined): boolean {
  return time >= (window?.fromMs ?? -Infinity) && time < (window?.toMs ?? Infinity);
}

function inWeek(time: number, source: Extract<BoundSource, { kind: 'event' }>): boolean {
  const wall = wallOf(time, source.timeZone);
  if (source.weekdays && !source.weekdays.includes(new Date(wall).getUTCDay() || 7)) return false;
  if (!source.minutes) return true;
  const minute = Math.floor((((wall % DAY_MS) + DAY_MS) % DAY_MS) / 60_000);
  const { from, to } = source.minutes;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** The newest states of the details of a place, or all states. */
function detailsOf(world: World, at: Place, history: boolean): WorldDetail[] {
  const newest = new Map<string, WorldDetail>();
  for (const detail of world.details) {
    const known = newest.get(`${detail.type} ${detail.detailId}`);
    if (!known || known.version < detail.version) newest.set(`${detail.type} ${detail.detailId}`, detail);
  }
  const states = history ? world.details : [...newest.values()];
  return states.filter((detail) => {
    if (at.kind === 'person')
      return detail.ownerType === 'person' && presentOf(world, detail) === at.personId;
    return at.kind === 'entity' && detail.ownerType === at.type && detail.ownerId === at.id;
  });
}

function farEnds(world: World, source: Extract<BoundSource, { kind: 'relation' }>, at: Place): Place[] {
  const [near, far] = source.reversed ? (['to', 'from'] as const) : (['from', 'to'] as const);
  const ends = new Map<string, Place>();
  for (const relation of world.relations) {
    if (relation.type !== source.relationType) continue;
    if (relation.validFrom > world.now || relation.validTo <= world.now) continue;
    if (relation[`${near}Type`] !== (at.kind === 'entity' ? at.type : 'person')) continue;
    if (relation[`${far}Type`] !== (source.far.kind === 'entity' ? source.far.type : 'person')) continue;
    if (!isPlace(world, at, relation[`${near}Id`])) continue;
    const place = placeOf(world, source.far, relation[`${far}Id`]);
    if (place) ends.set('personId' in place ? String(place.personId) : relation[`${far}Id`], place);
  }
  return [...ends.values()];
}

/** Ends that are people carry key numbers. */
function personOfKey(world: World, key: string): number {
  return presentOf(world, { personId: Number(key), keyNumber: Number(key) });
}

function isPlace(world: World, at: Place, id: string): boolean {
  if (at.kind === 'person') return personOfKey(world, id) === at.personId;
  return at.kind === 'entity' && at.id === id;
}

function placeOf(
  world: World,
  far: Extract<BoundSource, { kind: 'relation' }>['far'],
  id: string,
): Place | undefined {
  if (far.kind === 'person') {
    const personId = personOfKey(world, id);
    const fields = world.people.get(personId);
    return fields && { kind: 'person', personId, fields };
  }
  const fields = world.entities.get(far.type)?.get(id);
  return fields && { kind: 'entity', type: far.type, id, fields };
}
