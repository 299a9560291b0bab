import type { Platform } from '../../platform/index.ts';
import { deleteOldOperatorNotices, insertNotices } from '../alerts/notice-store.ts';
import type { InsightNeeds } from '../needs.ts';
import { composeOperatorNotices } from './compose-operator-notice.ts';
import { readOperatorSettings } from './operator-settings.ts';
import { lockTold, replaceTold } from './told-trouble-store.ts';

/**
 * Looks for computations that are in trouble and writes a notice to operators about those that were not told yet and
 * those that are over. Nobody set: nothing is told, and nothing counts as told.
 */
export async function tellOperators(
  platform: Pick<Platform, 'database' | 'clock' | 'config' | 'ids' | 'secrets' | 'settings'>,
  { audience }: Pick<InsightNeeds, 'audience'>,
): Promise<void> {
  if ((await readOperatorSettings(platform)).notify.length === 0) return;
  const { database, clock, secrets } = platform;
  await database.transaction(async (transaction) => {
    await lockTold(transaction);
    // Again behind the lock: whoever was set meanwhile is told, not whoever was set before.
    const settings = await readOperatorSettings(platform);
    const now = clock.now();
    const changes = await replaceTold(transaction, await audience.troubles(transaction, now), now);
    if (changes.began.length + changes.ended.length === 0) return;
    await deleteOldOperatorNotices(transaction, now);
    await insertNotices(transaction, secrets, composeOperatorNotices(platform, settings, changes));
  });
}
