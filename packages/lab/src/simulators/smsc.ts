import type { AddressInfo } from 'node:net';
import smpp, { type Pdu, type Session } from 'smpp';
import { draw, fateOf, FLAWLESS, type Behaviour, type Fate } from './fate.ts';
import { createHandsets, type Handsets } from './handsets.ts';
import { createReceiptStore, type ReceiptStore } from './store-receipts.ts';

export interface SmscOptions {
  readonly name: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly systemId: string;
  readonly password: string;
  readonly behaviour?: Partial<Behaviour>;
  readonly seed?: number;
  /** Shared between suppliers, to see what people got from all of them. */
  readonly handsets?: Handsets;
  /** Says what becomes of a message, instead of the shares; undefined: by the shares. */
  readonly decide?: (message: { to: string; text: string; count: number }) => Fate | undefined;
}

/** What the SMSC has seen. */
export interface SmscCounts {
  submits: number;
  accepted: number;
  rejected: number;
  throttled: number;
  answersLost: number;
  delivered: number;
  receiptsAcknowledged: number;
}

/** A message centre that speaks SMPP 3.4. */
export interface Smsc {
  readonly port: number;
  readonly counts: Readonly<SmscCounts>;
  readonly handsets: Handsets;
  behave(behaviour: Partial<Behaviour>): void;
  /** A person writes to the bank. */
  reply(from: string, text: string): void;
  /** Receipts and replies that nobody has taken yet. */
  waiting(): number;
  sessions(): number;
  /** Breaks all connections, as a network does; receipts are kept. */
  breakConnections(): void;
  /** Refuses new connections until `open`. */
  close(): Promise<void>;
  open(): Promise<void>;
  stop(): Promise<void>;
}

const ESME_ROK = 0;
const ESME_RSUBMITFAIL = 0x45;
const ESME_RTHROTTLED = 0x58;
const ESME_RBINDFAIL = 0x0d;
const UDH_INDICATOR = 0x40;

