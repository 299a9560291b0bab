import type { audienceApi } from '@wutong/contract';
import { presentPerson } from '../identity/index.ts';
import type { Platform } from '../platform/index.ts';
import type { BoundQuery, BoundValue } from './bind/bound.ts';
import { shareStatement, type SharedStatement } from './compile/compile.ts';
import { COMPUTE_SETTINGS } from './compute-block.ts';
import { run } from './run-expression.ts';

/** What a model is asked: whom to resemble, by which values, at an instant (epoch ms UTC). */
export interface LookalikeQuestion {
  readonly seed: BoundQuery;
  readonly features: readonly { readonly text: string; readonly value: BoundValue }[];
  readonly size: number;
  readonly minimumScore: number | undefined;
  readonly now: number;
}

export interface LookalikeAnswer {
  /** The most alike first; none of the seed. */
  readonly personIds: readonly number[];
  readonly explanation: audienceApi.LookalikeExplanation;
}

/** The port behind segments of the kind `lookalike`. */
export type LookalikeModel = (platform: Platform, question: LookalikeQuestion) => Promise<LookalikeAnswer>;

const QUANTILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;
/** Values told apart for each feature; the people of rarer ones are taken for neither side. */
const MAXIMUM_VALUES = 200;
const SHOWN_VALUES = 20;
const MISSING = 'm';

interface Weight {
  readonly value: string;
  readonly seeds: number;
  readonly others: number;
  readonly weight: number;
}

/**
 * Naive Bayes over the values of the features, in ClickHouse. Numbers, dates and times are cut at the tenths of
 * the population, texts and booleans taken as they are, and having no value is a value. The weight of a value is
 * ln of (its share in the seed / its share among the others), each share smoothed by one person for each value; a
 * person's score is the sum of the weights, which anybody can follow. Rejected: stochasticLogisticRegression, whose
 * weights depend on the order of rows and on a learning rate that nobody here can judge.
 */
export const findLookalikes: LookalikeModel = async (platform, question) => {
  const bounds = await readBounds(platform, question);
  const { weights, seedPeople, otherPeople } = await readWeights(platform, question, bounds);
  const members = await score(platform, question, bounds, weights);
  const scores = members.map((member) => member.score);
  return {
    personIds: members.map((member) => member.frame_key),
    explanation: {
      seedPeople,
      otherPeople,
      ...(scores.length > 0 ? { highestScore: scores[0]!, lowestScore: scores.at(-1)! } : {}),
      features: question.features
        .map(({ text }, index) => explain(text, weights[index] ?? [], bounds[index], seedPeople, otherPeople))
        .sort((left, right) => right.spread - left.spread),
    },
  };
};

const isMeasured = (value: BoundValue): boolean => ['number', 'date', 'instant'].includes(value.type);

function measure(value: BoundValue, sql: string): string {
  if (value.type === 'instant') return `toFloat64(toUnixTimestamp64Milli(toNullable(${sql})))`;
  return value.type === 'date' ? `toFloat64(toInt32(toNullable(${sql})))` : `toFloat64(toNullable(${sql}))`;
}

function open({ now }: LookalikeQuestion): SharedStatement {
  return shareStatement({ kind: 'person' }, { presentPerson, now });
}

/** Where the measured features are cut, each bound once. */
async function readBounds(
  platform: Platform,
  question: LookalikeQuestion,
): Promise<(readonly number[] | undefined)[]> {
  const measured = question.features.filter(({ value }) => isMeasured(value));
  if (measured.length === 0) return question.features.map(() => undefined);
  const statement = open(question);
  const columns = measured.map(({ value }, index) => {
    const levels = QUANTILES.join(', ');
    return `quantilesExactHigh(${levels})(${measure(value, statement.value(value))}) AS q${index}`;
  });
  const [row] = await run<Record<string, (number | null)[]>>(
    platform.clickhouse,
    `SELECT ${columns.join(', ')} FROM (${statement.rows()})`,
    statement.parameters.values,
    COMPUTE_SETTINGS,
  );
  return question.features.map(({ value }) => {
    const index = measured.findIndex((each) => each.value === value);
    if (index < 0) return undefined;
    const found = (row?.[`q${index}`] ?? []).filter((each): each is number => Number.isFinite(each));
    return [...new Set(found)].sort((left, right) => left - right);
  });
}

