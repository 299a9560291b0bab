import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const POM = fileURLToPath(new URL('./jdbc-client.pom.xml', import.meta.url));
const SOURCE = fileURLToPath(new URL('./AskByJdbc.java', import.meta.url));

/** Why ClickHouse's JDBC driver cannot be had here; undefined when it can. */
export function whyNoJdbc(): string | undefined {
  if (spawnSync('javac', ['-version']).status !== 0) return 'a JDK is not here';
  return existsSync(jarFolder()) ? undefined : 'run `node scripts/fetch-jdbc.mjs` first';
}

function jarFolder(): string {
  const version = /<version>([\d.]+)<\/version>\s*<\/dependency>/.exec(readFileSync(POM, 'utf8'))![1]!;
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'wutong', `clickhouse-jdbc-${version}`);
}

/** Asks questions (see AskByJdbc.java) over one connection; an answer for each. */
export async function askByJdbc(
  address: { url: string; user: string; password: string },
  questions: readonly string[],
): Promise<string[]> {
  const java = spawn('java', [
    '-cp',
    join(jarFolder(), '*'),
    SOURCE,
    address.url,
    address.user,
    address.password,
  ]);
  let said = '';
  let complained = '';
  java.stdout.setEncoding('utf8').on('data', (piece: string) => (said += piece));
  java.stderr.setEncoding('utf8').on('data', (piece: string) => (complained += piece));
  java.stdin.end(`${questions.join('\n')}\n`);
  const [code] = (await once(java, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the JDBC client ended with ${code}: ${complained.slice(0, 2_000)}`);
  return said
    .split('\n')
    .filter((line) => line.startsWith('> '))
    .map((line) => line.slice(2));
}
