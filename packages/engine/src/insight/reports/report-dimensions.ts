import type { Catalogue, CatalogueField, ReportDimension, ReportRequest } from '@wutong/contract';
import { presentPerson } from '../../identity/index.ts';
import { CodedError } from '../../platform/index.ts';
import { propertyText } from '../analyses/event-sql.ts';
import type { AnalysisNeeds, ResolvedScope } from '../analyses/scope-sql.ts';
import { bucketIndexSql, bucketStarts } from '../analyses/time-buckets.ts';
import { pathTo, readTree, rowsOfTree, type Tree } from './read-tree.ts';

/** A dimension as it is asked in SQL, and how its values are shown. */
export interface Dimension {
  readonly title: string;
  /** SQL text of the value, over `fact`, `portrait` and the joins. */
  readonly sql: string;
  readonly joins: string;
  /** Attributes that `portrait` must have, by their alias there. */
  readonly attributes: ReadonlyMap<string, CatalogueField>;
  /** Groups say something personal. */
  readonly isPersonal: boolean;
  /** Type of the entities whose ids the values are, for their names. */
  readonly entityType: string | undefined;
  /** Instants (epoch ms) that the values are places of. */
  readonly starts?: readonly number[];
  readonly tree?: { readonly tree: Tree; readonly under: string | undefined };
  /** Column of the fact that the value is taken from: alias and SQL over the subject's own row. */
  readonly fact?: readonly [string, string];
}

/** What dimensions are made with. */
export interface DimensionContext {
  readonly asking: AnalysisNeeds;
  readonly scope: ResolvedScope;
  readonly catalogue: Catalogue;
  readonly request: ReportRequest;
}

const PERSON_TYPE = 'person';

export function refuse(reason: string, details: Record<string, unknown> = {}): never {
  throw new CodedError('analysis_invalid', { details: { reason, ...details } });
}

/** @throws CodedError analysis_invalid */
export async function makeDimension(
  context: DimensionContext,
  dimension: ReportDimension,
  place: number,
): Promise<Dimension> {
  switch (dimension.kind) {
    case 'institution':
      return makeInstitution(context, dimension, place);
    case 'relation':
      return makeRelation(context, dimension.relation, place);
    case 'attribute': {
      const field = attributeOf(context.catalogue, dimension.attribute);
      const alias = `dimension${place}`;
      return {
        title: field.title.zh,
        sql: `ifNull(toString(portrait.${alias}), '')`,
        joins: '',
        attributes: new Map([[alias, field]]),
        isPersonal: field.pii !== 'none',
        entityType: dimension.entityType,
      };
    }
    case 'field':
      return makeField(context, dimension, place);
    case 'tag':
      return makeTag(context, dimension.tag, place);
    case 'time': {
      if (!context.request.period || context.request.subject.kind === 'people') refuse('period_needed');
      const { from, to, timeZone } = context.scope;
      const starts = bucketStarts(from, to, dimension.unit, timeZone);
      const sql = `toString(${bucketIndexSql('fact.at', starts)})`;
      return { ...IMPERSONAL, title: '时间', sql, starts };
    }
  }
}

const IMPERSONAL = {
  joins: '',
  attributes: new Map<string, CatalogueField>(),
  isPersonal: false,
  entityType: undefined,
} as const;

/** An attribute that may be told apart or summed. @throws CodedError analysis_invalid */
export function attributeOf(catalogue: Catalogue, name: string): CatalogueField {
  const field = catalogue.attributes.find((each) => each.name === name);
  if (!field) return refuse('unknown_attribute', { attribute: name });
  if (field.pii === 'identifying') return refuse('identifying_attribute', { attribute: name });
  if (field.valueType === 'string[]') return refuse('list_attribute', { attribute: name });
  return field;
}

export function entityTypeOf(catalogue: Catalogue, name: string): Catalogue['entityTypes'][number] {
  return catalogue.entityTypes.find((each) => each.name === name) ?? refuse('unknown_entity_type', { name });
}

async function makeInstitution(
  { asking, scope, catalogue }: DimensionContext,
  dimension: Extract<ReportDimension, { kind: 'institution' }>,
  place: number,
): Promise<Dimension> {
  const type = entityTypeOf(catalogue, dimension.entityType);
  const field = attributeOf(catalogue, dimension.attribute);
  const { under, relation, levels } = dimension;
  const tree = await readTree(asking.platform.clickhouse, {
    table: type.table,
    entityType: type.name,
    relation,
    now: scope.now,
  });
  if (under !== undefined && !tree.ids.has(under)) refuse('unknown_institution', { under });
  const rows = [...rowsOfTree(tree, under, levels)];
  const ids = scope.bindings.bind(
    'Array(String)',
    rows.map(([id]) => id),
  );
  const shown = scope.bindings.bind(
    'Array(String)',
    rows.map(([, row]) => row),
  );
  const alias = `dimension${place}`;
  return {
    title: type.title.zh,
    // Elsewhere, or nowhere: '' at the top, and nothing at all below one institution.
    sql: `transform(ifNull(toString(portrait.${alias}), ''), ${ids}, ${shown}, '')`,
    joins: '',
    attributes: new Map([[alias, field]]),
    isPersonal: field.pii !== 'none',
    entityType: type.name,
    tree: { tree, under },
  };
}

