import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir, open, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataType, load, open as openLibrary } from 'ffi-rs';
import { EngineError, engineErrorFrom } from './engine-error.ts';

/** A lock held by this process; the kernel drops it when the process ends, however it ends. */
export interface DirectoryLock {
  release(): void;
}

const LOCK_EXCLUSIVE_WITHOUT_WAITING = 2 | 4; // LOCK_EX | LOCK_NB, the same numbers on Linux and macOS
const LOCK_WAIT_MS = 3_000;
let systemLibraryIsOpen = false;

/**
 * Locks a directory for this process with flock(2).
 * A file with a process number in it would not do: numbers are reused, every container has a number 1,
 * and such a file survives kill -9. Node has no flock, so it is called through ffi-rs, which we need anyway.
 * A lock that is held is asked for again for a while: a process that was just killed takes a moment to go.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  if (!systemLibraryIsOpen) {
    openLibrary({ library: 'system', path: '' }); // the empty path is the running program, which has libc
    systemLibraryIsOpen = true;
  }
  const descriptor = openSync(join(directory, 'lock'), 'a', 0o600);
  const deadline = performance.now() + LOCK_WAIT_MS;
  while (!tryLock(descriptor)) {
    if (performance.now() > deadline) {
      closeSync(descriptor);
      throw new EngineError(
        'data_directory_in_use',
        `Another wutong is using the data folder ${directory}. Stop it first, or give this one a folder of its own with --data.`,
      );
    }
    await delay(50);
  }
  let held = true;
  return {
    release() {
      if (held) closeSync(descriptor);
      held = false;
    },
  };
}

function tryLock(descriptor: number): boolean {
  const failed = load({
    library: 'system',
    funcName: 'flock',
    retType: DataType.I32,
    paramsType: [DataType.I32, DataType.I32],
    paramsValue: [descriptor, LOCK_EXCLUSIVE_WITHOUT_WAITING],
  });
  return failed === 0;
}

/** Creates the data directory, closed to everybody else, and returns its real path. */
export async function prepareDataDirectory(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // Passing through may have been allowed to the group of PostgreSQL's user, and a wutong that runs on this
    // folder relies on it; everything else is taken away.
    const { mode } = await stat(directory);
    await chmod(directory, (mode & 0o710) | 0o700);
    return await realpath(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
      throw engineErrorFrom('PostgreSQL', directory, error);
    }
    throw new EngineError(
      'engine_start_failed',
      `The data folder ${directory} cannot be created or closed to other users (${String(error)}). Choose a folder you own with --data.`,
      { cause: error },
    );
  }
}

/** Reads a secret from a 0600 file; makes it once, at random, when it is not there. */
export async function readOrCreateSecret(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  const existing = await readTextIfThere(path);
  if (existing?.trim()) return existing.trim();
  const secret = randomBytes(24).toString('hex');
  await writeFileDurably(path, `${secret}\n`);
  return secret;
}

/** Writes a 0600 file so that a crash leaves either the old content or the new. */
export async function writeFileDurably(path: string, content: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** Writes a 0600 file that is made anew at every start. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  await writeFile(path, content, { mode: 0o600 });
  await chmod(path, 0o600);
}

export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
