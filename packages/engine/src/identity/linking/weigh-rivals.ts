import type { ClickHouse } from '../../platform/index.ts';
import type { BlockingRule } from './choose-blocking.ts';
import { probePatterns, type Compared } from './compare-pairs.ts';
import type { LinkageTables } from './linkage-store.ts';
import { estimatePrior, type Model } from './train-model.ts';

/** Pairs that are looked at within the files. */
const PAIRS_LOOKED_AT = 100_000;
/** With fewer matches within the files, for each match across them, each file is taken to have nobody twice. */
const FEW_DUPLICATES = 0.1;

/** More than this share of the records of a file is not taken to have a match. */
const MOST_MATCHED = 0.98;
const ROUNDS = 8;

interface Learnt {
  readonly rules: readonly BlockingRule[];
  readonly model: Model;
  /** Pairs that could be formed across the files. */
  readonly allPairs: number;
}

/**
 * How many records two files have, where a record has one match in the other at most: because it is said, or because
 * hardly anybody is seen to stand twice. Undefined otherwise, and where not two files are compared.
 */
export async function sizesOfRivals(
  clickhouse: ClickHouse,
  compared: Compared,
  oneMatch: 'auto' | 'always' | 'never',
  learnt: Learnt,
): Promise<number[] | undefined> {
  if (compared.files !== 'different' || oneMatch === 'never') return undefined;
  const files = await clickhouse.query<{ records: number }>(
    `select count() as records from ${compared.tables.record} group by file`,
  );
  if (files.length !== 2) return undefined;
  if (oneMatch === 'auto' && !(await hasNobodyTwice(clickhouse, compared, learnt))) return undefined;
  return files.map(({ records }) => records);
}

/** Whether hardly anybody stands twice in one of the files, as far as the model learnt across them finds it. */
async function hasNobodyTwice(
  clickhouse: ClickHouse,
  compared: Compared,
  { rules, model, allPairs }: Learnt,
): Promise<boolean> {
  const { rows } = compared.tables;
  const pairsOfRules = rules.reduce((sum, { pairs }) => sum + pairs, 0);
  const oneOf = Math.max(1, Math.round((2 * pairsOfRules) / PAIRS_LOOKED_AT));
  const patterns = await probePatterns(clickhouse, { ...compared, files: 'same' }, rules, oneOf);
  const withinPairs = Math.max(1, (rows * (rows - 1)) / 2 - allPairs);
  const share = estimatePrior(patterns, model, (withinPairs * 2) / oneOf);
  return share * withinPairs < FEW_DUPLICATES * model.prior * allPairs;
}

/**
 * Where a record has at most one match, its candidates are rivals: the weight of a pair sinks by what speaks for the
 * other pairs of its two records, and of two that are as likely neither is sure. And it rises by how few records are
 * without a match, when most have one: who looks for a match and finds one candidate is surer of it. `matches`: how many
 * there are, first by the model, then by what is left of the pairs.
 */
export async function weighRivals(
  clickhouse: ClickHouse,
  { score }: Pick<LinkageTables, 'score'>,
  { sizes, matches: begun, keepAbove }: { sizes: readonly number[]; matches: number; keepAbove: number },
): Promise<void> {
  const possible = Math.min(...sizes);
  const riseOf = (matches: number): number =>
    -sizes.reduce((sum, size) => sum + Math.log2(1 - Math.min(MOST_MATCHED, matches / size)), 0) +
    Math.log2(matches / begun);
  let matches = Math.max(1, Math.min(begun, possible));
  for (let round = 0; round < ROUNDS; round++) {
    const [row] = await clickhouse.query<{ matches: number }>(
      `select sum(1 / (1 + exp2(-sunk))) as matches from (${sunkSql(score, riseOf(matches))})`,
    );
    matches = Math.max(1, Math.min(row!.matches, possible));
  }
  const weighed = `${score}_settled`;
  await clickhouse.command(`drop table if exists ${weighed}`);
  await clickhouse.command(
    `create table ${weighed} engine = MergeTree order by (l, r) as
     select l, r, levels, weights, sunk as weight, 1 / (1 + exp2(-sunk)) as probability, linked
     from (${sunkSql(score, riseOf(matches))}) where probability >= ${keepAbove}`,
  );
  await clickhouse.command(`exchange tables ${weighed} and ${score}`);
  await clickhouse.command(`drop table ${weighed}`);
}

/** Scored pairs whose weight rises by so much and sinks by its rivals: `sunk`. A record may stand left in one pair and right in another. */
function sunkSql(score: string, rise: number): string {
  const odds = `exp2(score.weight + ${rise})`;
  const oddsByRecord = `select record, sum(exp2(weight + ${rise})) as odds from ${score} array join [l, r] as record group by record`;
  return `select score.l as l, score.r as r, levels, weights, linked,
      score.weight + ${rise} - log2(1 + greatest(0, lefts.odds - ${odds}) + greatest(0, rights.odds - ${odds})) as sunk
    from ${score} as score
    any left join (${oddsByRecord}) as lefts on lefts.record = score.l
    any left join (${oddsByRecord}) as rights on rights.record = score.r`;
}
