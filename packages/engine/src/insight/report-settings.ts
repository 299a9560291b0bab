import { reportSettingsSchema, type ReportSettings } from '@wutong/contract';
import type { Settings, Transaction } from '../platform/index.ts';

const SMALLEST_GROUP = 'report.smallest_group';
const INSIDE_WEBHOOK_HOSTS = 'alert.inside_webhook_hosts';
/** Groups below this may point at single people (the usual rule of statistics offices is 3 to 10). */
const DEFAULT_SMALLEST_GROUP = 5;

/** Rules of reports and alerts; the defaults where nothing was set. */
export async function readReportSettings(settings: Pick<Settings, 'get'>): Promise<ReportSettings> {
  return reportSettingsSchema.parse({
    smallestGroup: (await settings.get(SMALLEST_GROUP)) ?? DEFAULT_SMALLEST_GROUP,
    insideWebhookHosts: (await settings.get(INSIDE_WEBHOOK_HOSTS)) ?? [],
  });
}

export async function writeReportSettings(
  settings: Pick<Settings, 'set'>,
  transaction: Transaction,
  rules: ReportSettings,
): Promise<void> {
  await settings.set(transaction, SMALLEST_GROUP, rules.smallestGroup);
  await settings.set(transaction, INSIDE_WEBHOOK_HOSTS, rules.insideWebhookHosts);
}
