import type { BoundCondition, BoundQuery, BoundSource, BoundValue, Subject } from '../bind/bound.ts';
import { compareInterpreted, interpretComparison } from './interpret-comparison.ts';
import { interpretAggregate } from './interpret-aggregate.ts';
import { interpretDate } from './interpret-date.ts';
import { interpretEventShape } from './interpret-event-shape.ts';
import { interpretSequence } from './interpret-sequence.ts';
import type { Interpreter, Place } from './interpreter.ts';
import { rowsOf } from './rows-of.ts';
import { plainText, presentOf, type Plain, type World } from './world.ts';

/** Keys of the people or entities of a population query, in no order. */
export function interpretPopulation(
  world: World,
  query: Extract<BoundQuery, { kind: 'population' }>,
): Set<number | string> {
  const interpreter = createInterpreter(world);
  const found = new Set<number | string>();
  for (const place of placesOf(world, query.subject)) {
    if (!interpreter.condition(query.where, place)) continue;
    found.add(place.kind === 'person' ? place.personId : (place as { id: string }).id);
  }
  return found;
}

/** A value for each person. */
export function interpretValues(world: World, value: BoundValue): Map<number, Plain> {
  const interpreter = createInterpreter(world);
  const values = new Map<number, Plain>();
  for (const place of placesOf(world, { kind: 'person' })) {
    if (place.kind === 'person') values.set(place.personId, interpreter.value(value, place));
  }
  return values;
}

/** Everybody, or every entity of a type. */
export function placesOf(world: World, subject: Subject): Place[] {
  if (subject.kind === 'person') {
    return [...world.people].map(([personId, fields]) => ({ kind: 'person', personId, fields }));
  }
  const type = subject.kind === 'entity' ? subject.type : '';
  return [...(world.entities.get(type) ?? [])].map(([id, fields]) => ({ kind: 'entity', type, id, fields }));
}

export function createInterpreter(world: World): Interpreter {
  const interpreter: Interpreter = {
    world,
    condition: (node, at) => interpretCondition(interpreter, node, at),
    value: (node, at) => interpretValue(interpreter, node, at),
  };
  return interpreter;
}

function interpretCondition(interpreter: Interpreter, node: BoundCondition, at: Place): boolean {
  const { world } = interpreter;
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'and':
      return node.items.every((item) => interpreter.condition(item, at));
    case 'or':
      return node.items.some((item) => interpreter.condition(item, at));
    case 'not':
      return !interpreter.condition(node.item, at);
    case 'related':
      return interpretRelated(interpreter, node.quantifier, node.source, at);
    case 'sequence':
      return interpretSequence(interpreter, node, at);
    case 'consents':
      return world.consents.some(
        (consent) =>
          consent.granted &&
          consent.personId === personOf(at) &&
          consent.purpose === node.purpose &&
          consent.channel === node.channel,
      );
    case 'member':
      return world.members.get(node.segmentId)?.has(personOf(at)) === true;
    case 'changed':
      return world.changes.some(
        (change) =>
          change.segmentId === node.segmentId &&
          change.direction === node.direction &&
          ['computed', 'imported'].includes(change.cause) &&
          presentOf(world, { personId: change.personId, keyNumber: change.personId }) === personOf(at) &&
          change.at >= (node.window.fromMs ?? -Infinity) &&
          change.at < (node.window.toMs ?? Infinity),
      );
    case 'compare':
    case 'oneOf':
    case 'text':
    case 'listHas':
    case 'missing':
    case 'range':
      return interpretComparison(interpreter, node, at);
  }
}

/** `any`, `all` and `none` of the details or related entities; `all` of nothing is true. */
function interpretRelated(
  interpreter: Interpreter,
  quantifier: 'any' | 'all' | 'none',
  source: Exclude<BoundSource, { kind: 'event' }>,
  at: Place,
): boolean {
  const meant = rowsOf(interpreter, { ...source, where: undefined }, at);
  const holds = (place: Place): boolean => !source.where || interpreter.condition(source.where, place);
  if (quantifier === 'any') return meant.some(holds);
  return quantifier === 'all' ? meant.every(holds) : !meant.some(holds);
}

/** The person a condition is about. */
export function personOf(at: Place): number {
  if (at.kind !== 'person') throw new Error('not a person');
  return at.personId;
}

