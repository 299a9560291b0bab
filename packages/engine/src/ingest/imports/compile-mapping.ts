import type { ColumnExpression, EndExpression, FileMapping, RecordMapping } from '@wutong/contract';
import { coerceValue } from '../../profile/index.ts';
import {
  columnsOf,
  compileConditions,
  compileExpression,
  RowProblem,
  type CellValue,
  type FileContext,
  type Reader,
} from './compile-expression.ts';
import type { Draft, DraftEnd, DraftKey } from './draft.ts';

/** Makes the drafts of one row. */
export interface RowCompiler {
  /** Records of a row; those that do not fit are told to `refuse` and left out. */
  drafts(
    row: readonly string[],
    number: number,
    refuse: (recordIndex: number, problem: RowProblem) => void,
    take: (recordIndex: number, draft: Draft) => void,
  ): void;
}

/** Compiles the records of a file; `asOf` (epoch ms) is when its rows are true unless they say otherwise. */
export function compileFile(file: FileMapping, context: FileContext, asOf: number): RowCompiler {
  const builders = file.records.map((record) => compileRecord(record, context, asOf));
  return {
    drafts(row, number, refuse, take) {
      context.position.row = number;
      for (let index = 0; index < builders.length; index++) {
        try {
          const draft = builders[index]!(row);
          if (draft) take(index, draft);
        } catch (error) {
          if (!(error instanceof RowProblem)) throw error;
          refuse(index, error);
        }
      }
    },
  };
}

type Builder = (row: readonly string[]) => Draft | undefined;

function compileRecord(record: RecordMapping, context: FileContext, asOf: number): Builder {
  const holds = compileConditions(record.when, context);
  const build = compileBuilder(record, context, asOf);
  return (row) => (holds(row) ? build(row) : undefined);
}

function compileBuilder(record: RecordMapping, context: FileContext, asOf: number): Builder {
  const text = (expression: ColumnExpression, name: string) =>
    requiredText(compileExpression(expression, context), name);
  switch (record.record) {
    case 'person': {
      const [keys, values, at] = [
        compileKeys(record.keys, context),
        compileFields(record.attributes, context),
        compileTime(record.at, context, asOf),
      ];
      const { link, action } = record;
      return (row) => ({ kind: 'person', keys: keys(row), link, action, values: values(row), at: at(row) });
    }
    case 'entity': {
      const [id, fields, at] = [
        text(record.id, 'id'),
        compileFields(record.fields, context),
        compileTime(record.at, context, asOf),
      ];
      return (row) => ({ kind: 'entity', type: record.type, id: id(row), fields: fields(row), at: at(row) });
    }
    case 'relation': {
      const [from, to] = [compileEnd(record.from, context), compileEnd(record.to, context)];
      const [fields, at] = [compileFields(record.fields, context), compileTime(record.at, context, asOf)];
      const [validFrom, validTo] = [
        compileBound(record.validFrom, context),
        compileBound(record.validTo, context),
      ];
      return (row) => ({
        kind: 'relation',
        type: record.type,
        from: from(row),
        to: to(row),
        fields: fields(row),
        validFrom: validFrom(row),
        validTo: validTo(row),
        at: at(row),
      });
    }
    case 'detail': {
      const [id, owner, fields] = [
        text(record.id, 'id'),
        compileEnd(record.owner, context),
        compileFields(record.fields, context),
      ];
      const at = compileTime(record.at, context, asOf);
      const time = compileBound(record.time, context);
      return (row) => {
        const said = at(row);
        return {
          kind: 'detail',
          type: record.type,
          id: id(row),
          owner: owner(row),
          time: time(row) ?? said,
          fields: fields(row),
          at: said,
        };
      };
    }
    case 'event': {
      const [event, keys, properties] = [
        text(record.event, 'event'),
        compileKeys(record.keys, context),
        compileFields(record.properties, context),
      ];
      const time = compileBound(record.time, context);
      const messageId = record.messageId === undefined ? undefined : text(record.messageId, 'messageId');
      return (row) => {
        const at = time(row);
        if (at === undefined) throw new RowProblem('time', 'missing');
        return {
          kind: 'event',
          event: event(row),
          keys: keys(row),
          properties: properties(row),
          at,
          messageId: messageId?.(row),
        };
      };
    }
    case 'consent': {
      const [keys, purpose, channel] = [
        compileKeys(record.keys, context),
        text(record.purpose, 'purpose'),
        text(record.channel, 'channel'),
      ];
      const granted = compileExpression(record.granted, context);
      const [proof, at] = [compileFields(record.proof, context), compileTime(record.at, context, asOf)];
      return (row) => {
        const said = coerceValue(granted(row) ?? '', 'boolean', 'UTC');
        if (said === undefined) throw new RowProblem('granted', 'neither true nor false');
        return {
          kind: 'consent',
          keys: keys(row),
          purpose: purpose(row),
          channel: channel(row),
          granted: said as boolean,
          proof: proof(row),
          at: at(row),
        };
      };
    }
  }
}

