import type { ClickHouse, Database } from '../platform/index.ts';
import type { Asker } from './asker.ts';
import { maySee, SHARING_COLUMNS, type Sharing } from './sharing.ts';
import { selectTagsOf } from './tag-value-store.ts';

/** A tag's value of a person: a text, a number (instants are epoch ms, booleans 0 or 1), or several texts. */
export type TagValue = string | number | readonly string[];

/** Present values of tags by person and tag; people without a value are absent. */
export async function readTagValues(
  clickhouse: ClickHouse,
  personIds: readonly number[],
  tagIds: readonly string[],
): Promise<Map<number, Map<string, TagValue>>> {
  const values = new Map<number, Map<string, TagValue>>();
  for (const { person_id, tag_id, texts, numbers } of await selectTagsOf(clickhouse, personIds, tagIds)) {
    const own = values.get(person_id) ?? new Map<string, TagValue>();
    own.set(tag_id, valueOf(texts, numbers));
    values.set(person_id, own);
  }
  return values;
}

function valueOf(texts: readonly string[], numbers: readonly number[]): TagValue {
  if (texts.length === 0) return numbers.length === 1 ? numbers[0]! : numbers.map(String);
  return texts.length === 1 ? texts[0]! : texts;
}

/** Ids of the tags in use that the asker may see. */
export async function readTagIds(database: Database, asker?: Asker): Promise<Set<string>> {
  const rows = await database.query<Sharing & { tag_id: string }>(
    `select tag_id, ${SHARING_COLUMNS} from audience.tag where not archived`,
  );
  return new Set(rows.filter((row) => maySee(asker, row)).map((row) => row.tag_id));
}

/** See `Audience.tagGroups`. */
export async function tagGroups(
  database: Pick<Database, 'query'>,
  tagId: string,
  prefix: string,
  asker?: Asker,
): Promise<{ name: string; sql: string; parameters: Record<string, unknown> } | undefined> {
  const [tag] = await database.query<Sharing & { name: string }>(
    `select name, ${SHARING_COLUMNS} from audience.tag where tag_id = $1 and not archived`,
    [tagId],
  );
  if (!tag || !maySee(asker, tag)) return undefined;
  const parameter = `${prefix}id`;
  return {
    name: tag.name,
    sql: `SELECT person_id,
            arrayStringConcat(arraySort(if(empty(texts), arrayMap(x -> toString(x), numbers), texts)), '; ') AS value
          FROM tag_value FINAL WHERE tag_id = {${parameter}:String}`,
    parameters: { [parameter]: tagId },
  };
}
