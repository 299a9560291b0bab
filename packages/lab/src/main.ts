/**
 * The world outside Wutong: the demo bank's customers, its managers, and simulated suppliers. It talks
 * to Wutong through its public doors only, and goes on where it stopped when it is started again.
 */
import { mkdirSync } from 'node:fs';
import { runDemo } from './run-demo.ts';

const environment = process.env;
const report = (message: object): void => {
  if (process.send) process.send(message);
  else process.stderr.write(`${JSON.stringify(message)}\n`);
};

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(signal, () => stopping.abort());

try {
  const stateDirectory = environment['WUTONG_LAB_DATA'] ?? '.wutong/lab';
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
  await runDemo({
    url: environment['WUTONG_URL'] ?? 'http://localhost:7500',
    token: environment['WUTONG_ADMIN_TOKEN'] ?? '',
    people: Number(environment['WUTONG_DEMO_PEOPLE'] ?? 20_000),
    seconds: Number(environment['WUTONG_DEMO_SECONDS'] ?? 100),
    stateDirectory,
    signal: stopping.signal,
    say: (text) => report({ kind: 'progress', text }),
    summary: (summary, final) => report({ kind: 'summary', summary, final }),
  });
  process.exit(0);
} catch (error) {
  if (stopping.signal.aborted) process.exit(0);
  report({ kind: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}
