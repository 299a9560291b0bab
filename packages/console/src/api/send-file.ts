import type { importsApi, ResponseOf } from '@wutong/contract';
import { noAnswer, ProblemError, problemOf } from './problem-error.ts';

type Answer = ResponseOf<typeof importsApi.sendImportFile>;

interface SendOptions {
  contentType: string;
  /** Told the share that has left the browser; what has left is loaded by and by. */
  onSent: (share: number) => void;
  /** The server keeps the file already under this id: nothing is sent. */
  uploadId?: string | undefined;
  signal?: AbortSignal;
}

/**
 * Sends a file as the body of an import. `fetch` tells nothing of the progress of an upload, so that this is the one
 * place with XMLHttpRequest. Throws ProblemError as `call` does.
 */
export function sendFile(importId: string, file: File, options: SendOptions): Promise<Answer> {
  const { uploadId } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const search = new URLSearchParams({ file: file.name, ...(uploadId ? { uploadId } : {}) });
    request.open('POST', `/api/v1/imports/${importId}/files?${search.toString()}`);
    if (!uploadId) request.setRequestHeader('content-type', options.contentType);
    request.setRequestHeader('accept-language', document.documentElement.lang);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      options.onSent(total > 0 ? loaded / total : 1),
    );
    request.addEventListener('load', () => {
      const response = new Response(request.responseText, { status: request.status });
      if (response.ok) resolve(JSON.parse(request.responseText) as Answer);
      else void problemOf(response).then(reject);
    });
    request.addEventListener('error', () => reject(noAnswer(undefined)));
    request.addEventListener('abort', () => reject(noAnswer(undefined)));
    options.signal?.addEventListener('abort', () => request.abort());
    if (uploadId) options.onSent(1);
    request.send(uploadId ? null : file);
  });
}

/** Whether an upload ended because the server could not be reached, so that going on is worth a try. */
export const isBroken = (error: unknown): boolean =>
  error instanceof ProblemError && (error.status === 0 || error.status >= 500);
