import type { PersonChange } from '../identity/index.ts';
import type { ClickHouse } from '../platform/index.ts';
import type { EqlType } from './bind/bound.ts';

/** How a value of a type is held: the SQL of its texts and numbers, from the SQL of the value. */
export function heldValue(type: EqlType, value: string): { texts: string; numbers: string; present: string } {
  const none = '[]::Array(String)';
  const noNumbers = '[]::Array(Float64)';
  const present = `isNotNull(${value})`;
  switch (type) {
    case 'number':
      return { texts: none, numbers: `[toFloat64(assumeNotNull(${value}))]`, present };
    case 'boolean':
      return { texts: none, numbers: `[toFloat64(assumeNotNull(${value}))]`, present };
    case 'instant':
      return {
        texts: none,
        numbers: `[toFloat64(toUnixTimestamp64Milli(assumeNotNull(${value})))]`,
        present,
      };
    case 'date':
    case 'text':
      return { texts: `[toString(assumeNotNull(${value}))]`, numbers: noNumbers, present };
    case 'list':
      return { texts: value, numbers: noNumbers, present: `notEmpty(${value})` };
    case 'map':
      return {
        texts: `mapKeys(${value})`,
        numbers: `mapValues(${value})`,
        present: `notEmpty(mapKeys(${value}))`,
      };
  }
}

/** Writes the values of several tags from one pass; afterwards removes those that were not written anew. */
export async function writeTagValues(
  clickhouse: ClickHouse,
  tags: readonly { tagId: string; version: number; value: string; type: EqlType }[],
  statement: { rows: string; parameters: Record<string, unknown> },
  settings: Record<string, string | number>,
): Promise<Map<string, number>> {
  const entries = tags.map((tag, index) => {
    const held = heldValue(tag.type, tag.value);
    return `(${held.present}, {tag${index}:String}, ${held.texts}, ${held.numbers}, {version${index}:UInt64})`;
  });
  const parameters: Record<string, unknown> = { ...statement.parameters };
  tags.forEach((tag, index) => {
    parameters[`tag${index}`] = tag.tagId;
    parameters[`version${index}`] = tag.version;
  });
  await clickhouse.command(
    `INSERT INTO tag_value (tag_id, person_id, texts, numbers, version)
     SELECT entry.2, frame_key, entry.3, entry.4, entry.5
     FROM (SELECT frame_key, arrayJoin([${entries.join(', ')}]) AS entry FROM (${statement.rows}))
     WHERE entry.1`,
    parameters,
    settings,
  );
  for (const tag of tags) await removeOlderValues(clickhouse, tag.tagId, tag.version);
  return countPeopleOfTags(
    clickhouse,
    tags.map((tag) => tag.tagId),
  );
}

/** Removes the values of people whose newest one is older than a version: they have none any more. */
export async function removeOlderValues(
  clickhouse: ClickHouse,
  tagId: string,
  version: number,
): Promise<void> {
  await clickhouse.command(
    `INSERT INTO tag_value (tag_id, person_id, texts, numbers, version, deleted)
     SELECT tag_id, person_id, [], [], {version:UInt64}, 1 FROM tag_value FINAL
     WHERE tag_id = {tag:String} AND version < {version:UInt64}`,
    { tag: tagId, version },
  );
}

export async function countPeopleOfTags(
  clickhouse: ClickHouse,
  tagIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await clickhouse.query<{ tag_id: string; people: number }>(
    `SELECT tag_id, count() AS people FROM tag_value FINAL WHERE tag_id IN {tags:Array(String)} GROUP BY tag_id`,
    { tags: [...tagIds] },
  );
  return new Map(rows.map((row) => [row.tag_id, row.people]));
}

/** Sets or removes values given from outside. */
export async function setTagValues(
  clickhouse: ClickHouse,
  tagId: string,
  type: EqlType,
  version: number,
  values: readonly { personId: number; values: readonly string[] }[],
): Promise<void> {
  const asNumbers = type === 'number' || type === 'boolean' || type === 'instant';
  const numberOf = (text: string): number => {
    if (type === 'boolean') return text === 'true' || text === '1' ? 1 : 0;
    return type === 'instant' ? Date.parse(text) : Number(text);
  };
  await clickhouse.insert(
    'tag_value',
    values.map((each) => ({
      tag_id: tagId,
      person_id: each.personId,
      texts: asNumbers ? [] : each.values,
      numbers: asNumbers ? each.values.map(numberOf).filter(Number.isFinite) : [],
      version,
      deleted: each.values.length === 0 ? 1 : 0,
    })),
  );
}

/**
 * Gives the values of people who are no more to those who took over, unless these have their own. Computed
 * tags get their exact value at the next computation; set ones would be lost otherwise.
 */
export async function movePeopleOfTags(
  clickhouse: ClickHouse,
  changes: readonly Pick<PersonChange, 'keyNumber' | 'oldPersonId' | 'newPersonId'>[],
): Promise<void> {
  const gone = changes.filter((change) => change.keyNumber === change.oldPersonId);
  if (gone.length === 0) return;
  const parameters = {
    old: gone.map((change) => change.oldPersonId),
    new: gone.map((change) => change.newPersonId),
  };
  await clickhouse.command(
    `INSERT INTO tag_value (tag_id, person_id, texts, numbers, version, deleted)
     WITH moved AS (SELECT tag_id, person_id, texts, numbers, version FROM tag_value FINAL
                    WHERE person_id IN {old:Array(UInt64)})
     SELECT tag_id, transform(person_id, {old:Array(UInt64)}, {new:Array(UInt64)}, 0) AS new_person_id,
            texts, numbers, version, 0
     FROM moved WHERE (tag_id, new_person_id) GLOBAL NOT IN
       (SELECT tag_id, person_id FROM tag_value FINAL WHERE person_id IN {new:Array(UInt64)})
     UNION ALL
     SELECT tag_id, person_id, [], [], version + 1, 1 FROM moved`,
    parameters,
  );
}

/** A person's value of a tag as it is stored. */
export interface HeldTag {
  readonly person_id: number;
  readonly tag_id: string;
  readonly texts: string[];
  readonly numbers: number[];
}

// A few granules each: threads would cost more than they read.
const POINT_LOOKUP = { max_threads: 1 } as const;

/** Values of some tags of some people, by tag. */
export async function selectTagsOf(
  clickhouse: ClickHouse,
  personIds: readonly number[],
  tagIds: readonly string[],
): Promise<HeldTag[]> {
  if (personIds.length === 0 || tagIds.length === 0) return [];
  return clickhouse.query<HeldTag>(
    `SELECT person_id, tag_id, texts, numbers FROM tag_value_of_person FINAL
     WHERE person_id IN {people:Array(UInt64)} AND tag_id IN {tags:Array(String)} ORDER BY tag_id`,
    { tags: tagIds, people: personIds },
    POINT_LOOKUP,
  );
}

/** The most frequent values of a tag with their people. */
export async function selectFrequentValues(
  clickhouse: ClickHouse,
  tagId: string,
): Promise<{ value: string; people: number }[]> {
  return clickhouse.query(
    `SELECT arrayJoin(if(empty(texts), arrayMap(x -> toString(x), numbers), texts)) AS value, uniqExact(person_id) AS people
     FROM tag_value FINAL WHERE tag_id = {tag:String} GROUP BY value ORDER BY people DESC, value LIMIT 100`,
    { tag: tagId },
  );
}
