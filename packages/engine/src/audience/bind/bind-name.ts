import type { CatalogueField } from '@wutong/contract';
import { eqlTypeOf } from '../catalogue.ts';
import type { BoundValue, FieldRef, Subject } from './bound.ts';
import { refuse, type Binder, type Scope } from './binder.ts';
import { listed, suggestMeaning, suggestTitled } from './suggest-meaning.ts';

/** What a name or a path means where it stands: a field, a property, a field of a referenced entity. */
export function bindPath(binder: Binder, node: object, path: readonly string[], scope: Scope): BoundValue {
  const [first, ...rest] = path as [string, ...string[]];
  if (scope.subject.kind === 'event') {
    if (rest.length > 0) return unknown(binder, node, path, scope, []);
    return bindProperty(binder, node, first, scope);
  }
  const field = fieldsOf(binder, scope.subject).find((each) => each.name === first);
  if (field && rest.length === 0) return fieldValue(binder, node, field, scope);
  if (scope.subject.kind === 'detail') {
    const reference = bindReference(binder, node, path, scope);
    if (reference) return reference;
    if (first === 'time' && rest.length === 0) return { kind: 'eventPart', part: 'time', type: 'instant' };
  } else {
    const related = bindRelationPath(binder, node, path, scope);
    if (related) return related;
  }
  refuseUnasked(binder, node, path, scope);
  return unknown(binder, node, path, scope, fieldsOf(binder, scope.subject));
}

/** `holding.amount` has many values: says how to ask of them. */
function refuseUnasked(binder: Binder, node: object, path: readonly string[], scope: Scope): void {
  const { model } = binder.environment.catalogue;
  const [first = '', ...rest] = path;
  const known = [...model.detailTypes, ...model.entityTypes].some((type) => type.name === first);
  if (scope.row || !known) return;
  const field = rest.length === 0 ? '' : ` where (${rest.join('.')} …)`;
  refuse(binder, node, scope, {
    code: 'unknown_name',
    en: `There may be many “${first}”: ask whether any fits, or add them up with count, sum, max ….`,
    zh: `“${first}”可能有多条：请用 any 判断，或用 count、sum、max 等汇总。`,
    suggestion: `any ${first}${field}`,
  });
}

/** Declared fields of a subject. */
export function fieldsOf(binder: Binder, subject: Subject): readonly CatalogueField[] {
  const { model } = binder.environment.catalogue;
  switch (subject.kind) {
    case 'person':
      return model.attributes;
    case 'entity':
      return model.entityTypes.find((type) => type.name === subject.type)?.fields ?? [];
    case 'detail':
      return model.detailTypes.find((type) => type.name === subject.type)?.fields ?? [];
    case 'event':
      return [];
  }
}

/** A field as the compiler needs it. */
export function refOf(field: CatalogueField): FieldRef {
  return { name: field.name, column: field.column, type: eqlTypeOf(field.valueType) };
}

function fieldValue(binder: Binder, node: object, field: CatalogueField, scope: Scope): BoundValue {
  const { permissions } = binder.environment;
  const sealed = field.pii === 'identifying';
  if (sealed && permissions && !permissions.has('*') && !permissions.has('pii.open')) {
    return refuse(binder, node, scope, {
      code: 'no_permission',
      en: `“${field.name}” identifies people; searching by it needs the permission pii.open.`,
      zh: `“${field.name}”属于可识别个人身份的信息，按其筛选需要 pii.open 权限。`,
    });
  }
  return {
    kind: 'field',
    subject: scope.subject,
    field: refOf(field),
    type: eqlTypeOf(field.valueType),
    unit: field.unit,
    sealed,
  };
}

