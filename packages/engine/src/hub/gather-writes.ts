import { isEngineUnavailable, type Log } from '../platform/index.ts';

const RETRY_MS = 250;
const GIVE_UP_AFTER = 4;

/**
 * Writes a batch until it is written. The engine may be away for a while: what was heard is kept until it is back. A
 * batch that fails for another reason is halved until the item at fault stands alone, so that it cannot hold up
 * the others.
 */
export async function writeSafely<Item>(
  log: Log,
  batch: readonly Item[],
  write: (items: readonly Item[]) => Promise<void>,
): Promise<void> {
  for (let failures = 0; ;) {
    try {
      await write(batch);
      return;
    } catch (error) {
      const away = isEngineUnavailable(error);
      log.warn(
        { error: (error as Error).message, items: batch.length },
        'recording answers and receipts failed',
      );
      if (!away && batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await writeSafely(log, batch.slice(0, half), write);
        return writeSafely(log, batch.slice(half), write);
      }
      if (!away && ++failures >= GIVE_UP_AFTER) {
        log.error({ error: (error as Error).stack }, 'an answer or receipt cannot be recorded');
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Gathers single items into batches, one batch in the writing while the next one gathers. */
export interface Gatherer<Item> {
  /** Resolves when the item is written. */
  put(item: Item): Promise<void>;
  isBusy(): boolean;
  drain(): Promise<void>;
}

export function createGatherer<Item>(
  log: Log,
  options: { gatherMs: number; most: number; write(items: readonly Item[]): Promise<void> },
): Gatherer<Item> {
  let queue: { item: Item; done: () => void }[] = [];
  let running: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (queue.length > 0) {
      if (queue.length < options.most) await new Promise((resolve) => setTimeout(resolve, options.gatherMs));
      const batch = queue.slice(0, options.most);
      queue = queue.slice(batch.length);
      await writeSafely(
        log,
        batch.map(({ item }) => item),
        (items) => options.write(items),
      );
      for (const { done } of batch) done();
    }
  }

  function start(): void {
    running ??= work().finally(() => {
      running = undefined;
      // What was put between the last look and this instant.
      if (queue.length > 0) start();
    });
  }

  return {
    put: (item) =>
      new Promise((done) => {
        queue.push({ item, done });
        start();
      }),
    isBusy: () => running !== undefined,
    async drain() {
      while (running !== undefined) await running;
    },
  };
}
