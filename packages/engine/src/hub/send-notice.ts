import type { Platform } from '../platform/index.ts';
import { createSmtpAdapter } from './channels/smtp/index.ts';
import { selectSuppliers } from './supplier-store.ts';

/** A mail of Wutong's own to somebody who works at the bank: no message of a strategy, in nobody's books. */
export interface Notice {
  /** Becomes the Message-ID; the same when it is sent again. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** What became of it. `later`: trying again may help. */
export type NoticeOutcome =
  { readonly kind: 'sent' } | { readonly kind: 'later' | 'refused'; readonly detail: string };

/** Real ms for one notice. */
const PATIENCE_MS = 15_000;
/** Relays tried for one notice at a time. */
const MOST_RELAYS = 3;

/**
 * Sends a notice over the first active mail relay that may carry service messages, or over the next one where it
 * certainly did not go out. Never rejects for a relay.
 */
export async function sendNotice(
  { database, secrets }: Pick<Platform, 'database' | 'secrets'>,
  notice: Notice,
): Promise<NoticeOutcome> {
  const relays = (await selectSuppliers(database)).filter(
    (row) => row.kind === 'smtp' && row.state === 'active' && row.purposes.includes('service'),
  );
  let detail = 'no_mail_relay';
  for (const relay of relays.slice(0, MOST_RELAYS)) {
    const answer = await sendOver(secrets, relay, notice);
    if (answer.kind === 'accepted') return { kind: 'sent' };
    if (answer.kind === 'rejected') return { kind: 'refused', detail: answer.code };
    detail = answer.code;
    if (answer.kind !== 'not_sent') break;
  }
  return { kind: 'later', detail };
}

async function sendOver(
  secrets: Platform['secrets'],
  relay: Awaited<ReturnType<typeof selectSuppliers>>[number],
  notice: Notice,
): Promise<Awaited<ReturnType<ReturnType<typeof createSmtpAdapter>['submit']>>> {
  const adapter = createSmtpAdapter(
    {
      supplierId: relay.supplier_id,
      settings: { ...relay.settings, connections: 1, timeoutMs: PATIENCE_MS },
      secrets: JSON.parse(secrets.decrypt(relay.secrets)) as Record<string, string>,
      window: 1,
    },
    { receipt: async () => undefined, reply: async () => undefined, link: () => undefined },
  );
  try {
    return await adapter.submit({
      attemptId: notice.id,
      messageId: notice.id,
      personId: 0,
      address: notice.to,
      fields: { subject: notice.subject, text: notice.text },
      purpose: 'service',
      expiresAt: Number.MAX_SAFE_INTEGER,
    });
  } finally {
    await adapter.stop(0);
  }
}
