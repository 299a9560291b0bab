/** Everything an expression may name, with titles in the reader's language. Plain data: pages read it, tests make it. */
import type { EqlValueType } from './eql-value-type.ts';

/** A field of a person, an entity, a detail or an event. */
export interface FieldName {
  name: string;
  title: string;
  type: EqlValueType;
  unit?: string | undefined;
  /** The allowed values, when they are few and declared. */
  values?: readonly string[] | undefined;
  /** Encrypted: only equality can be asked of it. */
  encrypted?: boolean | undefined;
}

export interface EventName {
  name: string;
  title: string;
  properties: readonly FieldName[];
}

export interface EntityName {
  name: string;
  title: string;
  fields: readonly FieldName[];
}

export interface DetailName extends EntityName {
  owner: string;
  /** Fields that hold the id of an entity. */
  references: readonly { field: string; entityType: string }[];
}

export interface RelationName {
  name: string;
  title: string;
  reverseTitle: string;
  from: string;
  to: string;
  /** The near end has at most one far end, so that the far end's fields read like its own. */
  single: boolean;
}

export interface NamedThing {
  id: string;
  title: string;
}

export interface ExpressionNames {
  attributes: readonly FieldName[];
  entities: readonly EntityName[];
  details: readonly DetailName[];
  relations: readonly RelationName[];
  events: readonly EventName[];
  segments: readonly NamedThing[];
  tags: readonly (NamedThing & { type: EqlValueType })[];
  purposes: readonly NamedThing[];
}

export const noNames: ExpressionNames = {
  attributes: [],
  entities: [],
  details: [],
  relations: [],
  events: [],
  segments: [],
  tags: [],
  purposes: [],
};

/** Whom or what a condition is about. An event `*` is any event. */
export type Subject =
  | { kind: 'person' }
  | { kind: 'entity'; type: string }
  | { kind: 'detail'; type: string }
  | { kind: 'event'; event: string };

export const person: Subject = { kind: 'person' };

/** The subject of a population: people, or a declared entity. */
export const subjectOf = (population: string): Subject =>
  population === 'person' ? person : { kind: 'entity', type: population };

/** A field as it is reached from a subject: by its own name, or through a reference or a relation. */
export interface FieldChoice extends FieldName {
  path: readonly string[];
  /** What it is reached through; absent for the subject's own fields. */
  through?: string | undefined;
  /** An attribute of the person asked about: its existing values can be read. */
  ofPerson?: boolean | undefined;
}

/** Details and entities that conditions of a subject may ask about. */
export interface RelatedChoice {
  name: string;
  /** Needed when several relations lead there. */
  via?: string | undefined;
  /** Details of what stands at the far ends, which are asked about instead of it: `company.loan`. */
  details?: string | undefined;
  title: string;
  subject: Subject;
  kind: 'detail' | 'relation';
}

const own = (field: FieldName): FieldChoice => ({ ...field, path: [field.name] });

/** The fields that conditions about a subject may compare, its own first. */
export function fieldsOf(names: ExpressionNames, subject: Subject): FieldChoice[] {
  switch (subject.kind) {
    case 'person':
      return [
        ...names.attributes.map((field) => ({ ...own(field), ofPerson: true })),
        ...fieldsThroughRelations(names, 'person'),
      ];
    case 'entity':
      return [
        ...(names.entities.find(({ name }) => name === subject.type)?.fields ?? []).map(own),
        ...fieldsThroughRelations(names, subject.type),
      ];
    case 'detail': {
      const detail = names.details.find(({ name }) => name === subject.type);
      if (!detail) return [];
      return [...detail.fields.map(own), ...fieldsThroughReferences(names, detail)];
    }
    case 'event':
      return eventFields(names, subject.event);
  }
}

function fieldsThroughRelations(names: ExpressionNames, type: string): FieldChoice[] {
  return names.relations
    .filter(({ from, to, single }) => from === type && to !== 'person' && single)
    .flatMap((relation) => {
      const far = names.entities.find(({ name }) => name === relation.to);
      const id: FieldChoice = {
        name: relation.name,
        title: relation.title,
        type: 'text',
        path: [relation.name],
        through: relation.title,
      };
      return [
        id,
        ...(far?.fields ?? []).map((field) => ({
          ...field,
          path: [relation.name, field.name],
          through: relation.title,
        })),
      ];
    });
}

