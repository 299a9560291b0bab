import type { linkingApi } from '@wutong/contract';
import type { ClickHouse } from '../../platform/index.ts';
import { tablesOf, type Explained, type Linkage } from '../linking/index.ts';
import type { Findings } from './run-store.ts';

const BINS_A_BIT = 2;
/** Weights beyond these are counted in the outermost bins: nobody chooses a threshold there. */
const LEAST_WEIGHT = -7;
const MOST_WEIGHT = 40;

/** Pairs of less than this probability are not kept: no threshold is set below it. */
export const KEPT_ABOVE = 1 / (1 + 2 ** -LEAST_WEIGHT);

/** What is kept of a finished linkage in PostgreSQL. */
export async function describeLinkage(clickhouse: ClickHouse, linkage: Linkage): Promise<Findings> {
  const { model } = linkage;
  return {
    records: linkage.records,
    candidates: linkage.candidates,
    atLink: linkage.links,
    atReview: linkage.reviews,
    prior: model.prior,
    hasOneMatch: linkage.hasOneMatch,
    bins: await readBins(clickhouse, linkage.run),
    comparisons: linkage.comparisons.map(({ profile, levels }, index) => ({
      column: profile.name,
      kind: profile.kind,
      place: Number(profile.column.slice(1)),
      levels: levels.map(({ label }, level) => {
        const m = model.m.all[index]![level]!;
        const u = model.u.all[index]![level]!;
        return { label, m, u, weight: Math.log2(m / u) };
      }),
    })),
  };
}

/** Pairs by weight, in ascending order; bins without pairs are left out. */
export function readBins(clickhouse: ClickHouse, run: string): Promise<linkingApi.WeightBin[]> {
  return clickhouse.query<linkingApi.WeightBin>(
    `select toFloat64(floor(least(${MOST_WEIGHT}, greatest(${LEAST_WEIGHT}, weight)) * ${BINS_A_BIT})) / ${BINS_A_BIT} as weight,
            toFloat64(count()) as pairs, sum(probability) as expected
     from (select weight as weight, probability from ${tablesOf(run).score}) group by 1 order by 1`,
  );
}

/** What explains the pairs of a run of which only the findings are left. */
export function explainedBy(run: string, findings: Findings): Explained & { columns: string[] } {
  return {
    run,
    comparisons: findings.comparisons.map(({ column, levels }) => ({ profile: { name: column }, levels })),
    columns: findings.comparisons.map(({ place }) => `c${place}`),
  };
}
