import type { HttpServer, Platform, RunningLoop } from '../../platform/index.ts';
import type { ImportRooms } from '../imports/load-batch.ts';
import { createWarehouse, type Warehouse } from '../warehouse/index.ts';
import { createTasks, type Tasks } from './manage-tasks.ts';
import { reportReadiness, type SourceReadiness } from './report-readiness.ts';
import { taskRoutes } from './task-routes.ts';
import { createRunWorker, type RunWorker } from './work-on-runs.ts';

/** Sources of others: connections, mapped tables, and the tasks that bring their rows in. */
export interface Ingestion {
  readonly warehouse: Warehouse;
  readonly tasks: Tasks;
  readonly worker: RunWorker;
  /**
   * Whether what tasks bring from sources is complete up to `since` (epoch ms), and which of them are late: for
   * whatever depends on them, to show it or to wait. Sources without tasks are always ready.
   */
  sourceReadiness(sourceIds: readonly string[], since?: number): Promise<SourceReadiness[]>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  /** Interrupts runs, which the next process goes on with, and ends the reader of sources. */
  stop(): Promise<void>;
}

const DUE_INTERVAL_MS = 500;
const ROUND_INTERVAL_MS = 250;

export function createIngestion(platform: Platform, rooms: ImportRooms): Ingestion {
  const warehouse = createWarehouse(platform);
  const { reader } = warehouse;
  const tasks = createTasks(platform, reader);
  const worker = createRunWorker({ platform, rooms, reader });
  const loops: RunningLoop[] = [];
  return {
    warehouse,
    tasks,
    worker,
    sourceReadiness: (sourceIds, since) => reportReadiness(platform, sourceIds, since),
    routes(server) {
      warehouse.routes(server);
      taskRoutes(server, platform, tasks);
    },
    async start() {
      if (!platform.config.roles.has('worker')) return;
      loops.push(
        platform.jobs.loop({ name: 'ingest.due', intervalMs: DUE_INTERVAL_MS, run: () => worker.openDue() }),
        platform.jobs.loop({
          name: 'ingest.runs',
          intervalMs: ROUND_INTERVAL_MS,
          run: () => worker.round().then(() => false),
        }),
      );
    },
    async stop() {
      for (const loop of loops.splice(0)) await loop.stop();
      await worker.stop();
      await warehouse.stop();
    },
  };
}
