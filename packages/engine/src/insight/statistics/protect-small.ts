/** A number that tells of some people, and the sums it is part of that may be known from elsewhere. */
export interface ProtectedCell {
  readonly people: number;
  readonly sums: readonly string[];
}

/**
 * Places of the cells that must be left out so that nobody learns a number of fewer than `smallest` people: those
 * cells, and in each sum that has some of them the next smallest ones, until what is left out of it is at least two
 * cells of `smallest` people together. Otherwise the sum less the cells that are shown would tell. `already`: places
 * left out for another reason.
 */
export function cellsToHide(
  cells: readonly ProtectedCell[],
  smallest: number,
  already: ReadonlySet<number> = new Set(),
): Set<number> {
  const hidden = new Set(already);
  const bySum = new Map<string, number[]>();
  for (const [place, { people, sums }] of cells.entries()) {
    if (people === 0) continue;
    if (people < smallest) hidden.add(place);
    for (const sum of sums) {
      const places = bySum.get(sum);
      if (places) places.push(place);
      else bySum.set(sum, [place]);
    }
  }
  if (hidden.size === 0) return hidden;
  for (const places of bySum.values()) places.sort((one, other) => cells[one]!.people - cells[other]!.people);
  // What is hidden for one sum may be alone in another: until nothing more is hidden, each time at least one more.
  for (let before = -1; before !== hidden.size;) {
    before = hidden.size;
    for (const places of bySum.values()) hideInSum(cells, places, hidden, smallest);
  }
  return hidden;
}

/** `places`: by people, the fewest first. */
function hideInSum(
  cells: readonly ProtectedCell[],
  places: readonly number[],
  hidden: Set<number>,
  smallest: number,
): void {
  const within = places.filter((place) => hidden.has(place));
  if (within.length === 0) return;
  let people = within.reduce((sum, place) => sum + cells[place]!.people, 0);
  let count = within.length;
  for (const place of places) {
    if (count >= 2 && people >= smallest) return;
    if (hidden.has(place)) continue;
    hidden.add(place);
    people += cells[place]!.people;
    count++;
  }
}
