import { compareProportions, rateOf, type Proportion } from './compare-proportions.ts';

/** With fewer people expected in a cell of the table the normal curve says too much (Cochran 1954). */
const LEAST_EXPECTED = 5;
/** Tables as likely as the one seen count with it; sums of floating point are equal to this. */
const AS_LIKELY = 1 + 1e-7;

/**
 * Two shares: Cohen's h and the two-sided p-value of "both are the same": the pooled z-test, and Fisher's exact test
 * where few people are expected in a cell. 0 and 1 for a group of nobody.
 */
export function compareShares(first: Proportion, second: Proportion): { effect: number; p: number } {
  if (first.people === 0 || second.people === 0) return { effect: 0, p: 1 };
  const all = first.people + second.people;
  const converted = first.converted + second.converted;
  const fewest = (Math.min(first.people, second.people) / all) * Math.min(converted, all - converted);
  return {
    effect: cohensH(rateOf(first), rateOf(second)),
    p: fewest < LEAST_EXPECTED ? fisherExact(first, second) : compareProportions(first, second).p,
  };
}

/** Cohen's h: distance of two shares on the scale on which it means the same everywhere. */
export function cohensH(first: number, second: number): number {
  return 2 * Math.asin(Math.sqrt(first)) - 2 * Math.asin(Math.sqrt(second));
}

/**
 * Fisher's exact test, two-sided: of all tables with the same margins, the share of those that are no likelier. Walks
 * the tables, of which there are few wherever few people are expected in a cell (the root of five times all people).
 */
function fisherExact(first: Proportion, second: Proportion): number {
  const converted = first.converted + second.converted;
  const lowest = Math.max(0, converted - second.people);
  const highest = Math.min(first.people, converted);
  // How likely each table is beside the one before it; begun at the likeliest, so that nothing overflows.
  const step = (value: number) =>
    ((first.people - value) / (value + 1)) * ((converted - value) / (second.people - converted + value + 1));
  const mode = Math.floor(((first.people + 1) * (converted + 1)) / (first.people + second.people + 2));
  const likelihoods = Array.from({ length: highest - lowest + 1 }, () => 1);
  for (let value = mode; value < highest; value++)
    likelihoods[value + 1 - lowest] = likelihoods[value - lowest]! * step(value);
  for (let value = mode - 1; value >= lowest; value--)
    likelihoods[value - lowest] = likelihoods[value + 1 - lowest]! / step(value);
  const seen = likelihoods[first.converted - lowest]! * AS_LIKELY;
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
  return Math.min(1, sum(likelihoods.filter((each) => each <= seen)) / sum(likelihoods));
}
