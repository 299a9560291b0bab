import { expect, test } from 'vitest';
import { fillPage } from './fill-page.ts';

const EVERY = 7;
/** A list of people 0 to 99 in pages, of whom every seventh may be seen. */
const read = async ({ cursor, limit }: { cursor?: string; limit: number }) => {
  const start = cursor === undefined ? 0 : Number(cursor);
  const items = Array.from({ length: Math.min(limit, 100 - start) }, (_, place) => ({
    personId: start + place,
  }));
  return { items, ...(start + limit < 100 ? { nextCursor: String(start + limit) } : {}) };
};
const sees = async (personIds: readonly number[]): Promise<ReadonlySet<number>> =>
  new Set(personIds.filter((personId) => personId % EVERY === 0));

test('pages are full, and together hold everybody who is seen once', async () => {
  const found: number[] = [];
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? {} : { cursor };
    const page = await fillPage(await read({ ...from, limit: 4 }), 4, sees, read);
    if (page.nextCursor !== undefined) expect(page.items).toHaveLength(4);
    found.push(...page.items.map(({ personId }) => personId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(found).toEqual(Array.from({ length: 15 }, (_, place) => place * EVERY));
});

test('an answer that is no page loses whoever is not seen', async () => {
  const answer = {
    one: { end: { type: 'person', id: '8' }, note: 'x' },
    two: [{ personId: 7 }, { personId: 8 }],
  };
  expect(await fillPage(answer, undefined, sees, async () => answer)).toEqual({ two: [{ personId: 7 }] });
});
