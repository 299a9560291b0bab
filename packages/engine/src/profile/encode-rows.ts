/**
 * Rows as ClickHouse's TabSeparated text: cheaper to write here and to read there than JSON by more than half.
 * All rows get the columns that any of them has; what a row lacks is \N, which a column that is not nullable takes
 * as its default.
 */
export function encodeRows(rows: readonly Readonly<Record<string, unknown>>[]): {
  columns: string[];
  bytes: Buffer;
} {
  const columns: string[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    for (const column in row) {
      if (seen.has(column)) continue;
      seen.add(column);
      columns.push(column);
    }
  }
  let text = '';
  for (const row of rows) {
    for (let index = 0; index < columns.length; index++) {
      if (index > 0) text += '\t';
      text += encodeCell(row[columns[index]!]);
    }
    text += '\n';
  }
  return { columns, bytes: Buffer.from(text) };
}

const SPECIAL = /[\\\t\n\r\0]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
};

function encodeCell(value: unknown): string {
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return '\\N';
  return Array.isArray(value)
    ? encodeArray(value as string[])
    : encodeMap(value as Record<string, string | number>);
}

const escapeText = (text: string): string =>
  SPECIAL.test(text) ? text.replaceAll(/[\\\t\n\r\0]/g, (character) => ESCAPES[character]!) : text;

/** Inside arrays and maps texts stand in single quotes, which are escaped too. */
const quoted = (text: string): string => `'${escapeText(text).replaceAll("'", "\\'")}'`;

const encodeArray = (elements: readonly string[]): string => `[${elements.map(quoted).join(',')}]`;

function encodeMap(entries: Readonly<Record<string, string | number>>): string {
  let text = '{';
  for (const key in entries) {
    if (text.length > 1) text += ',';
    const value = entries[key]!;
    text += `${quoted(key)}:${typeof value === 'number' ? value : quoted(value)}`;
  }
  return `${text}}`;
}
