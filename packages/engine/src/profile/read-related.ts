import type { Identity } from '../identity/index.ts';
import { CodedError, type Platform } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import type { RelatedEntity } from './front-door.ts';
import type { Value } from './operation.ts';
import { pageIds } from './page-ids.ts';
import { epochOfClickHouse } from './seal-value.ts';
import { openFields, storedOf } from './show-rows.ts';
import { readDetails, readEntities, readRelations } from './view-store.ts';

const DETAILS_A_PERSON = 50;
/** Relations of one page of persons. */
const MAXIMUM_RELATIONS = 100_000;

/** Key numbers of persons, as the ids that relations and details carry, and whose each is. */
async function keysById(identity: Identity, personIds: readonly number[]): Promise<Map<string, number>> {
  const owners = new Map<string, number>();
  for (const [personId, keys] of await identity.keysOf(personIds)) {
    for (const key of keys) owners.set(String(key.keyNumber), personId);
  }
  return owners;
}

/** Entities related to persons by one relation type, valid at an instant, newest relation first. */
export async function relatedEntities(
  platform: Platform,
  identity: Identity,
  model: Model,
  personIds: readonly number[],
  relationType: string,
  now: number,
): Promise<Map<number, RelatedEntity[]>> {
  const type = model.relationTypes.get(relationType);
  if (!type) throw new CodedError('type_not_declared', { details: { type: relationType } });
  const owners = await keysById(identity, personIds);
  const found: { personId: number; type: string; id: string }[] = [];
  for (const ids of pageIds([...owners.keys()])) {
    const rows = await readRelations(platform.clickhouse, 'person', ids, {
      relationTypes: [relationType],
      limit: MAXIMUM_RELATIONS,
    });
    for (const row of rows) {
      if (epochOfClickHouse(row.valid_from) > now || epochOfClickHouse(row.valid_to) <= now) continue;
      const outward = row.from_type === 'person' && owners.has(row.from_id);
      const personId = owners.get(outward ? row.from_id : row.to_id)!;
      found.push({
        personId,
        type: outward ? row.to_type : row.from_type,
        id: outward ? row.to_id : row.from_id,
      });
    }
  }
  const entities = new Map<string, Record<string, Value>>();
  for (const farType of new Set(found.map((each) => each.type))) {
    if (farType === 'person') continue;
    const ids = [...new Set(found.filter((each) => each.type === farType).map((each) => each.id))];
    for (const [id, fields] of await openEntities(platform, model, farType, ids))
      entities.set(`${farType} ${id}`, fields);
  }
  const related = new Map<number, RelatedEntity[]>();
  for (const { personId, type: farType, id } of found) {
    const entity = { relationType, type: farType, id, fields: entities.get(`${farType} ${id}`) ?? {} };
    const list = related.get(personId);
    if (list) list.push(entity);
    else related.set(personId, [entity]);
  }
  return related;
}

/** Opened fields of entities; unknown ids are absent. */
export async function openEntities(
  platform: Platform,
  model: Model,
  type: string,
  ids: readonly string[],
): Promise<Map<string, Record<string, Value>>> {
  const declared = model.entityTypes.get(type);
  if (!declared) throw new CodedError('type_not_declared', { details: { type } });
  const opened = new Map<string, Record<string, Value>>();
  for (const page of pageIds(ids)) {
    for (const [id, row] of await readEntities(platform.clickhouse, type, page)) {
      opened.set(
        id,
        openFields(declared.fields, (field) => storedOf(row, field), platform.secrets),
      );
    }
  }
  return opened;
}

/** Newest details of persons, opened, newest first. */
export async function detailsOfPeople(
  platform: Platform,
  identity: Identity,
  model: Model,
  personIds: readonly number[],
  detailType: string,
): Promise<Map<number, { detailId: string; time: number; fields: Record<string, Value> }[]>> {
  const declared = model.detailTypes.get(detailType);
  if (!declared) throw new CodedError('type_not_declared', { details: { type: detailType } });
  const owners = await keysById(identity, personIds);
  const details = new Map<number, { detailId: string; time: number; fields: Record<string, Value> }[]>();
  for (const ids of pageIds([...owners.keys()])) {
    const rows = await readDetails(platform.clickhouse, detailType, 'person', ids, DETAILS_A_PERSON);
    for (const row of rows) {
      const personId = owners.get(String(row['owner_id']))!;
      const detail = {
        detailId: String(row['detail_id']),
        time: epochOfClickHouse(String(row['time'])),
        fields: openFields(declared.fields, (field) => storedOf(row, field), platform.secrets),
      };
      const list = details.get(personId);
      if (list) list.push(detail);
      else details.set(personId, [detail]);
    }
  }
  for (const list of details.values()) list.sort((a, b) => b.time - a.time).splice(DETAILS_A_PERSON);
  return details;
}
