import type { linkingApi, ResponseOf } from '@wutong/contract';
import type { ClickHouse } from '../../platform/index.ts';
import {
  createRecordTable,
  dropLinkageTables,
  findDateParts,
  linkRecords,
  profileColumns,
  quoteColumn,
} from '../linking/index.ts';
import type { LinkingNeeds } from './compare-run.ts';
import { KEPT_ABOVE, readBins } from './describe-linkage.ts';
import { maskRecordValue } from './mask-record.ts';
import { countFaultyIds, ID_COLUMN, stageRecords, TABLE_COLUMN, type Staged } from './stage-records.ts';

/** Records of each table that are looked at: enough to see a pair in a thousand, and compared in a few seconds. */
const SAMPLE_RECORDS = 20_000;
const EXAMPLES = 3;

type Preview = ResponseOf<typeof linkingApi.previewLinking>;

/**
 * What a run would find, from a sample: the pairs of a sample are fewer by the product of both tables' shares.
 * @throws CodedError record_table_not_found, linking_input_invalid, too_many_records
 */
export async function estimateRun(
  { platform, records }: LinkingNeeds,
  request: Pick<linkingApi.LinkingSettings, 'tables' | 'columns' | 'oneMatch'> & { estimate: boolean },
  signal: AbortSignal,
): Promise<Preview> {
  const { clickhouse, ids } = platform;
  const run = `preview_${ids.newId().replaceAll('-', '')}`;
  const started = performance.now();
  const staged = await stageRecords(platform, records(), {
    run,
    chosen: request,
    sample: SAMPLE_RECORDS,
    signal,
  });
  const sampledRecords = sum(staged.sampled);
  try {
    const names = request.columns.map(({ name }) => name);
    const kinds = Object.fromEntries(
      request.columns.flatMap(({ name, kind }) => (kind === undefined ? [] : [[name, kind]])),
    );
    const source = { source: staged.table, idColumn: ID_COLUMN };
    const acrossTables = request.tables.length > 1 ? { fileColumn: TABLE_COLUMN } : {};
    const columns = await describeColumns(clickhouse, run, { ...source, names, kinds });
    const { repeated } = await countFaultyIds(clickhouse, staged.table);
    let bins: linkingApi.WeightBin[] = [];
    let hasOneMatch: boolean | undefined;
    if (request.estimate && columns.some(({ kind }) => kind !== undefined)) {
      const linkage = await linkRecords(clickhouse, run, {
        ...source,
        ...acrossTables,
        columns: names,
        kinds,
        oneMatch: request.oneMatch,
        keepAbove: KEPT_ABOVE,
      });
      bins = scaled(await readBins(clickhouse, run), staged);
      if (request.tables.length > 1) hasOneMatch = linkage.hasOneMatch;
    }
    return {
      records: sum(staged.records),
      sampledRecords,
      columns,
      repeatedIds: repeated,
      bins,
      ...(hasOneMatch === undefined ? {} : { hasOneMatch }),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await dropLinkageTables(clickhouse, run);
    await clickhouse.command(`drop table if exists ${staged.table}`);
  }
}

/** Kinds, fillings and examples; a column that says too little to be compared has no kind. */
async function describeColumns(
  clickhouse: ClickHouse,
  run: string,
  request: {
    source: string;
    idColumn: string;
    names: readonly string[];
    kinds: Parameters<typeof profileColumns>[3];
  },
): Promise<linkingApi.PreviewColumn[]> {
  const { source, idColumn, names, kinds } = request;
  const tables = await createRecordTable(clickhouse, run, { source, idColumn }, names);
  const profiles = await profileColumns(clickhouse, tables, names, kinds);
  const dates = await findDateParts(clickhouse, source, names, kinds);
  const parts = new Set(dates.flatMap(({ year, month, day }) => [year, month, day]));
  const facts = names.map((name) => {
    const column = quoteColumn(name);
    return `(countIf(${column} != '') / greatest(1, count()), uniqExactIf(${column}, ${column} != ''),
             groupUniqArrayIf(${EXAMPLES})(${column}, ${column} != ''))`;
  });
  const [row] = await clickhouse.query<{ facts: [number, number, string[]][] }>(
    `select [${facts.join(', ')}] as facts from ${source}`,
  );
  return names.map((name, index) => {
    const [filled, distinct, examples] = row!.facts[index]!;
    const kind = parts.has(name) ? 'date' : profiles.find((profile) => profile.name === name)?.kind;
    return {
      name,
      ...(kind === undefined ? {} : { kind }),
      filled,
      distinct,
      examples: examples.map(maskRecordValue),
    };
  });
}

function scaled(bins: readonly linkingApi.WeightBin[], { records, sampled }: Staged): linkingApi.WeightBin[] {
  const [own, other = own] = records.map((count, place) => count / Math.max(1, sampled[place]!));
  const times = own! * other!;
  return bins.map(({ weight, pairs, expected }) => ({
    weight,
    pairs: pairs * times,
    expected: expected * times,
  }));
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
