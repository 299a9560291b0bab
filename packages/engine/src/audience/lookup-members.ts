import type { Platform } from '../platform/index.ts';
import { IdSet } from './id-set.ts';
import { selectMemberChunks } from './membership-store.ts';
import type { Sharing } from './sharing.ts';
import { addLookups, selectPresentRuns } from './segment-store.ts';

/** Memory for members held by one process; segments beyond it are asked of ClickHouse. */
const MEMORY_LIMIT_BYTES = 256 * 1024 * 1024;

/** Answers "in which segments is this person" from memory. */
export interface MemberLookup {
  segmentsOf(personId: number): Promise<{ segmentId: string; name: string; sharing: Sharing }[]>;
  /** Loads runs that were committed since; true when there was one. */
  refresh(): Promise<boolean>;
  /** Writes down how often each segment was found. */
  flushUse(): Promise<void>;
}

interface HeldSegment {
  readonly segmentId: string;
  readonly name: string;
  readonly run: number;
  readonly sharing: Sharing;
  /** Absent: too large for the memory that is left. */
  readonly members: IdSet | undefined;
}

/** The look-up; as fresh as its last refresh. */
export function createMemberLookup(platform: Platform): MemberLookup {
  const { clickhouse, database } = platform;
  let held: readonly HeldSegment[] = [];
  let loaded = false;
  const found = new Map<string, number>();

  /** One after the other: an older list never takes the place of a newer one. */
  let refreshing: Promise<unknown> = Promise.resolve();
  function refresh(): Promise<boolean> {
    const next = refreshing.then(load);
    refreshing = next.catch(() => undefined);
    return next;
  }

  async function load(): Promise<boolean> {
    const present = await selectPresentRuns(database);
    const known = new Map(held.map((segment) => [segment.segmentId, segment]));
    let bytes = 0;
    let changed = present.length !== held.length;
    const next: HeldSegment[] = [];
    for (const row of present) {
      const before = known.get(row.segment_id);
      let members = before?.run === row.run ? before.members : undefined;
      if (before?.run !== row.run) {
        changed = true;
        // Two bytes a member is the most a set can take.
        const fits = bytes + row.members * 2 <= MEMORY_LIMIT_BYTES;
        if (fits) members = new IdSet(await selectMemberChunks(clickhouse, row.segment_id, row.run));
      }
      bytes += members?.bytes ?? 0;
      next.push({ segmentId: row.segment_id, name: row.name, run: row.run, sharing: row, members });
    }
    held = next;
    loaded = true;
    return changed;
  }

  async function askEngine(personId: number, segments: readonly HeldSegment[]): Promise<Set<string>> {
    const rows = await clickhouse.query<{ segment_id: string }>(
      `SELECT segment_id FROM segment_membership
       WHERE (segment_id, run) IN (SELECT arrayJoin(arrayZip({segments:Array(String)}, {runs:Array(UInt64)})))
       GROUP BY segment_id HAVING bitmapContains(groupBitmapMergeState(members), {person:UInt64})`,
      {
        segments: segments.map((segment) => segment.segmentId),
        runs: segments.map((segment) => segment.run),
        person: personId,
      },
    );
    return new Set(rows.map((row) => row.segment_id));
  }

  return {
    refresh,
    async segmentsOf(personId) {
      if (!loaded) await refresh();
      const distant = held.filter((segment) => !segment.members);
      const elsewhere = distant.length > 0 ? await askEngine(personId, distant) : undefined;
      const result: { segmentId: string; name: string; sharing: Sharing }[] = [];
      for (const { segmentId, name, sharing, members } of held) {
        const inside = members ? members.has(personId) : elsewhere?.has(segmentId);
        if (!inside) continue;
        result.push({ segmentId, name, sharing });
        found.set(segmentId, (found.get(segmentId) ?? 0) + 1);
      }
      return result;
    },
    async flushUse() {
      if (found.size === 0) return;
      const counts = new Map(found);
      found.clear();
      await addLookups(database, counts, platform.clock.now());
    },
  };
}
