import type { Field, ValueType } from '@wutong/contract';

/** Names of the tables and columns that declared types and fields have in ClickHouse. */
export const entityTable = (type: string): string => `entity_${type}`;
export const detailTable = (type: string): string => `detail_${type}`;
export const historyTable = (type: string): string => `detail_${type}_history`;

/** Columns that the tables have anyway; no field may bear these names. */
export const RESERVED_COLUMNS: ReadonlySet<string> = new Set([
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

/** A field's column: its name, quoted. Names are checked by the contract's schema: no quote can be in them. */
export const columnOf = (name: string): string => `\`${name}\``;

/** Relations of all types share a table, and their fields a map of texts. */
export function relationColumnOf(field: Pick<Field, 'name' | 'valueType'>): string {
  const text = `attributes['${field.name}']`;
  const casts: Readonly<Record<ValueType, string>> = {
    string: `nullIf(${text}, '')`,
    number: `toFloat64OrNull(${text})`,
    boolean: `if(${text} = '', null, ${text} = 'true')`,
    date: `toDate32OrNull(${text})`,
    datetime: `fromUnixTimestamp64Milli(toInt64OrNull(${text}), 'UTC')`,
    'string[]': `if(${text} = '', [], splitByChar('\\x1f', ${text}))`,
  };
  return casts[field.valueType];
}
