import { presentPerson } from '../identity/index.ts';
import { cutTables, type ClickHouse, type Clock, type PeopleOfInstitution } from '../platform/index.ts';
import type { Profile } from './front-door.ts';
import { columnOf } from './name-columns.ts';

const INSTITUTION = 'institution';
/** Attribute of people that holds the id of their institution. */
const ATTRIBUTE = 'institution_id';
/** The tree of institutions changes seldom; half a minute late is soon enough. */
const REMEMBER_MS = 30_000;
/** Says which key is whose now, and nothing else about anybody. */
const UNCUT = new Set(['identity_override']);

/**
 * People whose attribute `institution_id` is the institution or one below it, along any relation from institution to
 * institution that is valid now. People without the attribute belong to nobody.
 */
export function createPeopleOfInstitution(needs: {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly attributesOf: Profile['attributesOf'];
}): PeopleOfInstitution {
  const { clickhouse, clock, attributesOf } = needs;
  const known = new Map<string, { below: ReadonlySet<string>; until: number }>();

  /** The institution and all below it. */
  async function institutionsBelow(top: string): Promise<ReadonlySet<string>> {
    const remembered = known.get(top);
    if (remembered && remembered.until > performance.now()) return remembered.below;
    const edges = await clickhouse.query<{ part: string; whole: string }>(
      `select distinct from_id as part, to_id as whole from relation final
       where from_type = {type:String} and to_type = {type:String}
         and valid_from <= fromUnixTimestamp64Milli({now:Int64}, 'UTC')
         and valid_to > fromUnixTimestamp64Milli({now:Int64}, 'UTC')`,
      { type: INSTITUTION, now: clock.now() },
    );
    const partsOf = new Map<string, string[]>();
    for (const { part, whole } of edges) partsOf.set(whole, [...(partsOf.get(whole) ?? []), part]);
    const below = new Set([top]);
    // A set that grows while it is walked: each institution once, circles included.
    for (const whole of below) for (const part of partsOf.get(whole) ?? []) below.add(part);
    known.set(top, { below, until: performance.now() + REMEMBER_MS });
    return below;
  }

  return {
    async sees(institutionId, personIds) {
      const [below, attributes] = await Promise.all([
        institutionsBelow(institutionId),
        attributesOf(personIds),
      ]);
      return new Set(
        personIds.filter((personId) => {
          const institution = attributes.get(personId)?.[ATTRIBUTE];
          return typeof institution === 'string' && below.has(institution);
        }),
      );
    },
    async cut(institutionId) {
      const [below, tables] = await Promise.all([
        institutionsBelow(institutionId),
        tablesOfPeople(clickhouse),
      ]);
      return cutTables(clickhouse, conditionsOf(tables, below));
    },
  };
}

interface PeopleTable {
  readonly database: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/**
 * Every table with rows about people, those included that were declared a moment ago. On a cluster the rows are cut where
 * they lie, in the tables of the shards: what gathers them holds none.
 */
const tablesOfPeople = (clickhouse: ClickHouse): Promise<PeopleTable[]> =>
  clickhouse.query<PeopleTable>(
    `select database, table, groupArray(name) as columns from system.columns
     where database = currentDatabase()
       and table not in (select name from system.tables where database = currentDatabase() and engine = 'Distributed')
       and (name in ('person_id', 'key_number') or (table in ('person', 'shard_person') and name = {attribute:String}))
     group by database, table having has(columns, 'person_id')`,
    { attribute: ATTRIBUTE },
  );

function conditionsOf(tables: readonly PeopleTable[], below: ReadonlySet<string>): Record<string, string> {
  const conditions: Record<string, string> = {};
  for (const { database, table: local, columns } of tables) {
    const name = local.replace(/^shard_/, '');
    // With its database in front: another node has none of its own in mind.
    const table = `${database}.${local}`;
    if (UNCUT.has(name)) continue;
    if (name === 'person') {
      const ids = [...below].map((id) => `'${id.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`);
      conditions[table] = columns.includes(ATTRIBUTE) ? `${columnOf(ATTRIBUTE)} in (${ids.join(', ')})` : '0';
    } else if (name === 'relation') {
      conditions[table] = `${endIsSeen(database, 'from')} and ${endIsSeen(database, 'to')}`;
    } else {
      const person = columns.includes('key_number')
        ? presentPerson('person_id', 'key_number', database)
        : 'person_id';
      conditions[table] = `${person} in ${seenIn(database)}`;
    }
  }
  return conditions;
}

/** People whose rows are seen: the table of people is itself cut. */
const seenIn = (database: string): string => `(select person_id from ${database}.person final)`;

const endIsSeen = (database: string, end: 'from' | 'to'): string =>
  `(${end}_type != 'person' or ${presentPerson(`${end}_person_id`, `${end}_key_number`, database)} in ${seenIn(database)})`;
