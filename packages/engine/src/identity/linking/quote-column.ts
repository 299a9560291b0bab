/** A column's name as ClickHouse quotes it. */
export const quoteColumn = (name: string): string =>
  `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
