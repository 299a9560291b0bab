import type { Transaction } from '../platform/index.ts';
import { isBefore, readSnapshot, withOpen, type MapSnapshot } from './map-snapshot.ts';

/** A committed key. `personId` follows the map: it is brought up to date at the start of each batch. */
export interface CachedKey {
  readonly keyNumber: number;
  personId: number;
  readonly fingerprint: string;
}

/** Other spellings of the same key hang on one another: a set for each key would be half of the memory. */
interface HeldKey extends CachedKey {
  next: HeldKey | undefined;
}

/** Times of a committed statement: one within them has nothing to add. */
interface CachedTimes {
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface MapState {
  /** Version of the key types. */
  readonly rulesVersion: number;
  /** Keys that the open transaction itself moved: key number → person. */
  readonly ownMoves: ReadonlyMap<number, number>;
}

/** A key that was read, under the value that it was asked for by. */
export interface ReadKey extends Readonly<CachedKey> {
  readonly type: string;
  readonly rawValue: string;
}

/** When and under which rules keys were read. */
export interface ReadMoment {
  readonly snapshot: MapSnapshot;
  readonly rulesVersion: number;
}

/**
 * What this process remembers of the map, bounded, and never older than the batch that asks. Answers to batches that
 * are under way at once may be read in another order than PostgreSQL gave them.
 */
export interface KeyCache {
  /** Applies what other transactions did to the map since the last call; one round trip. */
  refresh(transaction: Transaction): Promise<MapState>;
  find(type: string, rawValue: string): CachedKey | undefined;
  /** Leaves out those that moved, or whose rules changed, since they were read. */
  keep(keys: readonly ReadKey[], moment: ReadMoment): void;
  covers(statement: string, firstAt: number, lastAt: number): boolean;
  keepTimes(statement: string, times: CachedTimes): void;
}

// Beyond this many moves since the last batch it is cheaper to start anew than to apply them.
const MAXIMUM_MOVES = 20_000;
/** Refreshes with moves that are remembered for keys that were read before them: far more than run at once. */
const REMEMBERED_REFRESHES = 64;

/** What a refresh applied. */
interface Applied {
  readonly snapshot: MapSnapshot;
  /** Key numbers; undefined: too many. */
  readonly moved: ReadonlySet<number> | undefined;
}

/** A cache for at least `maximumKeys` keys (about 300 bytes each) and as many statements; at most twice as many. */
export function createKeyCache(maximumKeys = 300_000): KeyCache {
  const byNumber = new Map<number, HeldKey>();
  const forget = (key: HeldKey): void => {
    const first = byNumber.get(key.keyNumber);
    if (first === key) {
      if (key.next) byNumber.set(key.keyNumber, key.next);
      else byNumber.delete(key.keyNumber);
      return;
    }
    for (let each = first; each; each = each.next) if (each.next === key) each.next = key.next;
  };
  const keysOfType = new Map<string, RecentMap<HeldKey>>();
  const statements = new RecentMap<CachedTimes>(maximumKeys);
  // What had ended by then is applied. See sql/postgres/0002-identity.sql.
  let since: Since | undefined;
  let seenRulesVersion: number | undefined;
  /** When the newest refresh was answered that has been read. */
  let applied: MapSnapshot | undefined;
  /** Oldest first; of what happened before `forgotten` nothing is known. */
  const recent: Applied[] = [];
  let forgotten: MapSnapshot | undefined;

  function clear(): void {
    keysOfType.clear();
    statements.clear();
    byNumber.clear();
  }

  function hold({ type, rawValue, keyNumber, personId, fingerprint }: ReadKey): void {
    let keys = keysOfType.get(type);
    if (!keys) keysOfType.set(type, (keys = new RecentMap(maximumKeys, forget)));
    const held: HeldKey = { keyNumber, personId, fingerprint, next: undefined };
    keys.set(rawValue, held);
    held.next = byNumber.get(keyNumber);
    byNumber.set(keyNumber, held);
  }

  return {
    async refresh(transaction) {
      const [row] = await transaction.query<RefreshRow>(REFRESH, [
        since?.horizon ?? null,
        MAXIMUM_MOVES + 1,
        since?.snapshot ?? null,
      ]);
      const { rules_version: rulesVersion, horizon, moves } = row!;
      const ownMoves = new Map<number, number>();
      for (const [keyNumber, personId, own] of moves ?? []) if (own) ownMoves.set(keyNumber, personId);
      const snapshot = readSnapshot(row!.snapshot);
      // What came after it is applied already.
      if (applied && isBefore(snapshot, applied)) return { rulesVersion, ownMoves };
      const tooMany = (moves?.length ?? 0) > MAXIMUM_MOVES;
      if (tooMany || seenRulesVersion !== rulesVersion) clear();
      const moved = new Set<number>();
      for (const [keyNumber, personId, own] of moves ?? []) {
        if (own) continue;
        moved.add(keyNumber);
        for (let key = byNumber.get(keyNumber); key; key = key.next) key.personId = personId;
      }
      if (moved.size > 0) recent.push({ snapshot, moved: tooMany ? undefined : moved });
      if (recent.length > REMEMBERED_REFRESHES) forgotten = recent.shift()!.snapshot;
      since = { horizon, snapshot: withOpen(row!.snapshot, row!.own) };
      seenRulesVersion = rulesVersion;
      applied = snapshot;
      return { rulesVersion, ownMoves };
    },
    find: (type, rawValue) => keysOfType.get(type)?.get(rawValue),
    keep(read, { snapshot, rulesVersion }) {
      if (rulesVersion !== seenRulesVersion || (forgotten && isBefore(snapshot, forgotten))) return;
      const later = recent.filter((each) => isBefore(snapshot, each.snapshot));
      if (later.some(({ moved }) => !moved)) return;
      for (const key of read) if (!later.some(({ moved }) => moved!.has(key.keyNumber))) hold(key);
    },
    covers(statement, firstAt, lastAt) {
      const times = statements.get(statement);
      return times !== undefined && times.firstAt <= firstAt && times.lastAt >= lastAt;
    },
    keepTimes: (statement, times) => statements.set(statement, times),
  };
}

/**
 * Keeps the entries used last, in two generations: what is used moves to the young one, and when that is full the old
 * one is given up. Finding costs one look-up; a list in the order of use costs four times as much to keep.
 */
class RecentMap<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();

