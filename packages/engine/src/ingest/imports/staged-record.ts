import type { ColumnExpression, EndExpression, ValueType } from '@wutong/contract';
import { expressInstant, expressValue, sureWhenPresent, type SqlContext } from './express-value.ts';

/** A column of the staging table: an expression over `cells` and `row`. */
export interface StagedColumn {
  readonly name: string;
  readonly type: string;
  readonly sql: string;
}

/** The owner of a detail: a person by a key, or an entity by its id. Values and ids are staged columns. */
export type StagedOwner = StagedKey | { readonly type: string; readonly id: string };

export interface StagedKey {
  readonly keyType: string;
  readonly value: string;
}

const MAXIMUM_ID_BYTES = 200;

/** Types of the columns that hold coerced values, NULL where one is missing. */
export const COLUMN_TYPES: Readonly<Record<ValueType, string>> = {
  string: 'Nullable(String)',
  number: 'Nullable(Float64)',
  boolean: 'Nullable(Bool)',
  date: 'Nullable(Date32)',
  datetime: "Nullable(DateTime64(3, 'UTC'))",
  'string[]': 'Array(String)',
};

/** Gathers the columns of one record of a mapping and what must hold for them to be sure. */
export class StagedRecord {
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
  requiredText(name: string, expression: ColumnExpression, context: SqlContext): string | undefined {
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
    otherwise: string,
    context: SqlContext,
  ): string | undefined {
    if (expression === undefined) return this.column(name, 'Int64', otherwise);
    const found = expressInstant(expression, context);
    if (!found) return undefined;
    this.sure.push(sureWhenPresent(found));
    const sql =
      found.present === '1' ? found.value.sql : `if(${found.present}, ${found.value.sql}, ${otherwise})`;
    return this.column(name, 'Int64', sql);
  }

  /** An instant that must be there, of a year that ClickHouse can hold. Returns the column. */
  requiredInstant(name: string, expression: ColumnExpression, context: SqlContext): string | undefined {
    const found = expressInstant(expression, context);
    if (!found) return undefined;
    this.sure.push(found.present, found.sure);
    return this.column(name, 'Int64', found.value.sql);
  }

  /** Keys of a person, at least one of which must be there; an absent one is an empty text. */
  keys(
    keys: readonly { readonly type: string; readonly value: ColumnExpression }[],
    context: SqlContext,
  ): StagedKey[] | undefined {
    const staged: StagedKey[] = [];
    for (const [place, key] of keys.entries()) {
      const found = expressValue(key.value, context);
      if (found?.value.kind !== 'text') return undefined;
      this.sure.push(sureWhenPresent(found));
      const sql = found.present === '1' ? found.value.sql : `if(${found.present}, ${found.value.sql}, '')`;
      staged.push({ keyType: key.type, value: this.column(`k${place}`, 'String', sql) });
    }
    const texts = this.columns.filter(({ name }) => staged.some(({ value }) => value === name));
    this.sure.push(texts.map(({ sql }) => `(${sql}) != ''`).join(' or '));
    return staged;
  }

  owner(end: EndExpression, context: SqlContext): StagedOwner | undefined {
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
