import { execFile, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EngineError } from './engine-error.ts';

/** The system user PostgreSQL runs as. Undefined everywhere means: as ourselves. */
export interface PostgresAccount {
  uid: number;
  gid: number;
}

const run = promisify(execFile);
const ACCOUNT_NAME = 'wutong-postgres';

/**
 * PostgreSQL refuses to run as root, so root gives it a user of its own. It is not `postgres`: a PostgreSQL
 * of the distribution may run as that one, and its superusers could then read our files.
 */
export async function findPostgresAccount(): Promise<PostgresAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await lookUp(ACCOUNT_NAME);
  if (existing) return existing;
  const attempts: [string, string[]][] = [
    [
      'useradd',
      [
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/bin/false',
        ACCOUNT_NAME,
      ],
    ],
    ['adduser', ['-S', '-D', '-H', '-s', '/bin/false', ACCOUNT_NAME]], // busybox
  ];
  const failures: string[] = [];
  // More than one try: another wutong may be holding the lock on /etc/passwd at this moment.
  for (let round = 0; round < 5; round += 1) {
    for (const [command, parameters] of attempts) {
      await run(command, parameters).catch((error: unknown) => failures.push(String(error)));
      const made = await lookUp(ACCOUNT_NAME);
      if (made) return made;
    }
    await delay(200);
  }
  const distribution = await lookUp('postgres');
  if (distribution) return distribution;
  throw new EngineError(
    'engine_start_failed',
    `PostgreSQL refuses to run as root, and the user ${ACCOUNT_NAME} could not be created (${failures.at(-1) ?? 'no tool for it'}). Run wutong as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

async function lookUp(name: string): Promise<PostgresAccount | undefined> {
  try {
    const uid = Number((await run('id', ['-u', name])).stdout);
    const gid = Number((await run('id', ['-g', name])).stdout);
    return uid > 0 ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the account can enter a directory. Asked by trying: modes alone do not tell (mounts, ACLs). */
export function canEnter(account: PostgresAccount, directory: string): boolean {
  const answer = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  });
  return answer.status === 0;
}
