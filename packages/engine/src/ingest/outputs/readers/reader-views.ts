import type { Catalogue, CatalogueField } from '@wutong/contract';

const MASKED = `'***'`;

/**
 * The views that readers see: name → SELECT over our tables. Personal fields are masked, encrypted values and their
 * fingerprints are left out. Rows that were replaced or deleted do not appear.
 */
export function readerViews(
  catalogue: Catalogue,
  personalProperties: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, string> {
  const views = new Map<string, string>([
    ['event', eventView(personalProperties)],
    ['person', `select person_id, ${fieldList(catalogue.attributes)} from person final`],
    ['relation', relationView(catalogue)],
    ['consent', 'select person_id, purpose, channel, granted, at from consent final'],
    [
      'suppression',
      'select person_id, scope, channel, purpose, reason, at, expires_at from suppression final',
    ],
    ['segment_change', 'select segment_id, run, person_id, at, direction, cause from segment_change'],
    ['tag_value', 'select tag_id, person_id, texts, numbers from tag_value final'],
  ]);
  for (const type of catalogue.entityTypes) {
    views.set(type.table, `select entity_id, ${fieldList(type.fields)} from ${type.table} final`);
  }
  for (const type of catalogue.detailTypes) {
    const common = 'detail_id, owner_type, owner_id, person_id, time';
    views.set(type.table, `select ${common}, ${fieldList(type.fields)} from ${type.table} final`);
  }
  return views;
}

function fieldList(fields: readonly CatalogueField[]): string {
  if (fields.length === 0) return '1 as present';
  return fields.map(({ pii, column }) => (pii === 'none' ? column : `${MASKED} as ${column}`)).join(', ');
}

/** Personal properties are removed from the events that the tracking plan says carry them. */
function eventView(personal: ReadonlyMap<string, ReadonlySet<string>>): string {
  const common = 'person_id, time, received_at, event, event_id, source_id';
  if (personal.size === 0) return `select ${common}, properties from event`;
  const events = [...personal.keys()].sort();
  // A merge patch (RFC 7396) removes what it sets to null.
  const patches = events.map((event) => {
    const absent = Object.fromEntries([...personal.get(event)!].sort().map((name) => [name, null]));
    return JSON.stringify({ ...absent, $type_conflicts: absent });
  });
  const [names, values] = [events, patches].map((list) => `[${list.map(quoted).join(', ')}]`);
  const patched = `JSONMergePatch(toJSONString(properties), transform(event, ${names}, ${values}, '{}'))`;
  return `select ${common}, if(event in ${names}, cast(${patched}, 'JSON'), properties) as properties from event`;
}

function relationView(catalogue: Catalogue): string {
  const personal = catalogue.relationTypes.flatMap((type) =>
    type.fields.filter((field) => field.pii !== 'none').map((field) => `${type.name} ${field.name}`),
  );
  const shown =
    personal.length === 0
      ? 'attributes'
      : `mapFilter((name, value) -> not (concat(relation_type, ' ', name) in [${personal.map(quoted).join(', ')}]), attributes) as attributes`;
  return `select relation_type, from_type, from_id, from_person_id, to_type, to_id, to_person_id, valid_from, valid_to,
    ${shown} from relation final`;
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
