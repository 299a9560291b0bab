/**
 * ClickHouse refuses a bound value longer than 128 KiB of text (`http_max_field_value_size`), quotes and escapes
 * included; three bytes a character is the most that UTF-8 needs for what ids are made of.
 */
const MAXIMUM_BYTES = 100_000;

/** Ids in pages that fit into one bound value. */
export function* pageIds<Id extends string | number>(ids: Iterable<Id>): Generator<Id[]> {
  let page: Id[] = [];
  let bytes = 0;
  for (const id of ids) {
    const length = typeof id === 'string' ? id.length * 3 + 3 : 21;
    if (bytes + length > MAXIMUM_BYTES && page.length > 0) {
      yield page;
      page = [];
      bytes = 0;
    }
    page.push(id);
    bytes += length;
  }
  if (page.length > 0) yield page;
}
