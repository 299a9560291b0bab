import { presentPerson } from '../identity/index.ts';

/** What stands in SQL between quotes or in comments, and after it what is looked for: a qualifier or FINAL. */
const QUOTED = String.raw`'(?:[^'\\]|\\.|'')*'|--[^\n]*|/\*[\s\S]*?\*/`;

/**
 * SQL written by hand, reading each of the tables as it is now: rows that carry the person at arrival carry the
 * present one, and rows that were replaced or deleted are left out. It may then say FINAL or not, and name the
 * tables with their database or without. PREWHERE and SAMPLE are beyond it (the caller refuses them).
 */
export function readAsPresent(sql: string, tables: ReadonlySet<string>, database: string): string {
  if (tables.size === 0) return sql;
  const own = ['`', '"', ''].map((quote) => `${quote || '\\b'}${database}${quote}\\s*\\.\\s*`).join('|');
  const noise = new RegExp(`${QUOTED}|(?<own>${own})|"[^"]*"|\`[^\`]*\`|(?<final>\\bfinal\\b)`, 'gi');
  const plain = sql.replace(noise, (found: string, ...rest: unknown[]) => {
    const named = rest.at(-1) as { own?: string; final?: string };
    return named.own === undefined && named.final === undefined ? found : ' ';
  });
  const sources = [...tables].map((table) => `${table} AS (${presentRows(table, `${database}.${table}`)})`);
  return `WITH ${sources.join(', ')} SELECT person_id, value FROM (${plain}\n)`;
}

function presentRows(table: string, source: string): string {
  const present = (prefix: string): string =>
    `${presentPerson(`${prefix}person_id`, `${prefix}key_number`)} AS ${prefix}person_id`;
  if (table === 'event') return `SELECT * REPLACE (${present('')}) FROM ${source}`;
  if (table === 'relation') {
    const ends = `* REPLACE (${present('from_')}, ${present('to_')})`;
    return `SELECT ${ends}, ${present('')}, key_number FROM ${source} FINAL`;
  }
  if (table === 'suppression' || table.startsWith('detail_')) {
    return `SELECT * REPLACE (${present('')}) FROM ${source} FINAL`;
  }
  return `SELECT * FROM ${source} FINAL`;
}
