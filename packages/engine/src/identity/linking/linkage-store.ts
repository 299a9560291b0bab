import type { ClickHouse } from '../../platform/index.ts';
import type { Comparison } from './comparisons.ts';
import { quoteColumn } from './quote-column.ts';
import type { Model } from './train-model.ts';
import { plainDate, readDateOrders } from './write-dates.ts';

/** Working tables of one linkage. */
export interface LinkageTables {
  readonly record: string;
  readonly pair: string;
  readonly score: string;
  readonly cluster: string;
  readonly rows: number;
}

/** Probabilities from which a pair may be linked, and from which it is reviewed. */
export interface Thresholds {
  readonly link: number;
  readonly review: number;
}

/** The tables of a linkage by the names that its run gives them. */
export const tablesOf = (run: string): Omit<LinkageTables, 'rows'> => ({
  record: `linkage_record_${run}`,
  pair: `linkage_pair_${run}`,
  score: `linkage_score_${run}`,
  cluster: `linkage_cluster_${run}`,
});

/**
 * Copies the records into one form: numbered, strings in lower case without outer blanks, dates as
 * digits; with each value's own frequency. Empty strings are missing values.
 */
export async function createRecordTable(
  clickhouse: ClickHouse,
  run: string,
  input: { source: string; idColumn: string; fileColumn?: string },
  columns: readonly string[],
): Promise<LinkageTables> {
  const tables = tablesOf(run);
  await dropLinkageTables(clickhouse, run);
  const clean = (name: string): string =>
    `lowerUTF8(trimBoth(replaceRegexpAll(normalizeUTF8NFKC(toString(ifNull(toString(${quoteColumn(name)}), ''))), '\\\\s+', ' ')))`;
  const file = input.fileColumn ? `toString(${quoteColumn(input.fileColumn)})` : "''";
  const orders = await readDateOrders(clickhouse, { source: input.source, file, clean }, columns);
  const values = columns.flatMap((name, index) => [
    `${clean(name)} as d${index}`,
    `${plainDate(`d${index}`, orders.get(name), file)} as n${index}`,
    `${bareNumber(`n${index}`)} as c${index}`,
  ]);
  const cleaned = `linkage_clean_${run}`;
  await clickhouse.command(
    `create table ${cleaned} engine = MergeTree order by record_number as
     select record_number, id, file, ${columns.map((_, index) => `c${index}`).join(', ')} from (
       select toUInt32(rowNumberInAllBlocks()) as record_number, toString(${quoteColumn(input.idColumn)}) as id,
              ${file} as file, ${values.join(', ')}
       from (select * from ${input.source})
     ) settings max_threads = 1`,
  );
  // Counted and joined: a window over each column would sort all records once for each.
  const frequencies = columns.map((_, index) => `toFloat32(n${index} / total) as f${index}`);
  const joins = columns.map(
    (_, index) =>
      `any left join (select c${index}, count() as n${index} from ${cleaned} group by c${index}) as count${index} using c${index}`,
  );
  await clickhouse.command(
    `create table ${tables.record} engine = MergeTree order by record_number as
     with assumeNotNull((select count() from ${cleaned})) as total
     select record_number, id, file, ${columns.map((_, index) => `c${index}`).join(', ')}, ${frequencies.join(', ')}
     from ${cleaned} ${joins.join(' ')}`,
  );
  await clickhouse.command(`drop table ${cleaned}`);
  const [row] = await clickhouse.query<{ rows: number }>(`select count() as rows from ${tables.record}`);
  return { ...tables, rows: row!.rows };
}

/** A telephone number loses its signs and the prefix of China: +86 138-1234-5678 is 13812345678. */
function bareNumber(value: string): string {
  const signs = `replaceRegexpAll(${value}, '[ ()+./-]', '')`;
  return `if(match(${value}, '^[+(]?[0-9][0-9 ()./-]{8,22}$') and match(${value}, '[ ()+./-]|^(00)?86') and not match(${value}, '^[0-9]+[.][0-9]+$'),
    replaceRegexpOne(${signs}, '^(00)?86(1[3-9][0-9]{9})$', '\\\\2'), ${value})`;
}

/**
 * Scores all pairs and keeps those from a probability on, with the weight of each comparison (the
 * base-2 logarithm of how much more often matches show it): the explanation of the decision.
 */
export async function writeScores(
  clickhouse: ClickHouse,
  tables: LinkageTables,
  comparisons: readonly Comparison[],
  model: Model,
  keepAbove: number,
): Promise<void> {
  const weights = comparisons.map((comparison, index) => weightExpression(comparison, index, model));
  const prior = Math.log2(model.prior / (1 - model.prior));
  await clickhouse.command(
    `create table ${tables.score} engine = MergeTree order by (l, r) as
     select l, r, levels, weights, weight, probability, false as linked
     from (
       select pair.l as l, pair.r as r, pair.levels as levels, [${weights.join(', ')}] as weights,
              ${prior} + arraySum(weights) as weight, 1 / (1 + exp2(-weight)) as probability
       from ${tables.pair} as pair
       join ${tables.record} as a on a.record_number = pair.l
       join ${tables.record} as b on b.record_number = pair.r
     ) where probability >= ${keepAbove}`,
  );
}

/** Pairs that are linked, and those that wait for review. */
export async function countDecisions(
  clickhouse: ClickHouse,
  tables: Pick<LinkageTables, 'score'>,
  thresholds: Thresholds,
): Promise<{ links: number; reviews: number }> {
  const [row] = await clickhouse.query<{ links: number; reviews: number }>(
    `select countIf(linked) as links, countIf(not linked and probability >= ${thresholds.review}) as reviews
     from ${tables.score}`,
  );
  return row!;
}

/**
 * Weight of a comparison's level, given that of the one it depends on. On agreement, `u` is the frequency of the very
 * value, or as many times that as strangers agree more often when they agree on the other.
 */
function weightExpression({ profile, levels }: Comparison, index: number, { m, u, parents }: Model): string {
  const [all, strangers] = [m.all[index]!, u.all[index]!];
  const rows = [...(m.given[index] ?? []), all];
  const shares = [...(u.given[index] ?? []), strangers];
  const list = (values: readonly number[]): string =>
    `[${values.map((value) => value.toFixed(8)).join(', ')}]`;
  const tables = rows.map((row, given) =>
    list(row.map((value, level) => Math.log2(value / shares[given]![level]!))),
  );
  const parent = parents[index];
  const given = parent === undefined ? '1' : `least(pair.levels[${parent + 1}], ${rows.length - 1}) + 1`;
  const level = `pair.levels[${index + 1}]`;
  const frequency = `greatest(a.${profile.column.replace('c', 'f')}, 1e-7)`;
  const byFrequency = levels[0]?.byFrequency
    ? `${level} = 0, toFloat64(log2(${list(rows.map((row) => row[0]!))}[${given}]
         / least(1, ${frequency} * ${list(shares.map((row) => row[0]! / strangers[0]!))}[${given}]))), `
    : '';
  return `multiIf(${level} = 255, toFloat64(0), ${byFrequency}toFloat64([${tables.join(', ')}][${given}][${level} + 1]))`;
}

export async function dropLinkageTables(clickhouse: ClickHouse, run: string): Promise<void> {
  const names = [
    `linkage_clean_${run}`,
    ...Object.values(tablesOf(run)),
    `${tablesOf(run).score}_settled`,
    `${tablesOf(run).pair}_all`,
  ];
  for (const name of names) await clickhouse.command(`drop table if exists ${name}`);
}
