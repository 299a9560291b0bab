import type { Secrets } from '../platform/index.ts';
import { coerceValue, limitPassed } from './coerce-value.ts';
import type { Model } from './catalogue.ts';
import type { Stored } from './fold-attributes.ts';
import { declaredType, fieldsByName } from './learn-fields.ts';
import type {
  DetailOperation,
  End,
  EntityOperation,
  FactOperation,
  Rejection,
  RelationOperation,
} from './operation.ts';
import type { Placed } from './apply-attributes.ts';
import { isSecret } from './refuse-secrets.ts';
import { sealValue } from './seal-value.ts';

/** Fields checked, coerced and sealed; null clears a field. */
export type CheckedFields = Record<string, Stored | null>;
type Checked<Operation extends FactOperation> = Omit<Operation, 'fields'> & {
  readonly fields: CheckedFields;
};
export type CheckedEntity = Checked<EntityOperation>;
export type CheckedRelation = Checked<RelationOperation>;
export type CheckedDetail = Checked<DetailOperation>;
/** A fact ready to be stored. */
export type CheckedFact = CheckedEntity | CheckedRelation | CheckedDetail;

const MAXIMUM_ID_CHARACTERS = 200;

/** Facts that fit their declarations; the others, and single values that do not fit, are rejected. */
export function checkFacts(
  model: Model,
  operations: readonly Placed<FactOperation>[],
  needs: { secrets: Secrets; timeZone: string },
  reject: (rejection: Rejection) => void,
): Placed<CheckedFact>[] {
  const checked: Placed<CheckedFact>[] = [];
  for (const { index, operation } of operations) {
    const declared = declaredType(model, operation.kind, operation.type);
    const problem = declared ? problemOf(model, operation) : 'type_not_declared';
    if (!declared || problem) {
      reject({
        index,
        code: problem ?? 'type_not_declared',
        detail: `${operation.kind} ${operation.type.slice(0, 50)}`,
      });
      continue;
    }
    const fields: CheckedFields = {};
    const known = fieldsByName(declared);
    for (const [name, raw] of Object.entries(operation.fields)) {
      if (raw === undefined) continue;
      const field = known.get(name);
      if (!field || isSecret(name, raw)) {
        const code = isSecret(name, raw) ? 'value_forbidden' : 'value_type_conflict';
        if (raw !== null)
          reject({ index, code, field: name.slice(0, 100), detail: `${operation.kind} ${operation.type}` });
        continue;
      }
      const value = raw === null ? null : coerceValue(raw, field.valueType, needs.timeZone);
      if (value === undefined) {
        reject({
          index,
          code: 'value_type_conflict',
          field: name,
          detail: limitPassed(raw, field.valueType) ?? `does not fit ${field.valueType}`,
        });
      } else {
        fields[name] = value === null ? null : sealValue(value, field, needs.secrets);
      }
    }
    checked.push({ index, operation: { ...operation, fields } });
  }
  return checked;
}

function problemOf(model: Model, operation: FactOperation): Rejection['code'] | undefined {
  // The time of a state is the version of its row, which is unsigned.
  if (operation.at < 0) return 'time_invalid';
  switch (operation.kind) {
    case 'entity':
      return isId(operation.id) ? undefined : 'owner_missing';
    case 'detail': {
      const owner = model.detailTypes.get(operation.type)!.owner;
      return isId(operation.id) && isEnd(operation.owner, owner) ? undefined : 'owner_missing';
    }
    case 'relation': {
      const type = model.relationTypes.get(operation.type)!;
      return isEnd(operation.from, type.from) && isEnd(operation.to, type.to) ? undefined : 'owner_missing';
    }
  }
}

const isId = (id: string): boolean => id !== '' && id.length <= MAXIMUM_ID_CHARACTERS;

function isEnd(end: End, type: string): boolean {
  if (end.type !== type) return false;
  return isPerson(end) ? end.keyNumber > 0 : isId(end.id);
}

/** Whether an end is a person. */
export function isPerson(end: End): end is Extract<End, { personId: number }> {
  return 'personId' in end;
}
