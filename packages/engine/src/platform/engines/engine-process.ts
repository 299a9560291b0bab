import type { ChildProcess } from 'node:child_process';
import { appendFileSync, renameSync, statSync } from 'node:fs';

/** One run of an engine, from its start to its end. */
export interface EngineProcess {
  readonly pid: number;
  /** Resolves, never rejects, with a short account of how the process ended. */
  readonly exited: Promise<string>;
  /** Ends the process in order, and by force when it takes too long. */
  stop(): Promise<void>;
}

const KEPT_CHARACTERS = 16_000;
const LOG_FILE_LIMIT_BYTES = 5_000_000;

/** What a child printed: the end of it in memory for error messages, all of it in a file of bounded size. */
export class ChildOutput {
  #text = '';
  readonly #logFile: string | undefined;

  constructor(child: ChildProcess, logFile?: string) {
    this.#logFile = logFile;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (chunk: string) => this.#take(chunk));
      // A broken pipe tells nothing that the exit of the child does not.
      stream?.on('error', () => undefined);
    }
  }

  get text(): string {
    return this.#text;
  }

  #take(chunk: string): void {
    this.#text = (this.#text + chunk).slice(-KEPT_CHARACTERS);
    if (!this.#logFile) return;
    try {
      appendFileSync(this.#logFile, chunk, { mode: 0o600 });
      if (statSync(this.#logFile).size > LOG_FILE_LIMIT_BYTES) {
        renameSync(this.#logFile, `${this.#logFile}.1`);
      }
    } catch {
      // A log that cannot be written (a full disk) must not take the server down with it.
    }
  }
}

/** Resolves with how the child ended. To be called right after spawn, so that no exit is missed. */
export function whenExited(child: ChildProcess, output: ChildOutput): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be run: ${error.message}`));
    // 'close' comes after the last output, so the account is complete.
    child.once('close', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `ended with code ${String(code)}`;
      const last = output.text.trim().split('\n').at(-1) ?? '';
      resolve(last ? `${how}; last words: ${last.slice(0, 500)}` : how);
    });
  });
}

/** Sends each signal in turn until the process is gone; the last one should be SIGKILL. */
export async function endProcess(
  child: ChildProcess,
  exited: Promise<unknown>,
  steps: { signal: NodeJS.Signals; waitMs: number }[],
): Promise<void> {
  for (const step of steps) {
    child.kill(step.signal);
    if (await settledWithin(exited, step.waitMs)) return;
  }
}

/** True when the promise settles within the time. */
export async function settledWithin(promise: Promise<unknown>, waitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, waitMs, false);
  });
  try {
    return await Promise.race([promise.then(() => true), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

export function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that it lives and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
