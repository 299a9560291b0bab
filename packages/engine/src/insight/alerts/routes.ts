import { insightApi, type Alert, type AlertInput } from '@wutong/contract';
import {
  allows,
  CodedError,
  nextOwner,
  type CallingUser,
  type HttpServer,
  type Platform,
} from '../../platform/index.ts';
import { resolveScope, type AnalysisNeeds } from '../analyses/scope-sql.ts';
import { askAs } from '../ask-as.ts';
import { readReportSettings, writeReportSettings } from '../report-settings.ts';
import {
  removeAlert,
  selectAlert,
  selectAlerts,
  selectChecks,
  setAlertOwner,
  shownTo,
  writeAlert,
} from './alert-store.ts';
import { composeNotices } from './compose-notice.ts';
import { insertNotices, selectNotices } from './notice-store.ts';
import { mayOwnAlert, maySeeAlerts } from './right-to-alert.ts';
import { ensureSecret } from './signing-secret.ts';

/** Alerts, whom they told, and the rules they keep. */
export function routeAlerts(server: HttpServer, platform: Platform, asking: AnalysisNeeds): void {
  const { database, ids, secrets } = platform;
  const existing = async (alertId: string) => {
    const alert = await selectAlert(database, secrets, alertId);
    if (!alert) throw new CodedError('alert_not_found', { details: { alertId } });
    return alert;
  };
  /** What names things that are not shared with a user is not there for the user, whose own alerts always are. */
  const visible = async (alerts: readonly Alert[], user: CallingUser) => {
    const maySee = await maySeeAlerts(asking.needs, alerts, user);
    return alerts.filter((alert, index) => alert.owner === user.name || maySee[index]);
  };
  const readable = async (alertId: string, user: CallingUser) => {
    const [alert] = await visible([await existing(alertId)], user);
    if (!alert) throw new CodedError('alert_not_found', { details: { alertId } });
    return alert;
  };
  const own = async (alertId: string, user: CallingUser) => {
    const alert = await existing(alertId);
    if (alert.owner !== user.name) throw new CodedError('alert_not_found', { details: { alertId } });
    return alert;
  };

  server.handle(insightApi.listAlerts, async ({ user }) => ({
    items: (await visible(await selectAlerts(database, secrets), user)).map((alert) =>
      shownTo(user.name, alert),
    ),
  }));
  server.handle(insightApi.createAlert, ({ body, user }) => save(platform, asking, ids.newId(), body, user));
  server.handle(insightApi.saveAlert, async ({ params, body, user }) => {
    await own(params.alertId, user);
    return save(platform, asking, params.alertId, body, user);
  });
  server.handle(insightApi.deleteAlert, async ({ params, user }) => {
    await database.transaction(async (transaction) => {
      if (!(await removeAlert(transaction, params.alertId, user.name))) {
        throw new CodedError('alert_not_found', { details: { alertId: params.alertId } });
      }
      await record(platform, transaction, user, 'alert.delete', params.alertId);
    });
    return { done: true as const };
  });
  server.handle(insightApi.handOverAlert, async ({ params, body, user }) => {
    const alert = await readable(params.alertId, user);
    const next = await handOver(platform, asking, alert, { owner: body.owner, user });
    return shownTo(user.name, { ...alert, owner: next.name });
  });
  server.handle(insightApi.listAlertChecks, async ({ params, query, user }) => {
    await readable(params.alertId, user);
    return { items: await selectChecks(database, params.alertId, query.limit) };
  });
  server.handle(insightApi.testAlert, async ({ params, user }) => {
    const alert = await own(params.alertId, user);
    const notices = composeNotices(platform, alert, 'test', undefined);
    await database.transaction((transaction) => insertNotices(transaction, secrets, notices));
    return { notices: notices.length };
  });
  server.handle(insightApi.readAlertSecret, async ({ params, body, user }) => {
    await own(params.alertId, user);
    const secret = await database.transaction(async (transaction) => {
      await record(platform, transaction, user, 'alert.read_secret', params.alertId, { renew: body.renew });
      return ensureSecret(transaction, secrets, params.alertId, { renew: body.renew });
    });
    return { secret };
  });
  server.handle(insightApi.listAlertNotices, async ({ query, user }) => {
    const alerts = await selectAlerts(database, secrets);
    const shown = new Set((await visible(alerts, user)).map(({ alertId }) => alertId));
    const without = alerts.flatMap(({ alertId }) => (shown.has(alertId) ? [] : [alertId]));
    return selectNotices(database, { ...query, without });
  });

  server.handle(insightApi.readReportSettings, () => readReportSettings(platform.settings));
  server.handle(insightApi.saveReportSettings, async ({ body, user }) => {
    await database.transaction(async (transaction) => {
      await writeReportSettings(platform.settings, transaction, body);
      await record(platform, transaction, user, 'report.settings', 'report', body);
    });
    return body;
  });
}

function record(
  platform: Platform,
  transaction: Parameters<Platform['audit']['record']>[0],
  user: CallingUser,
  action: string,
  object: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  return platform.audit.record(transaction, { actor: user.name, action, object, detail });
}

/** Numbers that leave the house need the permission for it; a question that makes no sense is refused here. */
async function save(
  platform: Platform,
  asking: AnalysisNeeds,
  alertId: string,
  input: AlertInput,
  user: CallingUser,
) {
  const { database, clock, secrets } = platform;
  if (input.notify.length > 0 && !allows(user.permissions, 'report.export')) {
    throw new CodedError('permission_denied', { details: { permission: 'report.export' } });
  }
  await resolveScope(askAs(asking, user), input.analysis);
  const alert = await database.transaction(async (transaction) => {
    const written = await writeAlert(transaction, secrets, {
      alertId,
      owner: user.name,
      input,
      now: clock.now(),
    });
    if (!written) return undefined;
    const targets = input.notify.length;
    await record(platform, transaction, user, 'alert.save', alertId, { name: input.name, targets });
    return selectAlert(transaction, secrets, alertId);
  });
  if (!alert) throw new CodedError('alert_not_found', { details: { alertId } });
  return alert;
}

/** Gives an alert to somebody who has the right to it. @throws CodedError user_unknown, not_owner, owner_lost_right */
async function handOver(
  platform: Platform,
  { needs }: AnalysisNeeds,
  alert: Alert,
  { owner, user }: { owner: string; user: CallingUser },
): Promise<CallingUser> {
  const { access, database, clock } = platform;
  const next = await nextOwner(access, user, {
    from: { name: alert.owner },
    to: owner,
    mayOwn: (each) => mayOwnAlert(needs, alert, each),
  });
  await database.transaction(async (transaction) => {
    await setAlertOwner(transaction, alert.alertId, next.name, clock.now());
    const detail = { from: alert.owner, to: next.name };
    await record(platform, transaction, user, 'alert.hand_over', alert.alertId, detail);
  });
  return next;
}
