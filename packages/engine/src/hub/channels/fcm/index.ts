import { createSign } from 'node:crypto';
import { z } from 'zod';
import { realClock } from '../../../platform/index.ts';
import type { Adapter, Answer, Hearing, Submission, SupplierSettings } from '../adapter.ts';

/** Settings of Firebase Cloud Messaging, HTTP v1. Secrets: privateKey (PEM of the service account). */
export const fcmSettingsSchema = z.object({
  projectId: z.string().min(1),
  clientEmail: z.string().min(3).describe('e-mail of the service account'),
  endpoint: z.url().default('https://fcm.googleapis.com'),
  tokenUri: z.url().default('https://oauth2.googleapis.com/token'),
  timeoutMs: z.number().int().min(100).default(15_000),
});

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const TOKEN_LIFE_S = 3_600;
// Renewed before it runs out while messages are on their way.
const TOKEN_MARGIN_MS = 300_000;
const RETRY_MS = 2_000;

/** App push by FCM's HTTP v1 API. A 2xx means accepted; FCM gives no delivery receipts. */
export function createFcmAdapter(supplier: SupplierSettings, hearing: Hearing): Adapter {
  const settings = fcmSettingsSchema.parse(supplier.settings);
  const url = `${settings.endpoint}/v1/projects/${settings.projectId}/messages:send`;
  const clock = realClock();
  let token: { value: string; until: number } | undefined;
  let fetching: Promise<string> | undefined;
  let up = false;
  let stopped = false;
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;

  /** The OAuth token of the service account (RFC 7523), shared by all messages. */
  function accessToken(): Promise<string> {
    if (token !== undefined && token.until - TOKEN_MARGIN_MS > clock.now())
      return Promise.resolve(token.value);
    fetching ??= fetchToken().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  async function fetchToken(): Promise<string> {
    const issuedAt = Math.floor(clock.now() / 1_000);
    const assertion = signJwt(
      {
        iss: settings.clientEmail,
        scope: SCOPE,
        aud: settings.tokenUri,
        iat: issuedAt,
        exp: issuedAt + TOKEN_LIFE_S,
      },
      supplier.secrets.privateKey ?? '',
    );
    const response = await fetch(settings.tokenUri, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
      signal: AbortSignal.timeout(settings.timeoutMs),
    });
    if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`);
    const body = (await response.json()) as { access_token: string; expires_in: number };
    token = { value: body.access_token, until: clock.now() + body.expires_in * 1_000 };
    return token.value;
  }

  async function connect(): Promise<void> {
    try {
      await accessToken();
      if (!up && !stopped) hearing.link('up');
      up = true;
    } catch (error) {
      hearing.link('down', (error as Error).message);
      if (!stopped) timer = setTimeout(() => void connect(), RETRY_MS);
    }
  }

  function goDown(reason: string): void {
    if (!up) return;
    up = false;
    token = undefined;
    hearing.link('down', reason);
    if (!stopped) timer = setTimeout(() => void connect(), RETRY_MS);
  }

  async function send(submission: Submission): Promise<Answer> {
    let bearer: string;
    try {
      bearer = await accessToken();
    } catch (error) {
      goDown((error as Error).message);
      return { kind: 'not_sent', code: 'no_token' };
    }
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify({ message: messageOf(submission) }),
        signal: AbortSignal.timeout(settings.timeoutMs),
      });
      const body = (await response.json().catch(() => ({}))) as FcmBody;
      if (response.status === 401) goDown('the access token was refused');
      return answerOf(response.status, body);
    } catch (error) {
      const cause = (error as { cause?: { code?: string } }).cause?.code;
      if (cause === 'ECONNREFUSED' || cause === 'ENOTFOUND') {
        goDown(cause);
        return { kind: 'not_sent', code: cause };
      }
      return { kind: 'uncertain', code: cause ?? (error as Error).name };
    }
  }

  return {
    start: () => void connect(),
    isUp: () => up && !stopped,
    async submit(submission) {
      inFlight++;
      try {
        return await send(submission);
      } finally {
        inFlight--;
      }
    },
    async stop(graceMs) {
      stopped = true;
      clearTimeout(timer);
      const until = performance.now() + graceMs;
      while (inFlight > 0 && performance.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

interface FcmBody {
  name?: string;
  error?: { status?: string; details?: { errorCode?: string }[] };
}

function messageOf({ address, fields, messageId }: Submission): object {
  return {
    token: address,
    notification: { title: fields.title ?? '', body: fields.body ?? '' },
    data: { message_id: messageId, ...(fields.link ? { link: fields.link } : {}) },
  };
}

/** Codes of FCM's ErrorCode table, found in `details[].errorCode`. */
function answerOf(status: number, body: FcmBody): Answer {
  if (status >= 200 && status < 300) return { kind: 'accepted', providerIds: body.name ? [body.name] : [] };
  const code =
    body.error?.details?.find((detail) => detail.errorCode)?.errorCode ??
    body.error?.status ??
    `HTTP ${status}`;
  if (code === 'UNREGISTERED' || status === 404)
    return { kind: 'rejected', code, final: true, addressGone: true };
  if (status === 401) return { kind: 'not_sent', code };
  // Google asks to try these again later; the message was not taken.
  if (status === 429 || status === 503) return { kind: 'throttled', code };
  if (status >= 500) return { kind: 'uncertain', code };
  return { kind: 'rejected', code, final: true };
}

/** A JSON Web Token signed with RS256 (RFC 7515, RFC 7518 § 3.3). */
function signJwt(claims: object, privateKeyPem: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${input}.${createSign('RSA-SHA256').update(input).sign(privateKeyPem, 'base64url')}`;
}
