import { hubNeeds, contentNeeds } from '../../src/connect-rooms.ts';
import { createContent, type Content, type ContentVariants, type Purpose } from '../../src/content/index.ts';
import { createDecision, type Decision } from '../../src/decision/index.ts';
import {
  createHub,
  HUB_WANTED_EVENTS,
  type Hub,
  type HubNeeds,
  type Reservation,
} from '../../src/hub/index.ts';
import { createIdentity, type Identity } from '../../src/identity/index.ts';
import { createIngest, type Ingest } from '../../src/ingest/index.ts';
import type { Platform } from '../../src/platform/index.ts';
import { createProfile, type Profile } from '../../src/profile/index.ts';

/** As the hub sends notices to operators; for tests of rooms that do not build a whole hub. */
export { sendNotice } from '../../src/hub/send-notice.ts';

/** The hub on real rooms and real engines. */
export interface HubRooms {
  readonly identity: Identity;
  readonly profile: Profile;
  readonly ingest: Ingest;
  readonly content: Content;
  readonly decision: Decision;
  readonly needs: HubNeeds;
  readonly hub: Hub;
  stop(): Promise<void>;
}

/** Builds the rooms up to the hub; only identity and profile run their loops. */
export async function createHubRooms(platform: Platform): Promise<HubRooms> {
  const identity = createIdentity(platform);
  const profile = createProfile(platform, identity);
  const ingest = createIngest(platform, {
    identity,
    profile,
    wantedEvents: { hub: () => HUB_WANTED_EVENTS },
  });
  const content = createContent(platform, contentNeeds(profile));
  const decision = createDecision(platform, { identity, profile });
  const needs = hubNeeds(platform, { identity, profile, content, decision, ingest });
  await identity.start();
  await profile.start();
  await profile.declare({
    purposes: [{ purpose: 'marketing', version: 1, title: { en: 'Marketing', zh: '营销' } }],
  });
  return {
    identity,
    profile,
    ingest,
    content,
    decision,
    needs,
    hub: createHub(platform, needs),
    async stop() {
      await profile.stop();
      await identity.stop();
    },
  };
}

const MAKE_AT_ONCE = 5_000;

/** Makes people with all keys an address is taken from, a name, and consent to marketing on every channel. */
export async function makeReachablePeople(
  rooms: Pick<HubRooms, 'identity' | 'profile'>,
  platform: Platform,
  count: number,
  first = 1,
): Promise<number[]> {
  const personIds: number[] = [];
  for (let from = 0; from < count; from += MAKE_AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(MAKE_AT_ONCE, count - from) },
      (_, index) => first + from + index,
    );
    personIds.push(...(await makeBatch(rooms, platform, numbers)));
  }
  return personIds;
}

function makeBatch(
  rooms: Pick<HubRooms, 'identity' | 'profile'>,
  platform: Platform,
  numbers: readonly number[],
): Promise<number[]> {
  const at = platform.clock.now() - 86_400_000;
  return platform.database.transaction(async (transaction) => {
    const resolutions = await rooms.identity.resolve(
      transaction,
      numbers.map((number) => ({
        keys: [
          { type: 'customer_number', value: `C${number}` },
          { type: 'mobile', value: mobileOf(number) },
          { type: 'email', value: `person${number}@example.com` },
          { type: 'device', value: `device-${number}` },
        ],
        link: 'bind' as const,
        at,
        sourceId: 'test',
        messageId: `person-${number}`,
      })),
    );
    await rooms.profile.apply(
      transaction,
      numbers.flatMap((number, index) => {
        const { personId, keyNumber } = resolutions[index]!;
        const from = { personId, keyNumber, at, sourceId: 'test' };
        const attributes = {
          kind: 'attributes' as const,
          action: 'set' as const,
          values: { name: `客户${number}` },
        };
        return [
          { ...attributes, ...from, messageId: `attributes-${number}` },
          ...['sms', 'push', 'email', 'in_app', 'task'].map((channel) => ({
            kind: 'consent' as const,
            purpose: 'marketing',
            channel,
            granted: true,
            ...from,
            messageId: `consent-${channel}-${number}`,
          })),
        ];
      }),
    );
    return resolutions.map((resolution) => resolution.personId);
  });
}

