import type { Identity, RawKey } from '../identity/index.ts';
import { CodedError } from '../platform/index.ts';
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

export interface PersonLookup {
  /** What the asker may not see is left out. */
  ofPerson(personId: number, withTags: boolean, asker: Asker): Promise<PersonMemberships>;
  /** @throws CodedError person_not_found */
  ofKey(key: RawKey, withTags: boolean, asker: Asker): Promise<PersonMemberships>;
}

/** Answers "what is this person in, now"; segments as fresh as the member look-up, tags and persons as of now. */
export function createPersonLookup(needs: {
  members: Pick<MemberLookup, 'segmentsOf'>;
  tagsOf: (personId: number) => Promise<HeldPersonTag[]>;
  directory: PersonDirectory;
}): PersonLookup {
  const { members, tagsOf, directory } = needs;

  async function present(personId: number, withTags: boolean): Promise<Held> {
    if (!withTags) return { personId, segments: await members.segmentsOf(personId) };
    const [segments, tags] = await Promise.all([members.segmentsOf(personId), tagsOf(personId)]);
    return { personId, segments, tags };
  }

  return {
    async ofPerson(personId, withTags, asker) {
      const found = await present(personId, withTags);
      // Who was merged into somebody else is in nothing any more: only then the map has to be asked.
      if (found.segments.length > 0 || (found.tags?.length ?? 0) > 0) return shownTo(asker, found);
      const now = (await directory.personsOf?.([personId]))?.get(personId) ?? personId;
      return shownTo(asker, now === personId ? found : await present(now, withTags));
    },
    async ofKey(key, withTags, asker) {
      const personId = await directory.personOfKey?.(key);
      if (personId === undefined) throw new CodedError('person_not_found');
      return shownTo(asker, await present(personId, withTags));
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
