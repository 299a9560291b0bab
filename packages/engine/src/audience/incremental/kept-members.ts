import { comparedSql, NOBODY } from './count-digits.ts';
import { EVERYBODY } from './decide-parts.ts';
import type { CurrentParts } from './keep-parts.ts';
import type { KeptTree } from './kept-part.ts';

/** The rows of a step were taken away by another process. */
const GONE = 'what is kept about people is not there any more';

/** Members of rules, from what is kept: a query of one row, and for each rule an expression over it, a bitmap. */
export function keptMembers(
  current: CurrentParts,
  trees: readonly KeptTree[],
): { row: string; bitmaps: string[]; parameters: Record<string, unknown> } {
  const at = (place: number | undefined): string => (place === undefined ? NOBODY : `kept[${place}]`);
  const members = (part: number | string): string => at(current.placesOf(part)[0]);
  const everybody = members(EVERYBODY);

  function bitmapOf(tree: KeptTree): string {
    switch (tree.kind) {
      case 'constant':
        return tree.value ? everybody : NOBODY;
      case 'part':
        return members(tree.name);
      case 'counted': {
        const digits = Array.from(current.placesOf(tree.name), at);
        return comparedSql(digits, tree.operator, tree.value, everybody);
      }
      case 'not':
        return `bitmapAndnot(${everybody}, ${bitmapOf(tree.item)})`;
      case 'and':
        return tree.items.map(bitmapOf).reduce((left, right) => `bitmapAnd(${left}, ${right})`);
      case 'or':
        return tree.items.map(bitmapOf).reduce((left, right) => `bitmapOr(${left}, ${right})`);
    }
  }

  // One array of all bitmaps: an aggregate for each would cost more to plan than to compute.
  const row = `SELECT groupArray(people) AS kept FROM (
      SELECT people FROM kept_people WHERE step = ${current.step} AND kind IN ('count', 'member')
      ORDER BY part, kind, digit)
    HAVING throwIf(length(kept) != ${current.bitmaps}, '${GONE}') = 0`;
  const bitmaps = trees.map((tree) => `bitmapAnd(${everybody}, ${bitmapOf(tree)})`);
  return { row, bitmaps, parameters: {} };
}