function makeRelation({ scope, catalogue }: DimensionContext, name: string, place: number): Dimension {
  const relation = catalogue.relationTypes.find((each) => each.name === name);
  if (!relation) return refuse('unknown_relation', { relation: name });
  if (relation.from !== PERSON_TYPE || relation.to === PERSON_TYPE) {
    return refuse('relation_not_from_people', { relation: name });
  }
  const alias = `related${place}`;
  const now = `fromUnixTimestamp64Milli(${scope.bindings.integer(scope.now)}, 'UTC')`;
  return {
    ...IMPERSONAL,
    title: relation.title.zh,
    sql: `${alias}.far`,
    entityType: relation.to,
    joins: `left join (
      select ${presentPerson('from_person_id', 'from_key_number')} as near, argMax(to_id, (valid_from, to_id)) as far
      from relation final
      where relation_type = ${scope.bindings.string(name)} and from_type = 'person'
        and valid_from <= ${now} and valid_to > ${now}
      group by near) as ${alias} on ${alias}.near = fact.person`,
  };
}

async function makeTag({ asking, scope }: DimensionContext, tag: string, place: number): Promise<Dimension> {
  const alias = `tag${place}`;
  const groups = await asking.needs.audience.tagGroups(tag, `${alias}_`);
  if (!groups) return refuse('unknown_tag', { tag });
  scope.bindings.take(groups.parameters);
  return {
    ...IMPERSONAL,
    title: groups.name,
    sql: `${alias}.value`,
    joins: `left join (${groups.sql}) as ${alias} on ${alias}.person_id = fact.person`,
    // Whatever a tag is made of may be personal.
    isPersonal: true,
  };
}

function makeField(
  { catalogue, request }: DimensionContext,
  dimension: Extract<ReportDimension, { kind: 'field' }>,
  place: number,
): Dimension {
  const { subject } = request;
  if (subject.kind === 'people') return refuse('field_of_people', { field: dimension.field });
  const alias = `dimension${place}`;
  let sql = propertyText(dimension.field);
  let { entityType } = dimension;
  let isPersonal = false;
  let title = dimension.field;
  if (subject.kind === 'details') {
    const field = detailField(catalogue, subject.detail, dimension.field);
    const type = catalogue.detailTypes.find((each) => each.name === subject.detail);
    entityType ??= type?.references.find((each) => each.field === field.name)?.entityType;
    sql = `ifNull(toString(${field.column}), '')`;
    isPersonal = field.pii !== 'none';
    title = field.title.zh;
  }
  const made: Dimension = {
    ...IMPERSONAL,
    title,
    sql: `fact.${alias}`,
    isPersonal,
    entityType,
    fact: [alias, sql],
  };
  if (dimension.entityField === undefined) return made;
  if (entityType === undefined) return refuse('no_entity', { field: dimension.field });
  const type = entityTypeOf(catalogue, entityType);
  const field = type.fields.find((each) => each.name === dimension.entityField);
  if (!field || field.pii === 'identifying') return refuse('unknown_field', { field: dimension.entityField });
  const entity = `entity${place}`;
  return {
    ...made,
    title: field.title.zh,
    sql: `ifNull(${entity}.value, '')`,
    entityType: undefined,
    isPersonal: isPersonal || field.pii !== 'none',
    joins: `left join (select entity_id, toString(${field.column}) as value from ${type.table} final) as ${entity}
      on ${entity}.entity_id = fact.${alias}`,
  };
}

/** A field of a detail that may be told apart or summed. @throws CodedError analysis_invalid */
export function detailField(catalogue: Catalogue, detail: string, name: string): CatalogueField {
  const type = catalogue.detailTypes.find((each) => each.name === detail);
  if (!type || type.owner !== PERSON_TYPE) return refuse('unknown_detail', { detail });
  const field = type.fields.find((each) => each.name === name);
  if (!field || field.pii === 'identifying' || field.valueType === 'string[]') {
    return refuse('unknown_field', { detail, field: name });
  }
  return field;
}

/** Institutions from the top to the one looked under, of the first dimension that is a tree. */
export function lookedUnder(dimensions: readonly Dimension[]): string[] {
  const looked = dimensions.find((each) => each.tree?.under !== undefined)?.tree;
  return looked ? pathTo(looked.tree, looked.under!) : [];
}
