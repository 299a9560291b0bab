import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { deliveryProblem } from '../name-problem.ts';
import { postWebhook } from './webhook.ts';

/** What a POST to a receiver that answers so fails with; undefined when it is taken. */
async function problemWith(answer: (response: ServerResponse) => void): Promise<unknown> {
  const receiver = createServer((request, response) => {
    request.resume().once('end', () => answer(response));
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  try {
    const policy = { privateHosts: ['127.0.0.1'] };
    await postWebhook({ url, timeoutMs: 2_000 }, 'whsec_eA==', { deliveryId: 'd', body: '{}' }, policy);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    receiver.close();
  }
}

const HOUR_MS = 3_600_000;
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toUTCString();

it.each([
  ['120', 120_000, 120_000],
  ['0', undefined, undefined],
  ['999999', HOUR_MS, HOUR_MS],
  ['soon', undefined, undefined],
  [inSeconds(600), 590_000, 600_000],
  [inSeconds(-600), undefined, undefined],
  [inSeconds(86_400), HOUR_MS, HOUR_MS],
])('a receiver that asks to wait %s is believed, within an hour', async (header, least, most) => {
  const problem = await problemWith((response) => response.writeHead(503, { 'retry-after': header }).end());
  expect(problem).toMatchObject({ name: 'DeliveryError', message: 'HTTP 503' });
  const { retryAfterMs } = problem as { retryAfterMs?: number };
  if (least === undefined) expect(retryAfterMs).toBeUndefined();
  else {
    expect(retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(retryAfterMs).toBeLessThanOrEqual(most);
  }
});

it('a receiver that breaks off within its answer has not taken anything', async () => {
  const problem = await problemWith((response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('1234', () => response.destroy());
  });
  expect(problem).toMatchObject({ name: 'DeliveryError' });
});

const hasOpenssl = (() => {
  try {
    return execFileSync('openssl', ['version']).length > 0;
  } catch {
    return false;
  }
})();

it.skipIf(!hasOpenssl)('a certificate of nobody is told by name', async () => {
  const pem = execFileSync(
    'openssl',
    'req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -days 1 -keyout - -out -'.split(' '),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  ).toString();
  const receiver = createTlsServer({ key: pem, cert: pem }, (_request, response) => response.end());
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `https://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const policy = { privateHosts: ['127.0.0.1'] };
  try {
    const sent = postWebhook(
      { url, timeoutMs: 5_000 },
      'whsec_eA==',
      { deliveryId: 'd', body: '{}' },
      policy,
    );
    // Failed, not refused: it is tried again.
    await expect(sent).rejects.toMatchObject({ name: 'DeliveryError', kind: 'failed' });
    const sentence = await sent.catch((error: Error) => error.message);
    expect(deliveryProblem('webhook', sentence as string)).toBe('output_certificate_refused');
  } finally {
    receiver.close();
  }
});

it.each([
  'certificate has expired',
  'self-signed certificate in certificate chain',
  'unable to verify the first certificate',
  "Hostname/IP does not match certificate's altnames: Host: a.b. is not in the cert's altnames: DNS:c.d",
  'write EPROTO 40:error:0A00010B:SSL routines:ssl3_get_record:wrong version number',
])('%s is a matter of the certificate', (sentence) => {
  expect(deliveryProblem('webhook', sentence)).toBe('output_certificate_refused');
});
