import { createVerify, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHandsets, type Handsets } from './handsets.ts';

/** A push as the app gets it. */
export interface Push {
  readonly token: string;
  readonly title: string;
  readonly body: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface FcmSimulator {
  readonly url: string;
  readonly projectId: string;
  /** The service account to configure Wutong with. */
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly handsets: Handsets;
  readonly counts: Readonly<{ sent: number; refused: number; tokens: number }>;
  /** Apps that were removed: answered UNREGISTERED. */
  readonly unregistered: Set<string>;
  /** The next so many sends are answered 429. */
  throttle(sends: number): void;
  /** Makes all access tokens invalid, as time does. */
  revokeTokens(): void;
  onPush(listener: (push: Push) => void): void;
  stop(): Promise<void>;
}

/**
 * Starts a simulated Firebase Cloud Messaging (HTTP v1) and its OAuth token endpoint on loopback. `account`
 * keeps the service account over restarts.
 */
export async function startFcm(
  options: { port?: number; handsets?: Handsets; account?: { privateKey: string; publicKey: string } } = {},
): Promise<FcmSimulator> {
  const account = options.account ?? createServiceAccount();
  const handsets = options.handsets ?? createHandsets();
  const counts = { sent: 0, refused: 0, tokens: 0 };
  const unregistered = new Set<string>();
  const listeners: ((push: Push) => void)[] = [];
  const projectId = 'wutong-demo';
  let valid = new Set<string>();
  let throttled = 0;

  function grant(body: string): { status: number; json: object } {
    const assertion = new URLSearchParams(body).get('assertion') ?? '';
    const [header, claims, signature] = assertion.split('.');
    const genuine =
      signature !== undefined &&
      createVerify('RSA-SHA256')
        .update(`${header}.${claims}`)
        .verify(account.publicKey, signature, 'base64url');
    if (!genuine) return { status: 400, json: { error: 'invalid_grant' } };
    const token = randomBytes(24).toString('base64url');
    valid.add(token);
    counts.tokens++;
    return { status: 200, json: { access_token: token, expires_in: 3_600, token_type: 'Bearer' } };
  }

  function send(body: string, authorization: string): { status: number; json: object } {
    if (!valid.has(authorization.replace('Bearer ', ''))) return failure(401, 'UNAUTHENTICATED');
    if (throttled > 0) {
      throttled--;
      return failure(429, 'QUOTA_EXCEEDED');
    }
    const { message } = JSON.parse(body) as {
      message: {
        token: string;
        notification?: { title?: string; body?: string };
        data?: Record<string, string>;
      };
    };
    if (unregistered.has(message.token)) {
      counts.refused++;
      return failure(404, 'UNREGISTERED');
    }
    counts.sent++;
    const push = {
      token: message.token,
      title: message.notification?.title ?? '',
      body: message.notification?.body ?? '',
      data: message.data ?? {},
    };
    handsets.put({
      address: push.token,
      text: `${push.title}\n${push.body}`,
      supplier: 'fcm',
      at: Date.now(),
    });
    for (const listener of listeners) listener(push);
    return { status: 200, json: { name: `projects/${projectId}/messages/${counts.sent}` } };
  }

  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const isSend = request.url === `/v1/projects/${projectId}/messages:send`;
    const { status, json } =
      request.url === '/token'
        ? grant(body)
        : isSend
          ? send(body, request.headers.authorization ?? '')
          : failure(404, 'NOT_FOUND');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  }
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    projectId,
    clientEmail: 'wutong@wutong-demo.iam.gserviceaccount.com',
    privateKey: account.privateKey,
    handsets,
    counts,
    unregistered,
    throttle(sends) {
      throttled = sends;
    },
    revokeTokens() {
      valid = new Set();
    },
    onPush(listener) {
      listeners.push(listener);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A service account's key pair, PEM. */
export function createServiceAccount(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** Error body as FCM writes it: the code is in `details[].errorCode`. */
function failure(status: number, errorCode: string): { status: number; json: object } {
  const type = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
  return {
    status,
    json: { error: { code: status, status: errorCode, details: [{ '@type': type, errorCode }] } },
  };
}
