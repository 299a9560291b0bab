import { decisionApi } from '@wutong/contract';
import { CodedError, type Database, type Transaction } from '../platform/index.ts';
import type { Policy } from './front-door.ts';

/** A policy with the number of its revision; 0 is the default that nobody has saved. */
export interface StoredPolicy {
  readonly revision: number;
  readonly policy: Policy;
  readonly savedBy?: string;
  /** Epoch ms. */
  readonly savedAt?: number;
}

/**
 * In force until a bank saves its own. SMS hours 08:00–21:00 follow the carriers' and suppliers' rules;
 * caps are of the order banks use for marketing.
 */
export const DEFAULT_POLICY: Policy = decisionApi.policySchema.parse({
  caps: [
    { channel: 'sms', limit: 1, window: 'day' },
    { channel: 'sms', limit: 3, window: 'week' },
    { channel: 'email', limit: 1, window: 'day' },
    { channel: 'email', limit: 3, window: 'week' },
    { channel: 'push', limit: 2, window: 'day' },
    { channel: 'push', limit: 7, window: 'week' },
    { channel: 'any', limit: 6, window: 'day' },
  ],
  quietHours: [{ from: '21:00', to: '08:00', channels: ['sms', 'push', 'email'] }],
  suitability: {},
});

export async function readPolicy(database: Pick<Database, 'query'>): Promise<StoredPolicy> {
  const rows = await database.query<{
    revision: number;
    document: unknown;
    saved_by: string;
    saved_at: number;
  }>('select revision, document, saved_by, saved_at from decision.policy order by revision desc limit 1');
  const row = rows[0];
  if (!row) return { revision: 0, policy: DEFAULT_POLICY };
  return {
    revision: row.revision,
    policy: decisionApi.policySchema.parse(row.document),
    savedBy: row.saved_by,
    savedAt: row.saved_at,
  };
}

/** @throws CodedError policy_changed when `revision` is not the newest one */
export async function writePolicy(
  transaction: Transaction,
  input: { revision: number; policy: Policy; actor: string; now: number },
): Promise<void> {
  const written = await transaction.execute(
    `insert into decision.policy (revision, document, saved_by, saved_at)
     select $1, $2::jsonb, $3, $4
      where $1 = coalesce((select max(revision) from decision.policy), 0) + 1
     on conflict (revision) do nothing`,
    [input.revision + 1, JSON.stringify(input.policy), input.actor, input.now],
  );
  if (written === 0) throw new CodedError('policy_changed');
}
