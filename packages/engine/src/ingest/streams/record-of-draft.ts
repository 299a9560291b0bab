import type { RelationDraft, Draft, DraftEnd } from '../imports/draft.ts';
import type { DecodedRecord, EntityEnd, Rejection } from '../record.ts';

/** The record that a draft of a mapping says; what is not dated is dated by its message. Times are epoch ms UTC. */
export function recordOfDraft(
  draft: Draft,
  origin: { messageId: string; time: number },
): DecodedRecord | Rejection {
  const time = Number.isNaN(draft.at) ? origin.time : draft.at;
  const base = { messageId: origin.messageId, time };
  switch (draft.kind) {
    case 'event': {
      const messageId = draft.messageId ?? origin.messageId;
      const { event, keys } = draft;
      return {
        ...base,
        messageId,
        kind: 'event',
        event,
        keys,
        link: 'none',
        properties: { ...draft.properties },
      };
    }
    case 'person': {
      const link = draft.keys.length > 1 ? draft.link : 'none';
      const person = { ...base, keys: draft.keys, link };
      if (Object.keys(draft.values).length === 0) return { ...person, kind: 'identity' };
      return { ...person, kind: 'attributes', action: draft.action, attributes: { ...draft.values } };
    }
    case 'entity': {
      const attributes = { ...draft.fields };
      return {
        ...base,
        kind: 'entity',
        operation: 'set',
        entityType: draft.type,
        entityId: draft.id,
        attributes,
      };
    }
    case 'detail':
      return {
        ...base,
        kind: 'detail',
        operation: 'set',
        detailType: draft.type,
        detailId: draft.id,
        happenedAt: Number.isNaN(draft.time) ? time : draft.time,
        keys: keysOf(draft.owner),
        link: 'none',
        owner: entityOf(draft.owner),
        attributes: { ...draft.fields },
      };
    case 'relation':
      return relationOf(draft, base);
    case 'consent': {
      const { keys, purpose, channel, granted } = draft;
      return { ...base, kind: 'consent', keys, link: 'none', purpose, channel, granted };
    }
  }
}

function relationOf(
  draft: RelationDraft,
  base: { messageId: string; time: number },
): DecodedRecord | Rejection {
  const [from, to] = [entityOf(draft.from), entityOf(draft.to)];
  // A record names one person; relations between two persons come by file import.
  if (!from && !to) return { code: 'keys_missing', details: { needed: 'an entity at one end' } };
  return {
    ...base,
    kind: 'relation',
    operation: 'set',
    relationType: draft.type,
    from,
    to,
    keys: [...keysOf(draft.from), ...keysOf(draft.to)],
    link: 'none',
    validFrom: draft.validFrom,
    validTo: draft.validTo,
    attributes: { ...draft.fields },
  };
}

const keysOf = (end: DraftEnd): { type: string; value: string }[] => ('keys' in end ? [...end.keys] : []);
const entityOf = (end: DraftEnd): EntityEnd | undefined =>
  'keys' in end ? undefined : { type: end.type, id: end.id };
