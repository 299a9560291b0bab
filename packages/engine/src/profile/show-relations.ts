import type { profileApi, RelationType } from '@wutong/contract';
import type { ClickHouse, Platform } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import { ALWAYS_FROM_MS, ALWAYS_TO_MS } from './fact-rows.ts';
import { pageIds } from './page-ids.ts';
import { epochOfClickHouse } from './seal-value.ts';
import { entityTitle, showFields, storedOf, storedOfRelation } from './show-rows.ts';
import {
  readDetails,
  readEntities,
  readReferring,
  readRelations,
  type RelationRow,
  type TableRow,
} from './view-store.ts';

const NEIGHBOURS_SHOWN = 50;
const DETAILS_SHOWN = 50;

/** What showing needs beside the rows. */
export interface ViewNeeds {
  readonly platform: Platform;
  readonly model: Model;
  readonly open: boolean;
  /** Persons of keys and their (masked) names. */
  people(keyNumbers: readonly number[]): Promise<Map<number, { personId: number; title: string }>>;
}

/** One end of a relation row. */
interface RowEnd {
  readonly type: string;
  readonly id: string;
  readonly keyNumber: number;
}

const fromEnd = (row: RelationRow): RowEnd => ({
  type: row.from_type,
  id: row.from_id,
  keyNumber: row.from_key_number,
});
const toEnd = (row: RelationRow): RowEnd => ({
  type: row.to_type,
  id: row.to_id,
  keyNumber: row.to_key_number,
});
const sameEnd = (a: RowEnd, b: RowEnd): boolean => a.type === b.type && a.id === b.id;

/**
 * The relations of a person (type `person`, ids of all their keys) or an entity, each with what lies at its far end:
 * the entity, the others related to it, and the details it owns.
 */
export async function showRelations(
  needs: ViewNeeds,
  type: string,
  ids: readonly string[],
): Promise<profileApi.ShownRelation[]> {
  const { clickhouse } = needs.platform;
  const rows = await readRelations(clickhouse, type, ids);
  const own = new Set(ids);
  const isOwn = (end: RowEnd): boolean => end.type === type && own.has(end.id);
  const farOf = (row: RelationRow): RowEnd => (isOwn(fromEnd(row)) ? toEnd(row) : fromEnd(row));
  const far = new Map<string, Set<string>>();
  for (const row of rows) {
    const end = farOf(row);
    if (end.type === 'person') continue;
    far.set(end.type, (far.get(end.type) ?? new Set()).add(end.id));
  }
  const entities = new Map<string, TableRow>();
  const neighbourRows: RelationRow[] = [];
  const details: profileApi.ShownDetail[] = [];
  for (const [farType, farIds] of far) {
    for (const [id, row] of await readEntities(clickhouse, farType, [...farIds]))
      entities.set(`${farType} ${id}`, row);
    neighbourRows.push(...(await readRelations(clickhouse, farType, [...farIds], { limit: 2_000 })));
    details.push(...(await showDetails(needs, farType, [...farIds])));
  }
  await nameNeighbours(clickhouse, neighbourRows, entities);
  const keyNumbers = [...rows, ...neighbourRows].flatMap((row) => [row.from_key_number, row.to_key_number]);
  const people = await needs.people([...new Set(keyNumbers.filter((keyNumber) => keyNumber > 0))]);
  const show = { needs, entities, people };
  return rows.map((row) => {
    const end = farOf(row);
    const others =
      end.type === 'person'
        ? []
        : neighbourRows.filter((other) => touches(other, end) && !hasOwn(other, isOwn));
    return {
      ...showRelation(show, row, end),
      neighbours: others.slice(0, NEIGHBOURS_SHOWN).map((other) => showNeighbour(show, other, end)),
      details: details.filter((detail) => detail.owner.type === end.type && detail.owner.id === end.id),
    };
  });
}

/** Reads the entities at the ends of neighbours' relations, so that they have names. */
async function nameNeighbours(
  clickhouse: ClickHouse,
  rows: readonly RelationRow[],
  entities: Map<string, TableRow>,
): Promise<void> {
  const unnamed = new Map<string, Set<string>>();
  for (const { type, id } of rows.flatMap((row) => [fromEnd(row), toEnd(row)])) {
    if (type === 'person' || entities.has(`${type} ${id}`)) continue;
    unnamed.set(type, (unnamed.get(type) ?? new Set()).add(id));
  }
  for (const [type, ids] of unnamed) {
    for (const page of pageIds(ids)) {
      for (const [id, row] of await readEntities(clickhouse, type, page)) entities.set(`${type} ${id}`, row);
    }
  }
}

const touches = (row: RelationRow, end: RowEnd): boolean =>
  sameEnd(fromEnd(row), end) || sameEnd(toEnd(row), end);
const hasOwn = (row: RelationRow, isOwn: (end: RowEnd) => boolean): boolean =>
  isOwn(fromEnd(row)) || isOwn(toEnd(row));

interface Shown {
  readonly needs: ViewNeeds;
  readonly entities: Map<string, TableRow>;
  readonly people: Map<number, { personId: number; title: string }>;
}

