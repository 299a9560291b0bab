/** How fast messages come, over the last ten seconds of real time. */
export interface MessageRate {
  add(messages: number): void;
  perSecond(): number;
}

const WINDOW_MS = 10_000;

export function createRate(now: () => number = () => performance.now()): MessageRate {
  const taken: { at: number; messages: number }[] = [];
  return {
    add(messages) {
      taken.push({ at: now(), messages });
      while (taken.length > 0 && taken[0]!.at < now() - WINDOW_MS) taken.shift();
    },
    perSecond() {
      const since = now() - WINDOW_MS;
      const sum = taken.reduce((total, { at, messages }) => total + (at < since ? 0 : messages), 0);
      return (sum * 1_000) / WINDOW_MS;
    },
  };
}
