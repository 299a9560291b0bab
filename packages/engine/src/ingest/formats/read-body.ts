import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { wellFormed } from '../check-record.ts';
import { BodyError, type CollectRequest } from './format.ts';

/** A compressed body may grow to this; what grows further is a bomb. */
export const INFLATED_LIMIT_BYTES = 64 * 1024 * 1024;

/** gzip's first two bytes (RFC 1952): some clients compress without saying so. */
export function isGzip(bytes: Buffer): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Undoes gzip up to the limit. @throws BodyError */
export function gunzip(bytes: Buffer): Buffer {
  return inflate(bytes, gunzipSync);
}

/** The body without its Content-Encoding, which is sniffed rather than trusted for gzip. @throws BodyError */
export function decodedBody(request: CollectRequest): Buffer {
  if (isGzip(request.body)) return gunzip(request.body);
  const encoding = request.headers['content-encoding'];
  if (encoding === 'deflate') return inflate(request.body, inflateSync);
  return encoding === 'br' ? inflate(request.body, brotliDecompressSync) : request.body;
}

function inflate(bytes: Buffer, by: (bytes: Buffer, options: { maxOutputLength: number }) => Buffer): Buffer {
  try {
    return by(bytes, { maxOutputLength: INFLATED_LIMIT_BYTES });
  } catch (error) {
    const bomb = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new BodyError(
      'body_undecodable',
      bomb
        ? { reason: 'inflates_over_limit', limitBytes: INFLATED_LIMIT_BYTES }
        : { reason: 'bad_compression' },
    );
  }
}

// An escape that may yield U+0000, which PostgreSQL cannot hold, or half a surrogate pair, which ClickHouse
// refuses; emoji escaped as a whole pair match too and pass unchanged.
const DOUBTFUL_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;

/** JSON text in UTF-8; U+0000 is removed, half surrogate pairs become U+FFFD. @throws BodyError */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new BodyError('body_undecodable', { reason: 'bad_utf8' });
  return parseJsonText(bytes.toString('utf8'));
}

/** As `parseJson`, of text. @throws BodyError */
export function parseJsonText(text: string): unknown {
  try {
    return DOUBTFUL_ESCAPE.test(text) ? JSON.parse(text, cleanString) : JSON.parse(text);
  } catch {
    throw new BodyError('body_undecodable', { reason: 'bad_json' });
  }
}

function cleanString(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return wellFormed(value).replaceAll('\u0000', '');
}

/** A list of records from what was parsed: an array, or one. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** A JSON object, and not an array or null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
