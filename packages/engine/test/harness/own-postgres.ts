import { startPostgres } from '../../src/platform/engines/start-postgres.ts';

/**
 * An embedded PostgreSQL of a test's own, as an installation starts it and keeps it running, in a folder that is
 * there; `onExit` is told each time that it ended by itself.
 */
export async function startOwnPostgres(
  directory: string,
  onExit: () => void,
): Promise<{ url: string; stop(): Promise<void> }> {
  const running = await startPostgres({ dataDirectory: directory, onExit });
  return { url: running.url, stop: () => running.stop() };
}
