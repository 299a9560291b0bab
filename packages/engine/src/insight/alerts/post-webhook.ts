import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { request as requestPlainly } from 'node:http';
import { request as requestSecurely } from 'node:https';
import type { LookupFunction } from 'node:net';
import { outsideAddresses } from './find-inside-address.ts';

/** What became of one attempt to tell a target. `detail` holds no address and no secret. */
export type Outcome =
  | { readonly kind: 'sent' }
  /** Trying again may help. */
  | { readonly kind: 'later'; readonly detail: string }
  /** It will not be taken, however often it is tried. */
  | { readonly kind: 'refused'; readonly detail: string };

const TIMEOUT_MS = 10_000;
/** Answers that ask for another try: request timeout, too early, too many requests. */
const TRY_AGAIN = new Set([408, 425, 429]);
const SECRET_PREFIX = 'whsec_';

/** Header that proves who sends: Standard Webhooks' `v1,` and the base64 of HMAC-SHA-256 over id, time and body. */
export function signatureOf(id: string, timestamp: number, body: string, secret: string): string {
  const key = Buffer.from(secret.replace(SECRET_PREFIX, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * Posts signed JSON once. The host is looked up here and only addresses that were looked at are connected to;
 * hosts inside must be named in `insideHosts`. A redirect is not followed: it would lead where nobody looked.
 * `timestamp`: real seconds since 1970, against which receivers check that a message is fresh.
 */
export async function postWebhook(call: {
  url: string;
  id: string;
  timestamp: number;
  body: string;
  secret: string;
  insideHosts: readonly string[];
}): Promise<Outcome> {
  const url = new URL(call.url);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  try {
    const addresses = call.insideHosts.includes(hostname)
      ? await lookup(hostname, { all: true })
      : await outsideAddresses(hostname);
    if (!addresses) return { kind: 'refused', detail: 'host_inside' };
    const status = await post(
      url,
      addresses,
      {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(call.body)),
        'user-agent': 'Wutong-Alerts',
        'webhook-id': call.id,
        'webhook-timestamp': String(call.timestamp),
        'webhook-signature': signatureOf(call.id, call.timestamp, call.body, call.secret),
      },
      call.body,
    );
    if (status >= 200 && status < 300) return { kind: 'sent' };
    if (status >= 300 && status < 400) return { kind: 'refused', detail: `redirect HTTP ${status}` };
    const kind = status >= 500 || TRY_AGAIN.has(status) ? 'later' : 'refused';
    return { kind, detail: `HTTP ${status}` };
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    return { kind: 'later', detail: code ?? name ?? 'error' };
  }
}

/** Status of the answer; its body is not read. Rejects after the time-out, whatever the receiver does. */
function post(
  url: URL,
  addresses: readonly { address: string; family: number }[],
  headers: Record<string, string>,
  body: string,
): Promise<number> {
  const request = url.protocol === 'https:' ? requestSecurely : requestPlainly;
  const lookAgain: LookupFunction = (_hostname, options, done) => {
    if (options.all) done(null, [...addresses]);
    else done(null, addresses[0]!.address, addresses[0]!.family);
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        headers,
        agent: false,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        lookup: lookAgain,
      },
      (response) => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
