import type { DetailType, EntityType, Field, PurposeDeclaration, RelationType } from '@wutong/contract';
import { CodedError } from '../platform/index.ts';
import { RESERVED_COLUMNS } from './name-columns.ts';

export type DeclarationKind = 'attribute' | 'entity_type' | 'relation_type' | 'detail_type' | 'purpose';

/** ClickHouse opens a file per column and part: a type with thousands of columns would starve the rest. */
export const MAXIMUM_FIELDS = 500;
/** Words of EQL that a type's name would hide. */
const RESERVED_TYPES = new Set(['person', 'event', 'detail', 'segment', 'tag']);

/**
 * A declaration laid over the stored one: fields are added and retitled, never removed and never given another
 * value type; undefined when nothing changes.
 * @throws CodedError declaration_conflict, reserved_name, too_many_fields, type_not_declared
 */
export function mergeDeclaration(
  kind: DeclarationKind,
  name: string,
  stored: unknown,
  wanted: unknown,
  isDeclared: (kind: DeclarationKind, name: string) => boolean,
): unknown {
  const merged = mergeBodies(kind, name, stored, wanted, isDeclared);
  return stored !== undefined && JSON.stringify(sorted(merged)) === JSON.stringify(sorted(stored))
    ? undefined
    : merged;
}

function mergeBodies(
  kind: DeclarationKind,
  name: string,
  stored: unknown,
  wanted: unknown,
  isDeclared: (kind: DeclarationKind, name: string) => boolean,
): unknown {
  const checkEnd = (type: string): void => {
    if (type !== 'person' && !isDeclared('entity_type', type)) {
      throw new CodedError('type_not_declared', { details: { type } });
    }
  };
  switch (kind) {
    case 'attribute':
      return mergeField(name, stored as Field | undefined, wanted as Field);
    case 'purpose':
      return mergePurpose(stored as PurposeDeclaration | undefined, wanted as PurposeDeclaration);
    case 'entity_type': {
      if (!stored && RESERVED_TYPES.has(name)) throw new CodedError('reserved_name', { details: { name } });
      return mergeFields(name, stored as EntityType | undefined, wanted as EntityType);
    }
    case 'relation_type': {
      const [before, after] = [stored as RelationType | undefined, wanted as RelationType];
      checkEnd(after.from);
      checkEnd(after.to);
      if (before && (before.from !== after.from || before.to !== after.to)) {
        throw conflict(name, `it leads from ${before.from} to ${before.to}`);
      }
      return mergeFields(name, before, after);
    }
    case 'detail_type': {
      const [before, after] = [stored as DetailType | undefined, wanted as DetailType];
      checkEnd(after.owner);
      if (before && before.owner !== after.owner) throw conflict(name, `its owner is ${before.owner}`);
      const merged = mergeFields(name, before, after);
      const kept = (before?.references ?? []).filter(
        (each) => !after.references.some((other) => other.field === each.field),
      );
      for (const { field } of after.references)
        if (!merged.fields.some((each) => each.name === field))
          throw conflict(name, `a reference names the field ${field}, which it has not`);
      return { ...merged, references: [...kept, ...after.references] };
    }
  }
}

function mergePurpose(
  stored: PurposeDeclaration | undefined,
  wanted: PurposeDeclaration,
): PurposeDeclaration {
  if (stored && wanted.version < stored.version) {
    throw conflict(wanted.purpose, `its present version is ${stored.version}`);
  }
  return wanted;
}

function mergeFields<Type extends { fields: Field[] }>(
  name: string,
  stored: Type | undefined,
  wanted: Type,
): Type {
  const fields = new Map((stored?.fields ?? []).map((field) => [field.name, field]));
  for (const field of wanted.fields) fields.set(field.name, mergeField(name, fields.get(field.name), field));
  if (fields.size > MAXIMUM_FIELDS) {
    throw new CodedError('too_many_fields', { details: { name, maximum: MAXIMUM_FIELDS } });
  }
  return { ...stored, ...wanted, fields: [...fields.values()] };
}

function mergeField(owner: string, stored: Field | undefined, wanted: Field): Field {
  if (RESERVED_COLUMNS.has(wanted.name))
    throw new CodedError('reserved_name', { details: { name: wanted.name } });
  if (wanted.pii === 'identifying' && wanted.valueType !== 'string') {
    throw conflict(`${owner}.${wanted.name}`, 'only texts can be of class identifying', {
      needed: { valueType: 'string' },
    });
  }
  if (!stored) return wanted;
  if (stored.valueType !== wanted.valueType) {
    throw conflict(`${owner}.${wanted.name}`, `its value type is ${stored.valueType}`, {
      declared: { valueType: stored.valueType },
    });
  }
  if (
    (stored.pii === 'identifying') !== (wanted.pii === 'identifying') &&
    !(wanted.learnt && !stored.learnt)
  ) {
    // What is stored open would stay open: the values have to be loaded again under another name.
    throw conflict(`${owner}.${wanted.name}`, `its class is ${stored.pii}`, {
      declared: { pii: stored.pii },
    });
  }
  // What a person declared is not overwritten by what a batch learnt.
  return wanted.learnt && !stored.learnt ? stored : wanted;
}

/** The parts of a field that are declared otherwise, or that would have to be so, for those who say it in their own words. */
interface ConflictingParts {
  readonly declared?: Partial<Pick<Field, 'valueType' | 'pii'>>;
  readonly needed?: Partial<Pick<Field, 'valueType' | 'pii'>>;
}

const conflict = (name: string, because: string, parts: ConflictingParts = {}): CodedError =>
  new CodedError('declaration_conflict', { details: { name, because, ...parts } });

/** jsonb does not keep the order of keys: compare with them sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
