import { gatherQuestions, type Platform } from '../platform/index.ts';
import { shownValues } from './show-tag-values.ts';
import type { Sharing } from './sharing.ts';
import { selectTagNames } from './tag-store.ts';
import { selectTagsOf, type HeldTag } from './tag-value-store.ts';

/** A person's value of a tag, as it is shown. */
export interface PersonTag {
  readonly tagId: string;
  readonly name: string;
  readonly values: string[];
}

/** With who may see it. */
export type HeldPersonTag = PersonTag & { readonly sharing: Sharing };

/** Read by one query: a granule or two a person. */
const MOST_PEOPLE = 200;

/**
 * The tags of a person, for callers who wait: people who are asked for together are one query. Nothing is remembered,
 * so that a value is the one that holds when it is asked for.
 */
export function createTagLookup({
  database,
  clickhouse,
}: Pick<Platform, 'database' | 'clickhouse'>): (personId: number) => Promise<HeldPersonTag[]> {
  async function ask(people: readonly number[]): Promise<HeldPersonTag[][]> {
    const tags = new Map((await selectTagNames(database)).map((row) => [row.tag_id, row]));
    const held = await selectTagsOf(clickhouse, [...new Set(people)], [...tags.keys()]);
    const byPerson = new Map<number, HeldTag[]>();
    for (const each of held) {
      const own = byPerson.get(each.person_id);
      if (own) own.push(each);
      else byPerson.set(each.person_id, [each]);
    }
    return people.map((person) =>
      (byPerson.get(person) ?? []).map(({ tag_id, texts, numbers }) => {
        const tag = tags.get(tag_id)!;
        const values = shownValues(tag.value_type, texts, numbers);
        return { tagId: tag_id, name: tag.name, values, sharing: tag };
      }),
    );
  }
  return gatherQuestions(ask, { atOnce: 2, most: MOST_PEOPLE });
}
