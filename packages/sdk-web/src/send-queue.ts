import type { Keep } from './keep.ts';

/** A record of the native batch (`POST /api/v1/collect`). */
export interface QueuedRecord {
  readonly messageId: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** Records on their way to the server; kept in the browser until the server has said that they are stored. */
export interface SendQueue {
  add(record: QueuedRecord): void;
  /** Sends what waits; resolves when the attempt is over, whether or not it succeeded. */
  flush(): Promise<void>;
  /** How many records wait in this browser. */
  waiting(): number;
  /** Hands what waits to the browser to send after the page is gone. What it sends twice is stored once. */
  beacon(): void;
  stop(): void;
}

const PREFIX = 'record.';
const BATCH_RECORDS = 200;
// Beacons and keep-alive requests may carry 64 KiB in all.
const BEACON_BYTES = 60_000;
const KEPT_RECORDS = 2_000;
// Another tab's records are only sent by us when it did not manage to for this long.
const ADOPT_AFTER_MS = 30_000;
const FIRST_BACKOFF_MS = 1_000;
const LAST_BACKOFF_MS = 60_000;
// A network that went away without a word leaves a request open for ever.
const ANSWER_WITHIN_MS = 30_000;

/**
 * One kept item a record, named by time, so that tabs never overwrite each other. A record goes only when the
 * server answered 2xx; every other answer, and none, means: later, with growing pauses.
 */
export function createSendQueue(options: {
  keep: Keep;
  url: string;
  flushIntervalMs: number;
  answerWithinMs?: number;
  now?: () => number;
}): SendQueue {
  const { keep, url, flushIntervalMs, answerWithinMs = ANSWER_WITHIN_MS } = options;
  const now = options.now ?? Date.now;
  const ours = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<void> | undefined;
  let backoffMs = 0;
  let batchRecords = BATCH_RECORDS;
  let stopped = false;

  const timeOf = (name: string): number => Number(name.slice(PREFIX.length, PREFIX.length + 13));
  const ready = (): string[] =>
    keep.names(PREFIX).filter((name) => ours.has(name) || now() - timeOf(name) > ADOPT_AFTER_MS);

  function schedule(delayMs: number): void {
    if (stopped || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void flush();
    }, delayMs);
  }

  function read(names: readonly string[]): { names: string[]; records: QueuedRecord[] } {
    const batch = { names: [] as string[], records: [] as QueuedRecord[] };
    for (const name of names) {
      try {
        batch.records.push(JSON.parse(keep.get(name) ?? '') as QueuedRecord);
        batch.names.push(name);
      } catch {
        // Damaged or already sent by another tab.
        forget([name]);
      }
    }
    return batch;
  }

  function forget(names: readonly string[]): void {
    for (const name of names) {
      keep.remove(name);
      ours.delete(name);
    }
  }

  async function sendOnce(): Promise<'done' | 'more' | 'later'> {
    const { names, records } = read(ready().slice(0, batchRecords));
    if (records.length === 0) return 'done';
    // text/plain: a simple request, so that no preflight goes before it.
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ sentAt: now(), records }),
      credentials: 'omit',
      // Browsers from before 2022 have no such limit.
      signal: AbortSignal.timeout?.(answerWithinMs) ?? null,
    });
    if (answer.ok) {
      forget(names);
      backoffMs = 0;
      return 'more';
    }
    if (answer.status === 413 && batchRecords > 1) {
      batchRecords = Math.ceil(batchRecords / 4);
      return 'more';
    }
    const asked = Number(answer.headers.get('retry-after')) * 1_000;
    if (asked > 0) backoffMs = Math.max(backoffMs, Math.min(asked, LAST_BACKOFF_MS));
    return 'later';
  }

  async function sendAll(): Promise<void> {
    try {
      let state = await sendOnce();
      while (state === 'more' && !stopped) state = await sendOnce();
      if (state === 'done') return;
    } catch {
      // No network: the same as any other "later".
    }
    backoffMs = Math.min(LAST_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, backoffMs * 2));
    schedule(backoffMs * (0.5 + Math.random() / 2));
  }

  function flush(): Promise<void> {
    sending ??= sendAll().finally(() => (sending = undefined));
    return sending;
  }

  const online = (): void => {
    backoffMs = 0;
    void flush();
  };
  globalThis.addEventListener?.('online', online);
  // What an earlier page left behind.
  schedule(Math.min(flushIntervalMs, 500));

  return {
    add(record) {
      const name = `${PREFIX}${String(now()).padStart(13, '0')}.${record.messageId}`;
      ours.add(name);
      keep.set(name, JSON.stringify(record));
      const kept = keep.names(PREFIX);
      if (kept.length > KEPT_RECORDS) forget(kept.slice(0, kept.length - KEPT_RECORDS));
      if (backoffMs === 0) schedule(flushIntervalMs);
    },
    flush,
    waiting: () => keep.names(PREFIX).length,
    beacon() {
      const { records } = read(ready());
      let batch: QueuedRecord[] = [];
      let bytes = 0;
      for (const record of records) {
        // Three bytes a character bound any UTF-8 text of this length from above.
        const size = JSON.stringify(record).length * 3;
        if (bytes + size > BEACON_BYTES) break;
        batch = [...batch, record];
        bytes += size;
      }
      if (batch.length > 0) navigator.sendBeacon?.(url, JSON.stringify({ sentAt: now(), records: batch }));
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', online);
    },
  };
}
