import type {
  Catalogue,
  ColumnExpression,
  EndExpression,
  FileMapping,
  RecordMapping,
} from '@wutong/contract';
import { isSecret } from '../../profile/index.ts';
import {
  allOf,
  expressConditions,
  expressField,
  expressInstant,
  expressValue,
  sureWhenPresent,
  type SqlContext,
} from './express-value.ts';

/** A column of the staging table: an expression over `cells` and `row`. */
export interface StagedColumn {
  readonly name: string;
  readonly type: string;
  readonly sql: string;
}

/** A record of the mapping as columns of the staging table. */
export interface BulkRecord {
  /** Position in the mapping. */
  readonly index: number;
  readonly kind: 'entity' | 'detail';
  readonly type: string;
  /** Names of staged columns. */
  readonly holds: string;
  readonly id: string;
  readonly at: string;
  readonly time: string | undefined;
  /** The owner: a person by a key, or an entity by its id. */
  readonly owner:
    | { readonly keyType: string; readonly value: string }
    | { readonly type: string; readonly id: string }
    | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

/** A file whose sure rows ClickHouse can read by itself. */
export interface BulkPlan {
  readonly columns: readonly StagedColumn[];
  readonly records: readonly BulkRecord[];
  /** Condition over `cells`: all that the row says is surely read as the single-row path reads it. */
  readonly sure: string;
  /** Condition over `cells`: the ids are surely read, or nothing of the row can be taken. */
  readonly sureIds: string;
}

interface BulkContext extends SqlContext {
  readonly bankTimeZone: string;
  /** Epoch ms: when rows are true that do not say so. */
  readonly asOf: number;
  readonly catalogue: Catalogue;
}

const MAXIMUM_ID_BYTES = 200;

/**
 * Translates a file's records; undefined when one of them asks for more than ClickHouse can say: persons, consents,
 * relations and events, states that must be laid over stored ones, encrypted fields, lookups.
 */
export function expressFile(file: FileMapping, context: BulkContext): BulkPlan | undefined {
  if (file.format !== 'csv') return undefined;
  const types = file.records.map((record) => ('type' in record ? `${record.record} ${record.type}` : ''));
  // Two records of one type may name one id: then the order of rows decides, which single records do not keep.
  if (new Set(types).size < types.length) return undefined;
  const columns: StagedColumn[] = [];
  const sure = [`length(cells) = ${context.columns.length}`];
  const sureIds: string[] = [];
  const records: BulkRecord[] = [];
  for (const [index, record] of file.records.entries()) {
    const expressed = expressRecord(record, index, context);
    if (!expressed) return undefined;
    columns.push(...expressed.columns);
    records.push(expressed.record);
    sure.push(`not (${expressed.holds}) or (${allOf(expressed.sure)})`);
    sureIds.push(`not (${expressed.holds}) or (${expressed.sureId})`);
  }
  return {
    columns,
    records,
    sure: allOf(sure),
    sureIds: `length(cells) != ${context.columns.length} or (${allOf(sureIds)})`,
  };
}

interface ExpressedRecord {
  readonly record: BulkRecord;
  readonly columns: StagedColumn[];
  readonly holds: string;
  readonly sure: string[];
  readonly sureId: string;
}

function expressRecord(
  record: RecordMapping,
  index: number,
  context: BulkContext,
): ExpressedRecord | undefined {
  if (record.record !== 'entity' && record.record !== 'detail') return undefined;
  const declared = declaredFields(record, context.catalogue);
  if (!declared) return undefined;
  const stage = new StagedRecord(index);
  const holds = expressConditions(record.when, context);
  const id = stage.requiredText('id', record.id, context);
  const at = stage.instant('at', record.at, String(context.asOf), context);
  const owner = record.record === 'detail' ? stage.owner(record.owner, context) : 'none';
  const time = record.record === 'detail' ? stage.instant('time', record.time, at, context) : 'none';
  if (!id || !at || !owner || !time) return undefined;
  const fields = new Map<string, string>();
  for (const [place, field] of declared.entries()) {
    const zones = { file: context, bank: context.bankTimeZone };
    const value = expressField(record.fields[field.name]!, field.valueType, zones);
    if (!value || field.pii === 'identifying' || isSecret(field.name, undefined)) return undefined;
    stage.sure.push(value.sure);
    fields.set(field.name, stage.column(`f${place}`, COLUMN_TYPES[field.valueType], value.sql));
  }
  return {
    holds,
    sure: stage.sure,
    sureId: stage.sureId,
    columns: [...stage.columns, { name: `r${index}_holds`, type: 'UInt8', sql: holds }],
    record: {
      index,
      kind: record.record,
      type: record.type,
      holds: `r${index}_holds`,
      id: id,
      at,
      time: time === 'none' ? undefined : time,
      owner: owner === 'none' ? undefined : owner,
      fields,
    },
  };
}

const COLUMN_TYPES = {
  string: 'Nullable(String)',
  number: 'Nullable(Float64)',
  boolean: 'Nullable(Bool)',
  date: 'Nullable(Date32)',
  datetime: "Nullable(DateTime64(3, 'UTC'))",
  'string[]': 'Array(String)',
} as const;

/** The fields of the type, when the record names each of them and no other: then it is a whole state. */
function declaredFields(
  record: Extract<RecordMapping, { record: 'entity' | 'detail' }>,
  catalogue: Catalogue,
): Catalogue['entityTypes'][number]['fields'] | undefined {
  const types = record.record === 'entity' ? catalogue.entityTypes : catalogue.detailTypes;
  const declared = types.find((type) => type.name === record.type);
  const names = Object.keys(record.fields);
  const isWhole =
    declared?.fields.every((field) => Object.hasOwn(record.fields, field.name)) &&
    names.length === declared.fields.length;
  if (!declared || !isWhole) return undefined;
  if (record.record === 'entity') return declared.fields;
  const owner = catalogue.detailTypes.find((type) => type.name === record.type)!.owner;
  const named = 'person' in record.owner ? 'person' : record.owner.entity;
  return owner === named ? declared.fields : undefined;
}

/** Gathers the columns of one record and what must hold for them to be sure. */
class StagedRecord {
  readonly columns: StagedColumn[] = [];
  readonly sure: string[] = [];
  sureId = '1';

