import { CodedError, type ClickHouse } from '../../platform/index.ts';
import { chooseBlocking, type BlockingRule } from './choose-blocking.ts';
import { readClusters, settleClusters } from './cluster-pairs.ts';
import { comparisonsOf, type Comparison } from './comparisons.ts';
import {
  compareCandidates,
  countAllPairs,
  countDecisions,
  createRecordTable,
  dropLinkageTables,
  readPatterns,
  samplePatterns,
  writeScores,
} from './linkage-store.ts';
import { profileColumns, type ColumnKind } from './profile-columns.ts';
import { writeForms } from './write-forms.ts';
import { estimatePrior, levelShares, normalised, trainOnBlock, type Model } from './train-model.ts';

export interface LinkRequest {
  /** ClickHouse table, or a query in brackets. */
  readonly source: string;
  /** Column with the id of a record, unique. */
  readonly idColumn: string;
  /** Columns to compare; by default all others. Their kinds are found out. */
  readonly columns?: readonly string[];
  /** Column that names the file of a record: then only records of different files are compared. */
  readonly fileColumn?: string;
  /** Probability from which a pair is linked without being asked; default 0.9. */
  readonly linkAbove?: number;
  /** Probability below which a pair is not reviewed; default 0.5. */
  readonly reviewAbove?: number;
  /** Pairs from this probability on are kept with their scores, though they are neither; default `reviewAbove`. */
  readonly keepAbove?: number;
  /** Kinds that somebody knows better than the values tell, by column. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /** Told each step as it begins; may throw to end the linkage. */
  readonly onProgress?: (step: LinkStep) => void;
}

/** Steps of a linkage, in their order. */
export type LinkStep =
  'reading' | 'profiling' | 'blocking' | 'comparing' | 'learning' | 'scoring' | 'grouping';

export interface LinkageModel {
  readonly comparisons: readonly Comparison[];
  readonly rules: readonly BlockingRule[];
  readonly model: Model;
}

/** A finished linkage. Its pairs stay in ClickHouse until `drop`. */
export interface Linkage extends LinkageModel {
  /** Name (letters, digits, underscores) and suffix of its tables: `linkage_record_<run>`, `linkage_score_<run>`. */
  readonly run: string;
  readonly records: number;
  readonly candidates: number;
  readonly links: number;
  readonly reviews: number;
  /** Records that are one person, by id; those that stand alone are left out. */
  clusters(): Promise<string[][]>;
  drop(): Promise<void>;
}

const PAIRS_A_RECORD = 60;
const MINIMUM_PAIRS = 300_000;
// What two cores compare in about half a minute.
const MAXIMUM_PAIRS = 8_000_000;
const RANDOM_PAIRS = 250_000;

/**
 * Links records without common keys by the method of Fellegi and Sunter: the columns are profiled, rules
 * for candidate pairs chosen, levels of likeness compared in ClickHouse, their weights learnt without
 * labels, each pair scored, and the records grouped so that no single pair glues two groups together. `linking_input_invalid` when table or columns are not there.
 */
