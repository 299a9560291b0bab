/** A field as the form holds it, and the names that the server keeps for itself. */
import type { Field, FieldInput } from '@wutong/contract';
import { reservedNames } from '../data/mapping/suggest-plan.ts';

export interface FieldValues extends Pick<Field, 'name' | 'valueType' | 'pii'> {
  titleZh: string;
  titleEn: string;
  unit?: string;
  mask?: Field['mask'];
  values?: string[];
  precedence?: string[];
}

export const newField: FieldValues = {
  name: '',
  titleZh: '',
  titleEn: '',
  valueType: 'string',
  pii: 'none',
  mask: 'all',
};

/** Whether a name is a column of Wutong itself. */
export const isReserved = (name: string): boolean => reservedNames.has(name);

export function fieldValuesOf({ title, mask, ...field }: Field): FieldValues {
  return { ...field, titleZh: title.zh, titleEn: title.en, mask: mask ?? 'all' };
}

/** The field that the form says; empty parts are left out. Saved by a person, it is no longer only learnt. */
export function fieldOf(values: FieldValues): FieldInput {
  const { name, valueType, pii, titleZh, titleEn, unit, mask, values: allowed, precedence } = values;
  return {
    name,
    title: { zh: titleZh.trim(), en: titleEn.trim() },
    valueType,
    pii,
    ...(unit?.trim() ? { unit: unit.trim() } : {}),
    ...(pii !== 'none' && mask ? { mask } : {}),
    ...(allowed && allowed.length > 0 ? { values: allowed } : {}),
    ...(precedence && precedence.length > 0 ? { precedence } : {}),
  };
}
