import type { Field } from '@wutong/contract';
import { isPerson, type CheckedDetail, type CheckedEntity, type CheckedRelation } from './check-facts.ts';
import { isSealed, type Stored } from './fold-attributes.ts';
import { timesOfFields } from './lay-states.ts';
import type { End } from './operation.ts';
import type { Row } from './row.ts';
import { clickHouseTime, columnValue } from './seal-value.ts';

/** Relations without bounds hold over all that DateTime64 can say. */
export const ALWAYS_FROM_MS = Date.UTC(1900, 0, 1);
export const ALWAYS_TO_MS = Date.UTC(2299, 11, 31);

/** Columns of the fields named; a sealed value gives its print, and its box goes to `sealed`. */
function fieldColumns(
  { fields, at, whole, deleted }: CheckedEntity | CheckedDetail,
  known: Map<string, Field>,
): Record<string, unknown> {
  const isWhole = whole || deleted;
  const columns: Record<string, unknown> = {};
  const sealed: Record<string, string> = {};
  for (const name in fields) {
    const value = fields[name]!;
    const field = known.get(name);
    if (!field) continue;
    if (value === null) columns[name] = field.valueType === 'string[]' ? [] : null;
    else {
      columns[name] = columnValue(value, field);
      if (isSealed(value)) sealed[name] = value.box;
    }
  }
  columns['sealed'] = sealed;
  columns['field_times'] = isWhole
    ? {}
    : timesOfFields(
        Object.keys(fields).filter((name) => known.has(name)),
        at,
      );
  return columns;
}

export function entityRow(fact: CheckedEntity, known: Map<string, Field>): Row {
  return {
    entity_id: fact.id,
    version: fact.at,
    deleted: fact.deleted ? 1 : 0,
    ...fieldColumns(fact, known),
  };
}

export function detailRow(fact: CheckedDetail, known: Map<string, Field>): Row {
  const end = endColumns(fact.owner);
  return {
    detail_id: fact.id,
    owner_type: end.type,
    owner_id: end.id,
    person_id: end.personId,
    key_number: end.keyNumber,
    time: clickHouseTime(fact.time),
    version: fact.at,
    deleted: fact.deleted ? 1 : 0,
    ...fieldColumns(fact, known),
  };
}

export function relationRow(fact: CheckedRelation): Row {
  const from = endColumns(fact.from);
  const to = endColumns(fact.to);
  const attributes: Record<string, string> = {};
  const sealed: Record<string, string> = {};
  for (const [name, value] of Object.entries(fact.fields)) {
    if (value === null) continue;
    attributes[name] = relationText(value);
    if (isSealed(value)) sealed[name] = value.box;
  }
  return {
    relation_type: fact.type,
    from_type: from.type,
    from_id: from.id,
    from_key_number: from.keyNumber,
    from_person_id: from.personId,
    to_type: to.type,
    to_id: to.id,
    to_key_number: to.keyNumber,
    to_person_id: to.personId,
    valid_from: clickHouseTime(fact.validFrom ?? ALWAYS_FROM_MS),
    valid_to: clickHouseTime(fact.validTo ?? ALWAYS_TO_MS),
    said_to: clickHouseTime(fact.validTo ?? ALWAYS_TO_MS),
    attributes,
    sealed,
    version: fact.at,
    deleted: fact.deleted ? 1 : 0,
    unbegun: 0,
    gone_at: fact.deleted && fact.validFrom === undefined ? fact.at : 0,
  };
}

function relationText(value: Stored): string {
  if (isSealed(value)) return value.print;
  return Array.isArray(value) ? value.join('\u001f') : String(value);
}

function endColumns(end: End): { type: string; id: string; keyNumber: number; personId: number } {
  return isPerson(end)
    ? { type: 'person', id: String(end.keyNumber), keyNumber: end.keyNumber, personId: end.personId }
    : { type: end.type, id: end.id, keyNumber: 0, personId: 0 };
}
