import type { Field, ValueType } from '@wutong/contract';
import type { ClickHouse } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import { columnOf, detailTable, entityTable, historyTable } from './name-columns.ts';

const COLUMN_TYPES: Readonly<Record<ValueType, string>> = {
  string: 'Nullable(String)',
  number: 'Nullable(Float64)',
  boolean: 'Nullable(Bool)',
  date: 'Nullable(Date32)',
  datetime: "Nullable(DateTime64(3, 'UTC'))",
  'string[]': 'Array(String)',
};

/** Few and known values are kept as numbers of a dictionary. */
function columnTypeOf(field: Field): string {
  if (field.valueType === 'string' && field.values) return 'LowCardinality(Nullable(String))';
  return COLUMN_TYPES[field.valueType];
}

/** See lay-states.ts. Tables of before had no such column. */
const FIELD_TIMES = 'field_times Map(LowCardinality(String), UInt64)';

interface TableShape {
  readonly table: string;
  /** Statement that makes the table without the declared fields. */
  readonly create: string;
  readonly fields: readonly Field[];
}

function entityShape(name: string, fields: readonly Field[]): TableShape {
  const table = entityTable(name);
  return {
    table,
    create: `create table if not exists ${table} (
      entity_id String,
      sealed Map(LowCardinality(String), String),
      ${FIELD_TIMES},
      version UInt64,
      deleted UInt8 default 0
    ) engine = ReplacingMergeTree(version, deleted) order by entity_id`,
    fields,
  };
}

/**
 * The newest state and, with the same columns, every state a detail ever had. Details are found by their owner: persons
 * by key number; a second index costs a tenth of an insert.
 */
function detailShapes(name: string, owner: string, fields: readonly Field[]): TableShape[] {
  const columns = `
      detail_id String,
      owner_type LowCardinality(String),
      owner_id String,
      person_id UInt64,
      key_number UInt64,
      time DateTime64(3, 'UTC'),
      sealed Map(LowCardinality(String), String),
      ${FIELD_TIMES},
      version UInt64,
      deleted UInt8 default 0`;
  const byOwner = owner === 'person' ? 'by_key key_number' : 'by_owner owner_id';
  const newest = detailTable(name);
  const history = historyTable(name);
  return [
    {
      table: newest,
      create: `create table if not exists ${newest} (${columns},
      index ${byOwner} type bloom_filter granularity 1
    ) engine = ReplacingMergeTree(version, deleted) order by detail_id`,
      fields,
    },
    {
      table: history,
      create: `create table if not exists ${history} (${columns}
    ) engine = ReplacingMergeTree order by (detail_id, version)`,
      fields,
    },
  ];
}

function shapesOf(model: Model): TableShape[] {
  return [
    { table: 'person', create: '', fields: [...model.attributes.values()] },
    ...[...model.entityTypes.values()].map((type) => entityShape(type.name, type.fields)),
    ...[...model.detailTypes.values()].flatMap((type) => detailShapes(type.name, type.owner, type.fields)),
  ];
}

/** Keeps ClickHouse's tables wide enough for the model. */
export interface TableShaper {
  /** Makes missing tables and columns. Statements may run twice and in several processes at once. */
  ensure(model: Model): Promise<void>;
}

/** The shaper; remembers what it made, so that a known model costs nothing. */
export function createTableShaper(clickhouse: ClickHouse): TableShaper {
  let ensuredVersion = -1;
  const made = new Set<string>();
  let running: Promise<void> = Promise.resolve();

  async function make(model: Model): Promise<void> {
    if (model.version === ensuredVersion) return;
    for (const shape of shapesOf(model)) {
      if (shape.create !== '' && !made.has(shape.table)) {
        await clickhouse.command(shape.create);
        await clickhouse.command(`alter table ${shape.table} add column if not exists ${FIELD_TIMES}`);
        made.add(shape.table);
      }
      const missing = shape.fields.filter((field) => !made.has(`${shape.table}.${field.name}`));
      if (missing.length === 0) continue;
      const added = missing.map(
        (field) => `add column if not exists ${columnOf(field.name)} ${columnTypeOf(field)}`,
      );
      await clickhouse.command(`alter table ${shape.table} ${added.join(', ')}`);
      for (const field of missing) made.add(`${shape.table}.${field.name}`);
    }
    ensuredVersion = model.version;
  }

  return {
    ensure(model) {
      running = running.catch(() => undefined).then(() => make(model));
      return running;
    },
  };
}
