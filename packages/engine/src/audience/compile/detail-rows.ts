import type { BoundDetailSource } from '../bind/bound.ts';
import type { Compiler, RowScope } from './compiler.ts';

/** Rows of a detail table with the columns of the entities its fields refer to. */
export interface DetailRows {
  readonly scope: RowScope;
  /**
   * Query over the rows, grouped: its expressions may name `scan_owner`, `time`, `detail_id`, `version` and every
   * column asked for so far. One query and not one around another: shards aggregate only what they are asked
   * in one.
   */
  groupedSql(query: { select: readonly string[]; where?: string; groupBy: string }): string;
}

/** Opens the rows of a source's table: the newest states, or all states there ever were. */
export function detailRows(compiler: Compiler, source: BoundDetailSource, history: boolean): DetailRows {
  const columns = new Map<string, string>();
  const references = new Map<string, Reference>();
  const column = (name: string): string => {
    let alias = columns.get(name);
    if (alias === undefined) columns.set(name, (alias = `d${columns.size}`));
    return alias;
  };
  return {
    scope: {
      kind: 'row',
      field: column,
      reference(baseColumn, entityTable, name) {
        const identity = `${baseColumn} ${entityTable}`;
        let reference = references.get(identity);
        if (!reference) {
          reference = { alias: `r${references.size}`, baseColumn, entityTable, columns: new Map() };
          references.set(identity, reference);
        }
        let alias = reference.columns.get(name);
        if (alias === undefined) {
          alias = `${reference.alias}_${reference.columns.size}`;
          reference.columns.set(name, alias);
        }
        return alias;
      },
    },
    groupedSql: (query) => groupedSql(compiler, source, history, columns, [...references.values()], query),
  };
}

interface Reference {
  readonly alias: string;
  readonly baseColumn: string;
  readonly entityTable: string;
  readonly columns: Map<string, string>;
}

function groupedSql(
  compiler: Compiler,
  source: BoundDetailSource,
  history: boolean,
  columns: ReadonlyMap<string, string>,
  references: readonly Reference[],
  query: { select: readonly string[]; where?: string; groupBy: string },
): string {
  const isPerson = source.owner.kind === 'person';
  const owner = isPerson ? compiler.presentPerson('d.person_id', 'd.key_number') : 'd.owner_id';
  const parts = [`${owner} AS scan_owner`];
  for (const [name, alias] of columns) parts.push(`d.${name} AS ${alias}`);
  const joins = references.map((reference) => {
    const wanted = [...reference.columns].map(([name, alias]) => `${name} AS ${alias}`);
    for (const alias of reference.columns.values()) parts.push(`${reference.alias}.${alias} AS ${alias}`);
    return `LEFT ANY JOIN (SELECT ${['entity_id', ...wanted].join(', ')} FROM ${reference.entityTable} FINAL) AS ${reference.alias} ON ${reference.alias}.entity_id = d.${reference.baseColumn}`;
  });
  const where = [`d.owner_type = ${compiler.parameters.bind('String', source.detail.owner)}`];
  if (isPerson && compiler.people) where.push(compiler.people.arrived('d.person_id', 'd.key_number'));
  if (history) where.push('d.deleted = 0');
  if (query.where !== undefined) where.push(query.where);
  const table = history ? source.detail.historyTable : source.detail.table;
  return `WITH ${parts.join(', ')} SELECT ${query.select.join(', ')} FROM ${table} AS d FINAL ${joins.join(' ')}
    WHERE ${where.join(' AND ')} GROUP BY ${query.groupBy}`;
}

/** Condition that a row is one of the source: its window on the business time, and its `where`. */
export function detailCondition(compiler: Compiler, source: BoundDetailSource, scope: RowScope): string {
  const { parameters } = compiler;
  const parts: string[] = [];
  if (source.window?.fromMs !== undefined) parts.push(`time >= ${parameters.instant(source.window.fromMs)}`);
  if (source.window?.toMs !== undefined) parts.push(`time < ${parameters.instant(source.window.toMs)}`);
  if (source.where) parts.push(compiler.condition(source.where, scope));
  return parts.length === 0 ? '1' : parts.join(' AND ');
}
