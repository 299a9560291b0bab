/**
 * A token bucket in real time: suppliers count real seconds, whatever speed Wutong's clock runs at. It
 * slows down when the supplier says so and speeds up again by itself.
 */
export interface RateLimit {
  /** Takes up to `wanted` tokens now; how many were taken. */
  take(wanted: number): number;
  /** Gives back tokens that were not used. */
  giveBack(tokens: number): void;
  /** Tokens at hand. */
  available(): number;
  /** The supplier asked for mercy: nothing for a moment, longer each time it asks again. */
  slowDown(): void;
  setRate(perSecond: number): void;
}

const BURST_SECONDS = 0.25;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
// After so long without a complaint the next pause is short again.
const FORGIVE_MS = 10_000;

/** `nowMs` gives real milliseconds, monotonic. */
export function createRateLimit(
  ratePerSecond: number,
  nowMs: () => number = () => performance.now(),
): RateLimit {
  let rate = ratePerSecond;
  let tokens = burst();
  let refilledAt = nowMs();
  let pausedUntil = -Infinity;
  let pauseMs = FIRST_PAUSE_MS;
  let complainedAt = -Infinity;

  function burst(): number {
    return Math.max(1, rate * BURST_SECONDS);
  }

  function refill(): void {
    const now = nowMs();
    tokens = Math.min(burst(), tokens + ((now - refilledAt) / 1_000) * rate);
    refilledAt = now;
  }

  return {
    take(wanted) {
      refill();
      if (nowMs() < pausedUntil) return 0;
      const taken = Math.min(wanted, Math.floor(tokens));
      tokens -= taken;
      return taken;
    },
    giveBack(unused) {
      tokens = Math.min(burst(), tokens + unused);
    },
    available() {
      refill();
      return nowMs() < pausedUntil ? 0 : Math.floor(tokens);
    },
    slowDown() {
      const now = nowMs();
      // Answers to calls made before the pause began are part of the same complaint.
      if (now < pausedUntil) return;
      pauseMs = now - complainedAt > FORGIVE_MS ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      complainedAt = now;
      pausedUntil = now + pauseMs;
      tokens = 0;
    },
    setRate(perSecond) {
      refill();
      rate = perSecond;
      tokens = Math.min(tokens, burst());
    },
  };
}
