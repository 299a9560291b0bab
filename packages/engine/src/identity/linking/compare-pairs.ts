import type { ClickHouse } from '../../platform/index.ts';
import { blockOf, type BlockingRule } from './choose-blocking.ts';
import { columnsOf, levelExpression, type Comparison } from './comparisons.ts';
import type { LinkageTables } from './linkage-store.ts';
import type { Pattern, RulePattern } from './train-model.ts';

/** What is compared with what: the records, how, and of which files. */
export interface Compared {
  readonly tables: LinkageTables;
  readonly comparisons: readonly Comparison[];
  readonly files: 'all' | 'different' | 'same';
}

const FILES: Record<Compared['files'], string> = {
  all: '',
  different: 'and a.file != b.file',
  same: 'and a.file = b.file',
};

/**
 * Levels of one column share their distances: without short circuits each distance is computed once a pair, with them
 * once a level; pairs alike enough to be spared the distances are few.
 */
const COMPARING = { short_circuit_function_evaluation: 'disable' } as const;

/** Pairs of all rules, each pair once, with a bit for each rule that proposed it and the levels compared. */
export async function compareCandidates(
  clickhouse: ClickHouse,
  compared: Compared,
  rules: readonly BlockingRule[],
): Promise<number> {
  const { pair } = compared.tables;
  const proposals = rules.map(({ keys }, index) => {
    const blocks = blocksSql(compared, keys);
    return `select a.record_number as l, b.record_number as r, toUInt64(${2n ** BigInt(index)}) as rule
            from (${blocks}) as a join (${blocks}) as b on a.block = b.block
            where a.record_number < b.record_number ${FILES[compared.files]}`;
  });
  await createPairTable(clickhouse, pair);
  await clickhouse.command(
    `insert into ${pair} ${comparedSql(compared, proposals)}`,
    {},
    { ...COMPARING, query_plan_join_swap_table: 'false' },
  );
  return countPairs(clickhouse, pair);
}

/** Keeps of the candidate pairs of some rules those of a choice of them, with the bits of these. */
export async function keepCandidates(
  clickhouse: ClickHouse,
  { pair }: Pick<LinkageTables, 'pair'>,
  rules: readonly BlockingRule[],
  chosen: readonly BlockingRule[],
): Promise<number> {
  const bits = chosen.map(
    (rule, index) => `bitShiftLeft(toUInt64(bitTest(rules, ${rules.indexOf(rule)})), ${index})`,
  );
  const all = `${pair}_all`;
  await clickhouse.command(`rename table ${pair} to ${all}`);
  await createPairTable(clickhouse, pair);
  await clickhouse.command(
    `insert into ${pair} select l, r, ${bits.join(' + ')} as of_chosen, levels from ${all} where of_chosen != 0`,
  );
  await clickhouse.command(`drop table ${all}`);
  return countPairs(clickhouse, pair);
}

const createPairTable = (clickhouse: ClickHouse, name: string): Promise<void> =>
  clickhouse.command(
    `create table ${name} (l UInt32, r UInt32, rules UInt64, levels Array(UInt8)) engine = MergeTree order by tuple()`,
  );

async function countPairs(clickhouse: ClickHouse, pair: string): Promise<number> {
  const [row] = await clickhouse.query<{ pairs: number }>(`select count() as pairs from ${pair}`);
  return row!.pairs;
}

/** Patterns of the pairs that some records, one of so many drawn at random, have under each rule. */
export async function probePatterns(
  clickhouse: ClickHouse,
  compared: Compared,
  rules: readonly BlockingRule[],
  oneOf: number,
): Promise<RulePattern[]> {
  const proposals = rules.map(({ keys }, index) => {
    const blocks = blocksSql(compared, keys);
    const probes = `${blocks} and cityHash64(record_number, 'probe') % ${oneOf} = 0`;
    return `select a.record_number as l, b.record_number as r, toUInt64(${2n ** BigInt(index)}) as rule
            from (select * from (${blocks}) where block in (select block from (${probes}))) as b
            join (${probes}) as a on a.block = b.block
            where a.record_number != b.record_number ${FILES[compared.files]}`;
  });
  return patternsOf(clickhouse, comparedSql(compared, proposals));
}

function blocksSql({ tables }: Compared, keys: BlockingRule['keys']): string {
  const { block, isFilled } = blockOf(keys);
  return `select record_number, file, ${block} as block from ${tables.record} where ${isFilled}`;
}

function comparedSql({ tables, comparisons }: Compared, proposals: readonly string[]): string {
  const needed = ['record_number', ...comparisons.flatMap(({ profile }) => columnsOf(profile))].join(', ');
  return `select l, r, rules, ${levelsSql(comparisons)} as levels
    from (select l, r, groupBitOr(rule) as rules from (${proposals.join(' union all ')}) group by l, r) as pair
    join (select ${needed} from ${tables.record}) as a on a.record_number = pair.l
    join (select ${needed} from ${tables.record}) as b on b.record_number = pair.r`;
}

const levelsSql = (comparisons: readonly Comparison[]): string =>
  `[${comparisons.map((each) => `toUInt8(${levelExpression(each)})`).join(', ')}]`;

/** Level patterns of the candidate pairs, with the rules that proposed them. */
export const readPatterns = (
  clickhouse: ClickHouse,
  { pair }: Pick<LinkageTables, 'pair'>,
): Promise<RulePattern[]> => patternsOf(clickhouse, `select levels, rules from ${pair}`);

async function patternsOf(clickhouse: ClickHouse, pairs: string): Promise<RulePattern[]> {
  const rows = await clickhouse.query<{ levels: number[]; bits: number[]; count: number }>(
    `select levels, bitPositionsToArray(rules) as bits, count() as count from (${pairs}) group by levels, rules`,
    {},
    { ...COMPARING, query_plan_join_swap_table: 'false' },
  );
  return rows.map(({ levels, bits, count }) => ({ levels, count, rules: new Set(bits.map(Number)) }));
}

/** Pairs that could be formed: all, or those of records of different files. */
export async function countAllPairs(
  clickhouse: ClickHouse,
  { tables, files }: Pick<Compared, 'tables' | 'files'>,
): Promise<number> {
  const all = (tables.rows * (tables.rows - 1)) / 2;
  if (files === 'all') return all;
  const [row] = await clickhouse.query<{ within: number }>(
    `select sum(n * (n - 1) / 2) as within from (select count() as n from ${tables.record} group by file)`,
  );
  return Math.max(1, all - row!.within);
}

/** Level patterns of pairs drawn at random, as they could be formed. */
export async function samplePatterns(
  clickhouse: ClickHouse,
  { tables, comparisons, files }: Compared,
  pairs: number,
): Promise<Pattern[]> {
  // Record k is paired with the k-th of a shuffle, as often as it takes: each pair is as likely.
  const times = Math.max(1, Math.ceil(pairs / tables.rows));
  const share = Math.min(1, pairs / tables.rows);
  return clickhouse.query<{ levels: number[]; count: number }>(
    `select ${levelsSql(comparisons)} as levels, count() as count
     from (
       select record_number as l, toUInt32(cityHash64(record_number, shift) % ${tables.rows}) as r
       from ${tables.record} array join range(${times}) as shift
       where l != r and cityHash64(record_number, shift, 1) % 1000000 < ${Math.ceil(share * 1_000_000)}
     ) as pair
     join ${tables.record} as a on a.record_number = pair.l
     join ${tables.record} as b on b.record_number = pair.r
     where true ${FILES[files]}
     group by levels`,
    {},
    COMPARING,
  );
}
