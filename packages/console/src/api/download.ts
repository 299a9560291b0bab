import type { BodyInputOf, Endpoint } from '@wutong/contract';
import { noAnswer, problemOf } from './problem-error.ts';

/**
 * Fetches a file from an operation without parameters in its path and hands it to the browser to keep.
 * Throws ProblemError as `call` does.
 */
export async function download<E extends Endpoint>(
  endpoint: E,
  body: BodyInputOf<E>,
  fileName: string,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(endpoint.path, {
      method: endpoint.method,
      credentials: 'same-origin',
      headers: {
        'content-type': 'application/json',
        'accept-language': document.documentElement.lang,
      },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw noAnswer(cause);
  }
  if (!response.ok) throw await problemOf(response);
  keepFile(await response.blob(), fileName);
}

/** Hands a file to the browser to keep. */
export function keepFile(content: Blob, fileName: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser has taken the file by the next task.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
