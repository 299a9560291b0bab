import { funnelRequestSchema, pathRequestSchema, retentionRequestSchema } from '@wutong/contract';
import { analyseFunnel } from '../../src/insight/analyses/funnel.ts';
import { analysePath } from '../../src/insight/analyses/path.ts';
import { analyseRetention } from '../../src/insight/analyses/retention.ts';
import type { Platform } from '../../src/platform/index.ts';
import { LOG_FROM_MS, LOG_TO_MS } from './fill-events.ts';
import { withoutRooms } from './without-rooms.ts';

const DAY_MS = 86_400_000;
export const FUNNEL_WINDOW_MS = 14 * DAY_MS;
export const RETENTION_DAYS = 30;
export const FUNNEL_3 = ['view_product', 'start_purchase', 'purchase'];
export const FUNNEL_8 = [
  'app_open',
  'login',
  'search',
  'view_product',
  'add_favourite',
  'risk_test',
  'start_purchase',
  'purchase',
];

const between = (from: number, to: number) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

/** People who got to each of these steps in 90 days, within a window of 14. */
export async function askFunnel(platform: Platform, steps: readonly string[]): Promise<number[]> {
  const request = funnelRequestSchema.parse({
    period: between(LOG_FROM_MS, LOG_TO_MS),
    steps: steps.map((event) => ({ event })),
    windowMs: FUNNEL_WINDOW_MS,
  });
  return (await analyseFunnel(withoutRooms(platform), request)).steps.map((step) => step.people);
}

/** Paths of five steps over all events of 90 days, cut where nothing happens for a day, repeats merged. */
export async function askPaths(platform: Platform): Promise<unknown> {
  const request = pathRequestSchema.parse({
    period: between(LOG_FROM_MS, LOG_TO_MS),
    depth: 5,
    gapMs: DAY_MS,
    maximumNodes: 30,
  });
  return (await analysePath(withoutRooms(platform), request)).links.slice(0, 3);
}

/** Daily retention over 30 days, a cohort for each day of a login, coming back by viewing a product. */
export async function askRetention(platform: Platform): Promise<unknown> {
  const request = retentionRequestSchema.parse({
    period: between(LOG_FROM_MS, LOG_FROM_MS + RETENTION_DAYS * DAY_MS),
    timeZone: 'UTC',
    start: { event: 'login' },
    returning: { event: 'view_product' },
    cohort: 'every',
    periods: RETENTION_DAYS,
  });
  return (await analyseRetention(withoutRooms(platform), request)).cohorts.slice(0, 2);
}
