import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { UnreadableRowError } from '../file-row.ts';
import type { SpooledFile } from '../spool-file.ts';

/** The parts of an Excel file. */
export interface Workbook {
  has(name: string): boolean;
  /** Text of a part in pieces; cut off with an error when it is larger than it may be. */
  text(name: string, limitBytes: number): AsyncGenerator<string>;
  /** A small part as a whole. */
  whole(name: string, limitBytes: number): Promise<string>;
}

const MAXIMUM_ENTRIES = 10_000;
/** What a part may grow to against its size in the file; Excel's own repetitive sheets reach some 50. */
const MAXIMUM_RATIO = 500;
const HARMLESS_BYTES = 16 * 1024 * 1024;

/** Opens the zip of an Excel file by its directory. @throws UnreadableRowError */
export async function openWorkbook(file: SpooledFile): Promise<Workbook> {
  const head = Buffer.alloc(8);
  await file.handle.read(head, 0, 8, 0);
  if (head.toString('hex') === 'd0cf11e0a1b11ae1')
    throw new UnreadableRowError(
      0,
      'it is an old .xls or protected by a password; save it as .xlsx without one',
    );
  const zip = await open(file.handle.fd);
  const entries = await listEntries(zip);

  async function* text(name: string, limitBytes: number): AsyncGenerator<string> {
    const entry = entries.get(name);
    if (!entry) throw new UnreadableRowError(0, `the part ${name} is missing`);
    checkSize(entry, limitBytes);
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error ? reject(refusal(error)) : resolve(opened))),
    );
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      for await (const piece of stream as AsyncIterable<Buffer>)
        yield decoder.decode(piece, { stream: true });
      yield decoder.decode();
    } catch (error) {
      throw refusal(error as Error);
    }
  }

  return {
    has: (name) => entries.has(name),
    text,
    async whole(name, limitBytes) {
      let whole = '';
      for await (const piece of text(name, limitBytes)) whole += piece;
      return whole;
    },
  };
}

/** yauzl ends a stream with an error as soon as it brings more than the directory says, so the sizes can be trusted. */
function checkSize(entry: Entry, limitBytes: number): void {
  const { fileName, compressedSize, uncompressedSize } = entry;
  if ((entry.generalPurposeBitFlag & 1) !== 0)
    throw new UnreadableRowError(0, 'it is protected by a password');
  const isBomb = uncompressedSize > HARMLESS_BYTES && uncompressedSize > compressedSize * MAXIMUM_RATIO;
  if (uncompressedSize > limitBytes || isBomb)
    throw new UnreadableRowError(
      0,
      `the part ${fileName} unpacks to ${uncompressedSize} bytes, which is too much`,
    );
}

function open(descriptor: number): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // The descriptor stays ours; it is closed with the spooled file.
    const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true };
    yauzl.fromFd(descriptor, options, (error, zip) => (error ? reject(refusal(error)) : resolve(zip)));
  });
}

function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    zip.on('error', (error: Error) => reject(refusal(error)));
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      if (entries.size >= MAXIMUM_ENTRIES) return reject(new UnreadableRowError(0, 'it has too many parts'));
      entries.set(entry.fileName.replace(/^\//, ''), entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

const refusal = (error: Error): Error =>
  error instanceof UnreadableRowError
    ? error
    : new UnreadableRowError(0, `not an Excel file: ${error.message}`);
