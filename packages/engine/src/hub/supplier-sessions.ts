import type { Platform } from '../platform/index.ts';
import { OUTSIDE_KINDS } from './channels/index.ts';
import type { Adapter, Answer, Receipt, Reply, Submission } from './channels/adapter.ts';
import { createRateLimit, type RateLimit } from './limit-rate.ts';
import type { ProcessLocks } from './process-locks.ts';
import type { SupplierDirectory } from './supplier-directory.ts';
import { updateLink, type SupplierRow } from './supplier-store.ts';

/** Where sessions hand in what they hear; each resolves when it is durable. */
export interface SessionEars {
  answer(supplierId: string, attemptId: string, answer: Answer): Promise<void>;
  receipt(supplierId: string, receipt: Receipt): Promise<void>;
  reply(supplierId: string, reply: Reply): Promise<void>;
}

/** The sessions that this process owns. */
export interface SupplierSessions {
  /** Opens, reopens and closes sessions as suppliers are added, edited or owned elsewhere. */
  manage(): Promise<void>;
  /** Whether a supplier can be called, here or by the process that owns it. */
  isUp(row: SupplierRow): boolean;
  /** Suppliers whose sessions another process has up. */
  elsewhere(): string[];
  owned(): string[];
  /** Messages that may be claimed for a supplier now. */
  capacity(supplierId: string): number;
  /** A session that has just begun, or just broken, may be up in a moment: failing over would be hasty. */
  isSettling(supplierId: string): boolean;
  /** Real ms since the session was bound; undefined when it is not bound here. */
  boundForMs(supplierId: string): number | undefined;
  inFlight(supplierId: string): number;
  /** Calls the supplier, paced by its rate; what it answers goes to the ears. */
  dispatch(supplierId: string, submission: Submission): void;
  stop(graceMs: number): Promise<void>;
}

interface Session {
  readonly row: SupplierRow;
  readonly adapter: Adapter;
  readonly rate: RateLimit;
  /** Real ms of the last change of the link. */
  changedAt: number;
  up: boolean;
  boundAt: number | undefined;
  lastError: string | undefined;
  /** Handed to the session and not yet recorded. */
  inFlight: number;
  readonly queue: Submission[];
  pumping: boolean;
}

const SETTLE_MS = 3_000;
const PACE_MS = 10;
/** Seconds of a supplier's rate that may wait in memory; were the process killed, these would be uncertain. */
const LOOKAHEAD_SECONDS = 0.15;
const MOST_SECONDS = 0.5;

