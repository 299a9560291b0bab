import { createAudience, type Audience } from '../../src/audience/index.ts';
import { contentNeeds, hubNeeds } from '../../src/connect-rooms.ts';
import type { ContentVariants } from '../../src/content/index.ts';
import { createContent, type Content } from '../../src/content/index.ts';
import { createCanvas, type Canvas, type CanvasNeeds } from '../../src/canvas/index.ts';
import { createDecision, type Decision } from '../../src/decision/index.ts';
import { createHub, type Hub } from '../../src/hub/index.ts';
import { createIdentity, type Identity } from '../../src/identity/index.ts';
import { createIngest, type Ingest } from '../../src/ingest/index.ts';
import type { Platform } from '../../src/platform/index.ts';
import { createProfile, type Operation, type Profile } from '../../src/profile/index.ts';

/** All rooms that a strategy runs through, on real engines, without their loops: tests drive them. */
export interface CanvasRooms {
  readonly identity: Identity;
  readonly profile: Profile;
  readonly ingest: Ingest;
  readonly audience: Audience;
  readonly content: Content;
  readonly decision: Decision;
  readonly hub: Hub;
  readonly canvas: Canvas;
  readonly needs: CanvasNeeds;
  /** Another process on the same databases. */
  another(platform: Platform): Canvas;
}

export async function createCanvasRooms(platform: Platform): Promise<CanvasRooms> {
  const identity = createIdentity(platform);
  const profile = createProfile(platform, identity);
  // The canvas is built after ingest, which asks it for names: by then it is there.
  const later: { canvas?: Canvas } = {};
  const ingest = createIngest(platform, {
    identity,
    profile,
    wantedEvents: { canvas: () => later.canvas?.wantedEvents() ?? new Set() },
  });
  const content = createContent(platform, contentNeeds(profile));
  const decision = createDecision(platform, { identity, profile });
  const hub = createHub(platform, hubNeeds(platform, { identity, profile, content, decision, ingest }));
  const audience = createAudience(platform, { identity, profile, ingest });
  const needs: CanvasNeeds = {
    identity,
    ingest,
    audience,
    content,
    decision,
    hub,
  };
  const canvas = createCanvas(platform, needs, { slot: 0 });
  later.canvas = canvas;
  await identity.start();
  await profile.start();
  await profile.declare({
    purposes: [{ purpose: 'marketing', version: 1, title: { en: 'Marketing', zh: '营销' } }],
    attributes: [{ name: 'wealth', valueType: 'number', title: { en: 'Wealth', zh: '财富' } }],
  });
  return {
    identity,
    profile,
    ingest,
    audience,
    content,
    decision,
    hub,
    canvas,
    needs,
    another: (other) => createCanvas(other, needs, { slot: 1 }),
  };
}

export interface TestPerson {
  /** Unique; the mobile number is made of it. */
  readonly number: number;
  readonly attributes?: Record<string, unknown>;
  /** Channels with consent to marketing; default SMS, push and e-mail. */
  readonly consents?: readonly string[];
  readonly mobile?: boolean;
}

/** Makes people with their keys, attributes and consents; returns their person ids in order. */
export async function makePeople(
  rooms: CanvasRooms,
  platform: Platform,
  people: readonly TestPerson[],
): Promise<number[]> {
  const at = platform.clock.now() - 86_400_000;
  const personIds = await platform.database.transaction(async (transaction) => {
    const resolutions = await rooms.identity.resolve(
      transaction,
      people.map(({ number, mobile }) => ({
        keys: [
          { type: 'customer_number', value: `C${number}` },
          ...(mobile === false ? [] : [{ type: 'mobile', value: String(13_012_345_000 + number) }]),
          { type: 'device', value: `device-${number}` },
        ],
        link: 'bind' as const,
        at,
        sourceId: 'test',
        messageId: `person-${number}`,
      })),
    );
    const operations = people.flatMap((person, index): Operation[] => {
      const { personId, keyNumber } = resolutions[index]!;
      const from = { personId, keyNumber, at, sourceId: 'test' };
      const messageId = `attributes-${person.number}`;
      return [
        {
          kind: 'attributes' as const,
          action: 'set' as const,
          values: { wealth: person.number, ...person.attributes },
          messageId,
          ...from,
        },
        ...(person.consents ?? ['sms', 'push', 'email']).map((channel) => ({
          kind: 'consent' as const,
          purpose: 'marketing',
          channel,
          granted: true,
          messageId: `consent-${channel}-${person.number}`,
          ...from,
        })),
      ];
    });
    const outcome = await rooms.profile.apply(transaction, operations);
    if (outcome.rejections.length > 0) throw new Error(JSON.stringify(outcome.rejections[0]));
    return resolutions.map((resolution) => resolution.personId);
  });
  await rooms.profile.mirror();
  return personIds;
}

/** An approved content with texts for every channel that tests use. */
export async function makeContent(rooms: CanvasRooms, platform: Platform, contentId: string): Promise<void> {
  const variants: ContentVariants = {
    sms: { text: '【梧桐银行】您的理财即将到期，请到手机银行查看，拒收请回复R' },
    push: { title: '理财即将到期', body: '看看新的产品' },
    in_app: { slot: 'home_banner', title: '理财即将到期', body: '' },
    task: { title: '到期跟进', script: '您好' },
  };
  await platform.database.transaction(async (transaction) => {
    const version = await rooms.content.create(transaction, {
      contentId,
      name: contentId,
      purpose: 'marketing',
      variants,
      actor: 'maker',
    });
    await rooms.content.approve(transaction, {
      contentId,
      version: version.version,
      hash: version.hash,
      actor: 'checker',
    });
  });
}
