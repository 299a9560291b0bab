import type { KafkaSecrets } from '@wutong/contract';
import { StreamRunner, type RunnerNeeds, type RunningStream } from './run-stream.ts';
import { deleteWorkersOf, selectStreams } from './stream-store.ts';

/** Keeps this process reading what is wanted. */
export interface StreamSupervisor {
  /** Starts, pauses, renews and stops readers as the streams' rows say. */
  round(): Promise<void>;
  stop(): Promise<void>;
}

/** A worker that said nothing for so long (real ms) is gone. */
export const WORKER_LEASE_MS = 10_000;

export function createStreamSupervisor(needs: RunnerNeeds): StreamSupervisor {
  const { platform } = needs;
  const running = new Map<string, RunningStream>();
  const stopping = new Set<Promise<void>>();

  function end(streamId: string): void {
    const stopped = running.get(streamId)!.stop();
    running.delete(streamId);
    stopping.add(stopped);
    void stopped.finally(() => stopping.delete(stopped));
  }

  return {
    async round() {
      const rows = await selectStreams(platform.database);
      const wanted = new Map(
        rows.filter((row) => row.state !== 'stopped').map((row) => [row.stream_id, row]),
      );
      for (const [streamId, runner] of running) {
        if (wanted.get(streamId)?.version !== runner.version) end(streamId);
      }
      // A reader that still leaves its group would only make its successor wait.
      if (stopping.size > 0) return;
      for (const [streamId, row] of wanted) {
        const paused = row.state === 'paused';
        const runner = running.get(streamId);
        if (runner) runner.setPaused(paused);
        else {
          const task = {
            streamId,
            sourceId: row.source_id,
            version: row.version,
            settings: row.settings,
            secrets: JSON.parse(platform.secrets.decrypt(row.secrets_box)) as KafkaSecrets,
            positioned: row.positioned,
          };
          running.set(streamId, new StreamRunner(needs, task, paused));
        }
      }
      const lease = WORKER_LEASE_MS * Math.max(1, platform.clock.rate);
      await deleteWorkersOf(platform.database, Math.floor(platform.clock.now() - 6 * lease));
    },
    async stop() {
      for (const streamId of running.keys()) end(streamId);
      await Promise.all(stopping);
    },
  };
}
