import type { ClickHouse, Clock, PeopleOfInstitution } from '../platform/index.ts';
import type { Profile } from './front-door.ts';

const INSTITUTION = 'institution';
/** Attribute of people that holds the id of their institution. */
const ATTRIBUTE = 'institution_id';
/** The tree of institutions changes seldom; half a minute late is soon enough. */
const REMEMBER_MS = 30_000;

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

  return async (institutionId, personIds) => {
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
  };
}
