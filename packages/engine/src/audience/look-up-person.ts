import type { Identity, RawKey } from '../identity/index.ts';
import { CodedError } from '../platform/index.ts';
import type { DecidedSegments, DecidedTags } from './evaluate-rules.ts';
import type { MemberLookup } from './lookup-members.ts';
import type { Asker } from './asker.ts';
import { maySee } from './sharing.ts';
import type { HeldPersonTag, PersonTag } from './look-up-tags.ts';

/** What a look-up answers: of the present person, whoever was asked for. */
export interface PersonMemberships {
  readonly personId: number;
  readonly segments: { segmentId: string; name: string }[];
  readonly tags?: PersonTag[];
}

/** How the present person of an id or a key is found. Absent: ids are taken as they are, and no key is known. */
export type PersonDirectory = Partial<Pick<Identity, 'personOfKey' | 'personsOf'>>;

/** What is asked of a person besides the segments of the last computations. */
export interface LookupOptions {
  /** Values of tags too. */
  readonly tags: boolean;
  /** Rules are evaluated at this instant. */
  readonly live: boolean;
}

export interface PersonLookup {
  /** What the asker may not see is left out. */
  ofPerson(personId: number, options: LookupOptions, asker: Asker): Promise<PersonMemberships>;
  /** @throws CodedError person_not_found */
  ofKey(key: RawKey, options: LookupOptions, asker: Asker): Promise<PersonMemberships>;
}

/**
 * Answers "what is this person in": segments and tags as of their last computation, from memory, or with `live` as
 * their rules say at this instant; persons as of now.
 */
export function createPersonLookup(needs: {
  members: Pick<MemberLookup, 'segmentsOf'>;
  tagsOf: (personId: number) => Promise<HeldPersonTag[]>;
  evaluateRules: (personId: number) => Promise<DecidedSegments>;
  evaluateTags: (personId: number) => Promise<DecidedTags>;
  directory: PersonDirectory;
}): PersonLookup {
  const { members, tagsOf, evaluateRules, evaluateTags, directory } = needs;

  async function segmentsOf(personId: number, live: boolean): Promise<Held['segments']> {
    const held = await members.segmentsOf(personId);
    if (!live) return held;
    const decided = await evaluateRules(personId);
    const inside = [...decided.values()].filter((each) => each.inside);
    return [
      ...held.filter(({ segmentId }) => !decided.has(segmentId)),
      ...inside.map(({ row }) => ({ segmentId: row.segment_id, name: row.name, sharing: row })),
    ].sort((one, other) => (one.segmentId < other.segmentId ? -1 : 1));
  }

  async function tagsNow(personId: number, live: boolean): Promise<HeldPersonTag[]> {
    if (!live) return tagsOf(personId);
    const [held, decided] = await Promise.all([tagsOf(personId), evaluateTags(personId)]);
    const valued = [...decided.values()].filter((each) => each.values.length > 0);
    return [
      ...held.filter(({ tagId }) => !decided.has(tagId)),
      ...valued.map(({ row, values }) => ({ tagId: row.tag_id, name: row.name, values, sharing: row })),
    ].sort((one, other) => (one.tagId < other.tagId ? -1 : 1));
  }

  async function present(personId: number, options: LookupOptions): Promise<Held> {
    if (!options.tags) return { personId, segments: await segmentsOf(personId, options.live) };
    const [segments, tags] = await Promise.all([
      segmentsOf(personId, options.live),
      tagsNow(personId, options.live),
    ]);
    return { personId, segments, tags };
  }

  return {
    async ofPerson(personId, options, asker) {
      const found = await present(personId, options);
      // Who was merged into somebody else is in nothing any more: only then the map has to be asked.
      if (found.segments.length > 0 || (found.tags?.length ?? 0) > 0) return shownTo(asker, found);
      const now = (await directory.personsOf?.([personId]))?.get(personId) ?? personId;
      return shownTo(asker, now === personId ? found : await present(now, options));
    },
    async ofKey(key, options, asker) {
      const personId = await directory.personOfKey?.(key);
      if (personId === undefined) throw new CodedError('person_not_found');
      return shownTo(asker, await present(personId, options));
    },
  };
}

interface Held {
  readonly personId: number;
  readonly segments: Awaited<ReturnType<MemberLookup['segmentsOf']>>;
  readonly tags?: HeldPersonTag[];
}

function shownTo(asker: Asker, { personId, segments, tags }: Held): PersonMemberships {
  return {
    personId,
    segments: segments
      .filter(({ sharing }) => maySee(asker, sharing))
      .map(({ segmentId, name }) => ({ segmentId, name })),
    ...(tags && {
      tags: tags
        .filter(({ sharing }) => maySee(asker, sharing))
        .map(({ tagId, name, values }) => ({ tagId, name, values })),
    }),
  };
}
