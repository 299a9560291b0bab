import type { ReportAnswer } from '@wutong/contract';

type Row = ReportAnswer['rows'][number];

/** A total of so few people says of them what it says of all. */
export function hideSmallTotal(total: ReportAnswer['total'], smallest: number): ReportAnswer['total'] {
  if (total.people === 0 || total.people >= smallest) return total;
  const nothing = total.values.map(() => null);
  return { people: 0, values: nothing, ...(total.before ? { before: nothing } : {}) };
}

/**
 * Rows of some people, but of fewer than `smallest`, without their numbers. One hidden row alone could be worked out
 * from the total: then the next smallest is hidden too.
 */
export function hideSmall(rows: readonly Row[], smallest: number): Row[] {
  const small = rows.filter((row) => row.people > 0 && row.people < smallest);
  const hidden = new Set(small);
  if (small.length === 1) {
    const next = rows
      .filter((row) => row.people >= smallest)
      .toSorted((one, other) => one.people - other.people)[0];
    if (next) hidden.add(next);
  }
  return rows.map((row) => {
    if (!hidden.has(row)) return row;
    const nothing = row.values.map(() => null);
    return { ...row, people: 0, values: nothing, ...(row.before ? { before: nothing } : {}), hidden: true };
  });
}