/** Starts a simulated SMSC on loopback. */
export async function startSmsc(options: SmscOptions): Promise<Smsc> {
  const seed = options.seed ?? 1;
  const handsets = options.handsets ?? createHandsets();
  const counts: SmscCounts = {
    submits: 0,
    accepted: 0,
    rejected: 0,
    throttled: 0,
    answersLost: 0,
    delivered: 0,
    receiptsAcknowledged: 0,
  };
  const bound = new Set<Session>();
  const sockets = new Set<Session>();
  const receipts: ReceiptStore = createReceiptStore(bound, () => counts.receiptsAcknowledged++);
  const seen = new Map<string, number>();
  const parts = new Map<string, Map<number, string>>();
  let behaviour: Behaviour = { ...FLAWLESS, ...options.behaviour };
  let nextId = Math.floor(draw(seed, options.name, 'first id') * 0x7fff_ffff);
  let second = { at: 0, submits: 0 };

  function isThrottled(): boolean {
    const at = Math.floor(performance.now() / 1_000);
    if (second.at !== at) second = { at, submits: 0 };
    second.submits++;
    return behaviour.throttleAbove > 0 && second.submits > behaviour.throttleAbove;
  }

  function takeSubmit(session: Session, pdu: Pdu): void {
    counts.submits++;
    const answer = (status: number, id?: string): void => {
      const respond = (): void => {
        session.send(pdu.response(status === ESME_ROK ? { message_id: id } : { command_status: status }));
      };
      if (behaviour.answerDelayMs > 0) setTimeout(respond, behaviour.answerDelayMs);
      else respond();
    };
    if (isThrottled()) {
      counts.throttled++;
      return answer(ESME_RTHROTTLED);
    }
    const to = pdu.destination_addr ?? '';
    const { text, part } = readText(pdu);
    const count = (seen.get(to) ?? 0) + 1;
    seen.set(to, count);
    // All parts of a message share its fate.
    const drawn = draw(seed, options.name, to, part === undefined ? count : `part of ${part.reference}`);
    const fate = options.decide?.({ to, text, count }) ?? fateOf(behaviour, drawn);
    if (fate === 'reject') {
      counts.rejected++;
      return answer(ESME_RSUBMITFAIL);
    }
    counts.accepted++;
    const id = (nextId++).toString(16);
    const isReported = fate !== 'no_receipt' && pdu.registered_delivery !== 0;
    if (fate !== 'no_receipt' && fate !== 'undeliverable') deliver(to, text, part);
    if (fate === 'early' && isReported) {
      report(id, to, 'DELIVRD', 0);
      setTimeout(() => answer(ESME_ROK, id), 5);
      return;
    }
    if (fate === 'lost_answer') counts.answersLost++;
    else answer(ESME_ROK, id);
    if (isReported) reportAll(id, to, fate);
  }

  function deliver(to: string, text: string, part: TextPart | undefined): void {
    let whole = text;
    if (part !== undefined) {
      const key = `${to} ${part.reference}`;
      const known = parts.get(key) ?? new Map<number, string>();
      parts.set(key, known.set(part.number, text));
      if (known.size < part.total) return;
      parts.delete(key);
      whole = [...known]
        .sort(([left], [right]) => left - right)
        .map(([, each]) => each)
        .join('');
    }
    counts.delivered++;
    handsets.put({ address: to, text: whole, supplier: options.name, at: Date.now() });
  }

  function reportAll(id: string, to: string, fate: Fate): void {
    const [from, upTo] = behaviour.receiptDelayMs;
    const delay = from + draw(seed, id, 'delay') * (upTo - from);
    switch (fate) {
      case 'undeliverable':
        return report(id, to, 'UNDELIV', delay);
      case 'duplicate':
        report(id, to, 'DELIVRD', delay);
        return report(id, to, 'DELIVRD', delay + 20);
      case 'out_of_order':
        report(id, to, 'DELIVRD', delay);
        return report(id, to, 'ACCEPTD', delay + 20);
      case 'late':
        return report(id, to, 'DELIVRD', behaviour.lateReceiptMs);
      case 'deliver':
      case 'early':
      case 'lost_answer':
        return report(id, to, 'DELIVRD', delay);
      case 'reject':
      case 'no_receipt':
        return;
    }
  }

  function report(id: string, to: string, status: string, delayMs: number): void {
    const written = writeId(id, behaviour.receiptIds);
    const text = `id:${written} sub:001 dlvrd:${status === 'DELIVRD' ? '001' : '000'} submit date:2601010000 done date:2601010001 stat:${status} err:000 text:`;
    const put = (): void =>
      receipts.put({
        source_addr: to,
        destination_addr: '10690001',
        esm_class: 4,
        data_coding: 0,
        short_message: text,
      });
    if (delayMs <= 0) put();
    else setTimeout(put, delayMs).unref();
  }

  const server = smpp.createServer((session) => {
    sockets.add(session);
    session.on('error', () => session.destroy());
    session.on('close', () => {
      sockets.delete(session);
      bound.delete(session);
      receipts.lost(session);
    });
    session.on('bind_transceiver', (pdu: Pdu) => {
      const known = pdu.system_id === options.systemId && pdu.password === options.password;
      session.send(pdu.response({ command_status: known ? ESME_ROK : ESME_RBINDFAIL }));
      if (!known) return session.close();
      bound.add(session);
      receipts.push();
    });
    session.on('submit_sm', (pdu: Pdu) => takeSubmit(session, pdu));
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: Pdu) => {
      bound.delete(session);
      receipts.lost(session);
      session.send(pdu.response());
      session.close();
    });
  });

  let port = options.port ?? 0;
  const open = async (): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
  };
  const breakConnections = (): void => {
    for (const session of sockets) session.destroy();
  };
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    breakConnections();
    await closed;
  };
  await open();

  return {
    get port() {
      return port;
    },
    counts,
    handsets,
    behave(changed) {
      behaviour = { ...behaviour, ...changed };
    },
    reply(from, text) {
      const bytes = Buffer.from(text, 'utf16le').swap16();
      receipts.put({
        source_addr: from,
        destination_addr: '10690001',
        esm_class: 0,
        data_coding: 8,
        short_message: bytes,
      });
    },
    waiting: () => receipts.waiting(),
    sessions: () => bound.size,
    breakConnections,
    open,
    close,
    stop: close,
  };
}

interface TextPart {
  readonly reference: number;
  readonly total: number;
  readonly number: number;
}

/** The text of a submit, and its place in a long message (header `05 00 03 ref total part`). */
function readText(pdu: Pdu): { text: string; part: TextPart | undefined } {
  const body = pdu.short_message;
  if (body === undefined || typeof body === 'string') return { text: body ?? '', part: undefined };
  if (Buffer.isBuffer(body)) return { text: body.toString('utf8'), part: undefined };
  const text = typeof body.message === 'string' ? body.message : body.message.toString('utf8');
  const header = (pdu.esm_class ?? 0) & UDH_INDICATOR ? body.udh?.find((each) => each[0] === 0) : undefined;
  if (header === undefined) return { text, part: undefined };
  return { text, part: { reference: header[2]!, total: header[3]!, number: header[4]! } };
}

function writeId(hex: string, form: Behaviour['receiptIds']): string {
  switch (form) {
    case 'decimal':
      return String(parseInt(hex, 16));
    case 'padded':
      return hex.padStart(10, '0');
    case 'upper':
      return hex.toUpperCase();
    case 'same':
      return hex;
  }
}
