import type { AlertInput } from '@wutong/contract';
import { allows, type CallingUser } from '../../platform/index.ts';
import { namesOfQuestion } from '../analyses/names-of-question.ts';
import type { InsightNeeds } from '../needs.ts';

/** For each alert, whether everything that it names is shared with the user. */
export function maySeeAlerts(
  { audience }: Pick<InsightNeeds, 'audience'>,
  alerts: readonly Pick<AlertInput, 'analysis'>[],
  user: CallingUser,
): Promise<boolean[]> {
  return audience.mayAsk(
    alerts.map(({ analysis }) => namesOfQuestion(analysis)),
    user,
  );
}

/** Whether an alert may be asked, and told to those it tells, on behalf of the user; nobody who is gone may. */
export async function mayOwnAlert(
  needs: Pick<InsightNeeds, 'audience'>,
  alert: Pick<AlertInput, 'analysis' | 'notify'>,
  user: CallingUser | undefined,
): Promise<boolean> {
  if (!user || !allows(user.permissions, 'report.read')) return false;
  if (alert.notify.length > 0 && !allows(user.permissions, 'report.export')) return false;
  return (await maySeeAlerts(needs, [alert], user))[0]!;
}
