import type { ClickHouse } from '../platform/index.ts';
import { MOST_VALUES, PAGE_PEOPLE, TagColumn, type HeldValue } from './tag-column.ts';

const LOAD_SETTINGS = { max_threads: 1, max_execution_time: 120 } as const;
const PAGE = `intDiv(person_id, ${PAGE_PEOPLE}) AS page`;
const OFFSET = `toUInt16(person_id % ${PAGE_PEOPLE})`;
/** Most that a person takes: a number and a place. */
const MOST_BYTES_A_PERSON = 10;
const BYTES_A_CODE = 4;

/** All present values of a tag in memory; undefined: more than fits into `freeBytes`, or too many different texts. */
export async function loadTagColumn(
  clickhouse: ClickHouse,
  tagId: string,
  freeBytes: number,
): Promise<TagColumn | undefined> {
  const [size] = await clickhouse.query<{ people: number; single: number; different: number }>(
    `SELECT count() AS people, countIf(empty(texts) AND length(numbers) = 1) AS single,
            uniq(texts, numbers) AS different
     FROM tag_value FINAL WHERE tag_id = {tag:String}`,
    { tag: tagId },
    LOAD_SETTINGS,
  );
  const { people = 0, single = 0, different = 0 } = size ?? {};
  const isNumbers = people === single && different > MOST_VALUES / 2;
  if (!isNumbers && different > MOST_VALUES) return undefined;
  if (people * (isNumbers ? MOST_BYTES_A_PERSON : BYTES_A_CODE) > freeBytes) return undefined;
  const column = await (isNumbers ? loadNumbers(clickhouse, tagId) : loadCodes(clickhouse, tagId));
  return column && column.bytes <= freeBytes ? column : undefined;
}

/** Undefined: there is a number that JSON cannot say. */
async function loadNumbers(clickhouse: ClickHouse, tagId: string): Promise<TagColumn | undefined> {
  const column = new TagColumn();
  const blocks = clickhouse.queryStream<{ page: number; offsets: number[]; numbers: (number | null)[] }>(
    `SELECT ${PAGE}, groupArray(${OFFSET}) AS offsets, groupArray(numbers[1]) AS numbers
     FROM tag_value FINAL WHERE tag_id = {tag:String} GROUP BY page`,
    { tag: tagId },
    LOAD_SETTINGS,
  );
  for await (const rows of blocks) {
    for (const { page, offsets, numbers } of rows) {
      const cells = new Float64Array(PAGE_PEOPLE).fill(Number.NaN);
      for (const [index, offset] of offsets.entries()) cells[offset] = numbers[index] ?? Number.NaN;
      if (numbers.includes(null)) return undefined;
      column.put(page, cells);
    }
  }
  return column;
}

/** Undefined: there are more different values than codes after all. */
async function loadCodes(clickhouse: ClickHouse, tagId: string): Promise<TagColumn | undefined> {
  const column = new TagColumn();
  const blocks = clickhouse.queryStream<HeldValue & { page: number; offsets: number[] }>(
    `SELECT ${PAGE}, texts, numbers, groupArray(${OFFSET}) AS offsets
     FROM tag_value FINAL WHERE tag_id = {tag:String} GROUP BY page, texts, numbers ORDER BY page`,
    { tag: tagId },
    LOAD_SETTINGS,
  );
  const cells = new Uint16Array(PAGE_PEOPLE);
  let open: number | undefined;
  for await (const rows of blocks) {
    for (const { page, texts, numbers, offsets } of rows) {
      if (open !== undefined && open !== page) {
        column.put(open, cells);
        cells.fill(0);
      }
      open = page;
      const code = column.codeOf({ texts, numbers });
      if (code === undefined) return undefined;
      for (const offset of offsets) cells[offset] = code;
    }
  }
  if (open !== undefined) column.put(open, cells);
  return column;
}
