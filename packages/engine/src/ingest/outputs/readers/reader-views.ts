import type { Catalogue, CatalogueField } from '@wutong/contract';
import { presentPerson } from '../../../identity/index.ts';

const MASKED = `'***'`;

/** A column of a view. */
interface ViewColumn {
  readonly name: string;
  /** What is selected. */
  readonly sql: string;
  /** Personal values do not appear in it, in whole (a field) or in part (properties). */
  readonly masked: boolean;
}

/** A view that readers see. */
export interface ReaderView {
  readonly name: string;
  readonly columns: readonly ViewColumn[];
  readonly from: string;
}

/**
 * The views that readers see. Personal fields are masked, encrypted values and their fingerprints are left out. Rows
 * that were replaced or deleted do not appear, nor do members and values of what is not open to all. Persons are those
 * of now, also in what came before a merge or a split: otherwise it would not be found with the person, or be found
 * with another one.
 */
export function readerViews(
  catalogue: Catalogue,
  personalProperties: ReadonlyMap<string, ReadonlySet<string>>,
  open: OpenDefinitions,
): ReaderView[] {
  const fixed = (name: string, columns: string, from = `${name} final`): ReaderView => ({
    name,
    columns: plain(columns),
    from,
  });
  return [
    eventView(personalProperties),
    {
      name: 'person',
      columns: [...plain('person_id'), ...fieldsOf(catalogue.attributes)],
      from: 'person final',
    },
    relationView(catalogue),
    fixed('consent', 'person_id, purpose, channel, granted, at'),
    fixed('suppression', 'person_id, scope, channel, purpose, reason, at, expires_at'),
    {
      name: 'segment_change',
      columns: [
        ...plain('segment_id, run'),
        person('person_id', 'person_id'),
        ...plain('at, direction, cause'),
      ],
      from: `segment_change where segment_id in ${listOf(open.segmentIds)}`,
    },
    fixed(
      'tag_value',
      'tag_id, person_id, texts, numbers',
      `tag_value final where tag_id in ${listOf(open.tagIds)}`,
    ),
    ...catalogue.entityTypes.map(({ table, fields }): ReaderView => ({
      name: table,
      columns: [...plain('entity_id'), ...fieldsOf(fields)],
      from: `${table} final`,
    })),
    ...catalogue.detailTypes.map(({ table, fields }): ReaderView => ({
      name: table,
      columns: [
        ...plain('detail_id, owner_type, owner_id'),
        person('person_id', 'key_number'),
        ...plain('time'),
        ...fieldsOf(fields),
      ],
      from: `${table} final`,
    })),
  ];
}

/** Segments and tags that everybody may see: a reader is nobody in particular. */
interface OpenDefinitions {
  readonly segmentIds: readonly string[];
  readonly tagIds: readonly string[];
}

/** Never empty, for ClickHouse needs a type; no id is the empty text. */
const listOf = (ids: readonly string[]): string => `[${['', ...ids].map(quoted).join(', ')}]`;

/** The SELECT of a view over our tables. */
export function selectOf({ columns, from }: ReaderView): string {
  return `select ${columns.map(({ name, sql }) => `${sql} as \`${name}\``).join(', ')} from ${from}`;
}

const plain = (names: string): ViewColumn[] =>
  names.split(/,\s*/).map((name) => ({ name, sql: name, masked: false }));

/** A column of persons, as those that their keys have now. */
const person = (name: string, keyColumn: string): ViewColumn => ({
  name,
  sql: presentPerson(name, keyColumn),
  masked: false,
});

/** The catalogue writes columns as they stand in SQL, in backquotes. */
function fieldsOf(fields: readonly CatalogueField[]): ViewColumn[] {
  return fields.map(({ pii, column }) => ({
    name: column.replaceAll('`', ''),
    sql: pii === 'none' ? column : MASKED,
    masked: pii !== 'none',
  }));
}

/** Personal properties are removed from the events that the tracking plan says carry them. */
function eventView(personal: ReadonlyMap<string, ReadonlySet<string>>): ReaderView {
  return {
    name: 'event',
    columns: [
      person('person_id', 'key_number'),
      ...plain('time, received_at, event, event_id, source_id'),
      { name: 'properties', sql: propertiesSql(personal), masked: personal.size > 0 },
    ],
    from: 'event',
  };
}

function propertiesSql(personal: ReadonlyMap<string, ReadonlySet<string>>): string {
  if (personal.size === 0) return 'properties';
  const events = [...personal.keys()].sort();
  // A merge patch (RFC 7396) removes what it sets to null.
  const patches = events.map((event) => {
    const absent = Object.fromEntries([...personal.get(event)!].sort().map((name) => [name, null]));
    return JSON.stringify({ ...absent, $type_conflicts: absent });
  });
  const [names, values] = [events, patches].map((list) => `[${list.map(quoted).join(', ')}]`);
  const patched = `JSONMergePatch(toJSONString(properties), transform(event, ${names}, ${values}, '{}'))`;
  return `if(event in ${names}, cast(${patched}, 'JSON'), properties)`;
}

function relationView(catalogue: Catalogue): ReaderView {
  const personal = catalogue.relationTypes.flatMap((type) =>
    type.fields.filter((field) => field.pii !== 'none').map((field) => `${type.name} ${field.name}`),
  );
  const shown =
    personal.length === 0
      ? 'attributes'
      : `mapFilter((name, value) -> not (concat(relation_type, ' ', name) in [${personal.map(quoted).join(', ')}]), attributes)`;
  return {
    name: 'relation',
    columns: [
      ...plain('relation_type, from_type, from_id'),
      person('from_person_id', 'from_key_number'),
      ...plain('to_type, to_id'),
      person('to_person_id', 'to_key_number'),
      ...plain('valid_from, valid_to'),
      { name: 'attributes', sql: shown, masked: personal.length > 0 },
    ],
    from: 'relation final',
  };
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
