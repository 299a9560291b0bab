/** A first guess at what the columns mean, from their names and values; a person corrects it. */
import type { Catalogue, Field, ValueType } from '@wutong/contract';
import {
  isCalled,
  knownFields,
  knownKeys,
  knownParts,
  knownValues,
  plainName,
  TRANSACTION_TIME,
} from './known-columns.ts';
import {
  hasKeys,
  partsOf,
  typeOfUse,
  type ColumnPlan,
  type FieldPlan,
  type RecordKind,
  type RecordPlan,
  type SingleUse,
  type Use,
} from './record-plan.ts';
import { detectType, isSerial, readingFor, telling, type Reading } from './value-shape.ts';

/** A column with some of its values. */
export interface SampledColumn {
  name: string;
  samples: readonly string[];
}

/** What is already declared, so that columns find the attributes they belong to. */
export interface Known {
  keyTypes: readonly string[];
  catalogue: Catalogue | undefined;
}

const MOST_VALUES_ALIKE = 0.8;
/** What is said of a customer and not of one transaction. */
const PORTRAIT = ['name', 'gender', 'birth_date', 'opened_on'];

/** The key type that a column holds, by its name, else by its values. */
export function keyTypeOfColumn(
  { name, samples }: SampledColumn,
  keyTypes: readonly string[],
): string | undefined {
  const plain = plainName(name);
  const byName =
    keyTypes.find((type) => plainName(type) === plain) ??
    knownKeys.find(({ names }) => isCalled(names, name))?.keyType;
  if (byName !== undefined && keyTypes.includes(byName)) return byName;
  const texts = telling(samples);
  if (texts.length === 0) return undefined;
  return knownValues.find(
    ({ keyType, test }) =>
      keyTypes.includes(keyType) && texts.filter(test).length / texts.length >= MOST_VALUES_ALIKE,
  )?.keyType;
}

/** The kind of record that the columns look like. */
export function guessKind(columns: readonly SampledColumn[], known: Known): RecordKind {
  const called = (names: RegExp | undefined): boolean =>
    names !== undefined && columns.some(({ name }) => isCalled(names, name));
  const has = (part: SingleUse): boolean => called(knownParts.find((each) => each.part === part)?.names);
  const keyed = columns.some((column) => keyTypeOfColumn(column, known.keyTypes) !== undefined);
  if (!keyed) return has('id') ? 'entity' : 'person';
  if (has('granted')) return 'consent';
  const hasField = (field: string): boolean => called(knownFields.find(({ name }) => name === field)?.names);
  // Money that moved at a time; beside a name or a birth date it is only the last time of a customer.
  const moved = called(TRANSACTION_TIME) && hasField('amount') && !PORTRAIT.some((field) => hasField(field));
  if (moved) return 'event';
  const timed = columns.some(({ samples }) => detectType(samples) === 'datetime');
  return has('event') || (has('messageId') && (has('time') || timed)) ? 'event' : 'person';
}

/** The fields that a plan's record may fill and that are declared. */
export function declaredFields(plan: RecordPlan, catalogue: Catalogue | undefined): readonly Field[] {
  const list = {
    person: () => catalogue?.attributes,
    entity: () => catalogue?.entityTypes.find(({ name }) => name === plan.typeName)?.fields,
    detail: () => catalogue?.detailTypes.find(({ name }) => name === plan.typeName)?.fields,
    relation: () => catalogue?.relationTypes.find(({ name }) => name === plan.typeName)?.fields,
    event: () => undefined,
    consent: () => undefined,
  }[plan.kind]();
  return list ?? [];
}

/** A field that a column may become: a declared one, one that banks usually have, or a new one of its name. */
export function fieldOfColumn(column: SampledColumn, declared: readonly Field[]): FieldPlan {
  const plain = plainName(column.name);
  const usual = knownFields.find(({ names }) => isCalled(names, column.name));
  const wanted = usual?.name ?? '';
  const found = declared.find(
    ({ name, title }) =>
      [plainName(name), plainName(title.zh), plainName(title.en)].includes(plain) || name === wanted,
  );
  if (found) return declaredPlan(found);
  const detected = typeOfColumn(column, usual?.valueType);
  if (usual) {
    const fits =
      usual.valueType === undefined || detected === usual.valueType || telling(column.samples).length === 0;
    return {
      name: usual.name,
      title: usual.title,
      valueType: fits ? (usual.valueType ?? detected) : detected,
      pii: usual.pii ?? 'none',
      ...(usual.mask ? { mask: usual.mask } : {}),
      isNew: true,
    };
  }
  const name = fieldNameOf(column.name);
  return { name, title: { zh: column.name, en: column.name }, valueType: detected, pii: 'none', isNew: true };
}

const CALLED_A_DAY = /(日期|日|date|_on|_at|time|时间)$/i;

/** The type of a column's values; numbers that count days are days where the name says so. */
function typeOfColumn({ name, samples }: SampledColumn, usual: ValueType | undefined): ValueType {
  const detected = detectType(samples);
  const isDay = usual === 'date' || usual === 'datetime' || CALLED_A_DAY.test(name.trim());
  const texts = telling(samples);
  if (detected !== 'number' || !isDay || !texts.every(isSerial)) return detected;
  return texts.some((text) => text.includes('.')) ? 'datetime' : 'date';
}

