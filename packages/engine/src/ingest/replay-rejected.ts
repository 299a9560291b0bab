import type { ingestApi } from '@wutong/contract';
import { CodedError, type Platform } from '../platform/index.ts';
import type { Submission } from './batch.ts';
import { BodyError, type CollectRequest, type Format, type ParsedRequest } from './formats/format.ts';
import { formatNamed } from './formats/index.ts';
import { parseJsonText } from './formats/read-body.ts';
import type { RequestGroups } from './group-requests.ts';
import type { Sources } from './manage-sources.ts';
import { decodeItem } from './receive-request.ts';
import { dropNeedlessLookups } from './imports/lookup-store.ts';
import type { RejectedRows, RowRepair } from './imports/replay-rows.ts';
import type { Streams } from './streams/manage-streams.ts';
import type { DecodedRecord, Rejection } from './record.ts';
import {
  countRejected,
  discardWaiting,
  findRejected,
  repairRaw,
  replayable,
  searchRejected,
  settleReplayed,
  type RejectedFilter,
  type RejectedPlace,
  type RejectedRow,
} from './rejected-store.ts';

/** What a replay did; `more` says that the limit of one call was reached. */
export interface ReplayOutcome {
  replayed: number;
  stored: number;
  duplicate: number;
  rejectedAgain: number;
  /** Why those that were rejected again were, the most frequent reason first. */
  reasons: { code: string; count: number }[];
  more: boolean;
}

/** Rejected records: searched, opened, repaired, sent through collection again. */
export interface Rejected {
  search(
    filter: RejectedFilter,
    page: { after: RejectedPlace | undefined; limit: number },
  ): Promise<RejectedRow[]>;
  countByCode(filter: RejectedFilter): Promise<{ code: string; count: number }[]>;
  /** Without anything personal. @throws CodedError rejected_not_found */
  read(rejectedId: string): Promise<OpenedRecord>;
  /** With the raw text opened, which leaves a line in the audit. @throws CodedError rejected_not_found */
  open(rejectedId: string, actor: string): Promise<OpenedRecord>;
  /**
   * Cells are of rows of imports only.
   * @throws CodedError rejected_not_found, rejected_settled, invalid_request, import_replay_impossible,
   *   import_row_unreadable, import_column_missing
   */
  repair(rejectedId: string, repair: RowRepair, actor: string): Promise<RejectedRow>;
  replay(
    choice: { rejectedIds?: readonly string[] | undefined; filter?: RejectedFilter | undefined },
    actor: string,
  ): Promise<ReplayOutcome>;
  discard(rejectedIds: readonly string[], actor: string): Promise<number>;
}

/** `raw`: of a row of an import its line, when it breaks its format. */
export type OpenedRecord = RejectedRow & { raw: string; opened?: ingestApi.OpenedRow };

const REPLAY_LIMIT = 1_000;
/** Of what is replayed in one call, before it is decrypted. */
const REPLAY_BYTES = 64 * 1024 * 1024;
/** What came through a stream that was deleted, with its mapping. */
const FORMAT_GONE: Rejection = { code: 'body_undecodable', details: { reason: 'format_gone' } };

