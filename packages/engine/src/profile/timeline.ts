import type { Identity } from '../identity/index.ts';
import { CodedError, type Platform } from '../platform/index.ts';
import type { TimelinePage, TimelineQuery } from './front-door.ts';
import { formerPeople } from './move-store.ts';
import { clickHouseTime, epochOfClickHouse } from './seal-value.ts';
import { readEvents } from './view-store.ts';

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const LAST_MS = Date.UTC(2299, 11, 31);

/** Events of a person, newest first, under whatever person they arrived. Throws person_not_found. */
export async function readTimeline(
  platform: Platform,
  identity: Identity,
  query: TimelineQuery,
): Promise<TimelinePage> {
  const keys = (await identity.keysOf([query.personId])).get(query.personId) ?? [];
  if (keys.length === 0) throw new CodedError('person_not_found');
  const keyNumbers = keys.map((key) => key.keyNumber);
  const former = await formerPeople(platform.database, keyNumbers);
  const [beforeMs, beforeId] = readCursor(query.cursor) ?? [
    query.to ?? LAST_MS,
    query.to ? FIRST_UUID : LAST_UUID,
  ];
  const rows = await readEvents(platform.clickhouse, {
    personIds: [...new Set([query.personId, ...keyNumbers, ...former])],
    keyNumbers,
    events: query.events ?? [],
    from: clickHouseTime(query.from ?? 0),
    before: clickHouseTime(beforeMs),
    beforeId,
    limit: query.limit,
  });
  const items = rows.map((row) => ({
    event: row.event,
    eventId: row.event_id,
    time: new Date(epochOfClickHouse(row.time)).toISOString(),
    sourceId: row.source_id,
    keyNumber: row.key_number,
    properties: row.properties,
  }));
  const last = items.at(-1);
  return last && items.length === query.limit
    ? { items, nextCursor: `${Date.parse(last.time)}_${last.eventId}` }
    : { items };
}

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

function readCursor(cursor: string | undefined): [number, string] | undefined {
  const match = /^(-?\d{1,15})_([0-9a-f-]{36})$/.exec(cursor ?? '');
  if (cursor !== undefined && !match)
    throw new CodedError('invalid_request', { details: { cursor: 'unreadable' } });
  return match ? [Number(match[1]), match[2]!] : undefined;
}
