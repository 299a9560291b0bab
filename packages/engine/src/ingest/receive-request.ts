import { CodedError, type Platform } from '../platform/index.ts';
import type { Submission } from './batch.ts';
import { RECORD_LIMITS } from './check-record.ts';
import { isPassing } from './commit-batch.ts';
import {
  BodyError,
  type Answer,
  type BatchContext,
  type CollectRequest,
  type DecodeContext,
  type Format,
  type ParsedRequest,
  type Result,
} from './formats/format.ts';
import type { RequestGroups } from './group-requests.ts';
import type { Sources, SourceSettings } from './manage-sources.ts';
import type { AppendOutcome } from './outcome.ts';
import { isRejection, type DecodedRecord, type Rejection } from './record.ts';

export interface ReceiveNeeds {
  readonly platform: Platform;
  readonly sources: Sources;
  readonly groups: RequestGroups;
}

/** Bodies of undecodable requests are kept up to this. */
const KEPT_BODY_BYTES = 1024 * 1024;
const RETRY_AFTER_SECONDS = 2;

/**
 * One request to a collection endpoint, from the bytes to the answer in the format's words: who sends →
 * take apart → decode each record → commit → answer.
 */
export async function receiveRequest(
  needs: ReceiveNeeds,
  format: Format,
  request: CollectRequest,
): Promise<Answer> {
  const answer = (result: Result): Answer => format.answer(request, result);
  const comeBack = (code: 'collection_unavailable' | 'collection_busy'): Answer =>
    answer({ kind: 'come_back', code, seconds: RETRY_AFTER_SECONDS });
  try {
    return answer(await take(needs, format, request));
  } catch (error) {
    if (error instanceof CodedError && error.code === 'collection_busy') return comeBack('collection_busy');
    const passing = isPassing(error);
    needs.platform.log[passing ? 'warn' : 'error'](
      { format: format.name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      'a request could not be stored; the client is told to come back',
    );
    // Whatever went wrong on our side, nothing was acknowledged: coming back is never wrong for the client.
    return comeBack('collection_unavailable');
  }
}

async function take(needs: ReceiveNeeds, format: Format, request: CollectRequest): Promise<Result> {
  const named = format.sourceKeyOf(request);
  let parsed: ParsedRequest;
  try {
    parsed = format.parse(request);
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    const source = await needs.sources.ofKey(named);
    // Without a known source nothing is kept: strangers cannot fill the disk.
    if (!source) return named === undefined ? { kind: 'undecodable', rejection: error.rejection } : UNKNOWN;
    await keepBody(needs, source, format, request, error.rejection);
    return { kind: 'undecodable', rejection: error.rejection };
  }
  const source = (await needs.sources.ofKey(named)) ?? (await needs.sources.ofKey(parsed.sourceKey));
  if (!source) return UNKNOWN;
  if (parsed.items.length > format.maximumRecords) {
    const { length: records } = parsed.items;
    const rejection: Rejection = {
      code: 'batch_too_long',
      details: { records, limit: format.maximumRecords },
    };
    if (!parsed.dryRun) await keepBody(needs, source, format, request, rejection);
    return { kind: 'too_large', rejection };
  }
  const receivedAt = needs.platform.clock.now();
  const context = { receivedAt, timeZone: needs.platform.config.timeZone, source };
  const items = decodeItems(format, parsed, context);
  if (parsed.dryRun) return { kind: 'dry_run', outcome: validated(items) };
  if (items.length === 0) return { kind: 'taken', outcome: validated(items) };
  const submission: Submission = {
    sourceId: source.sourceId,
    mode: source.mode,
    receivedAt,
    items,
    rawOf: (index) => ({
      format: format.name,
      unit: 'record',
      raw: rawText(parsed.items[index]),
      rawEncoding: 'text',
      context: parsed.batch,
    }),
  };
  return { kind: 'taken', outcome: await needs.groups.submit(submission, request.body.length) };
}

const UNKNOWN = { kind: 'unknown_key' } as const;

/** Decodes every record; one that cannot be taken does not touch the others. */
function decodeItems(
  format: Format,
  parsed: ParsedRequest,
  context: DecodeContext,
): (DecodedRecord | Rejection)[] {
  const mayBeLarge = parsed.textBytes > RECORD_LIMITS.bytes;
  return parsed.items.map((item) => decodeItem(format, item, parsed.batch, context, mayBeLarge));
}

/** One record; never throws. */
export function decodeItem(
  format: Pick<Format, 'decode'>,
  item: unknown,
  batch: BatchContext,
  context: DecodeContext,
  mayBeLarge = true,
): DecodedRecord | Rejection {
  try {
    const decoded = format.decode(item, batch, context);
    if (mayBeLarge && !isRejection(decoded) && isLarge(decoded)) {
      return { code: 'record_too_large', details: { limitBytes: RECORD_LIMITS.bytes } };
    }
    return decoded;
  } catch (error) {
    // JSON nested deeper than the stack when it is written out again.
    if (error instanceof RangeError)
      return { code: 'record_too_deep', details: { limit: RECORD_LIMITS.depth } };
    throw error;
  }
}

function isLarge(record: DecodedRecord): boolean {
  return Buffer.byteLength(JSON.stringify(record)) > RECORD_LIMITS.bytes;
}

/** The text of one item as received, as far as parsed JSON keeps it. */
function rawText(item: unknown): string {
  try {
    return JSON.stringify(item) ?? 'null';
  } catch {
    return JSON.stringify('(nested too deeply to be written out)');
  }
}

function validated(items: readonly (DecodedRecord | Rejection)[]): AppendOutcome {
  const rejections = items.flatMap((item, index) => (isRejection(item) ? [{ index, ...item }] : []));
  return { received: items.length, stored: 0, duplicate: 0, rejected: rejections.length, rejections };
}

/** A body over the limit is not read; that it came is kept and counted as one rejected record. */
export async function refuseLargeRequest(
  needs: ReceiveNeeds,
  format: Format,
  request: CollectRequest,
  limitBytes: number,
): Promise<Answer> {
  const source = await needs.sources.ofKey(format.sourceKeyOf(request)).catch(() => undefined);
  const rejection: Rejection = { code: 'body_too_large', details: { limitBytes } };
  if (source) {
    await keepBody(needs, source, format, request, rejection).catch((error: Error) =>
      needs.platform.log.warn({ error: error.message }, 'a refusal could not be recorded'),
    );
  }
  return format.answer(request, { kind: 'too_large', rejection });
}

/** An undecodable body counts as one rejected record and is kept with what is needed to read it again. */
async function keepBody(
  needs: ReceiveNeeds,
  source: SourceSettings,
  format: Format,
  request: CollectRequest,
  rejection: Rejection,
): Promise<void> {
  const { body } = request;
  const kept = body.subarray(0, KEPT_BODY_BYTES);
  const query = [...request.query].filter(([name]) => name !== 'token' && name !== 'key');
  await needs.groups.submit(
    {
      sourceId: source.sourceId,
      mode: source.mode,
      receivedAt: needs.platform.clock.now(),
      items: [rejection],
      rawOf: () => ({
        format: format.name,
        unit: 'body',
        raw: kept.toString('base64'),
        rawEncoding: 'base64',
        context: {
          method: request.method,
          path: request.path,
          query,
          contentType: request.headers['content-type'] ?? '',
          contentEncoding: request.headers['content-encoding'] ?? '',
          bytes: body.length,
        },
      }),
    },
    kept.length,
  );
}
