import smpp, { type Pdu, type Session } from 'smpp';
import type { SmppSettings } from './settings.ts';

/** What becomes of one request on the wire. */
export type Exchange =
  | { readonly kind: 'answered'; readonly pdu: Pdu }
  /** It was not written. */
  | { readonly kind: 'not_written' }
  /** It was written, and no answer will come. */
  | { readonly kind: 'lost'; readonly reason: 'timeout' | 'closed' };

/** One bound SMPP session from connect to close. It does not reconnect. */
export interface SmppLink {
  isBound(): boolean;
  outstanding(): number;
  submit(fields: Record<string, unknown>): Promise<Exchange>;
  respond(request: Pdu, status?: number): void;
  /** Unbinds in order and closes. */
  unbind(): Promise<void>;
}

export interface LinkEvents {
  bound(): void;
  /** Exactly once, also when binding fails. */
  closed(reason: string): void;
  deliver(pdu: Pdu): void;
}

interface Awaited {
  readonly settle: (exchange: Exchange) => void;
  readonly writtenAt: number;
}

const TICK_MS = 250;
const UNBIND_WAIT_MS = 1_000;

/**
 * Opens a session. npm `smpp` frames and parses PDUs; who waits for what, and until when, is kept here,
 * because the library forgets its callbacks when a socket closes.
 */
export function openSmppLink(settings: SmppSettings, password: string, events: LinkEvents): SmppLink {
  const session: Session = smpp.connect({ host: settings.host, port: settings.port, tls: settings.tls });
  const awaited = new Set<Awaited>();
  let bound = false;
  let closed = false;
  let heardAt = performance.now();
  let enquiredAt: number | undefined;
  const openedAt = performance.now();
  session.socket.setNoDelay(true);

  function close(reason: string): void {
    if (closed) return;
    closed = true;
    bound = false;
    clearInterval(timer);
    session.destroy();
    for (const each of awaited) each.settle({ kind: 'lost', reason: 'closed' });
    awaited.clear();
    events.closed(reason);
  }

  function tick(): void {
    const now = performance.now();
    if (!bound) {
      if (now - openedAt > settings.responseTimeoutMs) close('no answer to bind');
      return;
    }
    for (const each of awaited) {
      // In the order of writing: the first that is young enough ends the search.
      if (now - each.writtenAt < settings.responseTimeoutMs) break;
      awaited.delete(each);
      each.settle({ kind: 'lost', reason: 'timeout' });
    }
    if (enquiredAt !== undefined && now - enquiredAt > settings.responseTimeoutMs)
      close('no answer to enquire_link');
    else if (enquiredAt === undefined && now - heardAt > settings.enquireLinkMs) {
      enquiredAt = now;
      session.enquire_link(() => {
        enquiredAt = undefined;
      });
    }
  }
  const timer = setInterval(tick, Math.min(TICK_MS, settings.responseTimeoutMs));
  timer.unref();

  session.on('connect', () => {
    const credentials = {
      system_id: settings.systemId,
      password,
      system_type: settings.systemType,
      interface_version: 0x34,
    };
    session.bind_transceiver(credentials, (pdu) => {
      if (closed) return;
      if (pdu.command_status !== 0) return close(`bind refused: ${statusCode(pdu.command_status)}`);
      bound = true;
      events.bound();
    });
  });
  session.on('error', (error: Error) => close((error as { code?: string }).code ?? error.message));
  session.on('close', () => close('connection closed'));
  session.on('pdu', () => {
    heardAt = performance.now();
  });
  session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu: Pdu) => {
    session.send(pdu.response());
    close('the supplier unbound');
  });
  session.on('deliver_sm', (pdu: Pdu) => events.deliver(pdu));

  return {
    isBound: () => bound,
    outstanding: () => awaited.size,
    submit(fields) {
      if (!bound) return Promise.resolve({ kind: 'not_written' });
      return new Promise((resolve) => {
        const entry: Awaited = { settle: resolve, writtenAt: performance.now() };
        const written = session.submit_sm(fields, (pdu) => {
          if (awaited.delete(entry)) resolve({ kind: 'answered', pdu });
        });
        if (written) awaited.add(entry);
        else resolve({ kind: 'not_written' });
      });
    },
    respond(request, status = 0) {
      if (!closed) session.send(request.response({ command_status: status }));
    },
    async unbind() {
      if (bound && !closed) {
        bound = false;
        await new Promise<void>((resolve) => {
          const giveUp = setTimeout(resolve, UNBIND_WAIT_MS);
          session.unbind(() => {
            clearTimeout(giveUp);
            resolve();
          });
        });
      }
      close('unbound');
    },
  };
}

/** `0x0000000b` as the specification writes it. */
export function statusCode(status: number): string {
  return `0x${status.toString(16).padStart(8, '0')}`;
}
