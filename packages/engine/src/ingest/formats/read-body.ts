import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { wellFormed } from '../check-record.ts';
import { parseForeignJson } from '../read-json.ts';
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

/** Whether bytes begin like zlib's form of deflate (RFC 1950: method 8, a header that 31 divides). */
function isZlib(bytes: Buffer): boolean {
  return bytes.length > 2 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

/** Undoes zlib or, as some clients send for "deflate", bare deflate, up to the limit. @throws BodyError */
function undeflate(bytes: Buffer): Buffer {
  return inflate(bytes, isZlib(bytes) ? inflateSync : inflateRawSync);
}

/** Undoes gzip or zlib where the bytes begin like it. @throws BodyError */
export function unpackedBytes(bytes: Buffer): Buffer {
  if (isGzip(bytes)) return gunzip(bytes);
  return isZlib(bytes) ? undeflate(bytes) : bytes;
}

const MOST_ENCODINGS = 3;

/**
 * The body without its Content-Encoding, any case and several of them (RFC 9110, 8.4); gzip is sniffed rather
 * than trusted. @throws BodyError
 */
export function decodedBody(request: CollectRequest): Buffer {
  const encodings = (request.headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .slice(-MOST_ENCODINGS);
  // The last that was applied is the first to be undone.
  return encodings.reduceRight((body, encoding) => withoutEncoding(body, encoding.trim()), request.body);
}

function withoutEncoding(bytes: Buffer, encoding: string): Buffer {
  if (isGzip(bytes)) return gunzip(bytes);
  if (encoding === 'deflate') return undeflate(bytes);
  return encoding === 'br' ? inflate(bytes, brotliDecompressSync) : bytes;
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

/** JSON text in UTF-8 (`parseForeignJson`); U+0000 is removed, half surrogate pairs become U+FFFD. @throws BodyError */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new BodyError('body_undecodable', { reason: 'bad_utf8' });
  return parseJsonText(bytes.toString('utf8'));
}

/** As `parseJson`, of text. @throws BodyError */
export function parseJsonText(text: string): unknown {
  try {
    return parseForeignJson(text, DOUBTFUL_ESCAPE.test(text) ? cleanString : undefined);
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