/** The mobile number of the person made with this number: of a range that no carrier has. */
export function mobileOf(number: number): string {
  return String(13_000_000_000 + number);
}

export const TEST_VARIANTS: ContentVariants = {
  sms: {
    text: '【梧桐银行】{{ person.name }}，您的理财即将到期，详见 {{ link }} 拒收请回复R',
    link: 'https://bank.example/renew',
  },
  push: { title: '理财即将到期', body: '{{ person.name }}，看看新的产品' },
  in_app: { slot: 'home_banner', title: '理财即将到期', body: '{{ person.name }}' },
  email: { subject: '理财即将到期', text: '{{ person.name }} 您好。退订：{{ unsubscribe_link }}' },
  task: { title: '到期跟进', script: '{{ person.name }} 您好', reason: '持有的理财将到期' },
  webhook: { payload: '{"name": "{{ person.name }}"}' },
};

/** Writes and approves a content; its version. */
export async function makeApprovedContent(
  rooms: Pick<HubRooms, 'content'>,
  platform: Platform,
  contentId: string,
  variants: ContentVariants = TEST_VARIANTS,
  purpose: Purpose = 'marketing',
): Promise<number> {
  return platform.database.transaction(async (transaction) => {
    const input = { contentId, name: contentId, purpose, variants, actor: 'maker' };
    const { version, hash } = await rooms.content.create(transaction, input);
    await rooms.content.approve(transaction, { contentId, version, hash, actor: 'checker' });
    return version;
  });
}

/** Reservations of one step for these people. */
export function reservationsFor(
  personIds: readonly number[],
  step: Partial<Reservation> & { nodeId: string },
): Reservation[] {
  return personIds.map((personId) => ({
    strategyId: 'renewal',
    strategyVersion: 1,
    personId,
    entry: 1,
    channel: 'sms',
    purpose: 'marketing',
    contentId: 'renewal_a',
    contentVersion: 1,
    ...step,
  }));
}

/** Waits until a condition holds; tests never sleep for a guess. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 30_000,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Connects a supplier as the API does. */
export async function insertTestSupplier(
  platform: Platform,
  supplier: {
    supplierId: string;
    kind: 'smpp' | 'smtp' | 'fcm' | 'webhook';
    channel: string;
    settings: Record<string, unknown>;
    secrets?: Record<string, string>;
    ratePerSecond?: number;
    window?: number;
    purposes?: string[];
  },
): Promise<void> {
  await platform.database.execute(
    `insert into hub.supplier (supplier_id, name, kind, channel, settings, secrets, rate_per_second, send_window, purposes,
       unit_cost_micros, created_at, updated_at) values ($1, $1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $9)`,
    [
      supplier.supplierId,
      supplier.kind,
      supplier.channel,
      JSON.stringify(supplier.settings),
      platform.secrets.encrypt(JSON.stringify(supplier.secrets ?? {})),
      supplier.ratePerSecond ?? 50_000,
      supplier.window ?? 64,
      supplier.purposes ?? ['marketing', 'service', 'verification'],
      platform.clock.now(),
    ],
  );
}

/** A route over suppliers with these shares. */
export async function insertTestRoute(
  platform: Platform,
  channel: string,
  shares: Record<string, number>,
): Promise<void> {
  await platform.database.execute(
    `insert into hub.route (route_id, name, channel, priority, purposes, prefixes, shares, enabled)
     values ($1, $1, $1, 1, '{}', '{}', $2, true)`,
    [channel, JSON.stringify(Object.entries(shares).map(([supplierId, share]) => ({ supplierId, share })))],
  );
}