/** `product.kind` in a detail that holds the id of a product. */
function bindReference(
  binder: Binder,
  node: object,
  path: readonly string[],
  scope: Scope,
): BoundValue | undefined {
  const { model } = binder.environment.catalogue;
  const subject = scope.subject as Extract<Subject, { kind: 'detail' }>;
  const detail = model.detailTypes.find((type) => type.name === subject.type);
  const [first, second] = path;
  if (!detail || path.length !== 2) return undefined;
  const reference = detail.references.find((each) => each.entityType === first || each.field === first);
  const entity = model.entityTypes.find((type) => type.name === reference?.entityType);
  const base = detail.fields.find((field) => field.name === reference?.field);
  if (!reference || !entity || !base) return undefined;
  const field = entity.fields.find((each) => each.name === second);
  if (!field) {
    return unknown(binder, node, [second ?? ''], scope, entity.fields);
  }
  if (field.pii === 'identifying') return encrypted(binder, node, scope, field.name);
  const value: BoundValue = {
    kind: 'reference',
    base: refOf(base),
    entityTable: entity.table,
    field: refOf(field),
    type: eqlTypeOf(field.valueType),
    unit: field.unit,
  };
  return value;
}

/**
 * A relation named like an attribute: the id at its far end (`managed_by = $viewer`), or a field of what
 * stands there (`managed_by.branch`). With several ends the smallest value counts.
 */
function bindRelationPath(
  binder: Binder,
  node: object,
  path: readonly string[],
  scope: Scope,
): BoundValue | undefined {
  const { model } = binder.environment.catalogue;
  const [name, fieldName] = path;
  const typeName = scope.subject.kind === 'person' ? 'person' : (scope.subject as { type: string }).type;
  const relation = model.relationTypes.find((each) => each.name === name && each.from === typeName);
  const entity = model.entityTypes.find((type) => type.name === relation?.to);
  if (!relation || !entity || path.length > 2 || scope.row) return undefined;
  const far: Subject = { kind: 'entity', type: entity.name, table: entity.table };
  const property: BoundValue =
    fieldName === undefined
      ? { kind: 'entityId', type: 'text' }
      : bindPath(binder, node, [fieldName], { ...scope, subject: far, row: false });
  return {
    kind: 'aggregate',
    function: 'min',
    byDay: false,
    timeZone: binder.environment.time.timeZone,
    type: property.type,
    unit: property.unit,
    source: {
      kind: 'relation',
      near: scope.subject,
      far,
      relationType: relation.name,
      reversed: false,
      property,
    },
  };
}

/** A property of the event in question, or one of its own parts. */
export function bindProperty(binder: Binder, node: object, name: string, scope: Scope): BoundValue {
  const { events } = binder.environment.catalogue;
  const named = events.filter((event) => scope.event === '*' || event.name === scope.event);
  const property = named.flatMap((event) => event.properties).find((each) => each.name === name);
  if (property) {
    if (property.valueType === 'json') {
      return refuse(binder, node, scope, {
        code: 'type_mismatch',
        en: `“${name}” holds nested data; conditions need a simple value.`,
        zh: `“${name}”是嵌套数据，条件需要简单值。`,
      });
    }
    return { kind: 'property', property: name, type: eqlTypeOf(property.valueType) };
  }
  if (name === 'time') return { kind: 'eventPart', part: 'time', type: 'instant' };
  if (name === 'event' || name === 'source') return { kind: 'eventPart', part: name, type: 'text' };
  const known = named.flatMap((event) => event.properties);
  const suggestion = suggestTitled(name, known);
  const names = listed(suggestion === undefined ? [...new Set(known.map((each) => each.name))] : []);
  return refuse(binder, node, scope, {
    code: 'unknown_property',
    en: `The event “${scope.event}” has no property “${name}”.${names.en}`,
    zh: `事件“${scope.event}”没有属性“${name}”。${names.zh}`,
    suggestion,
    word: name,
  });
}

function unknown(
  binder: Binder,
  node: object,
  path: readonly string[],
  scope: Scope,
  known: readonly CatalogueField[],
): never {
  const name = path.join('.');
  return refuse(binder, node, scope, {
    code: 'unknown_name',
    en: `There is no attribute “${name}” here.`,
    zh: `此处没有属性“${name}”。`,
    suggestion: suggestMeaning(binder, path, scope, known),
    word: name,
  });
}

/** Encrypted values can only be compared for equality, and only directly. */
export function encrypted(binder: Binder, node: object, scope: Scope, name: string): never {
  return refuse(binder, node, scope, {
    code: 'encrypted_attribute',
    en: `“${name}” is encrypted: only =, in and “is missing” can be asked of it.`,
    zh: `“${name}”已加密，只能使用 =、in 或 is missing。`,
  });
}
