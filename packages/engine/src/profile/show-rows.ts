import type { Field, profileApi } from '@wutong/contract';
import type { Secrets } from '../platform/index.ts';
import { coerceValue } from './coerce-value.ts';
import type { Stored } from './fold-attributes.ts';
import type { Value } from './operation.ts';
import { epochOfClickHouse, openValue, shownValue } from './seal-value.ts';
import type { RelationRow, TableRow } from './view-store.ts';

/** What a table row holds in a declared field; undefined when it holds nothing. */
export function storedOf(row: TableRow, field: Field): Stored | undefined {
  const box = row.sealed[field.name];
  const raw = row[field.name];
  if (raw === null || raw === undefined || (Array.isArray(raw) && raw.length === 0)) return undefined;
  if (box !== undefined) return { box, print: raw as string };
  return field.valueType === 'datetime' ? epochOfClickHouse(raw as string) : (raw as Value);
}

/** What a relation holds in a declared field: texts, which the field's type explains. */
export function storedOfRelation(row: RelationRow, field: Field): Stored | undefined {
  const text = row.attributes[field.name];
  if (text === undefined || text === '') return undefined;
  const box = row.sealed[field.name];
  if (box !== undefined) return { box, print: text };
  if (field.valueType === 'string[]') return text.split('\u001f');
  return coerceValue(field.valueType === 'datetime' ? Number(text) : text, field.valueType, 'UTC');
}

/** Declared fields as shown; missing ones are left out. */
export function showFields(
  fields: readonly Field[],
  read: (field: Field) => Stored | undefined,
  secrets: Secrets,
  open: boolean,
): Record<string, profileApi.ShownValue> {
  const shown: Record<string, profileApi.ShownValue> = {};
  for (const field of fields) {
    const stored = read(field);
    if (stored !== undefined) shown[field.name] = shownValue(stored, field, secrets, open);
  }
  return shown;
}

/** Declared fields opened: for rendering and decisions. */
export function openFields(
  fields: readonly Field[],
  read: (field: Field) => Stored | undefined,
  secrets: Secrets,
): Record<string, Value> {
  const opened: Record<string, Value> = {};
  for (const field of fields) {
    const stored = read(field);
    if (stored !== undefined) opened[field.name] = openValue(stored, secrets);
  }
  return opened;
}

/** The name of an entity: its title field, or the first declared text that is not personal, or its id. */
export function entityTitle(
  type: { fields: readonly Field[]; titleField?: string | undefined },
  row: TableRow | undefined,
  id: string,
  secrets: Secrets,
): string {
  if (!row) return id;
  const wanted =
    type.titleField ?? type.fields.find((field) => field.name === 'name' || field.name === 'title')?.name;
  const field = type.fields.find((each) => each.name === wanted);
  const stored = field && storedOf(row, field);
  return field && stored !== undefined ? String(shownValue(stored, field, secrets, false)) : id;
}
