import { presentPerson } from '../identity/index.ts';
import type { Platform } from '../platform/index.ts';
import { shareStatement } from './compile/compile.ts';
import { COMPUTE_SETTINGS } from './compute-block.ts';
import { computeKept, type KeptComputable } from './compute-kept.ts';
import { forgetKeptState } from './incremental/kept-state.ts';
import { hashMembers } from './membership-store.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { selectSegments } from './segment-store.ts';

/** What arrives between two looks makes them differ; what differs at every look is an error. */
const LOOKS = 3;

/** Sums of hashes do not fit a double: they are compared as texts. */
const QUOTED_SETTINGS: Record<string, string | number> = {
  ...COMPUTE_SETTINGS,
  output_format_json_quote_64bit_integers: 1,
};

/**
 * Brings segments up to date from what is kept, computes them in full at the same instant, and compares the
 * members. What differs is reported, and what is kept is forgotten, so that the next run makes it anew.
 * Returns the ids of the segments that differ. The caller holds the compute lock.
 */
export async function proveKept(
  platform: Platform,
  reader: CatalogueReader,
  segments: readonly KeptComputable[],
): Promise<string[]> {
  if (segments.length === 0) return [];
  const { database, clock, ids, log } = platform;
  let differing: readonly KeptComputable[] = segments;
  for (let look = 0; look < LOOKS && differing.length > 0; look++) {
    differing = await differingNow(platform, reader, differing);
  }
  const names = differing.map((segment) => segment.row.segment_id);
  await database.transaction(async (transaction) => {
    await transaction.execute(
      'insert into audience.proof (proof_id, at, segments, differing) values ($1, $2, $3, $4)',
      [ids.newId(), clock.now(), segments.length, names],
    );
    if (names.length > 0) await forgetKeptState(transaction);
  });
  if (names.length > 0) {
    log.error({ segments: names }, 'kept members differ from a full computation; it is made anew');
  }
  return names;
}

async function differingNow(
  platform: Platform,
  reader: CatalogueReader,
  segments: readonly KeptComputable[],
): Promise<KeptComputable[]> {
  const now = platform.clock.now();
  const idsOf = segments.map((segment) => segment.row.segment_id);
  const rows = new Map((await selectSegments(platform.database, idsOf)).map((row) => [row.segment_id, row]));
  const fresh = segments.flatMap((segment) => {
    const row = rows.get(segment.row.segment_id);
    return row ? [{ ...segment, row }] : [];
  });
  await computeKept(platform, await reader.preparation(now), fresh, COMPUTE_SETTINGS);
  const runs = await selectSegments(platform.database, idsOf);
  const kept = await hashMembers(platform.clickhouse, runs);
  const statement = shareStatement({ kind: 'person' }, { presentPerson, now });
  // A sum of hashes says whether two sets are the same without sending them.
  const sums = fresh.map(
    ({ prepared }, index) =>
      `sumIf(cityHash64(frame_key), ${statement.condition(prepared.query)}) AS s${index}`,
  );
  const [full] = await platform.clickhouse.query<Record<string, string>>(
    `SELECT ${sums.join(', ')} FROM (${statement.rows()})`,
    statement.parameters.values,
    QUOTED_SETTINGS,
  );
  return fresh.filter((segment, index) => (kept.get(segment.row.segment_id) ?? '0') !== full?.[`s${index}`]);
}
