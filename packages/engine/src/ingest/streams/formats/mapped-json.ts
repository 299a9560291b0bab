import { createHash } from 'node:crypto';
import type { FileMapping, RecordMapping, StreamMapping } from '@wutong/contract';
import { checkProperties, checkTime, isOpenName, RECORD_LIMITS } from '../../check-record.ts';
import type { CollectRequest, DecodeContext } from '../../formats/format.ts';
import { decodedBody, isObject, itemsOf, parseJson } from '../../formats/read-body.ts';
import { compileConditions, RowProblem, type FileContext } from '../../imports/compile-expression.ts';
import { compileFile, neededColumns } from '../../imports/compile-mapping.ts';
import type { Draft } from '../../imports/draft.ts';
import type { DecodedRecord, Rejection } from '../../record.ts';
import { recordOfDraft } from '../record-of-draft.ts';
import type { Origin, StreamFormat } from './stream-format.ts';

/** One record of the mapping over one object, as it is kept when it is rejected. */
interface MappedItem {
  /** Position in the mapping's list of records. */
  readonly record: number;
  readonly row: Readonly<Record<string, unknown>>;
  readonly messageId?: string;
  readonly time?: number;
}

interface CompiledRecord {
  readonly mapping: RecordMapping;
  holds(cells: readonly string[]): boolean;
  /** @throws RowProblem */
  draft(cells: readonly string[]): Draft | undefined;
}

/**
 * Plain JSON objects, one or a list a message, read by the rules of a file mapping whose columns are fields.
 * @throws CodedError mapping_invalid
 */
export function mappedJsonStream(mapping: StreamMapping, bankTimeZone: string): StreamFormat {
  const file: FileMapping = {
    file: 'message',
    format: 'ndjson',
    encoding: 'utf-8',
    delimiter: ',',
    missing: mapping.missing,
    lookups: {},
    records: mapping.records,
  };
  const columns = neededColumns(file);
  const context: FileContext = {
    columns,
    missing: new Set(mapping.missing),
    timeZone: mapping.timeZone ?? bankTimeZone,
    lookups: new Map(),
    position: { row: 0 },
  };
  const compiled = mapping.records.map((record) => compileRecord(record, file, context));
  const cellsOf = (row: Readonly<Record<string, unknown>>): string[] =>
    columns.map((column) => cellOf(fieldOf(row, column)));

  return {
    name: 'json',
    parse(request) {
      const bytes = decodedBody(request);
      const rows = itemsOf(parseJson(bytes));
      const items = rows.flatMap((row): unknown[] => {
        if (!isObject(row)) return [row];
        const whole = withHeaders(row, request);
        const cells = cellsOf(whole);
        return compiled.flatMap((rule, record) => (rule.holds(cells) ? [{ record, row: whole }] : []));
      });
      return { items, batch: {}, textBytes: bytes.length };
    },
    complete: (item, origin: Origin, index) =>
      isObject(item) ? { ...item, messageId: `${origin.messageId}#${index}`, time: origin.time } : item,
    decode(item, _batch, decoding) {
      if (!isMapped(item)) return { code: 'record_not_object' };
      const rule = compiled[item.record];
      if (!rule) return { code: 'record_type_unknown', details: { record: item.record } };
      try {
        const draft = rule.draft(cellsOf(item.row));
        // The mapping was changed since: the record no longer takes this row.
        if (!draft) return { code: 'record_type_unknown', details: { record: item.record } };
        return checked(recordOfDraft(draft, identityOf(item, decoding)), decoding);
      } catch (error) {
        if (!(error instanceof RowProblem)) throw error;
        const details = { record: item.record, field: error.column, reason: error.reason };
        return { code: 'property_value_invalid', details };
      }
    },
  };
}

function compileRecord(mapping: RecordMapping, file: FileMapping, context: FileContext): CompiledRecord {
  // What a row does not date itself is dated by its message: NaN stands for that here.
  const compiler = compileFile({ ...file, records: [mapping] }, context, Number.NaN);
  return {
    mapping,
    holds: compileConditions(mapping.when, context),
    draft(cells) {
      let made: Draft | undefined;
      compiler.drafts(
        cells,
        1,
        (_record, problem) => {
          throw problem;
        },
        (_record, draft) => {
          made = draft;
        },
      );
      return made;
    },
  };
}

function isMapped(item: unknown): item is MappedItem {
  return isObject(item) && Number.isInteger(item.record) && isObject(item.row);
}

function identityOf(item: MappedItem, context: DecodeContext): { messageId: string; time: number } {
  return {
    messageId: typeof item.messageId === 'string' ? item.messageId : contentId(item),
    time: typeof item.time === 'number' ? item.time : context.receivedAt,
  };
}

/** A repaired message has lost its place; its content is its id then. */
const contentId = ({ record, row }: MappedItem): string =>
  createHash('md5')
    .update(JSON.stringify([record, row]))
    .digest('hex');

/** The checks that the wire formats make while they decode. */
function checked(record: DecodedRecord | Rejection, context: DecodeContext): DecodedRecord | Rejection {
  if ('code' in record) return record;
  if (record.messageId.length > RECORD_LIMITS.messageIdLength) return { code: 'message_id_invalid' };
  const values = 'properties' in record ? record.properties : 'attributes' in record ? record.attributes : {};
  return checkProperties(values, isOpenName) ?? checkTime(record.time, false, context) ?? record;
}

/** `$key` is the key of the message as text, `$topic` its topic; fields of the object win. */
function withHeaders(row: Record<string, unknown>, request: CollectRequest): Record<string, unknown> {
  return { $key: request.headers['stream-key'], $topic: request.headers['stream-topic'], ...row };
}

/** A field by its name, or by a path of names joined by dots. */
function fieldOf(row: Readonly<Record<string, unknown>>, column: string): unknown {
  if (Object.hasOwn(row, column) || !column.includes('.')) return row[column];
  let value: unknown = row;
  for (const name of column.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** As the file import reads JSON: lists are joined by the unit separator. */
function cellOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(cellOf).join('\u001f') : JSON.stringify(value);
}
