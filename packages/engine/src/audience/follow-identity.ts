import type { Identity, PersonChange } from '../identity/index.ts';
import type { Platform, Transaction } from '../platform/index.ts';
import { whileComputing } from './compute-lock.ts';
import { noteMovedPeople } from './incremental/kept-state.ts';
import { clearUnfinished, type OpenRun } from './membership-store.ts';
import { beginRuns, commitRuns, selectPresentRuns } from './segment-store.ts';
import { touchPeople } from './tag-change-store.ts';
import { movePeopleOfTags } from './tag-value-store.ts';

const CONSUMER = 'audience';
const CHANGES_LIMIT = 5_000;

/**
 * Applies merges and splits to memberships: who takes over a member is one too, and a person who is no
 * more is none. The log says `merge` or `split`, so that strategies take it for no fresh entry and nobody
 * vanishes or comes twice; whether the new person still fits the rule is the next computation's to say.
 * True when there may be more.
 */
export async function followIdentity(
  platform: Platform,
  identity: Pick<Identity, 'takePersonChanges'>,
): Promise<boolean> {
  return (await whileComputing(platform, { wait: false }, () => followSome(platform, identity))) ?? false;
}

/** The same for whoever holds the compute lock already. */
export function followSome(
  platform: Platform,
  identity: Pick<Identity, 'takePersonChanges'>,
): Promise<boolean> {
  return platform.database.transaction(async (transaction) => {
    const changes = await identity.takePersonChanges(transaction, CONSUMER, CHANGES_LIMIT);
    if (changes.length > 0) await applyChanges(platform, transaction, changes);
    return changes.length === CHANGES_LIMIT;
  });
}

/**
 * New runs of the segments that hold any of the moved people. They are begun outside the transaction that
 * takes the changes: when that one is repeated or lost, their numbers are not used again.
 */
async function affectedRuns(platform: Platform, changes: readonly PersonChange[]): Promise<OpenRun[]> {
  const present = await selectPresentRuns(platform.database);
  if (present.length === 0) return [];
  const rows = await platform.clickhouse.query<{ segment_id: string }>(
    `SELECT segment_id FROM segment_membership
     WHERE (segment_id, run) IN (SELECT arrayJoin(arrayZip({segments:Array(String)}, {runs:Array(UInt64)})))
     GROUP BY segment_id
     HAVING bitmapHasAny(groupBitmapMergeState(members), bitmapBuild({people:Array(UInt64)}))`,
    {
      segments: present.map((row) => row.segment_id),
      runs: present.map((row) => row.run),
      people: [...new Set(changes.map((change) => change.oldPersonId))],
    },
  );
  if (rows.length === 0) return [];
  const runs = await beginRuns(
    platform.database,
    rows.map((row) => row.segment_id),
  );
  await clearUnfinished(platform.clickhouse, runs);
  return runs;
}

async function applyChanges(
  platform: Platform,
  transaction: Transaction,
  changes: readonly PersonChange[],
): Promise<void> {
  await movePeopleOfTags(platform.clickhouse, changes);
  const moved = changes.flatMap((change) => [change.oldPersonId, change.newPersonId]);
  await noteMovedPeople(transaction, moved, platform.clock.now());
  const runs = await affectedRuns(platform, changes);
  const at = platform.clock.now();
  for (const run of runs) {
    const startedAt = performance.now();
    const before = await membersAmong(platform, run, changes);
    const { entered, left } = movedMembers(changes, before);
    const members = await writeMoved(platform, run, entered, left, at);
    await commitRuns(transaction, [
      {
        segmentId: run.segmentId,
        run: run.run,
        at,
        kind: 'identity',
        members,
        entered: entered.size,
        left: left.size,
        tookMs: performance.now() - startedAt,
        dueAt: undefined,
      },
    ]);
  }
  await touchPeople(transaction, undefined, moved);
}

async function membersAmong(
  platform: Platform,
  run: OpenRun,
  changes: readonly PersonChange[],
): Promise<Set<number>> {
  const people = [...new Set(changes.flatMap((change) => [change.oldPersonId, change.newPersonId]))];
  const rows = await platform.clickhouse.query<{ people: number[] }>(
    `SELECT bitmapToArray(bitmapAnd(groupBitmapMergeState(members), bitmapBuild({people:Array(UInt64)}))) AS people
     FROM segment_membership WHERE segment_id = {segment:String} AND run = {run:UInt64}`,
    { segment: run.segmentId, run: run.committedRun, people },
  );
  return new Set(rows[0]?.people ?? []);
}

/** Who enters and who leaves when the changes are applied one after the other to the members. */
export function movedMembers(
  changes: readonly Pick<PersonChange, 'keyNumber' | 'oldPersonId' | 'newPersonId'>[],
  before: ReadonlySet<number>,
): { entered: Map<number, 'merge' | 'split'>; left: Set<number> } {
  const after = new Set(before);
  const causes = new Map<number, 'merge' | 'split'>();
  for (const change of changes) {
    if (!after.has(change.oldPersonId)) continue;
    // Person ids are the smallest key numbers: the old person's own key moving away means that it is no more.
    const isGone = change.keyNumber === change.oldPersonId;
    if (!after.has(change.newPersonId)) {
      after.add(change.newPersonId);
      causes.set(change.newPersonId, isGone ? 'merge' : 'split');
    }
    if (isGone) after.delete(change.oldPersonId);
  }
  const entered = new Map<number, 'merge' | 'split'>();
  for (const person of after) if (!before.has(person)) entered.set(person, causes.get(person) ?? 'merge');
  const left = new Set([...before].filter((person) => !after.has(person)));
  return { entered, left };
}

async function writeMoved(
  platform: Platform,
  run: OpenRun,
  entered: ReadonlyMap<number, 'merge' | 'split'>,
  left: ReadonlySet<number>,
  at: number,
): Promise<number> {
  const { clickhouse } = platform;
  await clickhouse.command(
    `INSERT INTO segment_membership (segment_id, run, members)
     SELECT {segment:String}, {run:UInt64},
       bitmapOr(bitmapAndnot(groupBitmapMergeState(members), bitmapBuild({left:Array(UInt64)})), bitmapBuild({entered:Array(UInt64)}))
     FROM segment_membership WHERE segment_id = {segment:String} AND run = {committed:UInt64}`,
    {
      segment: run.segmentId,
      run: run.run,
      committed: run.committedRun,
      left: [...left],
      entered: [...entered.keys()],
    },
  );
  const time = new Date(at).toISOString();
  await clickhouse.insert('segment_change', [
    ...[...entered].map(([person, cause]) => ({
      segment_id: run.segmentId,
      run: run.run,
      person_id: person,
      at: time,
      direction: 'entered',
      cause,
    })),
    ...[...left].map((person) => ({
      segment_id: run.segmentId,
      run: run.run,
      person_id: person,
      at: time,
      direction: 'left',
      cause: 'merge',
    })),
  ]);
  const rows = await clickhouse.query<{ members: number }>(
    `SELECT bitmapCardinality(groupBitmapMergeState(members)) AS members FROM segment_membership
     WHERE segment_id = {segment:String} AND run = {run:UInt64}`,
    { segment: run.segmentId, run: run.run },
  );
  return rows[0]?.members ?? 0;
}
