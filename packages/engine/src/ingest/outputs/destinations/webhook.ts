import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { OutputDestination } from '@wutong/contract';
import { CodedError, realClock } from '../../../platform/index.ts';
import {
  addressAllowed,
  AddressRefusedError,
  guardedLookup,
  hostOf,
  type AddressPolicy,
} from './guard-address.ts';
import { DeliveryError, type Destination, type OpenPortion } from './output-destination.ts';

type Settings = Extract<OutputDestination, { kind: 'webhook' }>;

const SECRET_PREFIX = 'whsec_';
/** nginx and others take 1 MiB by themselves. */
const BODY_BYTES = 1_000_000;
/** More than what stands around the rows. */
const ENVELOPE_BYTES = 1_000;
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** One POST: what a dead delivery is kept as. */
export interface WebhookBody {
  readonly deliveryId: string;
  readonly body: string;
}

/**
 * Posts rows as JSON, signed as Standard Webhooks prescribes: `webhook-id` is the delivery's id, the same at each try.
 * Redirects are not followed; addresses that are not public are refused unless the policy names them.
 */
export function webhookDestination(readPolicy: () => Promise<AddressPolicy>): Destination<Settings> {
  return {
    isWhole: false,
    rowsADelivery: (settings) => settings.rowsADelivery,
    bytesADelivery: BODY_BYTES - ENVELOPE_BYTES,
    async check(settings) {
      const host = hostOf(settings.url);
      const isForbidden = isIP(host) !== 0 && !addressAllowed(host, host, await readPolicy());
      const { username, password } = new URL(settings.url);
      if (username || password)
        throw new CodedError('output_settings_invalid', { details: { url: 'must not hold a password' } });
      if (isForbidden || (host === 'localhost' && !(await readPolicy()).privateHosts.includes('localhost')))
        throw new CodedError('address_not_allowed', { details: { host } });
    },
    async open(portion) {
      let bytes = 0;
      return {
        async send(delivery) {
          const body = webhookBody(portion, delivery.deliveryId, delivery.rows);
          await postWebhook(
            portion.destination,
            portion.secrets.signingSecret ?? '',
            body,
            await readPolicy(),
          );
          bytes += Buffer.byteLength(body.body);
        },
        finish: () => Promise.resolve({ bytes }),
        abandon: () => Promise.resolve(),
      };
    },
    async test(settings, secrets, outputId) {
      const body = webhookBody({ outputId, subject: 'test' }, randomUUID(), []);
      await postWebhook(settings, secrets.signingSecret ?? newSigningSecret(), body, await readPolicy());
    },
    stop: () => Promise.resolve(),
  };
}

/** As Standard Webhooks writes it. */
export function newSigningSecret(): string {
  return `${SECRET_PREFIX}${randomBytes(32).toString('base64')}`;
}

/** The JSON of a delivery. */
export function webhookBody(
  portion: Pick<OpenPortion, 'outputId' | 'subject'>,
  deliveryId: string,
  rows: readonly WrittenRow[],
): WebhookBody {
  const { outputId, subject } = portion;
  const body = {
    output: outputId,
    subject,
    deliveryId,
    rows: rows.map(written),
  };
  return { deliveryId, body: JSON.stringify(body) };
}

/** Bytes of a row in a body, with the comma. */
export const rowBytes = (row: WrittenRow): number => Buffer.byteLength(JSON.stringify(written(row))) + 1;

type WrittenRow = { id: string; values: object };

const written = ({ id, values }: WrittenRow): object => ({ id, ...values });

/** @throws DeliveryError */
export async function postWebhook(
  settings: Pick<Settings, 'url' | 'timeoutMs'>,
  signingSecret: string,
  { deliveryId, body }: WebhookBody,
  policy: AddressPolicy,
): Promise<void> {
  const url = new URL(settings.url);
  const host = hostOf(settings.url);
  // An address in the URL is never resolved, so it is judged here.
  if (isIP(host) !== 0 && !addressAllowed(host, host, policy))
    throw new DeliveryError('failed', `the address ${host} is not allowed`);
  // Receivers compare it with their own clock, so it is real time also in a demo.
  const timestamp = Math.floor(realClock().now() / 1_000);
  const key = Buffer.from(signingSecret.replace(SECRET_PREFIX, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${deliveryId}.${timestamp}.${body}`).digest('base64');
  const answer = await post(url, body, settings.timeoutMs, policy, {
    'webhook-id': deliveryId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  });
  judge(answer);
}

type Answer = Pick<IncomingMessage, 'statusCode' | 'headers'>;

function post(
  url: URL,
  body: string,
  timeoutMs: number,
  policy: AddressPolicy,
  headers: Record<string, string>,
): Promise<Answer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      const why =
        error instanceof AddressRefusedError ? `the address is not allowed: ${error.message}` : error.message;
      reject(new DeliveryError('failed', why || (error as { code?: string }).code || 'no answer'));
    };
    const request = send(
      url,
      {
        method: 'POST',
        // No pool: a kept connection would outlive a change of the policy.
        agent: false,
        lookup: guardedLookup(policy),
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'wutong',
          ...headers,
        },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        // Only the status counts; an endless answer is cut off with the time limit.
        response.resume();
        response.once('end', () => resolve(response));
        response.once('error', fail);
      },
    );
    request.once('error', fail);
    request.end(body);
  });
}

/** 2xx is taken. What can change (408, 425, 429, 5xx) is tried again; everything else, redirects too, is refused. */
function judge({ statusCode = 0, headers }: Answer): void {
  if (statusCode >= 200 && statusCode < 300) return;
  const text = `HTTP ${statusCode}`;
  if (statusCode === 408 || statusCode === 425 || statusCode === 429 || statusCode >= 500) {
    throw new DeliveryError('failed', text, waitAsked(headers['retry-after']));
  }
  throw new DeliveryError('refused', text);
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3); milliseconds from now, bounded. */
function waitAsked(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const isSeconds = /^\s*\d+\s*$/.test(header);
  const waitMs = isSeconds ? Number(header) * 1_000 : Date.parse(header) - realClock().now();
  return waitMs > 0 ? Math.min(waitMs, LONGEST_RETRY_AFTER_MS) : undefined;
}
