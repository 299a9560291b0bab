import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../src/platform/engines/index.ts';

export interface TestS3 {
  /** http://127.0.0.1:port */
  readonly endpoint: string;
  /** Makes a bucket, or an object when there is a body. */
  put(path: string, body?: Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

/** S3 as moto speaks it (`pip install 'moto[s3,server]'`); undefined when it is not installed. */
export async function startS3(): Promise<TestS3 | undefined> {
  const port = await findFreePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let isGone = false;
  void exited.then(() => (isGone = true));
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 30_000;
  while (
    !(await fetch(endpoint).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (isGone || Date.now() > deadline) {
      child.kill('SIGKILL');
      process.stdout.write('moto_server is not installed: tests of S3 are skipped\n');
      return undefined;
    }
    await delay(100);
  }
  return {
    endpoint,
    async put(path, body) {
      // moto looks for the service in the signature and does not check it.
      const Authorization =
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
      const answer = await fetch(`${endpoint}/${path}`, {
        method: 'PUT',
        headers: { Authorization },
        ...(body ? { body } : {}),
      });
      if (!answer.ok) throw new Error(`S3 refused ${path}: ${answer.status}`);
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
