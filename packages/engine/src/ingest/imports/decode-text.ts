import type { FileMapping } from '@wutong/contract';

export type Encoding = FileMapping['encoding'];

/**
 * Stands in a text for bytes that are no characters of its encoding: half of a pair of surrogates, which no decoder
 * makes. The row that it stands in is broken; as a character it would pass for one that the file holds.
 */
export const BAD_BYTES = '\uD800';
/** The mark, not the first half of a character that is a pair. */
const LONE_MARK = /\uD800/u;
const LONE_MARKS = /\uD800/gu;
type Decoder = InstanceType<typeof TextDecoder>;
const REPLACEMENT = '\uFFFD';
/** U+FFFD as UTF-8: where a file holds it, some system before us wrote it. */
const WRITTEN_REPLACEMENT = Buffer.from(REPLACEMENT);
/** Stands in UTF-8 for the mark: a byte that is never part of a character (RFC 3629). */
const BAD_BYTE = Buffer.from([0xff]);

export const hasBadBytes = (text: string): boolean => text.includes(BAD_BYTES) && LONE_MARK.test(text);

/** A text as it is shown and kept. */
export const withoutMarks = (text: string): string =>
  text.includes(BAD_BYTES) ? text.replaceAll(LONE_MARKS, REPLACEMENT) : text;

/** Places of a text where bytes were none. */
export const countBadBytes = (text: string): number =>
  text.includes(BAD_BYTES) ? (text.match(LONE_MARKS)?.length ?? 0) : 0;

export const badBytesReason = (encoding: Encoding): string =>
  `it holds bytes that are no text in ${encoding.toUpperCase()}`;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Bytes without the mark of UTF-8 that they may begin with; some programs put it before a text in GBK, too. */
export const withoutByteOrderMark = (bytes: Uint8Array): Uint8Array =>
  BYTE_ORDER_MARK.equals(bytes.subarray(0, BYTE_ORDER_MARK.length))
    ? bytes.subarray(BYTE_ORDER_MARK.length)
    : bytes;

/** Texts of pieces of bytes, without the byte order mark that they may begin with; `BAD_BYTES` where they are none. */
export async function* decodeTexts(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  let isFirst = true;
  /** Bytes at the end of a piece that may begin a written replacement. */
  let held = Buffer.alloc(0);
  const decode = (piece: Uint8Array, last: boolean): string => {
    const all = held.length > 0 ? Buffer.concat([held, piece]) : piece;
    const end = last || encoding !== 'utf-8' ? all.length : all.length - heldBytes(all);
    held = Buffer.from(all.subarray(end));
    const part = all.subarray(0, end);
    const text = encoding === 'utf-8' ? decodeUtf8(decoder, part, last) : markAll(decoder, part, last);
    if (text === '' || !isFirst) return text;
    isFirst = false;
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  };
  let isStart = true;
  for await (const piece of bytes) {
    yield decode(isStart ? withoutByteOrderMark(piece) : piece, false);
    isStart = false;
  }
  yield decode(new Uint8Array(), true);
}

function heldBytes(bytes: Uint8Array): number {
  const [first, second] = WRITTEN_REPLACEMENT as unknown as [number, number];
  if (bytes.at(-1) === first) return 1;
  return bytes.at(-1) === second && bytes.at(-2) === first ? 2 : 0;
}

/** Of GB 18030 a written replacement (84 31 A4 37) passes for bytes that are none: nobody writes one. */
const markAll = (decoder: Decoder, bytes: Uint8Array, last: boolean): string =>
  decoder.decode(bytes, { stream: !last }).replaceAll(REPLACEMENT, BAD_BYTES);

function decodeUtf8(decoder: Decoder, given: Uint8Array, last: boolean): string {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  let text = '';
  let start = 0;
  for (let at = bytes.indexOf(WRITTEN_REPLACEMENT); at >= 0; at = bytes.indexOf(WRITTEN_REPLACEMENT, start)) {
    text += markAll(decoder, bytes.subarray(start, at), true) + REPLACEMENT;
    start = at + WRITTEN_REPLACEMENT.length;
  }
  return text + markAll(decoder, start === 0 ? bytes : bytes.subarray(start), last);
}

/** Whole bytes as a text with `BAD_BYTES` where they are none. */
export function markedText(bytes: Uint8Array, encoding: Encoding = 'utf-8'): string {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return encoding === 'utf-8' ? decodeUtf8(decoder, bytes, true) : markAll(decoder, bytes, true);
}

/** A text as UTF-8, with a byte that is none where it has `BAD_BYTES`. */
export function markedBytes(text: string): Buffer {
  if (!hasBadBytes(text)) return Buffer.from(text);
  const parts = text.split(LONE_MARK).flatMap((part) => [BAD_BYTE, Buffer.from(part)]);
  return Buffer.concat(parts.slice(1));
}
