/**
 * ClickHouse refuses a bound value of more than 128 KiB (`http_max_field_value_size`), as it stands in the URL:
 * with quotes and escapes, and three bytes for each byte that is not plain.
 */
const MAXIMUM_BYTES = 100_000;
/** Two quotes and a comma, percent-encoded. */
const SEPARATOR_BYTES = 9;
/** A number below 2^64 with its comma. */
const NUMBER_BYTES = 23;

/** Ids in pages that fit into one bound value. */
export function* pageIds<Id extends string | number>(ids: Iterable<Id>): Generator<Id[]> {
  let page: Id[] = [];
  let bytes = 0;
  for (const id of ids) {
    const length = typeof id === 'string' ? encodedLength(id) : NUMBER_BYTES;
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

function encodedLength(id: string): number {
  const escaped = /[\\']/.test(id) ? id.replaceAll(/[\\']/g, '\\\\\\\\') : id;
  return encodeURIComponent(escaped).length + SEPARATOR_BYTES;
}
