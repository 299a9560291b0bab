import type { Platform } from '../../platform/index.ts';
import { deactivate } from '../assertion-store.ts';
import { joinMapWriters } from '../key-store.ts';
import { refoldClosure } from '../refold-closure.ts';
import type { RulesHolder } from '../rules-store.ts';
import { isTooLarge } from './assert-links.ts';
import { closeReviews, linksInForce } from './run-links-store.ts';

const LINKS_A_TRANSACTION = 500;

/**
 * Takes back all links of a run, by retraction: what others say of the same keys, and what people decided in review,
 * stays in force. Goes on where an interrupted try stopped. @throws CodedError too_many_connected_keys
 */
export async function withdrawRun(
  needs: { platform: Platform; rules: RulesHolder },
  runId: string,
  signal: AbortSignal,
): Promise<void> {
  const { database, clock } = needs.platform;
  await closeReviews(database, runId);
  const takeBack = (limit: number): Promise<number> =>
    database.transaction(async (transaction) => {
      await joinMapWriters(transaction);
      const links = await linksInForce(transaction, runId, limit);
      if (links.length === 0) return 0;
      await deactivate(
        transaction,
        links.map((link) => link.assertionId),
        'retracted',
      );
      await refoldClosure(transaction, {
        keyNumbers: [...new Set(links.flatMap((link) => link.keyNumbers))],
        rules: await needs.rules.newest(transaction),
        at: clock.now(),
        cause: 'linking',
      });
      return links.length;
    });
  let limit = LINKS_A_TRANSACTION;
  for (;;) {
    signal.throwIfAborted();
    try {
      if ((await takeBack(limit)) === 0) return;
    } catch (error) {
      if (!isTooLarge(error) || limit === 1) throw error;
      limit = Math.ceil(limit / 2);
    }
  }
}
