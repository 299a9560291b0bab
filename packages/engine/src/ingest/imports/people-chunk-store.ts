import type { ClickHouse } from '../../platform/index.ts';
import type { ChunkTables } from './chunk-store.ts';
import type { BulkPerson, StagedAttribute } from './express-person.ts';

/** Persons of some rows of a chunk; members of one place belong together. */
export interface StagedPeople {
  /** Numbers of the rows in the file. */
  readonly rows: readonly number[];
  /** Epoch ms. */
  readonly times: readonly number[];
  /** Values by the place of the key in the mapping; empty where a row has none. */
  readonly keys: readonly (readonly string[])[];
  /** Attributes as JSON, an object each. */
  readonly documents: readonly string[];
}

/** Persons written in one transaction. */
const PEOPLE_A_BATCH = 10_000;

/** The persons of a record whose rows do not go single, in batches. */
export async function stagedPeople(
  clickhouse: ClickHouse,
  { stage, single }: ChunkTables,
  person: BulkPerson,
  hasSingles: boolean,
): Promise<StagedPeople[]> {
  const keys = person.keys.map(({ value }) => `groupArray(${value})`).join(', ');
  const singles = hasSingles ? ` and row not in ${single}` : '';
  // Arrays in one row a batch, and the documents as one text: a row for each person would be parsed one by one.
  const batches = await clickhouse.query<{
    rows: number[];
    times: number[];
    keys: string[][];
    documents: string;
  }>(
    `select groupArray(row) as rows, groupArray(${person.at}) as times, [${keys}] as keys,
       arrayStringConcat(groupArray(${documentOf(person.attributes)}), '\\n') as documents
     from ${stage} where sure and ${person.holds}${singles}
     group by intDiv(row, ${PEOPLE_A_BATCH}) as batch order by batch`,
    {},
    { max_threads: 1 },
  );
  return batches.map((batch) => ({ ...batch, documents: batch.documents.split('\n') }));
}

/** A JSON object of the attributes that a row has. */
function documentOf(attributes: readonly StagedAttribute[]): string {
  const members = attributes.map((attribute) => {
    const name = `"${attribute.name}":`;
    return `if(isNull(${attribute.column}), '', concat(',${name}', ${jsonOf(attribute)}))`;
  });
  return `concat('{', substring(concat(${[...members, "''", "''"].join(', ')}), 2), '}')`;
}

function jsonOf({ column, valueType }: StagedAttribute): string {
  const value = `assumeNotNull(${column})`;
  if (valueType === 'string') return `toJSONString(${value})`;
  if (valueType === 'date') return `concat('"', toString(${value}), '"')`;
  return `toString(${valueType === 'datetime' ? `toUnixTimestamp64Milli(${value})` : value})`;
}
