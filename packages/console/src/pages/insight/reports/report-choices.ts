/** What a report can be made of, by the bank's own model. Pure: the model in, choices out. */
import type { Catalogue, Field, ReportDimension, ReportRequest } from '@wutong/contract';

export type Subject = ReportRequest['subject'];
export type Measure = ReportRequest['measures'][number];

/** The model's tree: a type of entity whose parts belong to wholes of the same type, and people to it by an attribute. */
export interface Tree {
  attribute: string;
  entityType: string;
  relation: string;
}

const PERSON = 'person';

/** The tree of institutions, where the model has one. */
export function treeOf(model: Catalogue | undefined): Tree | undefined {
  for (const { name, from, to } of model?.relationTypes ?? []) {
    if (from !== to || from === PERSON) continue;
    const attribute = attributesOf(model).find((each) => each.name === `${from}_id`)?.name;
    if (attribute) return { attribute, entityType: from, relation: name };
  }
  return undefined;
}

/** Attributes that may tell people apart or be added up: nothing that identifies, no lists. */
export const attributesOf = (model: Catalogue | undefined): readonly Field[] =>
  usable(model?.attributes ?? []);

/** Details of people: holdings, transactions. */
export const detailsOf = (model: Catalogue | undefined): Catalogue['detailTypes'] =>
  (model?.detailTypes ?? []).filter(({ owner }) => owner === PERSON);

/** Relations from people to entities: who manages them, whom they represent. */
export const relationsOf = (model: Catalogue | undefined): Catalogue['relationTypes'] =>
  (model?.relationTypes ?? []).filter(({ from, to }) => from === PERSON && to !== PERSON);

export const usable = (fields: readonly Field[]): readonly Field[] =>
  fields.filter(({ pii, valueType }) => pii !== 'identifying' && valueType !== 'string[]');

/** The entity that a field is the id of: by the detail's references, else by its name. */
export function entityOf(model: Catalogue | undefined, field: string, subject?: Subject): string | undefined {
  const detail =
    subject?.kind === 'details' ? detailsOf(model).find(({ name }) => name === subject.detail) : undefined;
  return (
    detail?.references.find((each) => each.field === field)?.entityType ??
    model?.entityTypes.find(({ name }) => field === `${name}_id`)?.name
  );
}

export const keyOfSubject = (subject: Subject): string =>
  subject.kind === 'details' ? `details:${subject.detail}` : subject.kind;

/** A dimension as the value of a choice; its own settings (levels, the institution looked under, units) stay out. */
export function keyOfDimension(dimension: ReportDimension): string {
  switch (dimension.kind) {
    case 'institution':
    case 'time':
      return dimension.kind;
    case 'relation':
      return `relation:${dimension.relation}`;
    case 'attribute':
      return `attribute:${dimension.attribute}`;
    case 'tag':
      return `tag:${dimension.tag}`;
    case 'field':
      return dimension.entityField
        ? `entity:${dimension.field}:${dimension.entityField}`
        : `field:${dimension.field}`;
  }
}

/** The dimension of a choice; undefined where the model has lost what it is made of. */
export function dimensionOf(
  key: string,
  model: Catalogue | undefined,
  subject: Subject,
): ReportDimension | undefined {
  const [kind = '', name = '', entityField] = key.split(':');
  switch (kind) {
    case 'institution': {
      const tree = treeOf(model);
      return tree && { kind, ...tree, levels: 1 };
    }
    case 'relation':
      return { kind, relation: name };
    case 'attribute':
      return { kind, attribute: name, entityType: entityOf(model, name) };
    case 'tag':
      return { kind, tag: name };
    case 'field':
      return { kind, field: name, entityType: entityOf(model, name, subject) };
    case 'entity':
      return { kind: 'field', field: name, entityType: entityOf(model, name, subject), entityField };
    case 'time':
      return { kind, unit: 'month' };
  }
  return undefined;
}

/** Dimensions that go with another subject too; times and fields of the former go. */
export function dimensionsFor(dimensions: readonly ReportDimension[]): ReportDimension[] {
  return dimensions.filter(({ kind }) => kind !== 'field' && kind !== 'time');
}

/** Counts grow with people, so that a share of the whole means something; averages do not. */
export const isExtensive = (measure: Measure | undefined): boolean =>
  measure !== undefined && ['count', 'people', 'sum'].includes(measure.kind);
