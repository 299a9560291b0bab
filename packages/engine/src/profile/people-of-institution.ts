import { presentPerson } from '../identity/index.ts';
import { cutTables, type ClickHouse, type Clock, type PeopleOfInstitution } from '../platform/index.ts';
import type { Profile } from './front-door.ts';
import { columnOf } from './name-columns.ts';

const INSTITUTION = 'institution';
/** Attribute of people that holds the id of their institution. */
const ATTRIBUTE = 'institution_id';
/** The tree of institutions changes seldom; half a minute late is soon enough. */
const REMEMBER_MS = 30_000;
/** People whose rows are seen: the table of people is itself cut. */
const SEEN = '(select person_id from person final)';
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
  readonly table: string;
  readonly columns: readonly string[];
}

/** Every table with rows about people, those included that were declared a moment ago. */
const tablesOfPeople = (clickhouse: ClickHouse): Promise<PeopleTable[]> =>
  clickhouse.query<PeopleTable>(
    `select table, groupArray(name) as columns from system.columns
     where database = currentDatabase()
       and (name in ('person_id', 'key_number') or (table = 'person' and name = {attribute:String}))
     group by table having has(columns, 'person_id')`,
    { attribute: ATTRIBUTE },
  );

function conditionsOf(tables: readonly PeopleTable[], below: ReadonlySet<string>): Record<string, string> {
  const conditions: Record<string, string> = {};
  for (const { table, columns } of tables) {
    if (UNCUT.has(table)) continue;
    if (table === 'person') {
      const ids = [...below].map((id) => `'${id.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`);
      conditions[table] = columns.includes(ATTRIBUTE) ? `${columnOf(ATTRIBUTE)} in (${ids.join(', ')})` : '0';
    } else if (table === 'relation') {
      conditions[table] = `${endIsSeen('from')} and ${endIsSeen('to')}`;
    } else {
      const person = columns.includes('key_number') ? presentPerson('person_id', 'key_number') : 'person_id';
      conditions[table] = `${person} in ${SEEN}`;
    }
  }
  return conditions;
}

const endIsSeen = (end: 'from' | 'to'): string =>
  `(${end}_type != 'person' or ${presentPerson(`${end}_person_id`, `${end}_key_number`)} in ${SEEN})`;