export async function linkRecords(
  clickhouse: ClickHouse,
  run: string,
  request: LinkRequest,
): Promise<Linkage> {
  if (!/^[a-z0-9_]{1,50}$/.test(run)) throw new CodedError('linking_input_invalid', { details: { run } });
  const say = request.onProgress ?? ((): void => undefined);
  const columns = await columnsOf(clickhouse, request);
  say('reading');
  const tables = await createRecordTable(clickhouse, run, request, columns);
  say('profiling');
  const found = await profileColumns(clickhouse, tables, columns, request.kinds);
  const profiles = await writeForms(clickhouse, tables, found);
  const comparisons = comparisonsOf(profiles);
  say('blocking');
  const maximumPairs = Math.min(MAXIMUM_PAIRS, Math.max(MINIMUM_PAIRS, PAIRS_A_RECORD * tables.rows));
  const rules = await chooseBlocking(clickhouse, tables.record, profiles, {
    rows: tables.rows,
    maximumPairs,
  });
  say('comparing');
  const candidates = await compareCandidates(
    clickhouse,
    tables,
    comparisons,
    rules,
    request.fileColumn !== undefined,
  );
  say('learning');
  const model = await train(clickhouse, tables, comparisons, rules, request.fileColumn !== undefined);
  say('scoring');
  const review = request.reviewAbove ?? 0.5;
  const thresholds = { link: request.linkAbove ?? 0.9, review };
  await writeScores(clickhouse, tables, comparisons, model, Math.min(review, request.keepAbove ?? review));
  say('grouping');
  await settleClusters(clickhouse, tables, thresholds);
  return {
    run,
    comparisons,
    rules,
    model,
    records: tables.rows,
    candidates,
    ...(await countDecisions(clickhouse, tables, thresholds)),
    clusters: () => readClusters(clickhouse, tables),
    drop: () => dropLinkageTables(clickhouse, run),
  };
}

async function columnsOf(clickhouse: ClickHouse, request: LinkRequest): Promise<string[]> {
  let described: { name: string }[];
  try {
    described = await clickhouse.query<{ name: string }>(`describe (select * from ${request.source})`);
  } catch (error) {
    throw new CodedError('linking_input_invalid', { details: { source: request.source }, cause: error });
  }
  const names = described.map((row) => row.name);
  const special = [request.idColumn, ...(request.fileColumn ? [request.fileColumn] : [])];
  const columns = request.columns ?? names.filter((name) => !special.includes(name));
  const missing = [...special, ...columns].filter((name) => !names.includes(name));
  if (missing.length > 0 || columns.length === 0) {
    throw new CodedError('linking_input_invalid', { details: { missing } });
  }
  return [...columns];
}

/**
 * `u` from random pairs; `m` from the pairs of each rule in turn, for the comparisons on which the rule
 * does not itself make pairs agree, averaged by the matches that each rule found; then the prior.
 */
async function train(
  clickhouse: ClickHouse,
  tables: { record: string; pair: string; rows: number },
  comparisons: readonly Comparison[],
  rules: readonly BlockingRule[],
  acrossFiles: boolean,
): Promise<Model> {
  const levelCounts = comparisons.map((comparison) => comparison.levels.length);
  const sample = await samplePatterns(clickhouse, tables, comparisons, { pairs: RANDOM_PAIRS, acrossFiles });
  const u = levelShares(sample, levelCounts);
  const allPairs = await countAllPairs(clickhouse, tables, acrossFiles);
  const start: Model = { m: levelCounts.map(firstGuess), u, prior: 1 / Math.max(tables.rows, 2) };
  const sums = levelCounts.map((levels) => Array.from<number>({ length: levels }).fill(0));
  const patternsByRule = await readPatterns(clickhouse, tables, rules.length);
  for (const [index, rule] of rules.entries()) {
    const frozen = new Set(
      comparisons.flatMap((comparison, i) => (rule.columns.includes(comparison.profile.column) ? [i] : [])),
    );
    const patterns = patternsByRule.filter((pattern) => pattern.rules.has(index));
    if (patterns.length === 0 || frozen.size === comparisons.length) continue;
    const trained = trainOnBlock(patterns, start, frozen);
    trained.m.forEach((levels, i) => {
      if (frozen.has(i)) return;
      levels.forEach((value, level) => (sums[i]![level]! += value * trained.matches));
    });
  }
  const m = sums.map((levels, i) =>
    levels.some((value) => value > 0) ? normalised(shares(levels)) : start.m[i]!,
  );
  const model: Model = { m, u, prior: start.prior };
  model.prior = estimatePrior(patternsByRule, model, allPairs);
  return model;
}

function shares(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** Matches mostly agree: nine in ten on the best level, the rest spread. */
function firstGuess(levels: number): number[] {
  return Array.from({ length: levels }, (_, level) => (level === 0 ? 0.9 : 0.1 / (levels - 1)));
}
