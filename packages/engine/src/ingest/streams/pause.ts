/** Sleeping that can be cut short. */
export interface Pause {
  /** Real milliseconds; returns early when woken. */
  sleep(ms: number): Promise<void>;
  wake(): void;
}

export function createPause(): Pause {
  let wake = (): void => undefined;
  return {
    sleep: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    wake: () => wake(),
  };
}