  constructor(private readonly index: number) {}

  column(name: string, type: string, sql: string): string {
    const full = `r${this.index}_${name}`;
    this.columns.push({ name: full, type, sql });
    return full;
  }

  /** A text that must be there, short enough for an id. Returns the column. */
  requiredText(name: string, expression: ColumnExpression, context: BulkContext): string | undefined {
    const found = expressValue(expression, context);
    if (found?.value.kind !== 'text') return undefined;
    const { sql } = found.value;
    this.sure.push(found.present, found.sure, `${sql} != ''`, `length(${sql}) <= ${MAXIMUM_ID_BYTES}`);
    if (name === 'id') this.sureId = found.sure;
    return this.column(name, 'String', sql);
  }

  /** An instant, or what else counts when there is none. Returns the column. */
  instant(
    name: string,
    expression: ColumnExpression | undefined,
    otherwise: string | undefined,
    context: BulkContext,
  ): string | undefined {
    if (otherwise === undefined) return undefined;
    if (expression === undefined) return this.column(name, 'Int64', otherwise);
    const found = expressInstant(expression, context);
    if (!found) return undefined;
    this.sure.push(sureWhenPresent(found));
    const sql =
      found.present === '1' ? found.value.sql : `if(${found.present}, ${found.value.sql}, ${otherwise})`;
    return this.column(name, 'Int64', sql);
  }

  owner(end: EndExpression, context: BulkContext): BulkRecord['owner'] {
    if (!('person' in end)) {
      const id = this.requiredText('owner', end.id, context);
      return id === undefined ? undefined : { type: end.entity, id };
    }
    const [key, ...others] = end.person;
    if (!key || others.length > 0) return undefined;
    const found = expressValue(key.value, context);
    if (found?.value.kind !== 'text') return undefined;
    this.sure.push(found.present, found.sure, `${found.value.sql} != ''`);
    return { keyType: key.type, value: this.column('owner', 'String', found.value.sql) };
  }
}
