import { createServer } from 'node:net';
import { join } from 'node:path';
import { readTextIfThere, writePrivateFile } from './data-directory.ts';

/** A TCP port nobody listens on at this moment, on 127.0.0.1: the wished-for one when it is free. */
export async function findFreePort(wished = 0): Promise<number> {
  try {
    return await tryPort(wished);
  } catch (error) {
    if (wished === 0) throw error;
    return tryPort(0);
  }
}

function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('The system gave no port'));
      });
    });
  });
}

/**
 * The port of the last start when it is still free, else another: tools and terminals that hold the URL of
 * a restarted wutong go on working most of the time, and nothing may rely on it.
 */
export async function findSteadyPort(directory: string): Promise<number> {
  const last = Number(await readTextIfThere(join(directory, 'port')));
  const port = await findFreePort(Number.isInteger(last) && last > 1023 && last < 65_536 ? last : 0);
  await writePrivateFile(join(directory, 'port'), `${port}\n`);
  return port;
}
