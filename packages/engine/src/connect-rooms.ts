/**
 * Ports: what a room asks of others in its own words, composed of their front doors. Kept beside
 * compose-rooms.ts, which alone sees all rooms.
 */
import type { Audience } from './audience/index.ts';
import type { ContentNeeds } from './content/index.ts';
import type { HubNeeds } from './hub/index.ts';
import type { Decision } from './decision/index.ts';
import type { Content } from './content/index.ts';
import type { Identity, RecordPorts } from './identity/index.ts';
import { readRecordFile, type Ingest, type Ingestion, type OutputPorts } from './ingest/index.ts';
import type { Platform } from './platform/index.ts';
import type { Profile } from './profile/index.ts';

/** Memberships and tags leave as the audience knows them. */
export function outputPorts(audience: Audience): OutputPorts {
  return {
    segmentWatermark: (segmentId, asker) => audience.segmentWatermark(segmentId, asker),
    segmentChanges: (segmentId, after, limit) => audience.segmentChanges(segmentId, after, limit),
    tagIds: (asker) => audience.tagIds(asker),
    mayAsk: (questions, asker) => audience.mayAsk(questions, asker),
    openToAll: () => audience.openToAll(),
    tagValues: (personIds, tagIds) => audience.tagValues(personIds, tagIds),
  };
}

/** Linking reads people, mapped tables, and files as imports read them. */
export function recordPorts(rooms: { profile: Profile; ingestion: Ingestion }): RecordPorts {
  return {
    lenders: [rooms.profile.lender, rooms.ingestion.warehouse.lender],
    readFile: readRecordFile,
  };
}

/** Content renders with people's attributes. */
export function contentNeeds(profile: Profile): ContentNeeds {
  return {
    personContext: (personIds) => profile.attributesOf(personIds),
    async personAttributes() {
      return new Set((await profile.catalogue()).attributes.map((attribute) => attribute.name));
    },
  };
}

/** The hub finds people and addresses, and writes refusals back to the portrait. */
export function hubNeeds(
  platform: Platform,
  rooms: { identity: Identity; profile: Profile; content: Content; decision: Decision; ingest: Ingest },
): HubNeeds {
  const { identity, profile } = rooms;
  return {
    identity: {
      addressOf: (personIds, keyType, transaction) => identity.addressOf(personIds, keyType, transaction),
      async resolvePeople(transaction, keys) {
        const at = platform.clock.now();
        const resolutions = await identity.resolve(
          transaction,
          keys.map((key) => ({
            keys: [key],
            link: 'none' as const,
            at,
            sourceId: 'hub',
            messageId: `${key.type}:${key.value}`,
          })),
        );
        return resolutions.map((resolution) => (resolution.rejected ? undefined : resolution.personId));
      },
      async findPerson(key) {
        const found = await identity.findPeople(key.value);
        return found.find((each) => each.matched.type === key.type)?.personId;
      },
      takePersonChanges: (transaction, consumer, limit) =>
        identity.takePersonChanges(transaction, consumer, limit),
    },
    profile: {
      attributesOf: (personIds, transaction) => profile.attributesOf(personIds, transaction),
      relatedTo: (personIds, relationType, now) => profile.relatedTo(personIds, relationType, now),
      async entityNames(type, ids) {
        const { entityTypes } = await profile.catalogue();
        const titleField = entityTypes.find((each) => each.name === type)?.titleField;
        if (titleField === undefined || ids.length === 0) return new Map();
        const entities = await profile.entitiesOf(type, ids);
        return new Map(
          [...entities].flatMap(([id, fields]) =>
            fields[titleField] === undefined ? [] : [[id, String(fields[titleField])] as const],
          ),
        );
      },
      async optOut(transaction, { personId, channel, at, messageId }) {
        await profile.suppress(transaction, [
          {
            personId,
            // A person's number is one of the person's keys.
            keyNumber: personId,
            scope: 'person',
            channel: channel === 'any' ? '*' : channel,
            purpose: 'marketing',
            reason: 'opted_out',
            at,
            sourceId: 'hub',
            messageId: `opt-out:${messageId}`,
          },
        ]);
      },
      async suppressAddress(transaction, { personId, keyNumber, channel, at, messageId, reason }) {
        await profile.suppress(transaction, [
          {
            personId,
            keyNumber,
            scope: 'address',
            channel,
            purpose: '*',
            reason,
            at,
            sourceId: 'hub',
            messageId: `address:${messageId}`,
          },
        ]);
      },
    },
    content: rooms.content,
    decision: rooms.decision,
    ingest: rooms.ingest,
  };
}
