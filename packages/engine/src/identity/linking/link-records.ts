import { CodedError, type ClickHouse } from '../../platform/index.ts';
import { chooseBlocking, type BlockingRule } from './choose-blocking.ts';
import { readClusters, settleClusters } from './cluster-pairs.ts';
import { comparisonsOf, type Comparison } from './comparisons.ts';
import {
  compareCandidates,
  countAllPairs,
  keepCandidates,
  probePatterns,
  readPatterns,
  samplePatterns,
  type Compared,
} from './compare-pairs.ts';
import { findDateParts, joinDateParts } from './join-date-parts.ts';
import { learnStrangers, withoutMatches } from './learn-strangers.ts';
import { learnWeights } from './learn-weights.ts';
import { countDecisions, createRecordTable, dropLinkageTables, writeScores } from './linkage-store.ts';
import { pickRules } from './pick-rules.ts';
import { profileColumns, type ColumnKind } from './profile-columns.ts';
import type { Model, RulePattern, Strangers } from './train-model.ts';
import { sizesOfRivals, weighRivals } from './weigh-rivals.ts';
import { writeForms } from './write-forms.ts';
import { writeWords } from './write-words.ts';

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
  /**
   * Whether a record has one match in another file at most; `auto` (the default) tells it from the records. Says nothing
   * where all records are compared with all.
   */
  readonly oneMatch?: OneMatchRule;
  /** Kinds that somebody knows better than the values tell, by column. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /** Told each step as it begins; may throw to end the linkage. */
  readonly onProgress?: (step: LinkStep) => void;
}

export type OneMatchRule = 'auto' | 'always' | 'never';

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
  /** Whether a record was taken to have one match at most: it was said, or each file was seen to have nobody twice. */
  readonly hasOneMatch: boolean;
  readonly candidates: number;
  readonly links: number;
  readonly reviews: number;
  /** Records that are one person, by id; those that stand alone are left out. */
  clusters(): Promise<string[][]>;
  drop(): Promise<void>;
}

/** Pairs of this probability are rivals of others of their records. */
const RIVAL_ABOVE = 0.0002;
const PAIRS_A_RECORD = 60;
const MINIMUM_PAIRS = 300_000;
// What two cores compare in about half a minute.
const MAXIMUM_PAIRS = 8_000_000;
const RANDOM_PAIRS = 250_000;
/** Matches of a record that may be among pairs drawn at random, at most, before they can be told. */
const MATCHES_A_RECORD = 6;
/** Share of the matches that a first model does not know. */
const MATCHES_LEFT = 0.03;
// On which the rules are tried, over all of them.
const PROBE_PAIRS = 500_000;

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
  const given = await columnsOf(clickhouse, request);
  say('reading');
  const dates = await findDateParts(clickhouse, request.source, given, request.kinds);
  const { source, columns } = joinDateParts(request.source, given, dates);
  const tables = await createRecordTable(clickhouse, run, { ...request, source }, columns);
  say('profiling');
  const found = await profileColumns(clickhouse, tables, columns, request.kinds);
  const profiles = await writeWords(clickhouse, tables, await writeForms(clickhouse, tables, found));
  const comparisons = comparisonsOf(profiles);
  say('blocking');
  const compared: Compared = {
    tables,
    comparisons,
    files: request.fileColumn === undefined ? 'all' : 'different',
  };
  const allPairs = await countAllPairs(clickhouse, compared);
  const { rules, strangers, candidates } = await findCandidates(clickhouse, compared, allPairs, say);
  say('learning');
  const model = learnWeights(
    await readPatterns(clickhouse, tables),
    { comparisons, rules, strangers },
    { rows: tables.rows, allPairs },
  );
  say('scoring');
  const review = request.reviewAbove ?? 0.5;
  const thresholds = { link: request.linkAbove ?? 0.9, review };
  const keepAbove = Math.min(review, request.keepAbove ?? review);
  const sizes = await sizesOfRivals(clickhouse, compared, request.oneMatch ?? 'auto', {
    rules,
    model,
    allPairs,
  });
  await writeScores(
    clickhouse,
    tables,
    comparisons,
    model,
    sizes ? Math.min(keepAbove, RIVAL_ABOVE) : keepAbove,
  );
  if (sizes) await weighRivals(clickhouse, tables, { sizes, matches: model.prior * allPairs, keepAbove });
  say('grouping');
  await settleClusters(clickhouse, tables, thresholds);
  return {
    run,
    comparisons,
    rules,
    model,
    records: tables.rows,
    hasOneMatch: sizes !== undefined,
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
 * Candidate pairs, and the rules that propose them: many are considered, tried on some of the records, and the most
 * fruitful taken. What is learnt of these records tells matches from strangers well enough to learn of strangers once
 * more. Where all rules together propose few pairs, they are tried on all of them, and none is compared twice.
 */
async function findCandidates(
  clickhouse: ClickHouse,
  compared: Compared,
  allPairs: number,
  say: (step: LinkStep) => void,
): Promise<{ rules: BlockingRule[]; strangers: Strangers; candidates: number }> {
  const { tables, comparisons, files } = compared;
  const { rows } = tables;
  const maximumPairs = Math.min(MAXIMUM_PAIRS, Math.max(MINIMUM_PAIRS, PAIRS_A_RECORD * rows));
  const profiles = comparisons.map(({ profile }) => profile);
  const considered = await chooseBlocking(clickhouse, tables.record, profiles, {
    rows,
    maximumPairs,
    acrossFiles: files === 'different',
  });
  const { patterns, times, isWhole } = await tryRules(clickhouse, compared, considered);
  const learn = (strangers: Strangers): ReturnType<typeof learnWeights> =>
    learnWeights(
      patterns,
      { comparisons, rules: considered, strangers },
      { rows: rows * times, allPairs: allPairs * times },
    );
  const random = await samplePatterns(clickhouse, compared, RANDOM_PAIRS);
  const levelCounts = comparisons.map(({ levels }) => levels.length);
  const first = learn(
    learnStrangers(random, levelCounts, (MATCHES_A_RECORD * rows * RANDOM_PAIRS) / allPairs),
  );
  const strangers = learnStrangers(
    withoutMatches(random, first),
    levelCounts,
    MATCHES_LEFT * first.prior * RANDOM_PAIRS,
    first.blocks,
  );
  const rules = pickRules(considered, patterns, learn(strangers), {
    most: maximumPairs * times,
    free: MINIMUM_PAIRS * times,
  });
  say('comparing');
  const candidates = isWhole
    ? await keepCandidates(clickhouse, tables, considered, rules)
    : await compareCandidates(clickhouse, compared, rules);
  return { rules, strangers, candidates };
}

/** Patterns of pairs under some rules; `times`: how often, on the average, each pair of all the records is in them. */
async function tryRules(
  clickhouse: ClickHouse,
  compared: Compared,
  rules: readonly BlockingRule[],
): Promise<{ patterns: RulePattern[]; times: number; isWhole: boolean }> {
  const pairs = rules.reduce((sum, rule) => sum + rule.pairs, 0);
  if (pairs <= PROBE_PAIRS) {
    await compareCandidates(clickhouse, compared, rules);
    return { patterns: await readPatterns(clickhouse, compared.tables), times: 1, isWhole: true };
  }
  // Each pair is seen from both of its records.
  const oneOf = Math.round((2 * pairs) / PROBE_PAIRS);
  return {
    patterns: await probePatterns(clickhouse, compared, rules, oneOf),
    times: 2 / oneOf,
    isWhole: false,
  };
}