/** SQL of the value a person has in each feature, as a text. */
function valuesSql(
  statement: SharedStatement,
  question: LookalikeQuestion,
  bounds: readonly (readonly number[] | undefined)[],
): string[] {
  return question.features.map(({ value }, index) => {
    const sql = statement.value(value);
    const cuts = bounds[index];
    if (!cuts) return `if(isNull(${sql}), '${MISSING}', concat('v', toString(assumeNotNull(${sql}))))`;
    const number = measure(value, sql);
    const list = statement.parameters.bind('Array(Float64)', cuts);
    const tenth = `arrayCount(cut -> assumeNotNull(${number}) >= cut, ${list})`;
    return `if(isNull(${number}), '${MISSING}', concat('v', toString(${tenth})))`;
  });
}

async function readWeights(
  platform: Platform,
  question: LookalikeQuestion,
  bounds: readonly (readonly number[] | undefined)[],
): Promise<{ weights: Weight[][]; seedPeople: number; otherPeople: number }> {
  const statement = open(question);
  const seed = statement.condition(question.seed);
  const values = valuesSql(statement, question, bounds);
  const pairs = ["(-1, '')", ...values.map((sql, index) => `(${index}, ${sql})`)].join(', ');
  const rows = await run<{ feature: number; value: string; seeds: number; others: number }>(
    platform.clickhouse,
    `SELECT pair.1 AS feature, pair.2 AS value, countIf(seed) AS seeds, countIf(NOT seed) AS others
     FROM (SELECT ${seed} AS seed, arrayJoin([${pairs}]) AS pair FROM (${statement.rows()}))
     GROUP BY feature, value ORDER BY feature, seeds + others DESC, value LIMIT ${MAXIMUM_VALUES} BY feature`,
    statement.parameters.values,
    COMPUTE_SETTINGS,
  );
  const all = rows.find((row) => row.feature === -1) ?? { seeds: 0, others: 0 };
  const weights = question.features.map((_, index) => {
    const own = rows.filter((row) => row.feature === index);
    return own.map(({ value, seeds, others }) => {
      const inSeed = (seeds + 1) / (all.seeds + own.length);
      const elsewhere = (others + 1) / (all.others + own.length);
      return { value, seeds, others, weight: Math.log(inSeed / elsewhere) };
    });
  });
  return { weights, seedPeople: all.seeds, otherPeople: all.others };
}

async function score(
  platform: Platform,
  question: LookalikeQuestion,
  bounds: readonly (readonly number[] | undefined)[],
  weights: readonly (readonly Weight[])[],
): Promise<{ frame_key: number; score: number }[]> {
  const statement = open(question);
  const { parameters } = statement;
  const seed = statement.condition(question.seed);
  const parts = valuesSql(statement, question, bounds).map((sql, index) => {
    const own = weights[index] ?? [];
    if (own.length === 0) return '0.';
    const names = parameters.bind(
      'Array(String)',
      own.map((each) => each.value),
    );
    const amounts = parameters.bind(
      'Array(Float64)',
      own.map((each) => each.weight),
    );
    return `transform(${sql}, ${names}, ${amounts}, 0.)`;
  });
  const least = question.minimumScore;
  const enough = least === undefined ? '' : ` AND score >= ${parameters.bind('Float64', least)}`;
  // Sums of weights in one order are equal for equal people; the id decides between them.
  return run(
    platform.clickhouse,
    `SELECT frame_key, ${parts.join(' + ')} AS score FROM (${statement.rows()})
     WHERE NOT (${seed})${enough} ORDER BY score DESC, frame_key LIMIT ${Math.trunc(question.size)}`,
    parameters.values,
    COMPUTE_SETTINGS,
  );
}

function explain(
  feature: string,
  weights: readonly Weight[],
  cuts: readonly number[] | undefined,
  seedPeople: number,
  otherPeople: number,
): audienceApi.LookalikeExplanation['features'][number] {
  const amounts = weights.map((each) => each.weight);
  return {
    feature,
    spread: amounts.length === 0 ? 0 : Math.max(...amounts) - Math.min(...amounts),
    values: weights
      .toSorted((left, right) => right.weight - left.weight)
      .slice(0, SHOWN_VALUES)
      .map(({ value, seeds, others, weight }) => ({
        value: shownValue(value, cuts),
        seedShare: seedPeople === 0 ? 0 : seeds / seedPeople,
        otherShare: otherPeople === 0 ? 0 : others / otherPeople,
        weight,
      })),
  };
}

function shownValue(value: string, cuts: readonly number[] | undefined): string {
  if (value === MISSING) return 'missing';
  if (!cuts) return value.slice(1);
  const tenth = Number(value.slice(1));
  const [from, to] = [cuts[tenth - 1], cuts[tenth]];
  if (from === undefined) return to === undefined ? 'any' : `< ${to}`;
  return to === undefined ? `>= ${from}` : `${from} … < ${to}`;
}
