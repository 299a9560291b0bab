import type { ClickHouse } from '../../platform/index.ts';
import type { ColumnKind, ColumnProfile } from './profile-columns.ts';

/** Records that agree on the key of a rule are compared. */
export interface BlockingRule {
  /** SQL expressions over a record's columns; empty strings never agree. */
  readonly parts: readonly string[];
  /** Columns that agree, or nearly, by the rule itself: it teaches nothing about them. */
  readonly columns: readonly string[];
  readonly pairs: number;
}

interface Atom {
  readonly column: string;
  readonly expression: string;
  /** Larger is looser: more pairs, and fewer matches missed. */
  readonly looseness: number;
}

// Pairs a record may cost under one rule, and under all.
const PAIRS_A_RECORD_A_RULE = 8;
// Small inputs can afford looser rules: this many pairs cost nothing.
const PAIRS_A_RULE = 50_000;
const SAMPLE_ROWS = 100_000;

/** Ways to cut a value into a key, loosest last. */
function atomsOf({ column, kind, form }: ColumnProfile): Atom[] {
  // Chinese has three bytes a character: its first one, often a surname, or the beginning of an address.
  const chinese = form && (kind === 'name' ? `substring(${column}, 1, 3)` : `substringUTF8(${form}, 1, 5)`);
  if (form && chinese) return loosening(column, [column, form, chinese]);
  const cuts: Record<ColumnKind, string[]> = {
    name: [column, `substring(${column}, 1, 3)`],
    text: [column, `substring(${column}, 1, 5)`],
    date: [column, `substring(${column}, 5, 4)`, `substring(${column}, 1, 4)`],
    code: [column, `substring(${column}, 1, 3)`],
    email: [column, `splitByChar('@', ${column})[1]`],
    category: [column],
  };
  return loosening(column, cuts[kind]);
}

const loosening = (column: string, cuts: readonly string[]): Atom[] =>
  cuts.map((expression, looseness) => ({ column, expression, looseness }));

/**
 * Rules that together let few matches slip: for each column alone, and for each two columns, the loosest
 * cut that does not make too many pairs. A rule that another one covers is left out; the rest is taken
 * from the cheapest on until `maximumPairs` are reached.
 */
export async function chooseBlocking(
  clickhouse: ClickHouse,
  table: string,
  profiles: readonly ColumnProfile[],
  size: { rows: number; maximumPairs: number },
): Promise<BlockingRule[]> {
  const count = pairCounter(clickhouse, table, size.rows);
  const limit = Math.max(PAIRS_A_RULE, PAIRS_A_RECORD_A_RULE * size.rows);
  const atoms = profiles.map(atomsOf);
  const chosen: { atoms: Atom[]; pairs: number }[] = [];
  const consider = async (candidates: Atom[][]): Promise<void> => {
    for (const candidate of candidates) {
      if (chosen.some((rule) => covers(rule.atoms, candidate))) return;
      const pairs = await count(candidate.map((atom) => atom.expression));
      if (pairs > limit || pairs === 0) continue;
      chosen.push({ atoms: candidate, pairs });
      return;
    }
  };
  for (const [index, one] of atoms.entries()) {
    if (profiles[index]!.kind !== 'category') await consider(loosestFirst(one.map((atom) => [atom])));
  }
  for (const [i, one] of atoms.entries()) {
    for (const two of atoms.slice(i + 1)) {
      await consider(loosestFirst(one.flatMap((first) => two.map((second) => [first, second]))));
    }
  }
  const affordable: BlockingRule[] = [];
  let total = 0;
  for (const rule of chosen.sort((a, b) => a.pairs - b.pairs)) {
    if (affordable.length > 0 && total + rule.pairs > size.maximumPairs) break;
    total += rule.pairs;
    affordable.push({
      parts: rule.atoms.map((atom) => atom.expression),
      columns: rule.atoms.map((atom) => atom.column),
      pairs: rule.pairs,
    });
  }
  return affordable;
}

function loosestFirst(candidates: Atom[][]): Atom[][] {
  const looseness = (atoms: Atom[]): number => atoms.reduce((sum, atom) => sum + atom.looseness, 0);
  return candidates.sort((a, b) => looseness(b) - looseness(a));
}

/** Whether every pair that agrees on `other` agrees on `rule`: each part of it is the same, or looser. */
function covers(rule: readonly Atom[], other: readonly Atom[]): boolean {
  return rule.every((part) =>
    other.some(
      (atom) => atom.column === part.column && (atom.expression === part.expression || atom.looseness === 0),
    ),
  );
}

/** Estimates the pairs of a key; of large tables from a sample, in which pairs are rarer by its square. */
function pairCounter(
  clickhouse: ClickHouse,
  table: string,
  rows: number,
): (parts: readonly string[]) => Promise<number> {
  const share = Math.max(1, Math.ceil(rows / SAMPLE_ROWS));
  const sample = share === 1 ? '' : `and cityHash64(record_number) % ${share} = 0`;
  return async (parts) => {
    const filled = parts.map((part) => `${part} != ''`).join(' and ');
    const [row] = await clickhouse.query<{ pairs: number }>(
      `select sum(n * (n - 1) / 2) as pairs from (
         select count() as n from ${table} where ${filled} ${sample} group by ${parts.join(', ')})`,
    );
    return (row?.pairs ?? 0) * share * share;
  };
}
