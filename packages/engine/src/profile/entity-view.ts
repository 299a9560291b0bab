import type { profileApi } from '@wutong/contract';
import type { Identity } from '../identity/index.ts';
import { CodedError, type Platform } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import { shownValue } from './seal-value.ts';
import { viewNeeds } from './person-view.ts';
import { showDetails, showReferences, showRelations } from './show-relations.ts';
import { columnOf } from './name-columns.ts';
import { entityTitle, showFields, storedOf } from './show-rows.ts';
import { listEntityRows, readEntities } from './view-store.ts';

/** The 360° view of an entity. Throws type_not_declared, entity_not_found. */
export async function viewEntity(
  platform: Platform,
  identity: Identity,
  model: Model,
  type: string,
  id: string,
): Promise<profileApi.EntityView> {
  const declared = model.entityTypes.get(type);
  if (!declared) throw new CodedError('type_not_declared', { details: { type } });
  const row = (await readEntities(platform.clickhouse, type, [id])).get(id);
  if (!row) throw new CodedError('entity_not_found', { details: { type, id } });
  const needs = viewNeeds(platform, identity, model);
  const [relations, details] = await Promise.all([
    showRelations(needs, type, [id]),
    showDetails(needs, type, [id]),
  ]);
  const attributes: profileApi.ShownAttribute[] = [];
  for (const field of declared.fields) {
    const stored = storedOf(row, field);
    if (stored === undefined) continue;
    attributes.push({
      name: field.name,
      title: field.title,
      valueType: field.valueType,
      ...(field.unit ? { unit: field.unit } : {}),
      pii: field.pii,
      value: shownValue(stored, field, platform.secrets, false),
      masked: field.pii !== 'none',
    });
  }
  return {
    type,
    typeTitle: declared.title,
    id,
    title: entityTitle(declared, row, id, platform.secrets),
    attributes,
    relations,
    details,
  };
}

/** What refers to an entity without a relation. Throws type_not_declared. */
export async function viewReferences(
  platform: Platform,
  identity: Identity,
  model: Model,
  type: string,
  id: string,
): Promise<profileApi.ShownReference[]> {
  if (!model.entityTypes.has(type)) throw new CodedError('type_not_declared', { details: { type } });
  return showReferences(viewNeeds(platform, identity, model), type, id);
}

/** A page of entities in the order of their ids. Throws type_not_declared. */
export async function listEntities(
  platform: Platform,
  model: Model,
  type: string,
  query: { search?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<{
  items: { id: string; title: string; attributes: Record<string, profileApi.ShownValue> }[];
  nextCursor?: string;
}> {
  const declared = model.entityTypes.get(type);
  if (!declared) throw new CodedError('type_not_declared', { details: { type } });
  const searched = declared.fields
    .filter((field) => field.valueType === 'string' && field.pii !== 'identifying')
    .map((field) => columnOf(field.name));
  const rows = await listEntityRows(platform.clickhouse, type, searched, {
    search: query.search ?? '',
    after: query.cursor ?? '',
    limit: query.limit,
  });
  const items = rows.map((row) => {
    const id = String(row['entity_id']);
    return {
      id,
      title: entityTitle(declared, row, id, platform.secrets),
      attributes: showFields(declared.fields, (field) => storedOf(row, field), platform.secrets, false),
    };
  });
  const last = items.at(-1);
  return last && items.length === query.limit ? { items, nextCursor: last.id } : { items };
}
