import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type EngineErrorCode, engineErrorFrom } from './engine-error.ts';
import { startEngines } from './index.ts';

const check = (said: string, expected: EngineErrorCode) =>
  test(`“${said.slice(0, 60)}” is ${expected}`, () => {
    const error = engineErrorFrom('PostgreSQL', '/data', new Error('The process ended with code 1'), said);
    expect(error.code).toBe(expected);
    expect(error.message).toContain('/data');
  });

check('FATAL:  could not write lock file "postmaster.pid": No space left on device', 'disk_full');
check('could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 6', 'disk_full');
check('HINT:  Check free disk space.', 'disk_full');
check('Code: 243. DB::Exception: Cannot reserve 1.00 MiB. (NOT_ENOUGH_SPACE)', 'disk_full');
check('write: ENOSPC', 'disk_full');
check('FATAL:  could not create any TCP/IP sockets', 'engine_start_failed');

test('a disk that is really full is named as such', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'wutong-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', directory], { stdio: 'ignore' });
  } catch {
    rmSync(directory, { recursive: true });
    return context.skip('needs the right to mount a small disk');
  }
  try {
    await expect(startEngines({ dataDirectory: join(directory, 'data') })).rejects.toMatchObject({
      code: 'disk_full',
    });
  } finally {
    execFileSync('umount', [directory]);
    rmSync(directory, { recursive: true });
  }
});
