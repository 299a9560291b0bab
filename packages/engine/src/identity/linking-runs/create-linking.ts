import type { linkingApi, ResponseOf } from '@wutong/contract';
import { CodedError, type RunningLoop } from '../../platform/index.ts';
import { samplePairs } from '../linking/index.ts';
import { linkageName } from './compare-run.ts';
import { explainedBy, KEPT_ABOVE } from './describe-linkage.ts';
import { estimateRun } from './estimate-run.ts';
import { deleteFile, keepFile } from './file-store.ts';
import { maskRecordValue } from './mask-record.ts';
import type { RecordFileForm } from './record-lender.ts';
import { findTable, listTables } from './record-tables.ts';
import {
  changeRun,
  countOutcomes,
  insertRun,
  listRuns,
  readRun,
  runUnderWay,
  type RunChange,
  type RunRow,
} from './run-store.ts';
import { showRun } from './show-run.ts';
import { createLinkingWorker, type LinkingWorker, type WorkNeeds } from './work-on-linking.ts';

const ROUND_INTERVAL_MS = 250;
/** A preview that takes longer is given up; its sample is compared in a few seconds. */
const PREVIEW_TIMEOUT_MS = 60_000;

type Language = 'zh' | 'en';
type Range = { from: number; to: number; limit: number };

/** Linking of record tables without common keys: tables, runs, what is done with their pairs. */
export interface Linking {
  readonly worker: LinkingWorker;
  tables(): Promise<linkingApi.RecordTable[]>;
  /** @throws CodedError record_file_unusable, too_many_records, import_file_unreadable */
  keepFile(
    bytes: AsyncIterable<Uint8Array>,
    form: RecordFileForm,
    by: string,
  ): Promise<linkingApi.RecordTable>;
  /** @throws CodedError record_table_not_found, linking_busy */
  deleteFile(tableId: string, by: string): Promise<void>;
  /** @throws CodedError record_table_not_found, linking_input_invalid, linking_busy, too_many_records */
  preview(request: Parameters<typeof estimateRun>[1]): Promise<ResponseOf<typeof linkingApi.previewLinking>>;
  /** @throws CodedError record_table_not_found, key_type_not_found, linking_input_invalid, linking_busy */
  start(settings: linkingApi.LinkingSettings, by: string): Promise<string>;
  list(
    page: { before: number | undefined; limit: number },
    language: Language,
  ): Promise<{ items: linkingApi.LinkingRun[]; last: number | undefined }>;
  /** @throws CodedError linking_run_not_found */
  read(runId: string, language: Language): Promise<ResponseOf<typeof linkingApi.readLinkingRun>>;
  /** @throws CodedError linking_run_not_found, linking_run_wrong_state */
  stopRun(runId: string, by: string): Promise<void>;
  /** @throws CodedError linking_run_not_found, linking_run_wrong_state, linking_input_invalid, linking_busy */
  apply(runId: string, thresholds: { linkAbove: number; reviewAbove: number }, by: string): Promise<void>;
  /** @throws CodedError linking_run_not_found, linking_run_wrong_state, linking_busy */
  withdraw(runId: string, reason: string, by: string): Promise<void>;
  /** Pairs of a range of weights; values masked unless opened. @throws CodedError linking_run_not_found, linking_pairs_gone */
  pairs(runId: string, range: Range, open: boolean): Promise<linkingApi.LinkingPair[]>;
  startWorker(): void;
  stopWorker(): Promise<void>;
}

