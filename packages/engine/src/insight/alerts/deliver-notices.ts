import type { ReportSettings } from '@wutong/contract';
import { realClock, type Platform } from '../../platform/index.ts';
import type { InsightNeeds } from '../needs.ts';
import { claimDueNotice, writeAttempt, type DueNotice } from './notice-store.ts';
import { postWebhook, type Outcome } from './post-webhook.ts';
import { operatorSecret } from '../operators/operator-settings.ts';
import { ensureSecret } from './signing-secret.ts';

/** Time to the next attempt after the first, second … one; after the last one the notice has failed. */
const BACKOFF_MS = [30_000, 2 * 60_000, 10 * 60_000, 3_600_000, 6 * 3_600_000];

/**
 * Tells the target whose notice is due longest. True when there may be another. The row stays locked while the
 * target is called (at most some seconds), so that of several processes one calls; one that dies lets go of the
 * row and the notice is told again, under the same id.
 */
export function deliverNextNotice(
  platform: Pick<Platform, 'database' | 'clock' | 'secrets' | 'settings'>,
  needs: Pick<InsightNeeds, 'mail'>,
  settings: () => Promise<ReportSettings>,
): Promise<boolean> {
  const { database, clock, secrets } = platform;
  return database.transaction(async (transaction) => {
    const notice = await claimDueNotice(transaction, secrets, clock.now());
    if (!notice) return false;
    const outcome =
      notice.target.kind === 'email'
        ? await needs.mail.send({
            id: notice.noticeId,
            to: notice.target.address,
            subject: notice.message.subject,
            text: notice.message.text,
          })
        : await postWebhook({
            url: notice.target.url,
            id: notice.noticeId,
            // Receivers compare with real time, which the demo's clock is not.
            timestamp: Math.floor(realClock().now() / 1_000),
            body: bodyOf(notice),
            secret:
              notice.alertId === undefined
                ? await operatorSecret(transaction, platform)
                : await ensureSecret(transaction, secrets, notice.alertId),
            insideHosts: (await settings()).insideWebhookHosts,
          });
    await writeAttempt(transaction, notice.noticeId, attemptOf(outcome, notice.attempts, clock.now()));
    return true;
  });
}

function attemptOf(outcome: Outcome, attemptsBefore: number, at: number): Parameters<typeof writeAttempt>[2] {
  if (outcome.kind === 'sent') return { state: 'sent', nextAt: null, error: null, at };
  const wait = outcome.kind === 'later' ? BACKOFF_MS[attemptsBefore] : undefined;
  return wait === undefined
    ? { state: 'failed', nextAt: null, error: outcome.detail, at }
    : { state: 'waiting', nextAt: at + wait, error: outcome.detail, at };
}

/** The same bytes at every attempt; `computation.…` to operators. */
function bodyOf(notice: DueNotice): string {
  return JSON.stringify({
    type: `${notice.alertId === undefined ? 'computation' : 'alert'}.${notice.kind}`,
    timestamp: new Date(notice.createdAt).toISOString(),
    data: notice.message.data,
  });
}
