import { BodyError, type BatchContext, type CollectRequest, type ParsedRequest } from './format.ts';
import { decodedBody, isObject, itemsOf, parseJson, unpackedBytes } from './read-body.ts';

/** Values of the `gzip` field for bodies that the Android SDK encrypted with a key we do not have. */
const ENCRYPTED = new Set(['9', '13']);

/**
 * Takes the forms apart in which the Sensors SDKs send: form fields `data` or `data_list`, base64, gzip or
 * not, in the body or (image requests) in the query. Content-Type is ignored: Go sends none, beacons send
 * text/plain. Bare JSON is accepted too. @throws BodyError
 */
export function readSensorsBody(request: CollectRequest): ParsedRequest {
  const bytes = withoutMark(decodedBody(request));
  const first = firstByte(bytes);
  if (first === 0x5b || first === 0x7b) return parsed(request, bytes);
  const fields = bytes.length > 0 ? readForm(bytes.toString('latin1')) : new Map<string, string>();
  const field = (name: string): string | undefined =>
    fields.get(name) ?? request.query.get(name) ?? undefined;
  const encoded = escapedOnce(field('data_list') ?? field('data'))?.replaceAll(' ', '+');
  if (encoded === undefined || encoded === '') {
    throw new BodyError('body_undecodable', { reason: 'no_data_field' });
  }
  checkChecksum(encoded, field('crc') ?? /^crc=(-?\d+)$/.exec(field('ext') ?? '')?.[1]);
  if (ENCRYPTED.has(field('gzip') ?? '')) throw new BodyError('body_encrypted');
  const decoded = Buffer.from(encoded, 'base64');
  return parsed(request, unpackedBytes(decoded));
}

/** Bytes behind a UTF-8 byte order mark. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** Base64 has no `%`: where one is left, the client escaped twice. */
function escapedOnce(encoded: string | undefined): string | undefined {
  return encoded?.replace(/%(2B|2F|3D)/gi, (escape) => decodeURIComponent(escape));
}

function parsed(request: CollectRequest, json: Buffer): ParsedRequest {
  const items = itemsOf(parseJson(json));
  const head = items[0];
  const token = isObject(head) && typeof head.token === 'string' ? head.token : undefined;
  const batch: BatchContext = {};
  return {
    sourceKey: token,
    items,
    batch,
    textBytes: json.length,
    dryRun: /^true$/i.test(String(request.headers['dry-run'])),
  };
}

function firstByte(bytes: Buffer): number | undefined {
  let index = 0;
  while (index < bytes.length && bytes[index]! <= 0x20) index++;
  return bytes[index];
}

/** Fields of a form body. Its values are base64 or short words, so `+` is kept: clients forget to escape it. */
function readForm(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const value = pair.slice(equals + 1);
    try {
      fields.set(pair.slice(0, equals).trim(), value.includes('%') ? decodeURIComponent(value) : value);
    } catch {
      throw new BodyError('body_undecodable', { reason: 'bad_form_escape' });
    }
  }
  return fields;
}

/** The web and Android SDKs' checksum: signed 32-bit `31·h + code` over the base64 text. */
export function sensorsChecksum(encoded: string): number {
  let hash = 0;
  for (let index = 0; index < encoded.length; index++) {
    hash = (Math.imul(hash, 31) + encoded.charCodeAt(index)) | 0;
  }
  return hash;
}

function checkChecksum(encoded: string, claimed: string | undefined): void {
  if (claimed === undefined || !/^-?\d+$/.test(claimed)) return;
  if (sensorsChecksum(encoded) !== (Number(claimed) | 0)) throw new BodyError('checksum_wrong');
}
