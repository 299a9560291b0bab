import { join } from 'node:path';
import { readTextIfThere, writeFileDurably } from './data-directory.ts';
import { EngineError } from './engine-error.ts';

const FILE_NAME = 'wutong-engine-version';

/**
 * Refuses data that a newer engine has written: an older one may misread it, and would find out late.
 * Only the first two numbers count; patch releases read each other's data.
 */
export async function refuseNewerData(
  engine: string,
  directory: string,
  version: string,
  writtenBy?: string,
): Promise<void> {
  const written = writtenBy ?? (await readTextIfThere(join(directory, FILE_NAME)))?.trim();
  if (written && isNewer(written, version)) {
    throw new EngineError(
      'data_directory_newer',
      `The data in ${directory} was last used by ${engine} ${written}, and this wutong brings ${engine} ${version}, which cannot read it safely. Use the newer wutong again, or another folder with --data.`,
    );
  }
}

export async function writeDataVersion(directory: string, version: string): Promise<void> {
  if ((await readTextIfThere(join(directory, FILE_NAME)))?.trim() === version) return;
  await writeFileDurably(join(directory, FILE_NAME), `${version}\n`);
}

function isNewer(left: string, right: string): boolean {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor > rightMajor || (leftMajor === rightMajor && leftMinor > rightMinor);
}
