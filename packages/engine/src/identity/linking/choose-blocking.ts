import type { ClickHouse } from '../../platform/index.ts';
import { blockKeysOf, type BlockKey } from './block-keys.ts';
import type { ColumnProfile } from './profile-columns.ts';

/** Records that agree on all keys of a rule are compared. */
export interface BlockingRule {
  readonly keys: readonly BlockKey[];
  /** Columns that agree, or nearly, by the rule itself: it teaches nothing about them. */
  readonly columns: readonly string[];
  readonly pairs: number;
}

// Pairs a record may cost under one rule.
const PAIRS_A_RECORD_A_RULE = 12;
// Small inputs can afford looser rules: this many pairs cost nothing.
const PAIRS_A_RULE = 50_000;
const SAMPLE_ROWS = 100_000;
/** Rules are bits of a number. */
const MAXIMUM_RULES = 60;
/** With few columns, three together may be cut looser than any two of them: with many there are enough rules. */
const COLUMNS_FOR_TRIPLES = 6;

/**
 * Rules that together let few matches slip: for each column alone, for each two columns, and of few columns for each
 * three, the loosest cuts that do not make too many pairs. A rule that another one covers is left out.
 */
export async function chooseBlocking(
  clickhouse: ClickHouse,
  table: string,
  profiles: readonly ColumnProfile[],
  size: { rows: number; maximumPairs: number; acrossFiles: boolean },
): Promise<BlockingRule[]> {
  const count = pairCounter(clickhouse, table, size);
  const limit = Math.max(PAIRS_A_RULE, Math.min(PAIRS_A_RECORD_A_RULE * size.rows, size.maximumPairs));
  const families = profiles.map(blockKeysOf);
  const chosen: { keys: BlockKey[]; pairs: number }[] = [];
  const consider = async (candidates: BlockKey[][]): Promise<void> => {
    for (const candidate of loosestFirst(candidates)) {
      if (chosen.some((rule) => covers(rule.keys, candidate))) return;
      const pairs = await count(candidate);
      if (pairs > limit || pairs === 0) continue;
      chosen.push({ keys: candidate, pairs });
      return;
    }
  };
  for (const [index, own] of families.entries()) {
    if (profiles[index]!.kind === 'category') continue;
    for (const family of own) await consider(family.map((key) => [key]));
  }
  for (const columns of combinations(families, 2)) {
    for (const combination of product(columns)) await consider(product(combination));
  }
  if (profiles.length <= COLUMNS_FOR_TRIPLES) {
    for (const columns of combinations(families, 3)) {
      for (const combination of product(columns)) await consider(product(combination));
    }
  }
  return chosen
    .toSorted((a, b) => a.pairs - b.pairs)
    .slice(0, MAXIMUM_RULES)
    .map(({ keys, pairs }) => ({ keys, columns: keys.map(({ column }) => column), pairs }));
}

/** All ways to take so many of some values, in their order. */
function combinations<T>(values: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return values.flatMap((value, place) =>
    combinations(values.slice(place + 1), count - 1).map((rest) => [value, ...rest]),
  );
}

/** All ways to take one value of each list. */
function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (ways, list) => ways.flatMap((way) => list.map((value) => [...way, value])),
    [[]],
  );
}

function loosestFirst(candidates: BlockKey[][]): BlockKey[][] {
  const looseness = (keys: BlockKey[]): number => keys.reduce((sum, key) => sum + key.looseness, 0);
  return candidates.toSorted((a, b) => looseness(b) - looseness(a));
}

/** Whether every pair that agrees on `other` agrees on `rule`: each part of it is the same, or looser. */
function covers(rule: readonly BlockKey[], other: readonly BlockKey[]): boolean {
  return rule.every((part) =>
    other.some(
      (key) =>
        key.column === part.column &&
        key.family === part.family &&
        (key.expression === part.expression ||
          key.looseness === 0 ||
          (part.isNested && key.looseness <= part.looseness)),
    ),
  );
}

/** Key of a record under a rule, a row for each where it has several; and the condition that it has one. */
export function blockOf(keys: readonly BlockKey[]): { block: string; isFilled: string } {
  const parts = keys.map(({ expression, isMany }) => (isMany ? `arrayJoin(${expression})` : expression));
  const filled = keys.map(({ expression, isMany }) =>
    isMany ? `notEmpty(${expression})` : `${expression} != ''`,
  );
  return { block: `cityHash64(${parts.join(', ')})`, isFilled: filled.join(' and ') };
}

/** Estimates the pairs of a key; of large tables from a sample, in which pairs are rarer by its square. */
function pairCounter(
  clickhouse: ClickHouse,
  table: string,
  { rows, acrossFiles }: { rows: number; acrossFiles: boolean },
): (keys: readonly BlockKey[]) => Promise<number> {
  const share = Math.max(1, Math.ceil(rows / SAMPLE_ROWS));
  const sample = share === 1 ? '' : `and cityHash64(record_number) % ${share} = 0`;
  return async (keys) => {
    const { block, isFilled } = blockOf(keys);
    const counted = acrossFiles
      ? `select sum(k) as n, sum(k * k) as own from (
           select ${block} as block, file, count() as k from ${table} where ${isFilled} ${sample} group by block, file
         ) group by block`
      : `select ${block} as block, count() as n, n as own from ${table} where ${isFilled} ${sample} group by block`;
    const [row] = await clickhouse.query<{ pairs: number }>(
      `select sum(toFloat64(n) * n - own) / 2 as pairs from (${counted})`,
    );
    return (row?.pairs ?? 0) * share * share;
  };
}
