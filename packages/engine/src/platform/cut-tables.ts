import type { ClickHouseSettings } from '@clickhouse/client';
import type { ClickHouse } from './clickhouse-node.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Settings with which each named table holds only the rows that its condition is true of, in every part of a statement. */
export function onlyRows(conditions: Readonly<Record<string, string>>): ClickHouseSettings {
  const map = Object.entries(conditions).map(([table, sql]) => `${quoted(table)}:${quoted(sql)}`);
  // The client knows the setting as a map and writes it without escapes; the server takes the text of one.
  return { additional_table_filters: `{${map.join(',')}}` } as unknown as ClickHouseSettings;
}

/**
 * The same ClickHouse for reading, where each named table holds only the rows that its condition is true of, in every
 * part of every statement; ClickHouse applies the conditions itself, after FINAL. A table that a condition names is cut
 * there too. What writes is refused: it would write down a part as if it were the whole.
 */
export function cutTables(clickhouse: ClickHouse, conditions: Readonly<Record<string, string>>): ClickHouse {
  const cut = {
    ...onlyRows(conditions),
    // On a cluster a shard asks the others whose people they are, within what it was asked itself.
    distributed_product_mode: 'allow',
    max_distributed_depth: '20',
  } as unknown as ClickHouseSettings;
  const refuse = (): never => {
    throw new Error('a view of a part of the people is for reading only');
  };
  return {
    query: (sql, parameters, settings) => clickhouse.query(sql, parameters, { ...settings, ...cut }),
    queryStream: (sql, parameters, settings) =>
      clickhouse.queryStream(sql, parameters, { ...settings, ...cut }),
    insert: refuse,
    insertStream: refuse,
    command: refuse,
    forUser: refuse,
    close: refuse,
    ping: () => clickhouse.ping(),
    get client() {
      return refuse();
    },
  };
}
