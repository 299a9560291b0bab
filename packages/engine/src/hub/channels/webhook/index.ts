import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { realClock } from '../../../platform/index.ts';
import type { Adapter, Answer, Hearing, Submission, SupplierSettings } from '../adapter.ts';

/** Settings of a webhook. Secrets: signingSecret (`whsec_` and base64), previousSigningSecret while rotating. */
export const webhookSettingsSchema = z.object({
  url: z.url(),
  timeoutMs: z.number().int().min(100).default(15_000),
});

const SECRET_PREFIX = 'whsec_';

/**
 * Posts messages to a system of the bank, signed as Standard Webhooks prescribes. The webhook-id is the
 * message's id, by which receivers drop repetitions: that is why a lost answer may be tried again here.
 */
export function createWebhookAdapter(supplier: SupplierSettings, hearing: Hearing): Adapter {
  const settings = webhookSettingsSchema.parse(supplier.settings);
  const clock = realClock();
  let stopped = false;
  let disabled = false;
  let inFlight = 0;

  async function send(submission: Submission): Promise<Answer> {
    const timestamp = Math.floor(clock.now() / 1_000);
    const body = submission.fields.payload ?? '{}';
    try {
      const response = await fetch(settings.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': submission.messageId,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signaturesOf(submission.messageId, timestamp, body, supplier.secrets),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(settings.timeoutMs),
      });
      await response.arrayBuffer();
      if (response.ok) return { kind: 'accepted', providerIds: [], delivered: true };
      const code = `HTTP ${response.status}`;
      if (response.status === 410) {
        // "Gone": the receiver wants no more of them.
        disabled = true;
        hearing.link('down', 'the receiver answered 410 Gone');
      }
      return response.status === 429 || response.status >= 500
        ? { kind: 'throttled', code }
        : { kind: 'rejected', code, final: true };
    } catch (error) {
      const cause = (error as { cause?: { code?: string } }).cause?.code;
      return { kind: 'throttled', code: cause ?? (error as Error).name };
    }
  }

  return {
    start: () => hearing.link('up'),
    isUp: () => !stopped && !disabled,
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
      const until = performance.now() + graceMs;
      while (inFlight > 0 && performance.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

/** `v1,<base64>` for each secret, so that a receiver may hold either while one replaces the other. */
function signaturesOf(
  id: string,
  timestamp: number,
  body: string,
  secrets: Readonly<Record<string, string>>,
): string {
  return [secrets.signingSecret, secrets.previousSigningSecret]
    .filter((secret): secret is string => secret !== undefined && secret !== '')
    .map((secret) => {
      const key = Buffer.from(secret.replace(SECRET_PREFIX, ''), 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    })
    .join(' ');
}