/** The linking of this process. */
export function createLinking(needs: WorkNeeds): Linking {
  const { platform, records } = needs;
  const { database, clickhouse, clock, ids, audit } = platform;
  const worker = createLinkingWorker(needs);
  let loop: RunningLoop | undefined;
  let previewing = false;

  async function find(runId: string): Promise<RunRow> {
    const row = await readRun(database, runId);
    if (!row) throw new CodedError('linking_run_not_found');
    return row;
  }

  /** Changes a run and leaves a line in the audit. */
  async function act(
    runId: string,
    act: { from: readonly RunRow['state'][]; change: RunChange; action: string; by: string; detail?: object },
  ): Promise<void> {
    const { state } = await find(runId);
    await database.transaction(async (transaction) => {
      if (!(await changeRun(transaction, runId, act.from, act.change)))
        throw new CodedError('linking_run_wrong_state', { details: { state } });
      await audit.record(transaction, {
        actor: act.by,
        action: act.action,
        object: runId,
        detail: { ...act.detail },
      });
    });
    loop?.wake();
  }

  async function show(rows: readonly RunRow[], language: Language): Promise<linkingApi.LinkingRun[]> {
    const counts = await countOutcomes(
      database,
      rows.map((row) => row.run_id),
    );
    return rows.map((row) => showRun(row, counts.get(row.run_id), language));
  }

  return {
    worker,
    tables: () => listTables(platform, records()),
    async keepFile(bytes, form, by) {
      const file = await keepFile(platform, records(), { bytes, form, by });
      const tableId = `file:${file.file_id}`;
      return (await listTables(platform, records())).find((table) => table.tableId === tableId)!;
    },
    async deleteFile(tableId, by) {
      const used = (await runUnderWay(database))?.settings.tables ?? [];
      if (used.some((table) => table.tableId === tableId)) throw new CodedError('linking_busy');
      if (!(await deleteFile(platform, tableId.slice('file:'.length), by)))
        throw new CodedError('record_table_not_found', { details: { tableId } });
    },
    async preview(request) {
      checkOneMatch(request);
      if (previewing || (await runUnderWay(database))) throw new CodedError('linking_busy');
      previewing = true;
      try {
        return await estimateRun(needs, request, AbortSignal.timeout(PREVIEW_TIMEOUT_MS));
      } finally {
        previewing = false;
      }
    },
    async start(settings, by) {
      await checkSettings(needs, settings);
      const runId = ids.newId();
      await database.transaction(async (transaction) => {
        await insertRun(transaction, { runId, settings, by, at: clock.now() });
        await audit.record(transaction, {
          actor: by,
          action: 'linking.start',
          object: runId,
          detail: { name: settings.name, tables: settings.tables.map((table) => table.tableId) },
        });
      });
      loop?.wake();
      return runId;
    },
    async list(page, language) {
      const rows = await listRuns(database, { ...page, limit: page.limit + 1 });
      const shown = rows.slice(0, page.limit);
      return {
        items: await show(shown, language),
        last: rows.length > page.limit ? shown.at(-1)!.sequence : undefined,
      };
    },
    async read(runId, language) {
      const row = await find(runId);
      const [run] = await show([row], language);
      return {
        run: run!,
        bins: row.findings?.bins ?? [],
        comparisons: (row.findings?.comparisons ?? []).map(({ column, kind, levels }) => ({
          column,
          kind,
          levels,
        })),
        ...(row.findings ? { prior: row.findings.prior } : {}),
      };
    },
    stopRun: (runId, by) =>
      act(runId, {
        from: ['waiting', 'running', 'applying'],
        change: { stop_requested: true },
        action: 'linking.stop',
        by,
      }),
    async apply(runId, { linkAbove, reviewAbove }, by) {
      checkThresholds({ linkAbove, reviewAbove });
      const { pairs_until: until } = await find(runId);
      if (until === null)
        throw new CodedError('linking_run_wrong_state', { details: { reason: 'no pairs' } });
      await act(runId, {
        from: ['compared', 'applied'],
        change: { state: 'applying', link_above: linkAbove, review_above: reviewAbove, acted_by: by },
        action: 'linking.apply',
        by,
        detail: { linkAbove, reviewAbove },
      });
    },
    withdraw: (runId, reason, by) =>
      act(runId, {
        from: ['applied', 'compared', 'failed'],
        change: { state: 'withdrawing', reason, acted_by: by },
        action: 'linking.withdraw',
        by,
        detail: { reason },
      }),
    async pairs(runId, range, open) {
      const row = await find(runId);
      if (row.pairs_until === null || !row.findings) throw new CodedError('linking_pairs_gone');
      const shown = (value: string): string => (open ? value : maskRecordValue(value));
      const found = await samplePairs(clickhouse, explainedBy(linkageName(runId), row.findings), range);
      return found.map((pair) => ({
        probability: pair.probability,
        weight: pair.weight,
        left: shown(pair.left),
        right: shown(pair.right),
        decision: pair.linked ? 'link' : pair.probability >= row.review_above ? 'review' : 'drop',
        evidence: pair.evidence.map((each, index) => ({
          ...each,
          left: shown(pair.values[index]!.left),
          right: shown(pair.values[index]!.right),
        })),
      }));
    },
    startWorker() {
      loop = platform.jobs.loop({
        name: 'identity.linking',
        intervalMs: ROUND_INTERVAL_MS,
        run: () => worker.round().then(() => false),
      });
    },
    async stopWorker() {
      await loop?.stop();
      await worker.stop();
    },
  };
}

function checkThresholds({ linkAbove, reviewAbove }: { linkAbove: number; reviewAbove: number }): void {
  const reason =
    reviewAbove > linkAbove
      ? 'reviewAbove is above linkAbove'
      : reviewAbove < KEPT_ABOVE
        ? `reviewAbove is below ${KEPT_ABOVE.toFixed(4)}`
        : undefined;
  if (reason !== undefined) throw new CodedError('linking_input_invalid', { details: { reason } });
}

/** Of one table it cannot be said that a record has one match in the other. */
function checkOneMatch({ tables, oneMatch }: Pick<linkingApi.LinkingSettings, 'tables' | 'oneMatch'>): void {
  if (oneMatch === 'always' && tables.length < 2)
    throw new CodedError('linking_input_invalid', {
      details: { reason: 'one match at most needs two tables' },
    });
}

/** Tables, columns and key types must be there before a run is made of them. */
async function checkSettings(needs: WorkNeeds, settings: linkingApi.LinkingSettings): Promise<void> {
  checkThresholds(settings);
  checkOneMatch(settings);
  const names = settings.columns.map(({ name }) => name);
  if (new Set(names).size !== names.length || names.some((name) => name.startsWith('$')))
    throw new CodedError('linking_input_invalid', { details: { reason: 'names of columns repeat' } });
  const { byType } = await needs.rules.newest(needs.platform.database);
  for (const [place, { tableId, idColumn, keyType }] of settings.tables.entries()) {
    const table = await findTable(needs.platform, needs.records(), tableId);
    const wanted = settings.columns.map((column) => column.columns[place] ?? column.name);
    if (table.kind !== 'people') {
      wanted.push(idColumn ?? '');
      if (keyType === undefined || !byType.has(keyType))
        throw new CodedError('key_type_not_found', { details: { tableId, keyType } });
    }
    const missing = wanted.filter((name) => !table.columns.includes(name));
    if (missing.length > 0) throw new CodedError('linking_input_invalid', { details: { tableId, missing } });
  }
}
