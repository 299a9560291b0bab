import { CodedError, type Platform } from '../../platform/index.ts';
import { linkRecords } from '../linking/index.ts';
import { describeLinkage, KEPT_ABOVE } from './describe-linkage.ts';
import type { RecordPorts } from './record-lender.ts';
import { changeRun, type Findings, type RunRow } from './run-store.ts';
import { countFaultyIds, ID_COLUMN, stageRecords, TABLE_COLUMN } from './stage-records.ts';

/** What a run needs. */
export interface LinkingNeeds {
  readonly platform: Platform;
  /** What later rooms lend. */
  readonly records: () => RecordPorts;
}

/** Name of a run in the names of its tables. */
export const linkageName = (runId: string): string => runId.replaceAll('-', '');

/**
 * Compares the records of a run and keeps its pairs in ClickHouse. May be done again from the beginning: tables that an
 * interrupted try left are replaced. Ends with the signal's reason when that is raised.
 * @throws CodedError record_table_not_found, linking_input_invalid, too_many_records and those of sources
 */
export async function compareRun(
  { platform, records }: LinkingNeeds,
  row: RunRow,
  signal: AbortSignal,
): Promise<{ findings: Findings; seconds: number }> {
  const { clickhouse, database } = platform;
  const run = linkageName(row.run_id);
  const { settings } = row;
  const started = performance.now();
  const say = async (step: NonNullable<RunRow['step']>): Promise<void> => {
    await changeRun(database, row.run_id, ['running'], { step });
  };
  await say('staging');
  const staged = await stageRecords(platform, records(), { run, chosen: settings, signal });
  try {
    await refuseFaultyIds(platform, staged.table);
    const kinds = Object.fromEntries(
      settings.columns.flatMap(({ name, kind }) => (kind === undefined ? [] : [[name, kind]])),
    );
    let said: Promise<void> = Promise.resolve();
    const linkage = await linkRecords(clickhouse, run, {
      source: staged.table,
      idColumn: ID_COLUMN,
      columns: settings.columns.map(({ name }) => name),
      ...(settings.tables.length > 1 ? { fileColumn: TABLE_COLUMN } : {}),
      kinds,
      oneMatch: settings.oneMatch,
      linkAbove: settings.linkAbove,
      reviewAbove: settings.reviewAbove,
      keepAbove: KEPT_ABOVE,
      onProgress(step) {
        signal.throwIfAborted();
        said = said.then(() => say(step));
      },
    });
    await said;
    const findings = await describeLinkage(clickhouse, linkage);
    await clickhouse.command(`drop table if exists linkage_pair_${run}`);
    return { findings, seconds: (performance.now() - started) / 1000 };
  } finally {
    await clickhouse.command(`drop table if exists ${staged.table}`);
  }
}

async function refuseFaultyIds(platform: Platform, table: string): Promise<void> {
  const { empty, repeated } = await countFaultyIds(platform.clickhouse, table);
  if (empty === 0 && repeated === 0) return;
  const reason = empty > 0 ? 'records without an id' : 'records whose id another one has';
  throw new CodedError('linking_input_invalid', { details: { reason, records: empty || repeated } });
}
