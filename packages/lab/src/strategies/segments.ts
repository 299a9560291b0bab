import { audienceApi, ingestApi } from '@wutong/contract';
import { RefusedError, type FrontDoor } from '../front-door.ts';
import { RENEWAL_AUDIENCE } from './renewal.ts';

/** Segments a marketer of the bank would have. */
const SEGMENTS = [
  { segmentId: 'maturing_soon', name: '7 天内理财到期且可触达', text: RENEWAL_AUDIENCE },
  { segmentId: 'wealthy', name: '管理资产 50 万以上', text: 'person where aum >= 500000' },
  {
    segmentId: 'lookers',
    name: '近 30 天看过理财、没有购买',
    text: "person where count(event view_product where category = 'wealth' within last 30 days) >= 1 and not did(event purchase within last 30 days)",
  },
  {
    segmentId: 'sleeping',
    name: '近 60 天没有打开 App',
    text: 'person where did(event app_open within last 90 days) and not did(event app_open within last 60 days)',
  },
  {
    segmentId: 'entrepreneurs',
    name: '企业法定代表人',
    text: 'person where any company via legal_representative where (registered_capital >= 1000000)',
  },
] as const;

const NEEDED_EVENTS = ['view_product', 'app_open', 'purchase'];
const PATIENCE_MS = 60_000;

/** The tracking plan learns new events within seconds; rules can name them only then. */
async function waitForPlan(door: FrontDoor): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const { items } = await door.call(ingestApi.listTrackingPlan, { query: {} });
    if (NEEDED_EVENTS.every((name) => items.some((item) => item.event === name))) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Creates the segments that are not there yet. */
export async function describeAudiences(door: FrontDoor): Promise<void> {
  await waitForPlan(door);
  for (const segment of SEGMENTS) {
    try {
      await door.call(audienceApi.createSegment, {
        body: { ...segment, schedule: { every: 'day', at: '06:00' } },
      });
    } catch (error) {
      if (!(error instanceof RefusedError) || error.problem.status !== 409) throw error;
    }
  }
}
