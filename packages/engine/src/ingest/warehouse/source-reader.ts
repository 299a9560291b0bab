import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CodedError,
  openClickHouse,
  SOURCE_DATABASE,
  startSourceReader,
  type ClickHouse,
  type Platform,
  type RunningSourceReader,
} from '../../platform/index.ts';

/** A running reader of sources. */
export interface Reader {
  /** For statements that we compose: it may reach sources. */
  readonly composer: ClickHouse;
  /** For SQL that people wrote: it reads declared tables, within limits. */
  readonly analyst: ClickHouse;
  /** The folder for files of sources, links followed. */
  readonly folder: string;
  /** Declared tables by name, with what they were declared from; empty again after the reader ended. */
  readonly declared: Map<string, string>;
  /** One declaration at a time. */
  declaring: Promise<unknown>;
  /** Lets nobody use it any more: one of its queries hangs and cannot be ended otherwise. */
  retire(): void;
}

export interface SourceReader {
  /** Starts the reader when it is not running, and keeps it until the work is done. @throws source_reader_unavailable */
  use<Result>(work: (reader: Reader) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

interface Running {
  readonly reader: Reader;
  readonly process: RunningSourceReader;
  users: number;
  retired: boolean;
  idle: NodeJS.Timeout | undefined;
}

/** Bound of the whole process; sorts that need more use the disk. */
const MEMORY_BYTES = 1024 ** 3;
/** Real milliseconds without work after which it ends and gives its memory back. */
const IDLE_MS = 10 * 60_000;
/** Longer than any query may take: limits of time are set by query. */
const REQUEST_TIMEOUT_MS = 25 * 3_600_000;

/** The reader of sources of this process: a ClickHouse of its own, started by its first use. */
export function createSourceReader(platform: Platform): SourceReader {
  const { dataDirectory, warehouseFolder } = platform.config;
  const filesDirectory = warehouseFolder ?? join(dataDirectory || '.', 'warehouse');
  const all = new Set<Running>();
  let present: Promise<Running> | undefined;

  async function launch(): Promise<Running> {
    const declared = new Map<string, string>();
    let lost = false;
    const process = await startSourceReader({
      dataDirectory,
      filesDirectory,
      memoryBytes: MEMORY_BYTES,
      onExit: () => {
        lost = true;
        declared.clear();
      },
    }).catch((error: unknown) => {
      throw new CodedError('source_reader_unavailable', { cause: error });
    });
    const composer = openClickHouse(process.composerUrl, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
    const reader: Reader = {
      composer,
      analyst: openClickHouse(process.analystUrl, { requestTimeoutMs: REQUEST_TIMEOUT_MS }),
      folder: await realpath(filesDirectory),
      declared,
      declaring: Promise.resolve(),
      retire: () => retire(running),
    };
    const running: Running = { reader, process, users: 0, retired: false, idle: undefined };
    all.add(running);
    // In memory: the passwords of sources that its tables hold are never on the disk.
    await composer.command(`CREATE DATABASE IF NOT EXISTS ${SOURCE_DATABASE} ENGINE = Memory`);
    if (lost) throw new CodedError('source_reader_unavailable');
    return running;
  }

  async function end(running: Running): Promise<void> {
    if (!all.delete(running)) return;
    clearTimeout(running.idle);
    await Promise.all([running.reader.composer.close(), running.reader.analyst.close()]);
    await running.process.stop();
  }

  function retire(running: Running): void {
    if (running.retired) return;
    running.retired = true;
    // What is not the present one has been retired or has not begun.
    present = undefined;
    if (running.users === 0) void end(running);
  }

  async function take(): Promise<Running> {
    present ??= launch().catch((error: unknown) => {
      present = undefined;
      throw error;
    });
    const running = await present;
    if (running.retired) return take();
    return running;
  }

  return {
    async use(work) {
      const running = await take();
      running.users++;
      clearTimeout(running.idle);
      try {
        // After an unasked end it came back without its database.
        if (running.reader.declared.size === 0) {
          await running.reader.composer
            .command(`CREATE DATABASE IF NOT EXISTS ${SOURCE_DATABASE} ENGINE = Memory`)
            .catch((error: unknown) => {
              throw new CodedError('source_reader_unavailable', { cause: error });
            });
        }
        return await work(running.reader);
      } finally {
        running.users--;
        if (running.users === 0 && running.retired) void end(running);
        else if (running.users === 0) {
          running.idle = setTimeout(() => retire(running), IDLE_MS);
          running.idle.unref();
        }
      }
    },
    async stop() {
      present = undefined;
      await Promise.all([...all].map(end));
    },
  };
}