function fieldsThroughReferences(names: ExpressionNames, detail: DetailName): FieldChoice[] {
  return detail.references.flatMap(({ entityType }) => {
    const entity = names.entities.find(({ name }) => name === entityType);
    return (entity?.fields ?? [])
      .filter(({ encrypted }) => !encrypted)
      .map((field) => ({ ...field, path: [entityType, field.name], through: entity?.title }));
  });
}

/** Properties of an event; those of any event are the ones that all known events share a name for. */
function eventFields(names: ExpressionNames, event: string): FieldChoice[] {
  const byName = new Map<string, FieldChoice>();
  for (const each of names.events) {
    if (event !== '*' && each.name !== event) continue;
    for (const property of each.properties) {
      if (!byName.has(property.name)) byName.set(property.name, own(property));
    }
  }
  return [...byName.values()].filter(({ type }) => type !== 'nested');
}

/** The field at a path; undefined when it is not a known name, which the reader is then told as it is written. */
export function fieldAt(
  names: ExpressionNames,
  subject: Subject,
  path: readonly string[],
): FieldChoice | undefined {
  const joined = path.join('.');
  const known = fieldsOf(names, subject).find((field) => field.path.join('.') === joined);
  if (known || subject.kind !== 'detail' || path.length !== 2) return known;
  // A reference may also be written by the field that holds the id: `product_id.kind`.
  const detail = names.details.find(({ name }) => name === subject.type);
  const reference = detail?.references.find(({ field }) => field === path[0]);
  return reference ? fieldAt(names, subject, [reference.entityType, path[1]!]) : undefined;
}

/** What a subject owns or is related to. */
export function relatedOf(names: ExpressionNames, subject: Subject): RelatedChoice[] {
  if (subject.kind === 'event' || subject.kind === 'detail') return [];
  const type = subject.kind === 'person' ? 'person' : subject.type;
  const details = names.details
    .filter(({ owner }) => owner === type)
    .map(({ name, title }): RelatedChoice => ({
      name,
      title,
      kind: 'detail',
      subject: { kind: 'detail', type: name },
    }));
  const relations = names.relations.flatMap((relation): RelatedChoice[] => {
    const ways: [string, string][] = [];
    if (relation.from === type) ways.push([relation.to, relation.title]);
    else if (relation.to === type) ways.push([relation.from, relation.reverseTitle]);
    return ways.flatMap(([far, title]) => {
      const whole: RelatedChoice = {
        name: far,
        via: relation.name,
        title: `${title} · ${farTitle(names, far)}`,
        kind: 'relation',
        subject: subjectOf(far),
      };
      const owned = names.details.filter(({ owner }) => owner === far);
      return [whole, ...owned.map((detail) => farDetails(whole, detail))];
    });
  });
  return [...details, ...relations];
}

const farDetails = (whole: RelatedChoice, detail: DetailName): RelatedChoice => ({
  ...whole,
  details: detail.name,
  title: `${whole.title} · ${detail.title}`,
  subject: { kind: 'detail', type: detail.name },
});

function farTitle(names: ExpressionNames, type: string): string {
  return names.entities.find(({ name }) => name === type)?.title ?? type;
}

/** The related thing that a source names, also when it leaves out the relation because only one leads there. */
export function relatedAt(
  names: ExpressionNames,
  subject: Subject,
  source: { name: string; via?: string | undefined; property?: readonly string[] | undefined },
): RelatedChoice | undefined {
  const ways = relatedOf(names, subject).filter(
    ({ name, via }) => name === source.name && (source.via === undefined || via === source.via),
  );
  const own = ways.find(({ kind }) => kind === 'detail');
  if (own) return own;
  const far = ways.filter(({ details }) => details !== undefined && details === source.property?.[0]);
  const fitting = far.length > 0 ? far : ways.filter(({ details }) => details === undefined);
  return source.via === undefined && fitting.length > 1 ? undefined : fitting[0];
}

/** A related thing as expressions write it, without the relation: `company`, `company.loan`. */
export const writtenName = ({ name, details }: Pick<RelatedChoice, 'name' | 'details'>): string =>
  details === undefined ? name : `${name}.${details}`;

/** The path of what is measured, as it is read from the thing itself: of `company.loan.amount`, the amount of a loan. */
export function measuredPath(
  choice: RelatedChoice | undefined,
  { property }: { property?: readonly string[] | undefined },
): readonly string[] | undefined {
  const path = choice?.details === undefined ? property : property?.slice(1);
  return path?.length === 0 ? undefined : path;
}
