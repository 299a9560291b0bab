import type { End, Operation } from '../profile/index.ts';
import type { Entry } from './batch.ts';
import type { EntityEnd } from './record.ts';

/** The change of the model that a record asks for; undefined for events and pure identity records. */
export function toOperation(entry: Entry): Operation | undefined {
  const { record, submission } = entry;
  if (!record || record.kind === 'event' || record.kind === 'identity') return undefined;
  const personId = entry.resolution?.personId ?? 0;
  const keyNumber = entry.resolution?.keyNumber ?? 0;
  const from = { at: Math.round(record.time), sourceId: submission.sourceId, messageId: record.messageId };
  const end = (named: EntityEnd | undefined): End => named ?? { type: 'person', personId, keyNumber };
  switch (record.kind) {
    case 'attributes':
      return {
        kind: 'attributes',
        ...from,
        action: record.action,
        personId,
        keyNumber,
        values: record.attributes,
      };
    case 'entity':
      return {
        kind: 'entity',
        ...from,
        type: record.entityType,
        id: record.entityId,
        fields: record.attributes,
        deleted: record.operation === 'delete',
      };
    case 'relation':
      return {
        kind: 'relation',
        ...from,
        type: record.relationType,
        from: end(record.from),
        to: end(record.to),
        fields: record.attributes,
        ...(record.validFrom === undefined ? {} : { validFrom: record.validFrom }),
        ...(record.validTo === undefined ? {} : { validTo: record.validTo }),
        deleted: record.operation === 'delete',
      };
    case 'detail':
      return {
        kind: 'detail',
        ...from,
        type: record.detailType,
        id: record.detailId,
        owner: end(record.owner),
        time: Math.round(record.happenedAt),
        fields: record.attributes,
        deleted: record.operation === 'delete',
      };
    case 'consent':
      return {
        kind: 'consent',
        ...from,
        personId,
        keyNumber,
        purpose: record.purpose,
        channel: record.channel,
        granted: record.granted,
      };
  }
}
