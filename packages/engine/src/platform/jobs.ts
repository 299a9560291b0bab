import { setTimeout as delay } from 'node:timers/promises';
import { isEngineUnavailable } from './errors.ts';
import type { Log } from './log.ts';

/** A piece of work that is done again and again while the process lives. */
export interface LoopDefinition {
  /** Dotted name, e.g. `hub.deliver`; shown in health and metrics. */
  readonly name: string;
  /** Real milliseconds to wait when there was nothing to do; at least QUIET_INTERVAL_MS in a process at rest. */
  readonly intervalMs: number;
  /** One round; true when there is more to do at once. */
  run(signal: AbortSignal): Promise<boolean>;
}

/** State of a loop for health and metrics. */
export interface LoopState {
  readonly name: string;
  readonly rounds: number;
  readonly failures: number;
  readonly lastError: string | undefined;
  /** Failures since the last good round. */
  readonly failing: number;
}

/** Runs loops; a failing round is logged and tried again with back-off, never dropped. */
export interface Jobs {
  loop(definition: LoopDefinition): RunningLoop;
  states(): LoopState[];
  /** Something changed: loops of a process that was at rest look at once, and often for a while. */
  noteActivity(): void;
  /** Stops all loops, in reverse order of starting, each after its round. */
  stop(): Promise<void>;
}

export interface RunningLoop {
  /** Skips the present wait. */
  wake(): void;
  stop(): Promise<void>;
}

const MAXIMUM_BACKOFF_MS = 5_000;
/** A process that changed nothing for so long is at rest. */
const REST_AFTER_MS = 2_000;
/** How often a process at rest looks for work of other processes and for what has become due. */
const QUIET_INTERVAL_MS = 400;

/** Loops of one process. Several processes may run the same loop: rounds must claim what they take. */
export function createJobs(log: Log): Jobs {
  const running: { state: () => LoopState; wake: () => void; stop: () => Promise<void> }[] = [];
  let activeAt = performance.now();
  const isAtRest = (): boolean => performance.now() - activeAt > REST_AFTER_MS;

  function loop(definition: LoopDefinition): RunningLoop {
    const stopping = new AbortController();
    let sleeping = new AbortController();
    let rounds = 0;
    let failures = 0;
    let failing = 0;
    let lastError: string | undefined;

    const sleep = async (ms: number): Promise<void> => {
      sleeping = new AbortController();
      if (stopping.signal.aborted) return;
      await delay(ms, undefined, { signal: sleeping.signal }).catch(() => undefined);
    };

    const finished = (async () => {
      while (!stopping.signal.aborted) {
        let more = false;
        try {
          more = await definition.run(stopping.signal);
          rounds++;
          failing = 0;
        } catch (error) {
          if (stopping.signal.aborted) break;
          failures++;
          failing++;
          lastError = error instanceof Error ? error.message : String(error);
          const level = isEngineUnavailable(error) ? 'warn' : 'error';
          log[level](
            {
              loop: definition.name,
              failing,
              error: error instanceof Error ? (error.stack ?? error.message) : lastError,
            },
            'loop round failed',
          );
          await sleep(Math.min(MAXIMUM_BACKOFF_MS, 100 * 2 ** Math.min(failing, 10)));
          continue;
        }
        if (more) await new Promise((resolve) => setImmediate(resolve));
        else await sleep(Math.max(definition.intervalMs, isAtRest() ? QUIET_INTERVAL_MS : 0));
      }
    })();

    const handle: RunningLoop = {
      wake: () => sleeping.abort(),
      async stop() {
        stopping.abort();
        sleeping.abort();
        await finished;
      },
    };
    running.push({
      state: () => ({ name: definition.name, rounds, failures, lastError, failing }),
      wake: () => failing === 0 && handle.wake(),
      stop: () => handle.stop(),
    });
    return handle;
  }

  return {
    loop,
    states: () => running.map((each) => each.state()),
    noteActivity() {
      const wasAtRest = isAtRest();
      activeAt = performance.now();
      if (wasAtRest) for (const each of running) each.wake();
    },
    async stop() {
      for (const each of running.reverse()) await each.stop();
      running.length = 0;
    },
  };
}