function showEnd(
  { needs, entities, people }: Shown,
  end: RowEnd,
): { type: string; id: string; title?: string } {
  if (end.type === 'person') {
    const person = people.get(end.keyNumber);
    return {
      type: 'person',
      id: String(person?.personId ?? end.keyNumber),
      ...(person ? { title: person.title } : {}),
    };
  }
  const declared = needs.model.entityTypes.get(end.type);
  const row = entities.get(`${end.type} ${end.id}`);
  return {
    type: end.type,
    id: end.id,
    ...(declared && row ? { title: entityTitle(declared, row, end.id, needs.platform.secrets) } : {}),
  };
}

function relationAttributes(
  { needs }: Shown,
  type: RelationType | undefined,
  row: RelationRow,
): Record<string, profileApi.ShownValue> {
  const read = (field: RelationType['fields'][number]) => storedOfRelation(row, field);
  return showFields(type?.fields ?? [], read, needs.platform.secrets, needs.open);
}

function showRelation(
  shown: Shown,
  row: RelationRow,
  end: RowEnd,
): Omit<profileApi.ShownRelation, 'neighbours' | 'details'> {
  const { model, platform, open } = shown.needs;
  const type = model.relationTypes.get(row.relation_type);
  const direction = sameEnd(end, toEnd(row)) ? 'out' : 'in';
  const title = direction === 'in' ? (type?.reverseTitle ?? type?.title) : type?.title;
  const entity = shown.entities.get(`${end.type} ${end.id}`);
  const entityType = model.entityTypes.get(end.type);
  const [from, to] = [epochOfClickHouse(row.valid_from), epochOfClickHouse(row.valid_to)];
  return {
    relationType: row.relation_type,
    title: title ?? { en: row.relation_type, zh: row.relation_type },
    direction,
    end: showEnd(shown, end),
    ...(from > ALWAYS_FROM_MS ? { validFrom: new Date(from).toISOString() } : {}),
    ...(to < ALWAYS_TO_MS ? { validTo: new Date(to).toISOString() } : {}),
    attributes: relationAttributes(shown, type, row),
    ...(entity && entityType
      ? { entity: showFields(entityType.fields, (field) => storedOf(entity, field), platform.secrets, open) }
      : {}),
  };
}

function showNeighbour(
  shown: Shown,
  row: RelationRow,
  end: RowEnd,
): profileApi.ShownRelation['neighbours'][number] {
  const type = shown.needs.model.relationTypes.get(row.relation_type);
  const other = sameEnd(fromEnd(row), end) ? toEnd(row) : fromEnd(row);
  return {
    ...showEnd(shown, other),
    relationType: row.relation_type,
    relationTitle: type?.title ?? { en: row.relation_type, zh: row.relation_type },
    attributes: relationAttributes(shown, type, row),
  };
}

/** Newest details of owners of a type, newest first. */
export async function showDetails(
  needs: ViewNeeds,
  ownerType: string,
  ownerIds: readonly string[],
): Promise<profileApi.ShownDetail[]> {
  const { clickhouse, secrets } = needs.platform;
  const shown: profileApi.ShownDetail[] = [];
  for (const type of needs.model.detailTypes.values()) {
    if (type.owner !== ownerType) continue;
    for (const row of await readDetails(clickhouse, type.name, ownerType, ownerIds, DETAILS_SHOWN)) {
      shown.push({
        type: type.name,
        title: type.title,
        detailId: String(row['detail_id']),
        time: new Date(epochOfClickHouse(String(row['time']))).toISOString(),
        owner: { type: ownerType, id: String(row['owner_id']) },
        fields: showFields(type.fields, (field) => storedOf(row, field), secrets, needs.open),
      });
    }
  }
  return shown.sort((a, b) => (a.time < b.time ? 1 : -1));
}

const REFERENCES_SHOWN = 20;

/** Details whose fields name an entity (the holdings of a product): how many there are, and the newest with their owners. */
export async function showReferences(
  needs: ViewNeeds,
  type: string,
  id: string,
): Promise<profileApi.ShownReference[]> {
  const { clickhouse, secrets } = needs.platform;
  const found: profileApi.ShownReference[] = [];
  for (const detail of needs.model.detailTypes.values()) {
    const names = new Set(detail.fields.map((field) => field.name));
    // Before it was refused, a reference could be declared of a field that there is not.
    for (const { field } of detail.references.filter(
      (each) => each.entityType === type && names.has(each.field),
    )) {
      const { count, rows } = await readReferring(clickhouse, detail.name, field, id, REFERENCES_SHOWN);
      if (count === 0) continue;
      const people = await needs.people(
        rows.map((row) => Number(row['key_number'])).filter((key) => key > 0),
      );
      found.push({
        type: detail.name,
        title: detail.title,
        field,
        count,
        newest: rows.map((row) => {
          const person = people.get(Number(row['key_number']));
          const owner = person
            ? { type: 'person', id: String(person.personId), title: person.title }
            : { type: detail.owner, id: String(row['owner_id']) };
          return {
            type: detail.name,
            title: detail.title,
            detailId: String(row['detail_id']),
            time: new Date(epochOfClickHouse(String(row['time']))).toISOString(),
            owner,
            fields: showFields(detail.fields, (each) => storedOf(row, each), secrets, needs.open),
          };
        }),
      });
    }
  }
  return found;
}
