import { lstat, opendir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CodedError } from '../../platform/index.ts';

/** ClickHouse reads these as patterns of paths and knows no way to quote them. */
const PATTERN_CHARACTERS = /[*?{}[\]]/;
const MAXIMUM_ENTRIES = 100_000;

/**
 * The absolute path of a name below the folder for files of sources, links followed.
 * @throws CodedError connection_path_refused when it is outside, does not exist, or has characters of patterns
 */
export async function pathInside(folder: string, name: string): Promise<string> {
  const refuse = (reason: string): never => {
    throw new CodedError('connection_path_refused', { details: { path: name, reason } });
  };
  if (name.includes('\u0000')) refuse('the path has a NUL character');
  if (isAbsolute(name)) refuse('name it relative to the folder');
  if (PATTERN_CHARACTERS.test(name)) refuse('the path has one of the characters * ? { } [ ]');
  const base = await realpath(folder).catch(() => refuse('the folder for files does not exist'));
  const found = await realpath(resolve(base, name)).catch(() => refuse('there is no such file or folder'));
  const inside = relative(base, found);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    refuse('it is outside the folder');
  return found;
}

/** A file below a folder. */
export interface FoundFile {
  /** With `/` between its parts. */
  readonly path: string;
  readonly folders: readonly string[];
}

/**
 * Files below a folder, in the order of their names. Links are left out, so that none leads outside; so is what
 * begins with a dot or an underscore, as the tools that write such folders do.
 * @throws CodedError connection_path_refused when there are too many
 */
export async function filesBelow(folder: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const walk = async (folders: readonly string[]): Promise<void> => {
    const names: string[] = [];
    for await (const entry of await opendir(join(folder, ...folders))) names.push(entry.name);
    for (const name of names.sort()) {
      if (/^[._]/.test(name) || PATTERN_CHARACTERS.test(name)) continue;
      const stat = await lstat(join(folder, ...folders, name));
      if (stat.isDirectory()) await walk([...folders, name]);
      else if (stat.isFile()) found.push({ path: [...folders, name].join('/'), folders });
      if (found.length > MAXIMUM_ENTRIES) {
        throw new CodedError('connection_path_refused', { details: { reason: 'more than 100,000 files' } });
      }
    }
  };
  await walk([]);
  return found;
}
