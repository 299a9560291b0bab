import { gatherQuestions, type Platform } from '../platform/index.ts';
import { createHeldTags, type HeldTags } from './held-tags.ts';
import type { Sharing } from './sharing.ts';
import { shownValues } from './show-tag-values.ts';
import type { KnownTag } from './tag-change-store.ts';
import type { HeldValue } from './tag-column.ts';
import { selectTagsOf } from './tag-value-store.ts';

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
 * The tags of a person, for callers who wait: people who are asked for together are one question to PostgreSQL, and
 * one to ClickHouse for the values that are not in memory. A value is the one that holds when it is asked for.
 */
export function createTagLookup(
  platform: Pick<Platform, 'database' | 'clickhouse' | 'log'>,
  held: HeldTags = createHeldTags(platform),
): (personId: number) => Promise<HeldPersonTag[]> {
  async function ask(people: readonly number[]): Promise<HeldPersonTag[][]> {
    const { tags, of } = await held.present();
    const near = people.map((person) => tags.map((tag) => of(tag, person)));
    const distant = await readDistant(people, tags, near);
    return people.map((person, place) =>
      tags.flatMap((tag, index) => {
        const found = near[place]![index];
        const value = found === 'elsewhere' ? distant.get(`${tag.tag_id} ${person}`) : found;
        if (!value) return [];
        const values = shownValues(tag.value_type, value.texts, value.numbers);
        return [{ tagId: tag.tag_id, name: tag.name, values, sharing: tag }];
      }),
    );
  }

  async function readDistant(
    people: readonly number[],
    tags: readonly KnownTag[],
    near: readonly (readonly (HeldValue | undefined | 'elsewhere')[])[],
  ): Promise<Map<string, HeldValue>> {
    const isDistant = (value: HeldValue | undefined | 'elsewhere'): boolean => value === 'elsewhere';
    const askedPeople = people.filter((_person, place) => near[place]!.some(isDistant));
    if (askedPeople.length === 0) return new Map();
    const askedTags = tags.filter((_tag, index) => near.some((values) => isDistant(values[index])));
    const rows = await selectTagsOf(
      platform.clickhouse,
      [...new Set(askedPeople)],
      askedTags.map((tag) => tag.tag_id),
    );
    return new Map(rows.map((row) => [`${row.tag_id} ${row.person_id}`, row]));
  }

  return gatherQuestions(ask, { atOnce: 2, most: MOST_PEOPLE });
}