function interpretValue(interpreter: Interpreter, node: BoundValue, at: Place): Plain {
  switch (node.kind) {
    case 'literal':
      return node.value as Plain;
    case 'field':
      return at.fields[node.field.name] ?? null;
    case 'reference': {
      const id = at.fields[node.base.name];
      const entities = interpreter.world.entities.get(node.entityTable.replace(/^entity_/, ''));
      return (typeof id === 'string' ? entities?.get(id)?.[node.field.name] : null) ?? null;
    }
    case 'property':
      return at.fields[node.property] ?? null;
    case 'eventPart':
      if (at.kind === 'detail') return at.time;
      return at.kind === 'event' ? at[node.part] : null;
    case 'entityId':
      return at.kind === 'entity' ? at.id : null;
    case 'tag':
      return interpreter.world.tags.get(node.tagId)?.get(personOf(at)) ?? null;
    case 'arithmetic':
      return interpretArithmetic(interpreter, node, at);
    case 'call':
      return interpretCall(interpreter, node, at);
    case 'dateOf':
    case 'elapsed':
    case 'anniversary':
    case 'datePart':
      return interpretDate(interpreter, node, at);
    case 'aggregate':
      return interpretAggregate(interpreter, node, at);
    case 'activeShare':
    case 'streak':
    case 'gap':
    case 'top':
    case 'distribution':
      return interpretEventShape(interpreter, node, at);
    case 'byZone': {
      const zone = interpreter.value(node.zone, at);
      const own = node.cases.find((each) => each.zone === zone);
      return interpreter.value(own ? own.value : node.otherwise, at);
    }
    case 'standing':
      return interpretStanding(interpreter, node, at);
    case 'daysIn':
      return interpretDaysIn(interpreter, node, at);
    case 'tier': {
      const tier = node.tiers.find((each) => interpreter.condition(each.when, at));
      return tier?.label ?? node.otherwise ?? null;
    }
    case 'rfm':
      return interpretRfm(interpreter, node, at);
  }
}

type Of<Kind extends BoundValue['kind']> = Extract<BoundValue, { kind: Kind }>;

function interpretArithmetic(interpreter: Interpreter, node: Of<'arithmetic'>, at: Place): Plain {
  const left = interpreter.value(node.left, at);
  const right = interpreter.value(node.right, at);
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  switch (node.operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? null : left / right;
  }
}

function interpretCall(interpreter: Interpreter, node: Of<'call'>, at: Place): Plain {
  const value = interpreter.value(node.value, at);
  if (node.function === 'size') return Array.isArray(value) ? value.length : 0;
  if (value === null) return null;
  switch (node.function) {
    case 'lower':
      return plainText(value).toLowerCase();
    case 'length':
      return Array.from(plainText(value)).length;
    case 'abs':
      return Math.abs(Number(value));
    case 'round':
      return Math.floor(Number(value) + 0.5);
  }
}

/** Standing among everybody with a value. */
function interpretStanding(interpreter: Interpreter, node: Of<'standing'>, at: Place): Plain {
  const own = interpreter.value(node.value, at);
  if (own === null) return null;
  const everybody = placesOf(interpreter.world, {
    kind: at.kind,
    ...('type' in at ? { type: at.type } : {}),
  } as Subject);
  const values = everybody
    .map((place) => interpreter.value(node.value, place))
    .filter((value) => value !== null);
  if (node.measure === 'rank') return 1 + values.filter((value) => compareInterpreted(value, own) > 0).length;
  return values.filter((value) => compareInterpreted(value, own) <= 0).length / values.length;
}

/** Equal shares of those who did it, by how many have less; 1 is the lowest. */
function interpretRfm(interpreter: Interpreter, node: Of<'rfm'>, at: Place): Plain {
  const took = (place: Place): boolean => Number(interpreter.value(node.frequency, place)) > 0;
  if (!took(at)) return null;
  const others = placesOf(interpreter.world, { kind: 'person' }).filter(took);
  const score = (value: BoundValue): number => {
    const own = interpreter.value(value, at);
    const below = others.filter(
      (place) => compareInterpreted(interpreter.value(value, place), own) < 0,
    ).length;
    return Math.floor((below * node.buckets) / others.length) + 1;
  };
  return [node.recency, node.frequency, node.money].map(score).join('-');
}

function interpretDaysIn(interpreter: Interpreter, node: Of<'daysIn'>, at: Place): Plain {
  const { world } = interpreter;
  const own = world.changes.filter(
    (change) =>
      change.segmentId === node.segmentId &&
      presentOf(world, { personId: change.personId, keyNumber: change.personId }) === personOf(at),
  );
  const order = (change: (typeof own)[number]): number =>
    change.run * 2 + (change.direction === 'entered' ? 1 : 0);
  const last = own.toSorted((left, right) => order(left) - order(right)).at(-1);
  const entries = own.filter(
    (change) => change.direction === 'entered' && ['computed', 'imported'].includes(change.cause),
  );
  if (last?.direction !== 'entered' || entries.length === 0) return null;
  return (node.now - Math.max(...entries.map((change) => change.at))) / 86_400_000;
}
