import { presentPerson, type Identity } from '../identity/index.ts';
import type { Platform } from '../platform/index.ts';
import { shareStatement } from './compile/compile.ts';
import { COMPUTE_SETTINGS } from './compute-block.ts';
import { computeKept, type KeptComputable } from './compute-kept.ts';
import { followSome } from './follow-identity.ts';
import { forgetKeptState } from './incremental/kept-state.ts';
import { hashMembers } from './membership-store.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { selectSegments, type SegmentRow } from './segment-store.ts';

/**
 * What arrives between the two computations of a look makes them differ, in a bank that never rests at every look. It
 * does so for other people each time: whoever differs at every look differs for good.
 */
const LOOKS = 3;
/** Of the people who differ, those with the lowest numbers are enough to tell an error from what just arrived. */
const PEOPLE_LIMIT = 100_000;

/** Sums of hashes do not fit a double: they are compared as texts. */
const QUOTED_SETTINGS: Record<string, string | number> = {
  ...COMPUTE_SETTINGS,
  output_format_json_quote_64bit_integers: 1,
};

/** A segment that differed at every look so far, and the people who did; undefined before anybody looked at people. */
interface Suspect {
  readonly segment: KeptComputable;
  readonly people: ReadonlySet<number> | undefined;
}

/**
 * Brings segments up to date from what is kept, computes them in full at the same instant, and compares the
 * members. Whoever differs is looked at again, merges and splits being followed before, until nobody does or somebody
 * did every time. That is reported, and what is kept is forgotten, so that the next run makes it anew.
 * Returns the ids of the segments that differ. The caller holds the compute lock.
 */
export async function proveKept(
  platform: Platform,
  reader: CatalogueReader,
  identity: Pick<Identity, 'takePersonChanges'>,
  segments: readonly KeptComputable[],
): Promise<string[]> {
  if (segments.length === 0) return [];
  const { database, clock, ids, log } = platform;
  let suspects: readonly Suspect[] = segments.map((segment) => ({ segment, people: undefined }));
  for (let look = 0; look < LOOKS && suspects.length > 0; look++) {
    while (await followSome(platform, identity));
    suspects = await suspectsNow(platform, reader, suspects);
  }
  const names = suspects.map(({ segment }) => segment.row.segment_id);
  await database.transaction(async (transaction) => {
    await transaction.execute(
      'insert into audience.proof (proof_id, at, segments, differing) values ($1, $2, $3, $4)',
      [ids.newId(), clock.now(), segments.length, names],
    );
    await transaction.execute(
      `update audience.segment set proved_wrong_at = case when segment_id = any($2) then $3::bigint end
       where segment_id = any($1)`,
      [segments.map((segment) => segment.row.segment_id), names, clock.now()],
    );
    if (names.length > 0) await forgetKeptState(transaction);
  });
  for (const { segment, people } of suspects) {
    log.error(
      { segment: segment.row.segment_id, people: people?.size },
      'kept members differ from a full computation; they are made anew',
    );
  }
  return names;
}

/** Those of the suspects of whom somebody differs who did at the looks before, too. */
async function suspectsNow(
  platform: Platform,
  reader: CatalogueReader,
  suspects: readonly Suspect[],
): Promise<Suspect[]> {
  const now = platform.clock.now();
  const idsOf = suspects.map(({ segment }) => segment.row.segment_id);
  const rows = new Map((await selectSegments(platform.database, idsOf)).map((row) => [row.segment_id, row]));
  const fresh = suspects.flatMap(({ segment, people }) => {
    const row = rows.get(segment.row.segment_id);
    return row ? [{ segment: { ...segment, row }, people }] : [];
  });
  await computeKept(
    platform,
    await reader.preparation(now),
    fresh.map(({ segment }) => segment),
    COMPUTE_SETTINGS,
  );
  const runs = await selectSegments(platform.database, idsOf);
  const differing = await differingSums(platform, fresh, runs, now);
  const found: Suspect[] = [];
  for (const { segment, people } of differing) {
    const run = runs.find((row) => row.segment_id === segment.row.segment_id);
    const differ = run ? await differingPeople(platform, segment, run, now) : [];
    const still = people ? differ.filter((person) => people.has(person)) : differ;
    if (still.length > 0) found.push({ segment, people: new Set(still) });
  }
  return found;
}

/** The segments whose members are not those that a full computation finds: sums of hashes say so without sending them. */
async function differingSums(
  platform: Platform,
  suspects: readonly Suspect[],
  runs: readonly SegmentRow[],
  now: number,
): Promise<Suspect[]> {
  const kept = await hashMembers(platform.clickhouse, runs);
  const statement = shareStatement({ kind: 'person' }, { presentPerson, now });
  const sums = suspects.map(
    ({ segment }, index) =>
      `sumIf(cityHash64(frame_key), ${statement.condition(segment.prepared.query)}) AS s${index}`,
  );
  const [full] = await platform.clickhouse.query<Record<string, string>>(
    `SELECT ${sums.join(', ')} FROM (${statement.rows()})`,
    statement.parameters.values,
    QUOTED_SETTINGS,
  );
  return suspects.filter(
    ({ segment }, index) => (kept.get(segment.row.segment_id) ?? '0') !== full?.[`s${index}`],
  );
}

/** People who are members of a run and not of a full computation, or the other way round; lowest numbers first. */
async function differingPeople(
  { clickhouse }: Platform,
  { prepared }: KeptComputable,
  run: SegmentRow,
  now: number,
): Promise<number[]> {
  const statement = shareStatement({ kind: 'person' }, { presentPerson, now });
  const condition = statement.condition(prepared.query);
  const rows = await clickhouse.query<{ person: number }>(
    `SELECT person FROM (
       SELECT toUInt64(frame_key) AS person FROM (${statement.rows()}) WHERE ${condition}
       UNION ALL
       SELECT toUInt64(arrayJoin(bitmapToArray(groupBitmapMergeState(members)))) AS person FROM segment_membership
       WHERE segment_id = {proved_segment:String} AND run = {proved_run:UInt64})
     GROUP BY person HAVING count() = 1 ORDER BY person LIMIT {people_limit:UInt64}`,
    {
      ...statement.parameters.values,
      proved_segment: run.segment_id,
      proved_run: run.run,
      people_limit: PEOPLE_LIMIT,
    },
    COMPUTE_SETTINGS,
  );
  return rows.map(({ person }) => person);
}
