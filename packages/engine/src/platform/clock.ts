import { setTimeout as delay } from 'node:timers/promises';

/** The one source of time. All values are epoch milliseconds, UTC. */
export interface Clock {
  /** Wutong's time now. */
  now(): number;
  /** Virtual milliseconds that pass in one real millisecond at present; 1 in normal operation. */
  readonly rate: number;
  /** Waits for a span of Wutong's time; rejects with AbortError when the signal fires. */
  sleep(virtualMs: number, signal?: AbortSignal): Promise<void>;
}

/** Where an accelerated clock hangs on real time. Kept in PostgreSQL so that all processes agree. */
export interface ClockAnchor {
  readonly virtualMs: number;
  readonly realMs: number;
  /** ≥ 1. */
  readonly rate: number;
}

/**
 * Time at a real instant: it runs `rate` times as fast from the anchor on, and never passes real time,
 * so that a demo that started in the past ends in the present and stays there.
 */
export function virtualTime(anchor: ClockAnchor, realMs: number): number {
  return Math.min(realMs, anchor.virtualMs + (realMs - anchor.realMs) * anchor.rate);
}

/** The clock of production: real time. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    rate: 1,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
  };
}

/** A clock that hangs on an anchor, which may be replaced while running. */
export interface AnchoredClock extends Clock {
  anchor: ClockAnchor;
  /** Changes the speed from this instant on without a jump. */
  setRate(rate: number): ClockAnchor;
}

/** The demo's clock. */
export function anchoredClock(initial: ClockAnchor): AnchoredClock {
  const clock: AnchoredClock = {
    anchor: initial,
    now: () => Math.floor(virtualTime(clock.anchor, Date.now())),
    get rate() {
      return clock.now() >= Date.now() - 1 ? 1 : clock.anchor.rate;
    },
    sleep: (ms, signal) => delay(ms / clock.rate, undefined, { signal }),
    setRate(rate) {
      const realMs = Date.now();
      clock.anchor = { virtualMs: virtualTime(clock.anchor, realMs), realMs, rate };
      return clock.anchor;
    },
  };
  return clock;
}

/** A clock for tests that stands still until it is moved. */
export interface ManualClock extends Clock {
  set(ms: number): void;
  advance(ms: number): void;
}

/** Starts at the given instant. `sleep` resolves when the clock has been moved far enough. */
export function manualClock(startMs: number): ManualClock {
  let now = startMs;
  const waiting = new Set<{ until: number; wake: () => void }>();
  const wakeDue = (): void => {
    for (const sleeper of waiting) if (sleeper.until <= now) sleeper.wake();
  };
  return {
    now: () => now,
    rate: 1,
    set(ms) {
      now = ms;
      wakeDue();
    },
    advance(ms) {
      now += ms;
      wakeDue();
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = {
          until: now + ms,
          wake: () => {
            waiting.delete(sleeper);
            resolve();
          },
        };
        if (sleeper.until <= now) return resolve();
        waiting.add(sleeper);
        signal?.addEventListener('abort', () => {
          waiting.delete(sleeper);
          reject(new DOMException('aborted', 'AbortError'));
        });
      }),
  };
}
