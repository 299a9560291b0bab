import { fieldNameSchema, type Field, type FieldInput } from '@wutong/contract';
import { learntField, type Model } from './catalogue.ts';
import { inferType } from './coerce-value.ts';
import type { Declarations } from './front-door.ts';
import { MAXIMUM_FIELDS } from './merge-declaration.ts';
import type { Operation } from './operation.ts';
import { isSecret } from './refuse-secrets.ts';
import { RESERVED_COLUMNS } from './name-columns.ts';

/** Persons carry what every source says: more than any one entity type. */
const MAXIMUM_ATTRIBUTES = 1_000;

/**
 * What a batch names for the first time and may declare itself: attributes of persons, and fields of declared
 * entity, relation and detail types. Undefined when everything is declared, which is nearly always.
 */
export function learnFields(model: Model, operations: readonly Operation[]): Declarations | undefined {
  const attributes = new Map<string, FieldInput>();
  const types = new Map<string, Map<string, FieldInput>>();
  for (const operation of operations) {
    if (operation.kind === 'attributes') {
      if (operation.action === 'unset') continue;
      const forced = FORCED_TYPES[operation.action];
      learnFrom(operation.values, model.attributes, attributes, MAXIMUM_ATTRIBUTES, forced);
    } else if (operation.kind !== 'consent') {
      const declared = declaredType(model, operation.kind, operation.type);
      if (!declared) continue;
      const id = `${operation.kind} ${operation.type}`;
      const learnt = types.get(id) ?? new Map<string, FieldInput>();
      types.set(id, learnt);
      learnFrom(operation.fields, fieldsByName(declared), learnt, MAXIMUM_FIELDS);
    }
  }
  const extended = (kind: string, declared: Map<string, { fields: Field[] }>): unknown[] =>
    [...types]
      .filter(([id, learnt]) => id.startsWith(`${kind} `) && learnt.size > 0)
      .map(([id, learnt]) => ({ ...declared.get(id.slice(kind.length + 1))!, fields: [...learnt.values()] }));
  const declarations = {
    attributes: [...attributes.values()],
    entityTypes: extended('entity', model.entityTypes),
    relationTypes: extended('relation', model.relationTypes),
    detailTypes: extended('detail', model.detailTypes),
  } as Declarations;
  return Object.values(declarations).some((each) => (each as unknown[]).length > 0)
    ? declarations
    : undefined;
}

const FORCED_TYPES: Readonly<Record<string, Field['valueType']>> = {
  increment: 'number',
  append: 'string[]',
};

function learnFrom(
  values: Readonly<Record<string, unknown>>,
  declared: { has(name: string): boolean; readonly size: number },
  learnt: Map<string, FieldInput>,
  maximum: number,
  forced?: Field['valueType'],
): void {
  for (const name in values) {
    if (declared.has(name) || learnt.has(name)) continue;
    const raw = values[name];
    const type = raw === null || raw === undefined ? undefined : (forced ?? inferType(raw));
    if (
      !type ||
      RESERVED_COLUMNS.has(name) ||
      isSecret(name, raw) ||
      !fieldNameSchema.safeParse(name).success
    )
      continue;
    if (declared.size + learnt.size >= maximum) return;
    learnt.set(name, learntField(name, type));
  }
}

/** The declared type that an operation speaks of. */
export function declaredType(
  model: Model,
  kind: 'entity' | 'relation' | 'detail',
  name: string,
): { fields: Field[] } | undefined {
  if (kind === 'entity') return model.entityTypes.get(name);
  return kind === 'relation' ? model.relationTypes.get(name) : model.detailTypes.get(name);
}

const indexes = new WeakMap<object, Map<string, Field>>();

/** Fields of a type by name; the index lives as long as the declaration. */
export function fieldsByName(type: { fields: Field[] }): Map<string, Field> {
  let index = indexes.get(type);
  if (!index) indexes.set(type, (index = new Map(type.fields.map((field) => [field.name, field]))));
  return index;
}