export function createSupplierSessions(
  platform: Platform,
  directory: SupplierDirectory,
  locks: ProcessLocks,
  ears: SessionEars,
): SupplierSessions {
  const { database, clock, log, secrets } = platform;
  const sessions = new Map<string, Session>();

  function open(row: SupplierRow): Session {
    const kind = OUTSIDE_KINDS[row.kind]!;
    const settings = {
      supplierId: row.supplier_id,
      settings: row.settings,
      secrets: JSON.parse(secrets.decrypt(row.secrets)) as Record<string, string>,
      window: row.send_window,
    };
    const adapter = kind.create(
      settings,
      {
        receipt: (receipt) => ears.receipt(row.supplier_id, receipt),
        reply: (reply) => ears.reply(row.supplier_id, reply),
        link(state, reason) {
          session.up = state === 'up';
          session.changedAt = performance.now();
          session.lastError = reason;
          if (session.up) session.boundAt = clock.now();
          void publish(session);
        },
      },
      log,
    );
    const session: Session = {
      row,
      adapter,
      rate: createRateLimit(row.rate_per_second),
      changedAt: performance.now(),
      up: false,
      boundAt: undefined,
      lastError: undefined,
      inFlight: 0,
      queue: [],
      pumping: false,
    };
    adapter.start();
    return session;
  }

  /** What the other processes and the console see of the session. */
  async function publish(session: Session): Promise<void> {
    try {
      await updateLink(database, {
        supplierId: session.row.supplier_id,
        process: locks.number() ?? null,
        link: session.up ? 'up' : 'down',
        boundAt: session.up ? (session.boundAt ?? null) : null,
        error: session.up ? undefined : session.lastError,
        at: clock.now(),
      });
    } catch (error) {
      log.warn(
        { supplier: session.row.supplier_id, error: (error as Error).message },
        'link state not written',
      );
    }
  }

  /** Writes what waits for the rate, as the rate allows. */
  async function pump(supplierId: string, session: Session): Promise<void> {
    session.pumping = true;
    while (session.queue.length > 0) {
      const now = session.rate.take(session.queue.length);
      for (const submission of session.queue.splice(0, now)) void call(supplierId, session, submission);
      if (session.queue.length > 0) await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
    session.pumping = false;
  }

  async function call(supplierId: string, session: Session, submission: Submission): Promise<void> {
    const answer = await session.adapter.submit(submission);
    if (answer.kind === 'throttled') session.rate.slowDown();
    await ears.answer(supplierId, submission.attemptId, answer);
    session.inFlight--;
  }

  async function close(supplierId: string, graceMs: number): Promise<void> {
    const session = sessions.get(supplierId);
    if (session === undefined) return;
    sessions.delete(supplierId);
    // What was not written goes back to the queue.
    for (const submission of session.queue.splice(0)) {
      await ears.answer(supplierId, submission.attemptId, { kind: 'not_sent', code: 'stopping' });
      session.inFlight--;
    }
    await session.adapter.stop(graceMs);
    session.up = false;
    await publish(session);
    await locks.disown(supplierId).catch(() => undefined);
  }

  return {
    async manage() {
      const rows = directory.rows().filter((row) => OUTSIDE_KINDS[row.kind] !== undefined);
      for (const [supplierId, session] of sessions) {
        const row = rows.find((each) => each.supplier_id === supplierId);
        if (row === undefined || !locks.owns(supplierId) || isReplaced(session.row, row))
          await close(supplierId, 5_000);
      }
      for (const row of rows) {
        const session = sessions.get(row.supplier_id);
        if (session !== undefined) {
          session.rate.setRate(row.rate_per_second);
          const seen = row.link === (session.up ? 'up' : 'down') && row.owner_process === locks.number();
          if (!seen) await publish(session);
        } else if (await locks.own(row.supplier_id)) {
          sessions.set(row.supplier_id, open(row));
        }
      }
    },
    isUp(row) {
      const session = sessions.get(row.supplier_id);
      return session === undefined
        ? row.link === 'up' && row.owner_process !== locks.number()
        : session.adapter.isUp();
    },
    elsewhere: () =>
      directory
        .rows()
        .filter((row) => !sessions.has(row.supplier_id) && row.link === 'up' && row.state === 'active')
        .map((row) => row.supplier_id),
    owned: () => [...sessions.keys()],
    capacity(supplierId) {
      const session = sessions.get(supplierId);
      if (session === undefined || !session.adapter.isUp() || session.row.state !== 'active') return 0;
      const row = directory.rows().find((each) => each.supplier_id === supplierId) ?? session.row;
      if (row.state !== 'active' || session.rate.available() === 0) return 0;
      const most = Math.min(
        row.send_window + row.rate_per_second * LOOKAHEAD_SECONDS,
        row.rate_per_second * MOST_SECONDS,
      );
      return Math.max(1, Math.floor(most)) - session.inFlight;
    },
    isSettling(supplierId) {
      const session = sessions.get(supplierId);
      return session !== undefined && !session.up && performance.now() - session.changedAt < SETTLE_MS;
    },
    boundForMs(supplierId) {
      const session = sessions.get(supplierId);
      return session?.up === true ? performance.now() - session.changedAt : undefined;
    },
    inFlight: (supplierId) => sessions.get(supplierId)?.inFlight ?? 0,
    dispatch(supplierId, submission) {
      const session = sessions.get(supplierId);
      if (session === undefined) {
        void ears.answer(supplierId, submission.attemptId, { kind: 'not_sent', code: 'no_session' });
        return;
      }
      session.inFlight++;
      session.queue.push(submission);
      if (!session.pumping) void pump(supplierId, session);
    },
    async stop(graceMs) {
      await Promise.all([...sessions.keys()].map((supplierId) => close(supplierId, graceMs)));
    },
  };
}

/** Whether an edit needs a new session: another host, secret or window, not another rate or name. */
function isReplaced(before: SupplierRow, now: SupplierRow): boolean {
  return (
    before.secrets !== now.secrets ||
    before.send_window !== now.send_window ||
    JSON.stringify(before.settings) !== JSON.stringify(now.settings)
  );
}
