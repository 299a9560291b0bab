import type { Readable } from 'node:stream';

/**
 * Does work on a body that is a stream, and reads over what the work left of it. Without that a client that is
 * still sending does not hear why its file was refused: it waits until the connection is closed, or finds it reset.
 */
export async function withStreamBody<Result>(
  body: Readable,
  work: (bytes: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  try {
    return await work({
      [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>,
    });
  } finally {
    body.resume();
  }
}
