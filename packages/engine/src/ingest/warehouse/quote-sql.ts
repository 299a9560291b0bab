/** A name as ClickHouse and MySQL quote it; whatever it holds, it is one name. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

/** A text as ClickHouse quotes it. Used where a bound value cannot stand: the arguments of an engine. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A text as the SQL standard quotes it (PostgreSQL with standard_conforming_strings, its default since 9.1). */
export function quoteStandardText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
