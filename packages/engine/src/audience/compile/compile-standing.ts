import type { BoundValue } from '../bind/bound.ts';
import { frameOf, type Compiler, type SqlScope } from './compiler.ts';

type Of<Kind extends BoundValue['kind']> = Extract<BoundValue, { kind: Kind }>;

/**
 * Where a person stands in the population. Percentile: the share of people with a value who have at most
 * this one. Rank: one more than the number of people with a greater value. Those without a value have none.
 */
export function compileStanding(compiler: Compiler, node: Of<'standing'>, scope: SqlScope): string {
  const value = `toNullable(${compiler.value(node.value, scope)})`;
  const frame = frameOf(scope);
  const present = `isNotNull(${value})`;
  if (node.measure === 'rank') {
    const rank = frame.standing(`rank() OVER (PARTITION BY ${present} ORDER BY ${value} DESC)`);
    return `if(${present}, toNullable(${rank}), NULL)`;
  }
  const atMost = frame.standing(
    `count() OVER (PARTITION BY ${present} ORDER BY ${value} ASC RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`,
  );
  const all = frame.standing(`count() OVER (PARTITION BY ${present})`);
  return `if(${present}, toNullable(${atMost} / ${all}), NULL)`;
}

/** The label of the first tier whose condition holds. */
export function compileTier(compiler: Compiler, node: Of<'tier'>, scope: SqlScope): string {
  const { parameters } = compiler;
  const branches = node.tiers.map(
    (tier) => `${compiler.condition(tier.when, scope)}, toNullable(${parameters.bind('String', tier.label)})`,
  );
  const otherwise =
    node.otherwise === undefined ? 'NULL' : `toNullable(${parameters.bind('String', node.otherwise)})`;
  return `multiIf(${branches.join(', ')}, ${otherwise})`;
}

/**
 * Three digits-like scores joined by `-`, each from 1 to the number of buckets, the best being the highest:
 * people who did it are cut into equal shares by recency, by frequency and by money.
 */
export function compileRfm(compiler: Compiler, node: Of<'rfm'>, scope: SqlScope): string {
  const frame = frameOf(scope);
  const frequency = compiler.value(node.frequency, scope);
  const took = `(${frequency} > 0)`;
  const score = (value: BoundValue): string => {
    const sql = compiler.value(value, scope);
    // Equal values get equal scores: the share of people with a smaller value decides the bucket.
    const below = frame.standing(`rank() OVER (PARTITION BY ${took} ORDER BY ${sql} ASC)`);
    const all = frame.standing(`count() OVER (PARTITION BY ${took})`);
    return `toString(intDiv((${below} - 1) * ${Math.trunc(node.buckets)}, ${all}) + 1)`;
  };
  const scores = [node.recency, node.frequency, node.money].map(score);
  return `if(${took}, toNullable(concat(${scores.join(`, '-', `)})), NULL)`;
}
