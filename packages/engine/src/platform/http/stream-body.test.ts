import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { withStreamBody } from './stream-body.ts';

const LARGE_BYTES = 24 * 1024 * 1024;

describe('a body that is a stream', () => {
  const server = createServer((incoming, answer) => {
    const refused = withStreamBody(incoming, async (bytes) => {
      for await (const piece of bytes)
        throw new Error(`refused after ${piece.length > 0 ? 'a piece' : 'nothing'}`);
    });
    refused.catch((error: Error) => answer.writeHead(422).end(error.message));
  });
  afterEach(() => server.close());

  it('is read to its end when it is refused, so that a client that sends all before it reads gets the answer', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sending = request({ port, method: 'POST', headers: { 'content-length': LARGE_BYTES } });
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    const sent = once(sending, 'finish');
    sending.end(Buffer.alloc(LARGE_BYTES));
    const [answer] = await answered;
    answer.resume();
    await sent;
    expect(answer.statusCode).toBe(422);
  });
});
