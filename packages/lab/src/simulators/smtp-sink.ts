import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { createHandsets, type Handsets } from './handsets.ts';

export interface SmtpSink {
  readonly port: number;
  readonly handsets: Handsets;
  /** Whole messages by recipient, newest last; at most a thousand are kept. */
  readonly messages: readonly { to: string; raw: string }[];
  /** Mailboxes that do not exist: answered 550 5.1.1. */
  readonly missing: Set<string>;
  /** Mailboxes that are busy: answered 451. */
  readonly busy: Set<string>;
  stop(): Promise<void>;
}

const KEPT = 1_000;

/** Starts a simulated mail relay on loopback. */
export async function startSmtpSink(
  options: { name?: string; port?: number; handsets?: Handsets } = {},
): Promise<SmtpSink> {
  const handsets = options.handsets ?? createHandsets();
  const messages: { to: string; raw: string }[] = [];
  const missing = new Set<string>();
  const busy = new Set<string>();
  const refuse = (code: number, text: string): Error =>
    Object.assign(new Error(text), { responseCode: code });
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onRcptTo({ address }, _session, done) {
      if (missing.has(address)) return done(refuse(550, '5.1.1 no such mailbox'));
      if (busy.has(address)) return done(refuse(451, '4.3.2 try again later'));
      return done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        for (const { address } of session.envelope.rcptTo) {
          if (messages.length >= KEPT) messages.shift();
          messages.push({ to: address, raw });
          handsets.put({ address, text: raw, supplier: options.name ?? 'smtp', at: Date.now() });
        }
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    handsets,
    messages,
    missing,
    busy,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