export function createRejected(needs: {
  platform: Platform;
  sources: Sources;
  groups: RequestGroups;
  /** Messages of a stream are replayed by its format as it is now: a mapping may have been corrected. */
  streams: Pick<Streams, 'formatOf'>;
  rows: RejectedRows;
}): Rejected {
  const { platform, sources, groups, streams, rows: importRows } = needs;
  const { database, secrets, audit, clock } = platform;

  async function found(rejectedId: string): Promise<RejectedRow> {
    const row = await findRejected(database, rejectedId);
    if (!row) throw new CodedError('rejected_not_found');
    return row;
  }

  /** Through the same decoders and the same pipeline, as a new arrival of the same source. */
  async function replayOne(row: RejectedRow): Promise<Replayed> {
    const streamId = (row.context.stream as { streamId?: string } | undefined)?.streamId;
    const format = (streamId && (await streams.formatOf(streamId))) || formatNamed(row.format);
    const raw = secrets.decrypt(row.raw_box);
    const source = await sources.settingsOf(row.source_id);
    const parsed: ParsedRequest | Rejection = format ? takeApart(format, row, raw) : FORMAT_GONE;
    if (!format || 'code' in parsed) {
      // Kept again as it is, like a record that is refused again: this one is settled, that one waits.
      const rejection = 'code' in parsed ? parsed : FORMAT_GONE;
      const unit = row.unit === 'body' ? ('body' as const) : ('record' as const);
      const { raw_encoding: rawEncoding, context } = row;
      const kept = { format: row.format, unit, raw, rawEncoding, context };
      const { sourceId, mode } = source;
      const receivedAt = clock.now();
      await groups.submit({ sourceId, mode, receivedAt, items: [rejection], rawOf: () => kept }, raw.length);
      return { stored: 0, duplicate: 0, again: [rejection.code] };
    }
    const submission: Submission = {
      sourceId: row.source_id,
      mode: source.mode,
      receivedAt: clock.now(),
      items: parsed.items.map((item) => decodeAgain(format, item, parsed, row, source)),
      rawOf: (index) => ({
        format: row.format,
        unit: 'record',
        raw: JSON.stringify(parsed.items[index]),
        rawEncoding: 'text',
        context: parsed.batch,
      }),
    };
    const outcome = await groups.submit(submission, raw.length);
    const again = outcome.rejections.map((each) => each.code);
    return { stored: outcome.stored, duplicate: outcome.duplicate, again };
  }

  /** As on the day of arrival, since times may be relative to it; a time that lay ahead then is judged by now. */
  function decodeAgain(
    format: Pick<Format, 'decode'>,
    item: unknown,
    parsed: ParsedRequest,
    row: RejectedRow,
    source: Awaited<ReturnType<Sources['settingsOf']>>,
  ): DecodedRecord | Rejection {
    const at = (receivedAt: number): DecodedRecord | Rejection =>
      decodeItem(format, item, parsed.batch, { receivedAt, timeZone: platform.config.timeZone, source });
    const decoded = at(row.received_at);
    return 'code' in decoded && decoded.code === 'time_in_future' ? at(clock.now()) : decoded;
  }

  return {
    search: (filter, page) => searchRejected(database, filter, page),
    countByCode: (filter) => countRejected(database, filter),
    async read(rejectedId) {
      const row = await found(rejectedId);
      if (row.unit !== 'row') return { ...row, raw: '' };
      const { opened } = await importRows.open(row);
      const cells = opened.cells.map(({ column }) => ({ column, value: '' }));
      return { ...row, raw: '', opened: { ...opened, cells } };
    },
    async open(rejectedId, actor) {
      const row = await found(rejectedId);
      await database.transaction((transaction) =>
        audit.record(transaction, { actor, action: 'rejected.open', object: rejectedId }),
      );
      if (row.unit !== 'row') return { ...row, raw: secrets.decrypt(row.raw_box) };
      const { line, opened } = await importRows.open(row);
      return { ...row, raw: line ?? '', opened };
    },
    async repair(rejectedId, repair, actor) {
      const before = await found(rejectedId);
      if (before.state === 'replayed' || before.state === 'discarded')
        throw new CodedError('rejected_settled');
      const isRow = before.unit === 'row';
      if (!isRow && !('raw' in repair)) throw onlyRaw();
      const text = isRow ? await importRows.repaired(before, repair) : (repair as { raw: string }).raw;
      const context = isRow ? { ...before.context, isBroken: false } : before.context;
      return database.transaction(async (transaction) => {
        const box = secrets.encrypt(text);
        const row = await repairRaw(transaction, rejectedId, {
          box,
          sizeBytes: Buffer.byteLength(text),
          context,
        });
        if (!row) throw new CodedError('rejected_settled');
        await audit.record(transaction, { actor, action: 'rejected.repair', object: rejectedId });
        return row;
      });
    },
    async replay(choice, actor) {
      const chosen = await replayable(database, {
        rejectedIds: choice.rejectedIds,
        filter: choice.filter ?? {},
        limit: REPLAY_LIMIT,
        limitBytes: REPLAY_BYTES,
      });
      const records = chosen.filter((row) => row.unit !== 'row');
      const results = await Promise.all(records.map((row) => replayOne(row)));
      results.push(await importRows.replay(chosen.filter((row) => row.unit === 'row')));
      const total = totalOf(chosen.length, results);
      await database.transaction(async (transaction) => {
        await settleReplayed(transaction, records, clock.now());
        await audit.record(transaction, {
          actor,
          action: 'rejected.replay',
          object: 'rejected',
          detail: total,
        });
      });
      const bytes = chosen.reduce((sum, row) => sum + row.size_bytes, 0);
      return { ...total, more: chosen.length === REPLAY_LIMIT || bytes >= REPLAY_BYTES };
    },
    discard: (rejectedIds, actor) =>
      database.transaction(async (transaction) => {
        const discarded = await discardWaiting(transaction, rejectedIds, clock.now());
        await dropNeedlessLookups(transaction, rejectedIds);
        await audit.record(transaction, {
          actor,
          action: 'rejected.discard',
          object: 'rejected',
          detail: { discarded },
        });
        return discarded;
      }),
  };
}

/** What became of records; `again`: a code for each that was rejected again. */
interface Replayed {
  readonly stored: number;
  readonly duplicate: number;
  readonly again: readonly string[];
}

function totalOf(replayed: number, results: readonly Replayed[]): Omit<ReplayOutcome, 'more'> {
  const sum = (of: (each: Replayed) => number): number =>
    results.reduce((total, each) => total + of(each), 0);
  const reasons = new Map<string, number>();
  for (const code of results.flatMap((each) => each.again)) reasons.set(code, (reasons.get(code) ?? 0) + 1);
  return {
    replayed,
    stored: sum((each) => each.stored),
    duplicate: sum((each) => each.duplicate),
    rejectedAgain: sum((each) => each.again.length),
    reasons: [...reasons]
      .map(([code, count]) => ({ code, count }))
      .toSorted((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1)),
  };
}

const onlyRaw = (): CodedError =>
  new CodedError('invalid_request', {
    details: { problems: [{ path: 'body.cells', message: 'only rows of imports have cells; send raw' }] },
  });

/** The records of a kept record or body. A repaired body is text: the records themselves. */
function takeApart(format: Pick<Format, 'parse'>, row: RejectedRow, raw: string): ParsedRequest | Rejection {
  try {
    if (row.unit === 'record')
      return { items: [parseJsonText(raw)], batch: row.context, textBytes: raw.length };
    return format.parse(requestOf(row, raw));
  } catch (error) {
    if (error instanceof BodyError) return error.rejection;
    return { code: 'body_undecodable', details: { reason: 'bad_json' } };
  }
}

function requestOf(row: RejectedRow, raw: string): CollectRequest {
  const { method, path, query, contentType, contentEncoding, headers } = row.context as Record<
    string,
    unknown
  >;
  const repaired = row.raw_encoding === 'text';
  return {
    method: String(method),
    path: String(path),
    query: new URLSearchParams(query as [string, string][]),
    headers: {
      ...(headers as Record<string, string> | undefined),
      'content-type': String(contentType),
      ...(repaired ? {} : { 'content-encoding': String(contentEncoding) }),
    },
    body: Buffer.from(raw, repaired ? 'utf8' : 'base64'),
  };
}
