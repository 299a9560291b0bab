import type { Platform } from '../platform/index.ts';
import { loadTagColumn } from './load-tag-column.ts';
import { selectKnownTags, selectTagChange, selectTouches, type KnownTag } from './tag-change-store.ts';
import type { HeldValue, TagColumn } from './tag-column.ts';
import { TouchedPeople } from './touched-people.ts';

/** Memory for values of tags in one process; tags beyond it are asked of ClickHouse. */
const MEMORY_LIMIT_BYTES = 256 * 1024 * 1024;
/** People touched since their values were read, after which reading them anew costs less than asking for each. */
const MOST_TOUCHED = 50_000;
/** A tag that changes all the time is read again at most for this part of the time. */
const LOAD_SHARE = 20;
const LEAST_PAUSE_MS = 1_000;

/** A stamp that no tag has. */
const NEVER = -1;

interface Held {
  readonly stamp: number;
  /** The newest touch when the values were read. */
  readonly touch: number;
  /** Undefined: they do not fit. */
  readonly column: TagColumn | undefined;
  /** Real time before which they are not read again. */
  readonly againAt: number;
}

export interface HeldTagsOptions {
  readonly limitBytes?: number;
  /** Real ms between two readings of one tag. */
  readonly leastPauseMs?: number;
}

/** Values of tags in memory, and what is known of changes. */
export interface HeldTags {
  /**
   * What holds at this instant: tags in use, and values of people. `of` answers `elsewhere` where ClickHouse has to be
   * asked: not read yet, changed since, or too large.
   */
  present(): Promise<{
    readonly tags: readonly KnownTag[];
    readonly of: (tag: KnownTag, personId: number) => HeldValue | undefined | 'elsewhere';
  }>;
  /** Waits until no values are being read. */
  settle(): Promise<void>;
}

/**
 * Each question begins with one round trip to PostgreSQL, which says whether anything changed: values that were made
 * known by any process before the question are never passed over, however many processes there are.
 */
export function createHeldTags(
  platform: Pick<Platform, 'database' | 'clickhouse' | 'log'>,
  { limitBytes = MEMORY_LIMIT_BYTES, leastPauseMs = LEAST_PAUSE_MS }: HeldTagsOptions = {},
): HeldTags {
  const { database, clickhouse, log } = platform;
  const held = new Map<string, Held>();
  const touched = new TouchedPeople();
  let tags: readonly KnownTag[] = [];
  let print: string | undefined;
  let touch: number | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  let loading: Promise<void> | undefined;
  /** Grows when everything that is held, or being read, is given up. */
  let epoch = 0;

  async function lookForChanges(): Promise<readonly KnownTag[]> {
    const newest = await selectTagChange(database);
    if (newest.print !== print) {
      tags = await selectKnownTags(database);
      print = newest.print;
    }
    touch ??= newest.touch;
    if (newest.touch > touch) {
      const touches = await selectTouches(database, touch);
      touch = Math.max(newest.touch, touches?.at(-1)?.touch ?? 0);
      for (const each of touches ?? []) touched.note(each);
      if (!touches || touched.size > MOST_TOUCHED) giveUp();
    }
    return tags;
  }

  function giveUp(): void {
    epoch++;
    for (const [tagId, each] of held) held.set(tagId, { ...each, stamp: NEVER, column: undefined });
    touched.clear();
  }

  /** One look after the other: none answers by what an earlier one found later. */
  function lookInTurn(): Promise<readonly KnownTag[]> {
    const next = looking.then(lookForChanges);
    looking = next.catch(() => undefined);
    return next;
  }

  const isPresent = (tag: KnownTag): boolean => held.get(tag.tag_id)?.stamp === tag.values_stamp;

  async function load(tag: KnownTag, startTouch: number): Promise<void> {
    const startedAt = performance.now();
    const startEpoch = epoch;
    const known = new Set(tags.map((each) => each.tag_id));
    let bytes = 0;
    for (const [tagId, each] of held) {
      if (!known.has(tagId)) held.delete(tagId);
      else if (tagId !== tag.tag_id) bytes += each.column?.bytes ?? 0;
    }
    let stamp = NEVER;
    let column: TagColumn | undefined;
    try {
      column = await loadTagColumn(clickhouse, tag.tag_id, limitBytes - bytes);
      if (epoch === startEpoch) stamp = tag.values_stamp;
    } finally {
      const now = performance.now();
      const againAt = now + Math.max(leastPauseMs, (now - startedAt) * LOAD_SHARE);
      held.set(tag.tag_id, { stamp, touch: startTouch, column, againAt });
    }
  }

  async function loadMissing(): Promise<void> {
    for (;;) {
      const now = performance.now();
      const next = tags.find((tag) => !isPresent(tag) && (held.get(tag.tag_id)?.againAt ?? 0) <= now);
      if (!next || touch === undefined) return;
      await load(next, touch);
    }
  }

  function startLoading(): void {
    loading ??= loadMissing()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'values of tags could not be read'))
      .finally(() => (loading = undefined));
  }

  return {
    async present() {
      const present = await lookInTurn();
      if (present.some((tag) => !isPresent(tag))) startLoading();
      return {
        tags: present,
        of({ tag_id: tagId, values_stamp: stamp }, personId) {
          const own = held.get(tagId);
          if (!own?.column || own.stamp !== stamp) return 'elsewhere';
          return touched.newest(tagId, personId) > own.touch ? 'elsewhere' : own.column.of(personId);
        },
      };
    },
    async settle() {
      await loading;
    },
  };
}
