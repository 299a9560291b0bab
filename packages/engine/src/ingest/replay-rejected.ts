import { CodedError, type Platform } from '../platform/index.ts';
import type { Submission } from './batch.ts';
import { BodyError, type CollectRequest, type Format, type ParsedRequest } from './formats/format.ts';
import { formatNamed } from './formats/index.ts';
import { parseJsonText } from './formats/read-body.ts';
import type { RequestGroups } from './group-requests.ts';
import type { Sources } from './manage-sources.ts';
import { decodeItem } from './receive-request.ts';
import type { Streams } from './streams/manage-streams.ts';
import type { DecodedRecord, Rejection } from './record.ts';
import {
  countRejected,
  findRejected,
  repairRaw,
  replayable,
  searchRejected,
  settleRejected,
  type RejectedFilter,
  type RejectedRow,
} from './rejected-store.ts';

/** What a replay did; `more` says that the limit of one call was reached. */
export interface ReplayOutcome {
  replayed: number;
  stored: number;
  duplicate: number;
  rejectedAgain: number;
  more: boolean;
}

/** Rejected records: searched, opened, repaired, sent through collection again. */
export interface Rejected {
  search(
    filter: RejectedFilter,
    page: { after: { receivedAt: number; rejectedId: string } | undefined; limit: number },
  ): Promise<RejectedRow[]>;
  countByCode(filter: RejectedFilter): Promise<{ code: string; count: number }[]>;
  /** With the raw text opened, which leaves a line in the audit. @throws CodedError rejected_not_found */
  open(rejectedId: string, actor: string): Promise<RejectedRow & { raw: string }>;
  /** @throws CodedError rejected_not_found, rejected_settled */
  repair(rejectedId: string, raw: string, actor: string): Promise<RejectedRow>;
  replay(
    choice: { rejectedIds?: readonly string[] | undefined; filter?: RejectedFilter | undefined },
    actor: string,
  ): Promise<ReplayOutcome>;
  discard(rejectedIds: readonly string[], actor: string): Promise<number>;
}

const REPLAY_LIMIT = 1_000;
/** What came through a stream that was deleted, with its mapping. */
const FORMAT_GONE: Rejection = { code: 'body_undecodable', details: { reason: 'format_gone' } };

export function createRejected(needs: {
  platform: Platform;
  sources: Sources;
  groups: RequestGroups;
  /** Messages of a stream are replayed by its format as it is now: a mapping may have been corrected. */
  streams: Pick<Streams, 'formatOf'>;
}): Rejected {
  const { platform, sources, groups, streams } = needs;
  const { database, secrets, audit, clock } = platform;

  async function found(rejectedId: string): Promise<RejectedRow> {
    const row = await findRejected(database, rejectedId);
    if (!row) throw new CodedError('rejected_not_found');
    return row;
  }

  /** Through the same decoders and the same pipeline, as a new arrival of the same source. */
  async function replayOne(
    row: RejectedRow,
  ): Promise<Pick<ReplayOutcome, 'stored' | 'duplicate' | 'rejectedAgain'>> {
    const streamId = (row.context.stream as { streamId?: string } | undefined)?.streamId;
    const format = (streamId && (await streams.formatOf(streamId))) || formatNamed(row.format);
    const raw = secrets.decrypt(row.raw_box);
    const source = await sources.settingsOf(row.source_id);
    const parsed: ParsedRequest | Rejection = format ? takeApart(format, row, raw) : FORMAT_GONE;
    if (!format || 'code' in parsed) {
      // Kept again as it is, like a record that is refused again: this one is settled, that one waits.
      const rejection = 'code' in parsed ? parsed : FORMAT_GONE;
      const { unit, raw_encoding: rawEncoding, context } = row;
      const kept = { format: row.format, unit, raw, rawEncoding, context };
      const { sourceId, mode } = source;
      const receivedAt = clock.now();
      await groups.submit({ sourceId, mode, receivedAt, items: [rejection], rawOf: () => kept }, raw.length);
      return { stored: 0, duplicate: 0, rejectedAgain: 1 };
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
    return { stored: outcome.stored, duplicate: outcome.duplicate, rejectedAgain: outcome.rejected };
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
    async open(rejectedId, actor) {
      const row = await found(rejectedId);
      await database.transaction((transaction) =>
        audit.record(transaction, { actor, action: 'rejected.open', object: rejectedId }),
      );
      return { ...row, raw: secrets.decrypt(row.raw_box) };
    },
    async repair(rejectedId, raw, actor) {
      await found(rejectedId);
      return database.transaction(async (transaction) => {
        const row = await repairRaw(transaction, rejectedId, secrets.encrypt(raw), Buffer.byteLength(raw));
        if (!row) throw new CodedError('rejected_settled');
        await audit.record(transaction, { actor, action: 'rejected.repair', object: rejectedId });
        return row;
      });
    },
    async replay(choice, actor) {
      const rows = await replayable(database, {
        rejectedIds: choice.rejectedIds,
        filter: choice.filter ?? {},
        limit: REPLAY_LIMIT,
      });
      const results = await Promise.all(rows.map((row) => replayOne(row)));
      const total = { replayed: rows.length, stored: 0, duplicate: 0, rejectedAgain: 0 };
      for (const result of results) {
        total.stored += result.stored;
        total.duplicate += result.duplicate;
        total.rejectedAgain += result.rejectedAgain;
      }
      await database.transaction(async (transaction) => {
        const ids = rows.map((row) => row.rejected_id);
        await settleRejected(transaction, ids, 'replayed', clock.now());
        await audit.record(transaction, {
          actor,
          action: 'rejected.replay',
          object: 'rejected',
          detail: total,
        });
      });
      return { ...total, more: rows.length === REPLAY_LIMIT };
    },
    discard: (rejectedIds, actor) =>
      database.transaction(async (transaction) => {
        const discarded = await settleRejected(transaction, rejectedIds, 'discarded', clock.now());
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
