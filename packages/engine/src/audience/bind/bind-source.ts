import type { Condition, EventSource, RelatedSource, Source } from '@wutong/contract';
import { bindWindow } from './bind-window.ts';
import type {
  BoundCondition,
  BoundDetailSource,
  BoundEventSource,
  BoundRelationSource,
  BoundSource,
  Subject,
} from './bound.ts';
import { listed, suggestTitled } from './suggest-meaning.ts';
import { refuse, type Binder, type Scope } from './binder.ts';
import { bindPath, bindProperty, encrypted, fieldsOf } from './bind-name.ts';

/** Names and bounds of a source. */
export function bindSource(binder: Binder, source: Source, scope: Scope): BoundSource {
  return source.kind === 'event'
    ? bindEventSource(binder, source, scope)
    : bindRelatedSource(binder, source, scope, 'aggregated');
}

/** Events belong to people, so that only a person (also one reached over a relation) has them. */
export function bindEventSource(binder: Binder, source: EventSource, scope: Scope): BoundEventSource {
  refuseInRow(binder, source, scope);
  if (scope.subject.kind !== 'person') {
    return refuse(binder, source, scope, {
      code: 'not_allowed_here',
      en: 'Only people have events; go to the person over a relation first.',
      zh: '只有自然人才有事件；请先通过关系找到人。',
    });
  }
  const { events } = binder.environment.catalogue;
  if (source.event !== '*' && !events.some((event) => event.name === source.event)) {
    return refuse(binder, source, scope, {
      code: 'unknown_event',
      en: `No event “${source.event}” has been declared or received.`,
      zh: `没有声明或收到过事件“${source.event}”。`,
      suggestion: suggestTitled(source.event, events),
      word: source.event,
    });
  }
  const inner: Scope = {
    subject: { kind: 'event' },
    event: source.event,
    row: true,
    path: `${scope.path}.where`,
  };
  return {
    kind: 'event',
    ...(source.event === '*' ? {} : { event: source.event }),
    property:
      source.property === undefined ? undefined : bindProperty(binder, source, source.property, inner),
    timeZone: binder.environment.time.timeZone,
    weekdays: source.weekdays,
    minutes: source.timeOfDay
      ? { from: minutesOf(source.timeOfDay.from), to: minutesOf(source.timeOfDay.to) }
      : undefined,
    where: source.where ? binder.condition(source.where, inner) : undefined,
    window: source.window ? bindWindow(binder, source, scope, source.window) : undefined,
    windowAsWritten: source.window,
  };
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Details of the subject, or entities and persons at the far end of one of its relations. */
export function bindRelatedSource(
  binder: Binder,
  source: RelatedSource,
  scope: Scope,
  use: 'aggregated' | 'quantified' = 'quantified',
): BoundDetailSource | BoundRelationSource {
  refuseInRow(binder, source, scope);
  const { model } = binder.environment.catalogue;
  const ownType = typeNameOf(scope.subject);
  const detail = model.detailTypes.find((type) => type.name === source.name && type.owner === ownType);
  if (detail && source.via === undefined) {
    return bindDetail(binder, source, scope, { type: detail, path: source.property });
  }
  if (use === 'aggregated') refuseOwnerless(binder, source, scope);
  return bindRelation(binder, source, scope);
}

/** `sum(loan.amount)` of a person, where companies have loans: the path leads over the company. */
function refuseOwnerless(binder: Binder, source: RelatedSource, scope: Scope): void {
  const { model } = binder.environment.catalogue;
  const ownType = typeNameOf(scope.subject);
  const owner = model.detailTypes.find((type) => type.name === source.name)?.owner;
  const isReached = model.relationTypes.some(
    ({ from, to }) => (from === ownType && to === owner) || (to === ownType && from === owner),
  );
  if (owner === undefined || owner === ownType || !isReached) return;
  refuse(binder, source, scope, {
    code: 'unknown_relation',
    en: `“${source.name}” belongs to “${owner}”; go there first.`,
    zh: `“${source.name}”属于“${owner}”，请先到“${owner}”。`,
    suggestion: `${owner}.${source.name}`,
    word: source.name,
  });
}

/** `any company.loan where (…)`: any company of which any loan fits; none where no company has one; all of all. */
export function bindRelated(
  binder: Binder,
  { quantifier, source }: Extract<Condition, { kind: 'related' }>,
  scope: Scope,
): Extract<BoundCondition, { kind: 'related' }> {
  const far = bindFarDetails(binder, source, scope);
  if (far) {
    const inner = quantifier === 'all' ? 'all' : 'any';
    const where = { kind: 'related', quantifier: inner, source: far.details } as const;
    return { kind: 'related', quantifier, source: { ...far.relation, where } };
  }
  return { kind: 'related', quantifier, source: bindRelatedSource(binder, source, scope) };
}

/** What `company.loan.amount` means: a relation, and what is asked of the details of each of its far ends. */
export interface FarDetails {
  readonly relation: BoundRelationSource;
  readonly details: BoundDetailSource;
}

/**
 * A path over a relation to details. `where` and `within` are about what is added up, which is the details.
 * Undefined when the path leads elsewhere.
 */
export function bindFarDetails(binder: Binder, source: RelatedSource, scope: Scope): FarDetails | undefined {
  const { detailTypes } = binder.environment.catalogue.model;
  const [first, ...path] = source.property ?? [];
  const type = detailTypes.find((each) => each.name === first && each.owner === source.name);
  const ownType = typeNameOf(scope.subject);
  const isDetail = detailTypes.some((each) => each.name === source.name && each.owner === ownType);
  if (!type || isDetail || scope.row) return undefined;
  const way = bindWay(binder, source, scope);
  const inner: Scope = { subject: way.far, row: false, path: scope.path };
  if (path.length === 0 && fieldsOf(binder, way.far).some((field) => field.name === first)) return undefined;
  const asked = { type, path: path.length === 0 ? undefined : path };
  return { relation: way, details: bindDetail(binder, source, inner, asked) };
}

/** A type of details, and the path of what is asked of each. */
interface AskedDetail {
  readonly type: { name: string; table: string; historyTable: string; owner: string };
  readonly path: readonly string[] | undefined;
}

function bindDetail(
  binder: Binder,
  source: RelatedSource,
  scope: Scope,
  { type, path }: AskedDetail,
): BoundDetailSource {
  const detail = {
    kind: 'detail',
    type: type.name,
    table: type.table,
    historyTable: type.historyTable,
    owner: type.owner,
  } as const;
  const inner: Scope = { subject: detail, row: true, path: `${scope.path}.where` };
  return {
    kind: 'detail',
    owner: scope.subject,
    detail,
    property: path ? bindOpen(binder, source, path, inner) : undefined,
    where: source.where ? binder.condition(source.where, inner) : undefined,
    window: source.window ? bindWindow(binder, source, scope, source.window) : undefined,
  };
}

function bindRelation(binder: Binder, source: RelatedSource, scope: Scope): BoundRelationSource {
  if (source.window) {
    return refuse(binder, source, scope, {
      code: 'not_allowed_here',
      en: 'A relation has no time of its own; put the window on a date in “where”.',
      zh: '关系本身没有时间；请在 where 中对日期使用时间范围。',
    });
  }
  const way = bindWay(binder, source, scope);
  const inner: Scope = { subject: way.far, row: false, path: `${scope.path}.where` };
  return {
    ...way,
    property: source.property ? bindOpen(binder, source, source.property, inner) : undefined,
    where: source.where ? binder.condition(source.where, inner) : undefined,
  };
}

/** The relation that leads to what a source names. */
function bindWay(binder: Binder, source: RelatedSource, scope: Scope): BoundRelationSource {
  const { model } = binder.environment.catalogue;
  const ownType = typeNameOf(scope.subject);
  const ways = model.relationTypes.flatMap((relation) => [
    ...(relation.from === ownType && relation.to === source.name ? [{ relation, reversed: false }] : []),
    ...(relation.to === ownType && relation.from === source.name ? [{ relation, reversed: true }] : []),
  ]);
  const chosen = source.via === undefined ? ways : ways.filter((way) => way.relation.name === source.via);
  if (chosen.length === 0) return refuseRelation(binder, source, scope, ownType);
  const forward = chosen.find((way) => !way.reversed) ?? chosen[0]!;
  // A relation of a type with itself leads there both ways; the declared direction is meant.
  if (chosen.some((way) => way.relation !== forward.relation)) {
    return refuse(binder, source, scope, {
      code: 'ambiguous_relation',
      en: `Several relations lead to “${source.name}”: ${chosen.map((way) => way.relation.name).join(', ')}; say which with “via”.`,
      zh: `有多种关系指向“${source.name}”：${chosen.map((way) => way.relation.name).join('、')}；请用 via 指明。`,
      suggestion: `${asWritten(source)} via ${forward.relation.name}`,
      word: asWritten(source),
    });
  }
  return {
    kind: 'relation',
    near: scope.subject,
    far: farSubject(binder, source.name),
    relationType: forward.relation.name,
    reversed: forward.reversed,
  };
}

function farSubject(binder: Binder, name: string): Extract<Subject, { kind: 'person' | 'entity' }> {
  const entity = binder.environment.catalogue.model.entityTypes.find((type) => type.name === name);
  return entity ? { kind: 'entity', type: entity.name, table: entity.table } : { kind: 'person' };
}

function refuseRelation(binder: Binder, source: RelatedSource, scope: Scope, ownType: string): never {
  const { model, events } = binder.environment.catalogue;
  const far = model.relationTypes.flatMap((type) => [
    ...(type.from === ownType ? [type.to] : []),
    ...(type.to === ownType ? [type.from] : []),
  ]);
  const reached = [
    ...model.detailTypes.filter((type) => type.owner === ownType),
    ...model.entityTypes.filter((type) => far.includes(type.name)),
    ...(far.includes('person') ? [{ name: 'person' }] : []),
  ];
  const known = reached.map((type) => type.name);
  // A detail of another owner is reached over that owner; say so, because that is what most people miss.
  const owner = model.detailTypes.find((type) => type.name === source.name)?.owner;
  if (owner !== undefined && owner !== ownType && known.includes(owner)) {
    return refuse(binder, source, scope, {
      code: 'unknown_relation',
      en: `“${source.name}” belongs to “${owner}”; go there first.`,
      zh: `“${source.name}”属于“${owner}”，请先到“${owner}”。`,
      suggestion: `any ${owner} where (any ${source.name} …)`,
    });
  }
  // `count(login)`: what the event is called, without the word that says it is one.
  const isEvent = ownType === 'person' && events.some((event) => event.name === source.name);
  const suggestion = isEvent ? `event ${source.name}` : suggestTitled(source.name, reached);
  const names = listed(suggestion === undefined ? known : []);
  return refuse(binder, source, scope, {
    code: 'unknown_relation',
    en: `No detail or relation${source.via === undefined ? '' : ` “${source.via}”`} leads from ${ownType} to “${source.name}”.${names.en}`,
    zh: `从 ${ownType} 没有${source.via === undefined ? '' : `“${source.via}”`}明细或关系通向“${source.name}”。${names.zh}`,
    suggestion,
    word: source.name,
  });
}

const asWritten = (source: RelatedSource): string => [source.name, ...(source.property ?? [])].join('.');

function bindOpen(
  binder: Binder,
  node: object,
  path: readonly string[],
  scope: Scope,
): ReturnType<typeof bindPath> {
  const value = bindPath(binder, node, path, scope);
  if (value.kind === 'field' && value.sealed) return encrypted(binder, node, scope, value.field.name);
  return value;
}

function refuseInRow(binder: Binder, node: object, scope: Scope): void {
  if (!scope.row) return;
  refuse(binder, node, scope, {
    code: 'not_allowed_here',
    en: 'Inside “where” of events and details only their own fields can be asked.',
    zh: '在事件或明细的 where 中只能使用它们自己的字段。',
  });
}

/** Name of a subject's type as relations and details declare it. */
export function typeNameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'person':
      return 'person';
    case 'entity':
    case 'detail':
      return subject.type;
    case 'event':
      return 'event';
  }
}
