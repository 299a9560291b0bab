import type { ReportAnswer } from '@wutong/contract';
import { cellsToHide } from '../statistics/protect-small.ts';

type Row = ReportAnswer['rows'][number];

/** A total of so few people says of them what it says of all. */
export function hideSmallTotal(
  total: ReportAnswer['total'],
  smallest: number,
  peopleBefore: number,
): ReportAnswer['total'] {
  const nothing = total.values.map(() => null);
  const isSmall = (people: number) => people > 0 && people < smallest;
  const before = isSmall(total.people) || isSmall(peopleBefore) ? nothing : total.before;
  const shown = isSmall(total.people) ? { people: 0, values: nothing } : total;
  return { ...shown, ...(total.before ? { before: before! } : {}) };
}

/**
 * Rows of some people, but of fewer than `smallest`, without their numbers, and so many other rows that these cannot
 * be worked out from the total or from a report by fewer of the dimensions. Of the period before likewise, by how
 * many people there were then. `pathOf`: of a value of a dimension, what simpler reports may have it under.
 */
export function hideSmall(
  rows: readonly Row[],
  smallest: number,
  known: {
    readonly peopleBefore: (row: Row) => number;
    readonly pathOf: (place: number, value: string) => readonly string[];
  },
): Row[] {
  const sums = rows.map((row) => sumsOf(row, known.pathOf));
  const hide = (peopleOf: (row: Row) => number) =>
    cellsToHide(
      rows.map((row, place) => ({ people: peopleOf(row), sums: sums[place]! })),
      smallest,
    );
  const hidden = hide((row) => row.people);
  const hiddenBefore = hide(known.peopleBefore);
  return rows.map((row, place) => {
    const nothing = row.values.map(() => null);
    const before = hidden.has(place) || hiddenBefore.has(place) ? nothing : row.before;
    return {
      ...row,
      ...(hidden.has(place) ? { people: 0, values: nothing, hidden: true } : {}),
      ...(row.before ? { before: before! } : {}),
    };
  });
}

/** Every way to say less of a row: each dimension as it is, as a part of something larger, or not at all. */
function sumsOf(row: Row, pathOf: (place: number, value: string) => readonly string[]): string[] {
  let sums: string[][] = [[]];
  for (const [place, { value }] of row.dimensions.entries()) {
    const larger = ['*', ...pathOf(place, value).map((each) => `under ${each}`), `is ${value}`];
    sums = sums.flatMap((sum) => larger.map((each) => [...sum, each]));
  }
  // The last one is the row itself.
  return sums.slice(0, -1).map((sum) => JSON.stringify(sum));
}