function requiredText(read: Reader, name: string): (row: readonly string[]) => string {
  return (row) => {
    const value = read(row);
    if (value === undefined || value === '') throw new RowProblem(name, 'missing');
    return String(value);
  };
}

/** Keys that have a value; a row where none has one names nobody. */
function compileKeys(
  keys: readonly { type: string; value: ColumnExpression }[],
  context: FileContext,
): (row: readonly string[]) => DraftKey[] {
  const readers = keys.map(({ type, value }) => ({ type, read: compileExpression(value, context) }));
  return (row) => {
    const found: DraftKey[] = [];
    for (const { type, read } of readers) {
      const value = read(row);
      if (value !== undefined && value !== '') found.push({ type, value: String(value) });
    }
    if (found.length === 0) throw new RowProblem(keys[0]!.type, 'no key of a person');
    return found;
  };
}

function compileEnd(end: EndExpression, context: FileContext): (row: readonly string[]) => DraftEnd {
  if ('person' in end) {
    const keys = compileKeys(end.person, context);
    return (row) => ({ keys: keys(row) });
  }
  const id = requiredText(compileExpression(end.id, context), end.entity);
  return (row) => ({ type: end.entity, id: id(row) });
}

/** Missing values are left out: an import says what it knows and clears nothing. */
function compileFields(
  fields: Readonly<Record<string, ColumnExpression>>,
  context: FileContext,
): (row: readonly string[]) => Record<string, CellValue> {
  const readers = Object.entries(fields).map(([name, expression]) => ({
    name,
    read: compileExpression(expression, context),
  }));
  return (row) => {
    const values: Record<string, CellValue> = {};
    for (const { name, read } of readers) {
      const value = read(row);
      if (value !== undefined) values[name] = value;
    }
    return values;
  };
}

function compileTime(
  expression: ColumnExpression | undefined,
  context: FileContext,
  asOf: number,
): (row: readonly string[]) => number {
  const read = compileBound(expression, context);
  return (row) => read(row) ?? asOf;
}

/** An instant: a text of a date or time in the mapping's zone, or epoch ms. */
function compileBound(
  expression: ColumnExpression | undefined,
  context: FileContext,
): (row: readonly string[]) => number | undefined {
  if (expression === undefined) return () => undefined;
  const read = compileExpression(expression, context);
  const name = columnsOf(expression)[0] ?? 'time';
  return (row) => {
    const value = read(row);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^-?\d{9,15}$/.test(value) ? Number(value) : value;
    const instant = coerceValue(number, 'datetime', context.timeZone);
    if (instant === undefined) throw new RowProblem(name, 'not a time');
    return instant as number;
  };
}

/** Every column of its own file that a file mapping reads. */
export function neededColumns(file: FileMapping): string[] {
  const expressions = file.records.flatMap((record) => namedExpressions(record).map(([, each]) => each));
  const conditions = file.records.flatMap((record) => record.when ?? []).map((condition) => condition.column);
  return [...new Set([...expressions.flatMap((each) => columnsOf(each)), ...conditions])];
}

/** What a record is made of: keys by their type, fields by their name, its other parts by what they are called. */
export function namedExpressions(record: RecordMapping): (readonly [string, ColumnExpression])[] {
  const optional = (parts: Readonly<Record<string, ColumnExpression | undefined>>) =>
    Object.entries(parts).flatMap(([name, each]) => (each === undefined ? [] : [[name, each] as const]));
  switch (record.record) {
    case 'person':
      return [...ofKeys(record.keys), ...Object.entries(record.attributes), ...optional({ at: record.at })];
    case 'entity':
      return [['id', record.id], ...Object.entries(record.fields), ...optional({ at: record.at })];
    case 'relation':
      return [
        ...ofEnd(record.from),
        ...ofEnd(record.to),
        ...Object.entries(record.fields),
        ...optional({ validFrom: record.validFrom, validTo: record.validTo, at: record.at }),
      ];
    case 'detail':
      return [
        ['id', record.id],
        ...ofEnd(record.owner),
        ...optional({ time: record.time }),
        ...Object.entries(record.fields),
        ...optional({ at: record.at }),
      ];
    case 'event':
      return [
        ['event', record.event],
        ...ofKeys(record.keys),
        ...optional({ time: record.time }),
        ...Object.entries(record.properties),
        ...optional({ messageId: record.messageId }),
      ];
    case 'consent':
      return [
        ...ofKeys(record.keys),
        ['purpose', record.purpose],
        ['channel', record.channel],
        ['granted', record.granted],
        ...Object.entries(record.proof),
        ...optional({ at: record.at }),
      ];
  }
}

const ofKeys = (keys: readonly { type: string; value: ColumnExpression }[]) =>
  keys.map((key) => [key.type, key.value] as const);
const ofEnd = (end: EndExpression) =>
  'person' in end ? ofKeys(end.person) : [[end.entity, end.id] as const];
