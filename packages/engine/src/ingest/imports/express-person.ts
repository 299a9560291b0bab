import type { RecordMapping, ValueType } from '@wutong/contract';
import { isSecret } from '../../profile/index.ts';
import { expressConditions, expressField, expressValue } from './express-value.ts';
import type { BulkContext, ExpressedRecord } from './expressed-record.ts';
import { COLUMN_TYPES, StagedRecord } from './staged-record.ts';

/** An attribute in its staged column. */
export interface StagedAttribute {
  readonly name: string;
  readonly column: string;
  readonly valueType: ValueType;
  /** Of class `identifying`: sealed before it is written. */
  readonly isSealed: boolean;
}

/** A person of the mapping as columns of the staging table. */
export interface BulkPerson {
  readonly kind: 'person';
  /** Position in the mapping. */
  readonly index: number;
  readonly holds: string;
  readonly at: string;
  readonly keys: readonly { readonly keyType: string; readonly value: string }[];
  readonly link: 'bind' | 'none';
  readonly action: 'set' | 'set_once' | 'append';
  readonly attributes: readonly StagedAttribute[];
}

/**
 * Translates a person. An attribute that is not declared yet has no column: rows that name it go one by one and
 * declare it, the others do not need it.
 */
export function expressPerson(
  record: Extract<RecordMapping, { record: 'person' }>,
  index: number,
  context: BulkContext,
): ExpressedRecord<BulkPerson> | undefined {
  const stage = new StagedRecord(index);
  const holds = expressConditions(record.when, context);
  const keys = stage.keys(record.keys, context);
  const at = stage.instant('at', record.at, String(context.asOf), context);
  if (!keys || !at) return undefined;
  const declared = new Map(context.catalogue.attributes.map((field) => [field.name, field]));
  const attributes: StagedAttribute[] = [];
  let isLearning = false;
  for (const [place, [name, expression]] of Object.entries(record.attributes).entries()) {
    const field = declared.get(name);
    if (isSecret(name, undefined)) return undefined;
    if (!field) {
      const found = expressValue(expression, context);
      if (!found || found.present === '1') stage.sure.push('0');
      else stage.sure.push(`not (${found.present})`);
      isLearning = true;
      continue;
    }
    const value = expressField(expression, field.valueType, { file: context, bank: context.bankTimeZone });
    if (!value) return undefined;
    stage.sure.push(value.sure);
    attributes.push({
      name,
      column: stage.column(`f${place}`, COLUMN_TYPES[field.valueType], value.sql),
      valueType: field.valueType,
      isSealed: field.pii === 'identifying',
    });
  }
  const holdsColumn = stage.column('holds', 'UInt8', holds);
  const { link, action } = record;
  return {
    holds,
    sure: stage.sure,
    sureId: '1',
    columns: stage.columns,
    isLearning,
    record: { kind: 'person', index, holds: holdsColumn, at, keys, link, action, attributes },
  };
}
