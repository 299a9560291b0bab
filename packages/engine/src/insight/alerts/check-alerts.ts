import { askAs } from '../ask-as.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import type { Platform } from '../../platform/index.ts';
import { claimDueAlert, lockAlert, writeCheck } from './alert-store.ts';
import { composeNotices } from './compose-notice.ts';
import { failed, lookAt } from './look-at-alert.ts';
import { insertNotices } from './notice-store.ts';
import { mayOwnAlert } from './right-to-alert.ts';

/** What checking alerts needs of the platform. */
export type AlertPlatform = Pick<
  Platform,
  'database' | 'clock' | 'config' | 'ids' | 'secrets' | 'clickhouse' | 'access'
>;

/**
 * Looks at the alert that is due longest. True when there may be another. A process that dies in between leaves
 * one look out; the next one comes at its time. What is to be told is written with what was found.
 */
export async function checkNextAlert(platform: AlertPlatform, asking: AnalysisNeeds): Promise<boolean> {
  const now = platform.clock.now();
  const alert = await platform.database.transaction((transaction) =>
    claimDueAlert(transaction, platform.secrets, now),
  );
  if (!alert) return false;
  // Asked as the owner, who may have lost the right since the alert was made.
  const owner = await platform.access.userBehind({ name: alert.owner });
  const check =
    owner && (await mayOwnAlert(asking.needs, alert, owner))
      ? await lookAt(askAs(asking, owner), alert, now)
      : failed(alert, now, 'owner_lost_right');
  await platform.database.transaction(async (transaction) => {
    // As it is now: it may have been edited, switched off or deleted while it was looked at.
    const present = await lockAlert(transaction, platform.secrets, alert.alertId);
    if (!present) return;
    await writeCheck(transaction, alert.alertId, check);
    if (check.problem !== undefined || !present.enabled || present.raised === check.raised) return;
    const kind = check.raised ? 'raised' : 'cleared';
    if (kind === 'cleared' && !present.notifyCleared) return;
    await insertNotices(transaction, platform.secrets, composeNotices(platform, present, kind, check));
  });
  return true;
}
