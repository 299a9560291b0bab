import { importsApi, type ResponseOf } from '@wutong/contract';
import { call } from './call.ts';
import { postFile } from './post-file.ts';
import { ProblemError } from './problem-error.ts';

type Upload = ResponseOf<typeof importsApi.beginUpload>;

const PIECE_BYTES = 8 * 1024 * 1024;
/** How often a piece may break off before a person is told; each time a little later. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 500;

/** Files of this browser tab that are on their way, so that after a reload the same file goes on where it stopped. */
const nameOf = (file: File): string => `upload ${file.name} ${file.size} ${file.lastModified}`;

/**
 * Sends a file in pieces to be kept, going on where it stopped: after a broken line, and after a reload when the same
 * file is chosen again. Answers its id, or undefined when the server keeps no more files. Throws ProblemError.
 */
export async function keepUpload(file: File, onSent: (share: number) => void): Promise<string | undefined> {
  let upload = await resumed(file);
  try {
    upload ??= await call(importsApi.beginUpload, { body: { bytes: file.size } });
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'import_uploads_full') return undefined;
    throw error;
  }
  sessionStorage.setItem(nameOf(file), upload.uploadId);
  for (let failures = 0; upload.received < file.size;) {
    onSent(upload.received / file.size);
    try {
      upload = await sendPiece(file, upload);
      failures = 0;
    } catch (error) {
      if (!(error instanceof ProblemError) || ++failures > ATTEMPTS) throw error;
      if (error.code !== 'import_upload_elsewhere') await pause(FIRST_PAUSE_MS * 2 ** failures);
      upload = await whereItStands(upload);
    }
  }
  onSent(1);
  return upload.uploadId;
}

/** Forgets a file that has been imported. */
export const forgetUpload = (file: File): void => sessionStorage.removeItem(nameOf(file));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function sendPiece(file: File, { uploadId, received }: Upload): Promise<Upload> {
  const piece = file.slice(received, received + PIECE_BYTES);
  return postFile(importsApi.sendUploadPiece, { offset: String(received) }, piece, { uploadId });
}

/** While the server cannot be reached nothing is known anew. */
async function whereItStands(upload: Upload): Promise<Upload> {
  try {
    return await call(importsApi.readUpload, { params: { uploadId: upload.uploadId } });
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'import_upload_not_found') throw error;
    return upload;
  }
}

async function resumed(file: File): Promise<Upload | undefined> {
  const uploadId = sessionStorage.getItem(nameOf(file));
  if (uploadId === null) return undefined;
  return call(importsApi.readUpload, { params: { uploadId } }).catch(() => undefined);
}
