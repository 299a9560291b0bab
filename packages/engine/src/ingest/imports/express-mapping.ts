import type { Catalogue, FileMapping, RecordMapping } from '@wutong/contract';
import { isSecret } from '../../profile/index.ts';
import { namedExpressions } from './compile-mapping.ts';
import { expressEvent, type BulkEvent } from './express-event.ts';
import { expressPerson, type BulkPerson } from './express-person.ts';
import { allOf, expressConditions, expressField } from './express-value.ts';
import type { BulkContext, ExpressedRecord } from './expressed-record.ts';
import { COLUMN_TYPES, StagedRecord, type StagedColumn, type StagedOwner } from './staged-record.ts';

/** An entity or a detail of the mapping as columns of the staging table. */
export interface BulkFact {
  readonly kind: 'entity' | 'detail';
  /** Position in the mapping. */
  readonly index: number;
  readonly type: string;
  /** Names of staged columns. */
  readonly holds: string;
  readonly id: string;
  readonly at: string;
  readonly time: string | undefined;
  readonly owner: StagedOwner | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

/** A file whose sure rows ClickHouse can read by itself. */
export interface BulkPlan {
  readonly columns: readonly StagedColumn[];
  readonly facts: readonly BulkFact[];
  readonly people: readonly BulkPerson[];
  readonly events: readonly BulkEvent[];
  /** Condition over `cells`: all that the row says is surely read as the single-row path reads it. */
  readonly sure: string;
  /** Condition over `cells`: the ids are surely read, or nothing of the row can be taken. */
  readonly sureIds: string;
  /** Some names are not declared yet: once single rows have declared them, the file is to be translated anew. */
  readonly isLearning: boolean;
}

/**
 * Translates a file's records; undefined when one of them asks for more than ClickHouse can say: consents, relations,
 * states that must be laid over stored ones, encrypted fields of facts, lookups, lists.
 */
export function expressFile(file: FileMapping, context: BulkContext): BulkPlan | undefined {
  if (file.format !== 'csv' || looksUp(file)) return undefined;
  const types = file.records.map((record, index) =>
    'type' in record ? `${record.record} ${record.type}` : `${index}`,
  );
  // Two records of one type may name one id: then the order of rows decides, which single records do not keep.
  if (new Set(types).size < types.length) return undefined;
  const columns: StagedColumn[] = [];
  const sure = [`length(cells) = ${context.columns.length}`];
  const sureIds: string[] = [];
  const facts: BulkFact[] = [];
  const people: BulkPerson[] = [];
  const events: BulkEvent[] = [];
  let isLearning = false;
  for (const [index, record] of file.records.entries()) {
    const expressed = expressRecord(record, index, context);
    if (!expressed) return undefined;
    columns.push(...expressed.columns);
    if (expressed.record.kind === 'person') people.push(expressed.record);
    else if (expressed.record.kind === 'event') events.push(expressed.record);
    else facts.push(expressed.record);
    sure.push(`not (${expressed.holds}) or (${allOf(expressed.sure)})`);
    sureIds.push(`not (${expressed.holds}) or (${expressed.sureId})`);
    isLearning ||= expressed.isLearning;
  }
  return {
    columns,
    facts,
    people,
    events,
    sure: allOf(sure),
    sureIds: `length(cells) != ${context.columns.length} or (${allOf(sureIds)})`,
    isLearning,
  };
}

/** Rows that go one by one beside the others have no lookups either. */
const looksUp = (file: FileMapping): boolean =>
  file.records.some((record) =>
    namedExpressions(record).some(
      ([, expression]) => typeof expression === 'object' && 'lookup' in expression,
    ),
  );

function expressRecord(
  record: RecordMapping,
  index: number,
  context: BulkContext,
): ExpressedRecord<BulkFact> | ExpressedRecord<BulkPerson> | ExpressedRecord<BulkEvent> | undefined {
  if (record.record === 'person') return expressPerson(record, index, context);
  if (record.record === 'event') return expressEvent(record, index, context);
  return record.record === 'entity' || record.record === 'detail'
    ? expressFact(record, index, context)
    : undefined;
}

function expressFact(
  record: Extract<RecordMapping, { record: 'entity' | 'detail' }>,
  index: number,
  context: BulkContext,
): ExpressedRecord<BulkFact> | undefined {
  const declared = declaredFields(record, context.catalogue);
  if (!declared) return undefined;
  const stage = new StagedRecord(index);
  const holds = expressConditions(record.when, context);
  const id = stage.requiredText('id', record.id, context);
  const at = stage.instant('at', record.at, String(context.asOf), context);
  const owner = record.record === 'detail' ? stage.owner(record.owner, context) : 'none';
  if (!id || !at || !owner) return undefined;
  const time = record.record === 'detail' ? stage.instant('time', record.time, at, context) : 'none';
  if (!time) return undefined;
  const fields = new Map<string, string>();
  for (const [place, field] of declared.entries()) {
    const zones = { file: context, bank: context.bankTimeZone };
    const value = expressField(record.fields[field.name]!, field.valueType, zones);
    if (!value || field.pii === 'identifying' || isSecret(field.name, undefined)) return undefined;
    stage.sure.push(value.sure);
    fields.set(field.name, stage.column(`f${place}`, COLUMN_TYPES[field.valueType], value.sql));
  }
  const holdsColumn = stage.column('holds', 'UInt8', holds);
  return {
    holds,
    sure: stage.sure,
    sureId: stage.sureId,
    columns: stage.columns,
    isLearning: false,
    record: {
      index,
      kind: record.record,
      type: record.type,
      holds: holdsColumn,
      id,
      at,
      time: time === 'none' ? undefined : time,
      owner: owner === 'none' ? undefined : owner,
      fields,
    },
  };
}

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
