import { join } from 'node:path';
import type { HttpServer, RunningLoop } from '../../platform/index.ts';
import { createDestinations } from './destinations/output-destinations.ts';
import { createOutputLooks, type OutputLooks } from './look-at-outputs.ts';
import { createOutputBook, policyReader, type OutputBook } from './manage-outputs.ts';
import type { OutputNeeds } from './output-needs.ts';
import { addOutputRoutes, addReaderRoutes } from './output-routes.ts';
import { selectDue } from './output-store.ts';
import { createReaders, type Readers } from './readers/manage-readers.ts';
import { serveReaders } from './readers/reader-door.ts';
import { takeTurn } from './run-output.ts';
import { createSubjects } from './subjects/output-subjects.ts';

/** What leaves: files, webhooks, topics, and read-only users of ClickHouse. */
export interface Outputs {
  readonly book: OutputBook;
  readonly looks: OutputLooks;
  readonly readers: Readers;
  /** Lets every output that is due have its turn now. */
  runDue(): Promise<void>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const INTERVAL_MS = 250;
const READERS_INTERVAL_MS = 5_000;
const DUE_LIMIT = 100;
/** Outputs that are sent at the same time; each holds two connections of the pool. */
const TURNS_AT_ONCE = 3;

/** Builds the outputs. Several processes may run them: each output has its turn in one process at a time. */
export function createOutputs(needs: OutputNeeds): Outputs {
  const { platform } = needs;
  const directory = platform.config.outputDirectory ?? join(platform.config.dataDirectory, 'outputs');
  const readPolicy = policyReader(platform.settings);
  const destinations = createDestinations({ directory, readPolicy });
  const parts = { needs, subjects: createSubjects(needs), destinations };
  const book = createOutputBook(parts, readPolicy);
  const looks = createOutputLooks(parts, directory);
  const readers = createReaders(needs);
  const loops: RunningLoop[] = [];

  async function runDue(): Promise<void> {
    const due = await selectDue(platform.database, platform.clock.now(), DUE_LIMIT);
    const work = async (): Promise<void> => {
      for (let next = due.shift(); next !== undefined; next = due.shift()) await takeTurn(parts, next);
    };
    await Promise.all(Array.from({ length: TURNS_AT_ONCE }, work));
  }

  return {
    book,
    looks,
    readers,
    runDue,
    routes(server) {
      addOutputRoutes(server, book, looks);
      addReaderRoutes(server, readers);
      serveReaders(server.fastify, readers);
    },
    start() {
      if (!platform.config.roles.has('worker')) return Promise.resolve();
      const loop = (name: string, intervalMs: number, run: () => Promise<void>): void => {
        loops.push(
          platform.jobs.loop({ name: `ingest.${name}`, intervalMs, run: () => run().then(() => false) }),
        );
      };
      loop('outputs', INTERVAL_MS, runDue);
      loop('readers', READERS_INTERVAL_MS, () => readers.keepViews());
      return Promise.resolve();
    },
    async stop() {
      for (const loop of loops.splice(0)) await loop.stop();
      for (const destination of Object.values(destinations)) await destination.stop();
      await readers.server.close();
    },
  };
}
