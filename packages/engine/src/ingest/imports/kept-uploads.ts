import { CodedError } from '../../platform/index.ts';
import { openNameless, type SpooledFile } from './spool-file.ts';

/** A file that arrives in pieces, is looked at, and is then imported without being sent again. */
export interface KeptUpload {
  readonly uploadId: string;
  /** Length of the whole file. */
  readonly bytes: number;
  /** Bytes that have arrived: where to go on. */
  readonly received: number;
}

/** Files kept by this process for a while, each for whoever sent it. */
export interface KeptUploads {
  /** @throws CodedError body_too_large, import_uploads_full */
  begin(owner: string, bytes: number): Promise<KeptUpload>;
  /**
   * Adds what stands from `offset` on. A piece that breaks off stays as far as it came.
   * @throws CodedError import_upload_not_found, import_upload_elsewhere when `offset` is not where the file ends
   */
  add(
    owner: string,
    uploadId: string,
    offset: number,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<KeptUpload>;
  /** @throws CodedError import_upload_not_found */
  read(owner: string, uploadId: string): KeptUpload;
  /** Works with the whole file; it stays afterwards. @throws CodedError import_upload_not_found, import_upload_elsewhere */
  use<Result>(owner: string, uploadId: string, work: (file: SpooledFile) => Promise<Result>): Promise<Result>;
  drop(owner: string, uploadId: string): Promise<void>;
}

/** As large as a preview may be. */
export const UPLOAD_BYTES = 512 * 1024 * 1024;
const UPLOADS_OF_ONE = 4;
const ALL_BYTES = 4 * 1024 ** 3;
/** Real ms after which a file that nobody touched is gone. */
const KEPT_MS = 30 * 60_000;

interface Upload extends SpooledFile {
  readonly owner: string;
  received: number;
  touchedAt: number;
  /** How many work with it at the moment. */
  users: number;
  adding: Promise<unknown>;
}

/**
 * The files have no names: with this process they are gone, and whoever asks for one sends it again. What is promised to
 * arrive counts towards the limits, so that the disk cannot be filled by beginnings.
 */
export function createKeptUploads(
  ids: { newId(): string },
  limits: { keptMs?: number; allBytes?: number } = {},
): KeptUploads {
  const { keptMs = KEPT_MS, allBytes = ALL_BYTES } = limits;
  const uploads = new Map<string, Upload>();

  async function forget(uploadId: string): Promise<void> {
    const upload = uploads.get(uploadId);
    uploads.delete(uploadId);
    await upload?.close();
  }
  async function sweep(): Promise<void> {
    const oldest = performance.now() - keptMs;
    for (const [uploadId, { touchedAt, users }] of uploads)
      if (users === 0 && touchedAt < oldest) await forget(uploadId);
  }
  setInterval(() => void sweep(), Math.min(keptMs, 60_000)).unref();

  function find(owner: string, uploadId: string): Upload {
    const upload = uploads.get(uploadId);
    // Somebody else's is as good as none.
    if (!upload || upload.owner !== owner) throw new CodedError('import_upload_not_found');
    upload.touchedAt = performance.now();
    return upload;
  }
  const shown = (uploadId: string, { bytes, received }: Upload): KeptUpload => ({
    uploadId,
    bytes,
    received,
  });

  async function whileUsed<Result>(upload: Upload, work: () => Promise<Result>): Promise<Result> {
    upload.users++;
    try {
      return await work();
    } finally {
      upload.users--;
      upload.touchedAt = performance.now();
    }
  }

  async function write(upload: Upload, offset: number, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    if (offset !== upload.received)
      throw new CodedError('import_upload_elsewhere', { details: { received: upload.received } });
    for await (const piece of pieces) {
      if (upload.received + piece.length > upload.bytes)
        throw new CodedError('body_too_large', { details: { limitBytes: upload.bytes } });
      await upload.handle.write(piece, 0, piece.length, upload.received);
      upload.received += piece.length;
    }
  }

  return {
    async begin(owner, bytes) {
      if (bytes > UPLOAD_BYTES)
        throw new CodedError('body_too_large', { details: { limitBytes: UPLOAD_BYTES } });
      await sweep();
      const idle = [...uploads].filter(([, upload]) => upload.owner === owner && upload.users === 0);
      // A wizard that was left behind gives way to the next one of the same person.
      for (const [uploadId] of idle.slice(0, Math.max(0, idle.length - UPLOADS_OF_ONE + 1)))
        await forget(uploadId);
      const own = [...uploads.values()].filter((upload) => upload.owner === owner).length;
      const promised = [...uploads.values()].reduce((sum, upload) => sum + upload.bytes, 0);
      if (own >= UPLOADS_OF_ONE || promised + bytes > allBytes) throw new CodedError('import_uploads_full');
      const handle = await openNameless();
      const uploadId = ids.newId();
      const upload: Upload = {
        handle,
        owner,
        bytes,
        received: 0,
        touchedAt: performance.now(),
        users: 0,
        adding: Promise.resolve(),
        close: () => handle.close(),
      };
      uploads.set(uploadId, upload);
      return shown(uploadId, upload);
    },
    async add(owner, uploadId, offset, pieces) {
      const upload = find(owner, uploadId);
      const adding = whileUsed(upload, async () => {
        await upload.adding;
        await write(upload, offset, pieces);
      });
      // The next piece waits for this one, however it ends.
      upload.adding = adding.catch(() => undefined);
      await adding;
      return shown(uploadId, upload);
    },
    read: (owner, uploadId) => shown(uploadId, find(owner, uploadId)),
    async use(owner, uploadId, work) {
      const upload = find(owner, uploadId);
      await upload.adding;
      if (upload.received !== upload.bytes)
        throw new CodedError('import_upload_elsewhere', { details: { received: upload.received } });
      return whileUsed(upload, () => work(upload));
    },
    async drop(owner, uploadId) {
      find(owner, uploadId);
      await forget(uploadId);
    },
  };
}

/** The bytes of a file from its beginning; the file stays open. */
export async function* bytesOf({ handle, bytes }: SpooledFile): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (let place = 0; place < bytes;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, place);
    if (bytesRead === 0) return;
    yield Uint8Array.from(buffer.subarray(0, bytesRead));
    place += bytesRead;
  }
}
