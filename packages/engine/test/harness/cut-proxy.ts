import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy whose line can be cut: what a stopped server or a broken network looks like to a client. */
export interface CutProxy {
  /** The target's URL with the proxy's address. */
  readonly url: string;
  /** Breaks all connections and refuses new ones. */
  cut(): void;
  /** Lets requests through but breaks the line before the answer. */
  loseAnswers(): void;
  /** Lines that are open now stay open and carry nothing any more, as when a firewall forgets them. */
  forget(): void;
  /** Holds everything back, both ways, without breaking the line. */
  stall(): void;
  /** Holds everything back from the moment that a client sends a text: it is connected, and hears nothing more. */
  stallOn(text: string): void;
  isStalled(): boolean;
  mend(): void;
  close(): Promise<void>;
}

export async function startCutProxy(targetUrl: string): Promise<CutProxy> {
  const target = new URL(targetUrl);
  const open = new Set<Socket>();
  let state: 'whole' | 'cut' | 'deaf' | 'stalled' = 'whole';
  const forgotten = new WeakSet<Socket>();
  let held: (() => void)[] = [];
  let stallingText: string | undefined;
  const pass = (write: () => void): void => {
    if (state === 'stalled') held.push(write);
    else write();
  };
  const server = createServer((client) => {
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      if (stallingText !== undefined && chunk.includes(stallingText)) state = 'stalled';
      if (!forgotten.has(client)) pass(() => upstream.write(chunk));
    });
    upstream.on('data', (chunk: Buffer) => {
      if (forgotten.has(client)) return;
      if (state === 'deaf') client.destroy();
      else pass(() => client.write(chunk));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(targetUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.toString(),
    cut() {
      state = 'cut';
      for (const socket of open) socket.destroy();
    },
    loseAnswers() {
      state = 'deaf';
    },
    forget() {
      for (const socket of open) forgotten.add(socket);
    },
    stall() {
      state = 'stalled';
    },
    stallOn(text) {
      stallingText = text;
    },
    isStalled: () => state === 'stalled',
    mend() {
      stallingText = undefined;
      state = 'whole';
      for (const write of held) write();
      held = [];
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
