import { randomBytes } from 'node:crypto';
import type { Secrets, Transaction } from '../../platform/index.ts';
import { selectSecret, updateSecret } from './alert-store.ts';

/** Bytes of a secret: Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

/** The secret that signs an alert's webhooks, opened; made when there is none yet, or when a new one is wanted. */
export async function ensureSecret(
  transaction: Transaction,
  secrets: Secrets,
  alertId: string,
  options: { renew: boolean } = { renew: false },
): Promise<string> {
  const known = options.renew ? undefined : await selectSecret(transaction, alertId);
  if (known) return secrets.decrypt(known);
  const secret = newSecret();
  await updateSecret(transaction, alertId, secrets.encrypt(secret));
  return secret;
}

/** A new secret as Standard Webhooks writes it. */
export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}
