/**
 * The composition root: the ordered start and the reverse stop of one Wutong process. Run directly it
 * serves until SIGINT or SIGTERM; as a child with an IPC channel it reports progress to its parent.
 */
import { ConfigError, readConfig } from './config.ts';
import { EngineError, NewerSchemaError } from './platform/index.ts';
import { startWutong, type StartReport } from './start-wutong.ts';

/** Exit codes: 1 something broke, 2 the operator must change something first. */
const EXIT_OPERATOR = 2;

function report(message: StartReport): void {
  if (process.send) process.send(message);
  else if (message.kind === 'progress') process.stderr.write(`${message.text}\n`);
  else if (message.kind === 'ready') process.stderr.write(`ready: ${message.url}\n`);
  else process.stderr.write(`${message.text}\n`);
}

function isForOperator(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof EngineError || error instanceof NewerSchemaError;
}

async function main(): Promise<void> {
  const config = readConfig();
  const wutong = await startWutong(config, report);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    wutong.stop().then(
      () => process.exit(0),
      (error: Error) => {
        report({ kind: 'failed', text: `stopping failed: ${error.message}` });
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // The parent (npm start) is gone: nobody reads our messages and nobody will stop us.
  process.on('disconnect', stop);
}

try {
  await main();
} catch (error) {
  const text = isForOperator(error)
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  report({ kind: 'failed', text });
  process.exit(isForOperator(error) ? EXIT_OPERATOR : 1);
}
