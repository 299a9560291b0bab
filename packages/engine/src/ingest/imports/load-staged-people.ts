import type { Platform } from '../../platform/index.ts';
import type { ChunkTables } from './chunk-store.ts';
import type { RowRejection } from './draft.ts';
import type { BulkPerson } from './express-person.ts';
import type { ImportRooms } from './load-batch.ts';
import type { FileJob } from './load-rows.ts';
import { stagedPeople, type StagedPeople } from './people-chunk-store.ts';

/** Batches under way at once: while PostgreSQL writes one, the next is encrypted. */
const BATCHES_AT_ONCE = 2;

/**
 * Writes the persons of a staged chunk: who they are and what is said of them, a transaction a batch, as
 * `loadBatch` does it. May be done again. Returns how many were stored, how many of their keys were passed over as
 * blocked, and what was refused.
 */
export async function loadStagedPeople(
  needs: { readonly platform: Platform; readonly rooms: ImportRooms; readonly job: FileJob },
  person: BulkPerson,
  tables: ChunkTables,
  hasSingles: boolean,
): Promise<{ stored: number; blockedKeys: number; rejections: RowRejection[] }> {
  const batches = (await stagedPeople(needs.platform.clickhouse, tables, person, hasSingles)).values();
  const rejections: RowRejection[] = [];
  let stored = 0;
  let blockedKeys = 0;
  const work = async (): Promise<void> => {
    for (const batch of batches) {
      const { rejections: refused, blocked } = await loadPeople(needs, person, batch);
      rejections.push(...refused);
      blockedKeys += blocked;
      stored += batch.rows.length - refused.filter((each) => each.code === 'owner_missing').length;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: BATCHES_AT_ONCE }, work));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return { stored, blockedKeys, rejections };
}

async function loadPeople(
  { platform, rooms, job }: { platform: Platform; rooms: ImportRooms; job: FileJob },
  person: BulkPerson,
  batch: StagedPeople,
): Promise<{ rejections: RowRejection[]; blocked: number }> {
  const { sourceId, name } = job.mapping;
  const prefix = `${name}/${job.file.file}#`;
  const records = batch.rows.map((row, place) => {
    const keys: { type: string; value: string }[] = [];
    person.keys.forEach(({ keyType }, at) => {
      const value = batch.keys[at]![place]!;
      if (value !== '') keys.push({ type: keyType, value });
    });
    const link = keys.length > 1 ? person.link : 'none';
    return { keys, link, at: batch.times[place]!, sourceId, messageId: `${prefix}${row}.${person.index}` };
  });
  return platform.database.transaction(async (transaction) => {
    const rejections: RowRejection[] = [];
    const resolutions = await rooms.identity.resolve(transaction, records);
    const places: number[] = [];
    let blocked = 0;
    resolutions.forEach(({ rejected, blockedKeys = 0 }, place) => {
      blocked += blockedKeys;
      if (rejected === undefined) places.push(place);
      else rejections.push({ ...placeOf(batch, person, place), code: 'owner_missing', detail: rejected });
    });
    const personIds = places.map((place) => resolutions[place]!.personId);
    const documents = places.map((place) => batch.documents[place]!);
    const outcome = await rooms.profile.loadPeople(transaction, {
      sourceId,
      action: person.action,
      personIds,
      keyNumbers: places.map((place) => resolutions[place]!.keyNumber),
      times: places.map((place) => batch.times[place]!),
      documents,
      names: person.attributes.map((attribute) => attribute.name),
    });
    for (const { index, code, field, detail } of outcome.rejections) {
      const where = placeOf(batch, person, places[index]!);
      rejections.push({ ...where, code, detail: field ? `${field}: ${detail}` : detail });
    }
    // Persons with attributes stand in the population by them.
    await rooms.profile.meet(
      transaction,
      personIds.filter((_, index) => documents[index] === '{}'),
    );
    return { rejections, blocked };
  });
}

const placeOf = (
  batch: StagedPeople,
  person: BulkPerson,
  place: number,
): { row: number; record: number } => ({ row: batch.rows[place]!, record: person.index });
