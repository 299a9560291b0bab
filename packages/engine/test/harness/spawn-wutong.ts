import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundleFile, type ProcessName } from './bundle-file.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** A process of ours that talks to the test by messages. */
export interface SpawnedProcess {
  readonly child: ChildProcess;
  /** What it said so far, for the message of a failing test. */
  said(): string;
  /** The first message that fits; rejects when the process ends before. */
  message<Message>(fits: (message: { kind: string }) => boolean, timeoutMs: number): Promise<Message>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Kills without warning, as a crash does, and waits for the end. */
  crash(): Promise<void>;
  /** Asks to stop, and waits for the end. */
  stop(): Promise<void>;
}

/** Starts one of our programs as a process of its own. */
export async function spawnProcess(
  name: ProcessName,
  environment: Record<string, string>,
): Promise<SpawnedProcess> {
  const child = spawn(process.execPath, [await bundleFile(name)], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  const messages: { kind: string }[] = [];
  child.on('message', (message) => {
    messages.push(message as { kind: string });
    output = `${output}\n${JSON.stringify(message)}`.slice(-20_000);
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  return {
    child,
    said: () => output,
    ended,
    async message<Message>(fits: (message: { kind: string }) => boolean, timeoutMs: number) {
      const deadline = Date.now() + timeoutMs;
      let over = false;
      void ended.then(() => {
        over = true;
      });
      for (;;) {
        const found = messages.find(fits);
        if (found) return found as Message;
        if (over || Date.now() > deadline) {
          throw new Error(`${name} ${over ? 'ended' : 'said nothing in time'}:\n${output}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async crash() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The server on given engines. */
export function spawnServer(options: {
  dataDirectory: string;
  databaseUrl: string;
  clickhouseUrl: string;
  port: number;
  token: string;
  environment?: Record<string, string>;
}): Promise<SpawnedProcess> {
  return spawnProcess('server', {
    WUTONG_DATA: options.dataDirectory,
    DATABASE_URL: options.databaseUrl,
    CLICKHOUSE_URL: options.clickhouseUrl,
    WUTONG_PORT: String(options.port),
    WUTONG_ADMIN_TOKEN: options.token,
    ...options.environment,
  });
}
