import type { ClickHouse } from '../../platform/index.ts';
import type { Linkage } from './link-records.ts';

/** Why two records are, or may be, one person. */
export interface PairExplanation {
  readonly left: string;
  readonly right: string;
  readonly probability: number;
  /** Sum of the evidence and the prior, base-2 logarithm of the odds. */
  readonly weight: number;
  readonly evidence: readonly {
    readonly column: string;
    /** How alike the values are, in words. */
    readonly level: string;
    /** How much it speaks for one person (negative: against), base-2 logarithm. */
    readonly weight: number;
  }[];
}

interface ScoreRow {
  left: string;
  right: string;
  levels: number[];
  weights: number[];
  weight: number;
  probability: number;
}

const MISSING = 255;

/** Scored pairs with their explanation, surest first: those linked, or those that wait for review. */
export async function* explainPairs(
  clickhouse: ClickHouse,
  linkage: Pick<Linkage, 'run' | 'comparisons'>,
  linked: boolean,
): AsyncGenerator<PairExplanation[]> {
  for await (const rows of clickhouse.queryStream<ScoreRow>(
    `select a.id as left, b.id as right, levels, weights, weight, probability
     from linkage_score_${linkage.run} as score
     join linkage_record_${linkage.run} as a on a.record_number = score.l
     join linkage_record_${linkage.run} as b on b.record_number = score.r
     where linked = ${linked ? 1 : 0} order by weight desc`,
  )) {
    yield rows.map((row) => explain(linkage, row));
  }
}

/** The explanation of one pair, in either order; undefined when it was not even near. */
export async function explainPair(
  clickhouse: ClickHouse,
  linkage: Pick<Linkage, 'run' | 'comparisons'>,
  left: string,
  right: string,
): Promise<PairExplanation | undefined> {
  const [row] = await clickhouse.query<ScoreRow>(
    `select a.id as left, b.id as right, levels, weights, weight, probability
     from linkage_score_${linkage.run} as score
     join linkage_record_${linkage.run} as a on a.record_number = score.l
     join linkage_record_${linkage.run} as b on b.record_number = score.r
     where (a.id, b.id) in (({left:String}, {right:String}), ({right:String}, {left:String}))`,
    { left, right },
  );
  return row && explain(linkage, row);
}

function explain(linkage: Pick<Linkage, 'comparisons'>, row: ScoreRow): PairExplanation {
  return {
    left: row.left,
    right: row.right,
    probability: row.probability,
    weight: row.weight,
    evidence: linkage.comparisons.map(({ profile, levels }, index) => ({
      column: profile.name,
      level: row.levels[index] === MISSING ? 'missing' : levels[row.levels[index]!]!.label,
      weight: row.weights[index]!,
    })),
  };
}
