import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCode } from '@wutong/contract';
import type { DecodedRecord, Rejection } from '../record.ts';
import type { AppendOutcome } from '../outcome.ts';

/** A request to a collection endpoint, as it came. */
export interface CollectRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Facts of a request that its records need; JSON, kept with a rejected record so that it can be replayed. */
export type BatchContext = Readonly<Record<string, unknown>>;

/** A request taken apart into records that are not looked at yet. */
export interface ParsedRequest {
  /** The source key when it stands in the body. */
  readonly sourceKey?: string | undefined;
  readonly items: readonly unknown[];
  readonly batch: BatchContext;
  /** Length of the text that the items were parsed from, inflated: no item is longer. */
  readonly textBytes: number;
  /** Only validate. */
  readonly dryRun?: boolean;
}

/** What decoding needs to know of the source and the moment. */
export interface DecodeContext {
  /** Epoch ms UTC. */
  readonly receivedAt: number;
  /** Time zone of dates without one, e.g. Asia/Shanghai. */
  readonly timeZone: string;
  readonly source: {
    readonly sourceId: string;
    readonly loginKeyType: string;
    readonly anonymousKeyType: string;
    readonly maximumAgeDays: number;
  };
}

/** For clients of others, whose batches we do not choose: four times what the largest of them sends (2,500). */
export const FOREIGN_RECORDS = 10_000;

/** What happened to a request, for the format to put into the words of its clients. */
export type Result =
  | { readonly kind: 'taken'; readonly outcome: AppendOutcome }
  | { readonly kind: 'dry_run'; readonly outcome: AppendOutcome }
  | { readonly kind: 'undecodable'; readonly rejection: Rejection }
  | { readonly kind: 'unknown_key' }
  /** Over the limit of bytes or of records: nothing of it is stored. */
  | { readonly kind: 'too_large'; readonly rejection: Rejection }
  | { readonly kind: 'come_back'; readonly code: ErrorCode; readonly seconds: number };

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The line is broken instead: the client takes every answer for a yes. */
  readonly hangUp?: boolean;
}

/** One wire format: the only place that knows its paths, its fields and what its clients do with a status. */
export interface Format {
  readonly name: string;
  readonly routes: readonly { readonly method: 'GET' | 'POST'; readonly path: string }[];
  /** A request with more is refused whole. */
  readonly maximumRecords: number;
  /** The source key in the URL or a header. */
  sourceKeyOf(request: CollectRequest): string | undefined;
  /** Takes the body apart. @throws BodyError */
  parse(request: CollectRequest): ParsedRequest;
  /** One record, or why it cannot be taken. Never throws. */
  decode(item: unknown, batch: BatchContext, context: DecodeContext): DecodedRecord | Rejection;
  answer(request: CollectRequest, result: Result): Answer;
}

/** The body as a whole cannot be read. */
export class BodyError extends Error {
  readonly rejection: Rejection;
  constructor(code: ErrorCode, details?: Record<string, unknown>) {
    super(code);
    this.name = 'BodyError';
    this.rejection = { code, details };
  }
}
