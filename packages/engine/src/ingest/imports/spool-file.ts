import { open, mkdtemp, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnreadableRowError } from './file-row.ts';

/** A file whose bytes can be read at any place: Excel and Parquet keep their directory at the end. */
export interface SpooledFile {
  readonly handle: FileHandle;
  readonly bytes: number;
  close(): Promise<void>;
}

/** The largest file that is taken. */
export const SPOOL_LIMIT_BYTES = 8 * 1024 ** 3;

/** A file without a name: it is removed as soon as it is open, so that nothing stays behind, whatever happens. */
export async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'wutong-import-'));
  try {
    return await open(join(folder, 'file'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes bytes that arrive into a file without a name. @throws UnreadableRowError when it is too large */
export async function spoolFile(
  pieces: AsyncIterable<Uint8Array>,
  limitBytes = SPOOL_LIMIT_BYTES,
): Promise<SpooledFile> {
  const handle = await openNameless();
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > limitBytes) throw new UnreadableRowError(0, `the file is larger than ${limitBytes} bytes`);
      await handle.write(piece);
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { handle, bytes, close: () => handle.close() };
}
