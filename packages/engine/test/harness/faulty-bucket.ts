import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a bucket does: an error of S3 by its status, half of each object before the line breaks, or its work. */
type Behaviour = 503 | 403 | 'half' | 'whole';

/** A bucket's server that can be made to fail as S3 does. */
export interface FaultyBucket {
  /** http://127.0.0.1:port */
  readonly endpoint: string;
  answer(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** Stands before a server of S3 at `endpoint`. */
export async function startFaultyBucket(endpoint: string): Promise<FaultyBucket> {
  const target = new URL(endpoint);
  let behaviour: Behaviour = 'whole';

  function pass(from: IncomingMessage, to: ServerResponse): void {
    const { method, url: path, headers } = from;
    const asked = request({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
      to.writeHead(answer.statusCode!, answer.headers);
      if (behaviour !== 'half' || method !== 'GET') return void answer.pipe(to);
      const half = Number(answer.headers['content-length']) / 2;
      answer.once('data', (piece: Buffer) => to.write(piece.subarray(0, half), () => to.destroy()));
      answer.resume();
    });
    asked.on('error', () => to.destroy());
    from.pipe(asked);
  }

  const server = createServer((from, to) => {
    if (typeof behaviour === 'string') return pass(from, to);
    const code = behaviour === 403 ? 'AccessDenied' : 'SlowDown';
    to.writeHead(behaviour, { 'content-type': 'application/xml' });
    to.end(`<Error><Code>${code}</Code><Message>not now</Message></Error>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer(next) {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
