import { setTimeout as delay } from 'node:timers/promises';
import type { EngineProcess } from './engine-process.ts';

export interface SupervisedEngine {
  /** The current process; undefined between its end and its restart. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
/** After this time alive a process counts as healthy, and the next wait is short again. */
const HEALTHY_AFTER_MS = 60_000;

/**
 * Keeps an engine alive: whenever its process ends unasked, it is launched again, with a growing wait.
 * The first launch is the caller's, so that its error reaches the person who typed the command;
 * later failures are only reported, because the server waits for its databases and goes on.
 */
export function superviseEngine(options: {
  first: EngineProcess;
  relaunch: (stopping: AbortSignal) => Promise<EngineProcess>;
  onExit: (detail: string) => void;
}): SupervisedEngine {
  const stopping = new AbortController();
  let current: EngineProcess | undefined = options.first;
  const watching = watch();

  async function watch(): Promise<void> {
    let waitMs = FIRST_WAIT_MS;
    let startedAt = performance.now();
    while (!stopping.signal.aborted) {
      try {
        if (!current) {
          current = await options.relaunch(stopping.signal);
          startedAt = performance.now();
        }
        const detail = await current.exited;
        current = undefined;
        if (stopping.signal.aborted) return;
        if (performance.now() - startedAt > HEALTHY_AFTER_MS) waitMs = FIRST_WAIT_MS;
        report(detail);
      } catch (error) {
        if (stopping.signal.aborted) return;
        report(error instanceof Error ? error.message : String(error));
      }
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }

  function report(detail: string): void {
    try {
      options.onExit(detail);
    } catch {
      // The listener's trouble must not end the supervision.
    }
  }

  return {
    get pid() {
      return current?.pid;
    },
    async stop() {
      stopping.abort();
      await current?.stop();
      await watching;
      // A relaunch that was under way when we aborted may have finished meanwhile.
      await current?.stop();
    },
  };
}
