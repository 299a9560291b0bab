import { randomBytes } from 'node:crypto';
import type { Transaction } from '../platform/index.ts';

/** A link of one person's message. */
export interface NewLink {
  readonly token: string;
  readonly purpose: 'click' | 'unsubscribe';
  readonly messageId: string;
  readonly personId: number;
  readonly target: string;
}

// 48 bits: with ten million live links a guess hits one in 28 million; short enough for an SMS.
const CLICK_BYTES = 6;
// An unsubscribe token does something, and is in no SMS: 144 bits.
const UNSUBSCRIBE_BYTES = 18;

/** Makes a link with an unguessable token. */
export function createLink(
  purpose: NewLink['purpose'],
  message: { message_id: string; person_id: number },
  target: string,
): NewLink {
  const random = randomBytes(purpose === 'click' ? CLICK_BYTES : UNSUBSCRIBE_BYTES).toString('base64url');
  // Phones end a link at a trailing dash or underscore.
  const token = random.replaceAll('-', 'x').replaceAll('_', 'y');
  return { token, purpose, messageId: message.message_id, personId: message.person_id, target };
}

export async function insertLinks(transaction: Transaction, links: readonly NewLink[]): Promise<void> {
  if (links.length === 0) return;
  await transaction.execute(
    `insert into hub.link (token, purpose, message_id, person_id, target)
     select * from unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[], $5::text[])`,
    [
      links.map((link) => link.token),
      links.map((link) => link.purpose),
      links.map((link) => link.messageId),
      links.map((link) => link.personId),
      links.map((link) => link.target),
    ],
  );
}
