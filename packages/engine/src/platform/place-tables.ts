/**
 * Where the rows of a ClickHouse table lie on a cluster. Without a cluster every table is simply a table.
 *
 * A table that replaces rows by its key (`ReplacingMergeTree`) must be sharded by nothing that may change
 * between two versions of a row, or both would live on: entities, details and relations by their own ids,
 * everything else that is about people by the person.
 */
export type Placement =
  /** Shared out by the hash of an expression over its columns. */
  | { readonly kind: 'sharded'; readonly by: string }
  /** On the first node only: working tables of one run, and the list of migrations. */
  | { readonly kind: 'single' };

const SHARDED_BY: Readonly<Record<string, string>> = {
  event: 'person_id',
  person: 'person_id',
  consent: 'person_id',
  tag_value: 'person_id',
  tag_value_of_person: 'person_id',
  segment_change: 'person_id',
  canvas_entry_list: 'person_id',
  identity_override: 'key_number',
  suppression: 'suppression_id',
  segment_membership: 'segment_id',
  // The id of the end that is a person is a key number, which stays when the person changes.
  relation: "if(from_type = 'person', from_id, to_id)",
};

/** Tables that are made while running, by the beginning of their names. */
const SHARDED_BY_PREFIX: readonly (readonly [string, string])[] = [
  ['kept_event_', 'person_id'],
  // Of former versions; they are known so that they are removed everywhere.
  ['event_count_', 'person_id'],
  ['event_match_', 'person_id'],
  ['detail_', 'detail_id'],
  ['entity_', 'entity_id'],
];

/** Placement of a table by its name. */
export function placementOf(table: string): Placement {
  const column = SHARDED_BY[table] ?? SHARDED_BY_PREFIX.find(([prefix]) => table.startsWith(prefix))?.[1];
  return column === undefined ? { kind: 'single' } : { kind: 'sharded', by: `cityHash64(${column})` };
}

/** What a statement does to a table, as far as a cluster must know. */
export interface TableStatement {
  readonly verb: 'create' | 'alter columns' | 'alter rows' | 'delete' | 'truncate' | 'optimize' | 'drop';
  readonly table: string;
  /** The same statement on another table. */
  on(table: string): string;
}

const VERBS: readonly [RegExp, TableStatement['verb']][] = [
  [/^(\s*create\s+table\s+(?:if\s+not\s+exists\s+)?)(\w+)/i, 'create'],
  [
    /^(\s*alter\s+table\s+)(\w+)(?=\s+(?:add|drop|modify|rename|comment|clear)\s+(?:column|comment)\b)/i,
    'alter columns',
  ],
  [/^(\s*alter\s+table\s+)(\w+)/i, 'alter rows'],
  [/^(\s*delete\s+from\s+)(\w+)/i, 'delete'],
  [/^(\s*truncate\s+table\s+(?:if\s+exists\s+)?)(\w+)/i, 'truncate'],
  [/^(\s*optimize\s+table\s+)(\w+)/i, 'optimize'],
  [/^(\s*drop\s+table\s+(?:if\s+exists\s+)?)(\w+)/i, 'drop'],
];

/**
 * A materialized view that copies what is inserted into one sharded table to another one of the same sharding, taken
 * apart: on a cluster it stands between the local tables of each node. Undefined for any other statement.
 */
export function readFeed(sql: string): { on(rename: (table: string) => string): string } | undefined {
  const match =
    /^(\s*create\s+materialized\s+view\s+(?:if\s+not\s+exists\s+)?)(\w+)\s+to\s+(\w+)\s+as\s+(.*\bfrom\s+)(\w+)\s*$/is.exec(
      sql,
    );
  if (!match) return undefined;
  const [, create = '', view = '', target = '', select = '', source = ''] = match;
  return { on: (rename) => `${create}${view} to ${rename(target)} as ${select}${rename(source)}` };
}

/** Takes a statement apart that is about a table itself; undefined for queries and inserts. */
export function readTableStatement(sql: string): TableStatement | undefined {
  for (const [pattern, verb] of VERBS) {
    const match = pattern.exec(sql);
    if (!match) continue;
    const [whole, before = '', table = ''] = match;
    return { verb, table, on: (other) => `${before}${other}${sql.slice(whole.length)}` };
  }
  return undefined;
}