  constructor(
    private readonly size: number,
    private readonly dispose: (value: Value) => void = () => undefined,
  ) {}

  get(name: string): Value | undefined {
    const value = this.young.get(name);
    if (value !== undefined) return value;
    const older = this.old.get(name);
    if (older === undefined) return undefined;
    this.old.delete(name);
    this.add(name, older);
    return older;
  }

  set(name: string, value: Value): void {
    const before = this.young.get(name) ?? this.old.get(name);
    if (before !== undefined && before !== value) this.dispose(before);
    this.old.delete(name);
    this.add(name, value);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }

  private add(name: string, value: Value): void {
    if (this.young.size >= this.size && !this.young.has(name)) {
      for (const each of this.old.values()) this.dispose(each);
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(name, value);
  }
}

/** A moment that moves are asked for since: the oldest transaction that was open, and which others were. */
interface Since {
  readonly horizon: string;
  readonly snapshot: string;
}

interface RefreshRow {
  rules_version: number;
  horizon: string;
  snapshot: string;
  /** The asking transaction, when it has a number. */
  own: string | null;
  moves: [keyNumber: number, personId: number, own: boolean][] | null;
}

// Moves are written by transactions that may commit in any order, so that "since the last time" is not a sequence
// number but: by a transaction that had not ended then. The oldest open one says where to begin looking; it may be of
// another database and stay open for hours, so that what ended since is told by the snapshot.
const REFRESH = `
  select (select version from identity.rules) as rules_version,
         pg_snapshot_xmin(pg_current_snapshot())::text as horizon, pg_current_snapshot()::text as snapshot,
         pg_current_xact_id_if_assigned()::text as own,
         (select json_agg(json_build_array(key_number, new_person_id, own) order by sequence) from (
            select sequence, key_number, new_person_id,
                   transaction_id is not distinct from pg_current_xact_id_if_assigned() as own
            from identity.person_change
            where transaction_id >= $1::text::xid8
              and not pg_visible_in_snapshot(transaction_id, $3::text::pg_snapshot)
            limit $2
          ) as recent) as moves`;
