import type { ClickHouse } from '../../platform/index.ts';
import type { Comparison } from './comparisons.ts';

/** Why two records are, or may be, one person. */
export interface PairExplanation {
  readonly left: string;
  readonly right: string;
  /** File of each, when the linkage was of several. */
  readonly leftFile: string;
  readonly rightFile: string;
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

/** What is needed of a linkage to explain its pairs: the columns compared and the labels of their levels. */
export interface Explained {
  readonly run: string;
  readonly comparisons: readonly {
    readonly profile: Pick<Comparison['profile'], 'name'>;
    readonly levels: readonly { readonly label: string }[];
  }[];
}

interface ScoreRow {
  left: string;
  right: string;
  left_file: string;
  right_file: string;
  levels: number[];
  weights: number[];
  weight: number;
  probability: number;
}

const MISSING = 255;

const SCORED =
  'a.id as left, b.id as right, a.file as left_file, b.file as right_file, levels, weights, weight';

const fromTables = (run: string): string =>
  `from linkage_score_${run} as score
   join linkage_record_${run} as a on a.record_number = score.l
   join linkage_record_${run} as b on b.record_number = score.r`;

/** Scored pairs with their explanation, surest first: those linked, or those from a probability on that are not. */
export async function* explainPairs(
  clickhouse: ClickHouse,
  linkage: Explained,
  which: { linked: true } | { linked: false; reviewAbove: number },
): AsyncGenerator<PairExplanation[]> {
  const wanted = which.linked ? 'linked' : `not linked and probability >= ${which.reviewAbove}`;
  for await (const rows of clickhouse.queryStream<ScoreRow>(
    `select ${SCORED}, probability ${fromTables(linkage.run)} where ${wanted} order by weight desc, l, r`,
  )) {
    yield rows.map((row) => explain(linkage, row));
  }
}

/** The explanation of one pair, in either order; undefined when it was not even near. */
export async function explainPair(
  clickhouse: ClickHouse,
  linkage: Explained,
  left: string,
  right: string,
): Promise<PairExplanation | undefined> {
  const [row] = await clickhouse.query<ScoreRow>(
    `select ${SCORED}, probability ${fromTables(linkage.run)}
     where (a.id, b.id) in (({left:String}, {right:String}), ({right:String}, {left:String}))`,
    { left, right },
  );
  return row && explain(linkage, row);
}

/** A pair with the values that were compared, as they were compared: in one form, lower case. */
export interface PairWithValues extends PairExplanation {
  readonly linked: boolean;
  readonly values: readonly { readonly left: string; readonly right: string }[];
}

/** Some pairs whose weights are within [from, to), drawn at random, always the same, surest first. */
export async function samplePairs(
  clickhouse: ClickHouse,
  linkage: Explained & { readonly columns: readonly string[] },
  range: { from: number; to: number; limit: number },
): Promise<PairWithValues[]> {
  const values = (alias: string): string =>
    `[${linkage.columns.map((column) => `${alias}.${column}`).join(', ')}]`;
  const rows = await clickhouse.query<
    ScoreRow & { linked: number | boolean; left_values: string[]; right_values: string[] }
  >(
    `select ${SCORED}, probability, linked, ${values('a')} as left_values, ${values('b')} as right_values
     from (
       select * from linkage_score_${linkage.run} where weight >= {from:Float64} and weight < {to:Float64}
       order by cityHash64(l, r) limit {limit:UInt32}
     ) as score
     join linkage_record_${linkage.run} as a on a.record_number = score.l
     join linkage_record_${linkage.run} as b on b.record_number = score.r
     order by weight desc`,
    range,
  );
  return rows.map((row) => ({
    ...explain(linkage, row),
    linked: Boolean(row.linked),
    values: row.left_values.map((left, index) => ({ left, right: row.right_values[index]! })),
  }));
}

function explain(linkage: Explained, row: ScoreRow): PairExplanation {
  return {
    left: row.left,
    right: row.right,
    leftFile: row.left_file,
    rightFile: row.right_file,
    probability: row.probability,
    weight: row.weight,
    evidence: linkage.comparisons.map(({ profile, levels }, index) => ({
      column: profile.name,
      level: row.levels[index] === MISSING ? 'missing' : levels[row.levels[index]!]!.label,
      weight: row.weights[index]!,
    })),
  };
}