/** A declared field as a column fills it. */
export function declaredPlan({ name, title, valueType, pii, mask }: Field): FieldPlan {
  return { name, title, valueType, pii, ...(mask ? { mask } : {}), isNew: false };
}

/** Names of columns of Wutong's own tables. */
export const reservedNames: ReadonlySet<string> = new Set([
  'person_id',
  'key_number',
  'entity_id',
  'detail_id',
  'owner_type',
  'owner_id',
  'time',
  'sealed',
  'field_times',
  'version',
  'deleted',
]);

/** A name that the contract takes: letters of any script, digits and underscores. */
function fieldNameOf(column: string): string {
  const name = column
    .trim()
    .replaceAll(/[^\p{L}\p{N}_$]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 100);
  const plain = /^[A-Za-z0-9_]+$/.test(name) ? name.toLowerCase() : name;
  if (!/^[\p{L}_$]/u.test(plain)) return `column_${plain || '1'}`;
  return reservedNames.has(plain) ? `${plain}_value` : plain;
}

/** An empty plan of a kind: every column waits to be said. */
export function emptyPlan(kind: RecordKind, columns: readonly SampledColumn[]): RecordPlan {
  return {
    kind,
    eventName: '',
    typeName: '',
    typeTitle: { zh: '', en: '' },
    typeIsNew: false,
    owner: 'person',
    from: 'person',
    to: '',
    purpose: '',
    channel: '*',
    columns: columns.map(({ name }): ColumnPlan => ({ column: name, use: { as: 'ignore' }, steps: [] })),
  };
}

/** Fills the plan's columns by their names and values; what the plan says besides stays. */
export function suggestColumns(
  plan: RecordPlan,
  columns: readonly SampledColumn[],
  known: Known,
): RecordPlan {
  const taken = new Set<string>();
  const once = (use: Use): Use | undefined => {
    const id = use.as === 'key' ? `key ${use.keyType}` : use.as;
    if (taken.has(id)) return undefined;
    taken.add(id);
    return use;
  };
  const declared = declaredFields(plan, known.catalogue);
  const names = new Set<string>();
  const planned = columns.map((column): ColumnPlan => {
    const keyType = keyTypeOfColumn(column, known.keyTypes);
    const parts = knownParts.filter(
      (each) => mayBe(plan, each.part, column.name) && isCalled(each.names, column.name),
    );
    const use =
      (keyType !== undefined ? keyUse(plan, keyType, once) : undefined) ??
      parts.map(({ part }) => once({ as: part })).find((each) => each !== undefined);
    if (use) return { column: column.name, use, ...readingOf(use, column.samples) };
    const field = fieldOfColumn(column, declared);
    if (names.has(field.name)) return { column: column.name, use: { as: 'ignore' }, steps: [] };
    names.add(field.name);
    const asField: Use = { as: 'field', field };
    return { column: column.name, use: asField, ...readingOf(asField, column.samples) };
  });
  return { ...plan, columns: withTimeByValue(plan, planned, columns) };
}

const mayBe = (plan: RecordPlan, part: SingleUse, column: string): boolean =>
  partsOf[plan.kind].may.includes(part) &&
  // A person's file says when it was true as a whole; its dates are attributes.
  !(plan.kind === 'person' && part === 'time') &&
  !(plan.kind === 'entity' && part === 'time') &&
  // The product of a holding is not its number: two customers have the same.
  !(plan.kind === 'detail' && part === 'id' && knownFields.some(({ names }) => isCalled(names, column)));

/** Where a key goes: the person's own, or an end of a relation. */
function keyUse(plan: RecordPlan, keyType: string, once: (use: Use) => Use | undefined): Use | undefined {
  if (hasKeys(plan)) return once({ as: 'key', keyType });
  if (plan.kind !== 'relation') return undefined;
  if (plan.from === 'person') return once({ as: 'from', keyType });
  return plan.to === 'person' ? once({ as: 'to', keyType }) : undefined;
}

/** An event needs a time: the first column of times is it when no name said so. */
function withTimeByValue(
  plan: RecordPlan,
  planned: ColumnPlan[],
  columns: readonly SampledColumn[],
): ColumnPlan[] {
  if (plan.kind !== 'event' || planned.some(({ use }) => use.as === 'time')) return planned;
  const types = columns.map(({ samples }) => detectType(samples));
  const index = types.indexOf('datetime') >= 0 ? types.indexOf('datetime') : types.indexOf('date');
  return planned.map((each, position) =>
    position === index
      ? {
          column: each.column,
          use: { as: 'time' },
          ...readingFor('datetime', columns[position]?.samples ?? []),
        }
      : each,
  );
}

/** How a column is read for what it is used as: times, yes and no, or the type of the field. */
export function readingOf(use: Use, samples: readonly string[]): Reading {
  const type = typeOfUse(use);
  return type === undefined ? { steps: [] } : readingFor(type, samples);
}
