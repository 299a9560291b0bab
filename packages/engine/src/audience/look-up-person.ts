import type { Identity, RawKey } from '../identity/index.ts';
import { CodedError } from '../platform/index.ts';
import type { MemberLookup } from './lookup-members.ts';
import type { PersonTag } from './look-up-tags.ts';

/** What a look-up answers: of the present person, whoever was asked for. */
export interface PersonMemberships {
  readonly personId: number;
  readonly segments: { segmentId: string; name: string }[];
  readonly tags?: PersonTag[];
}

/** How the present person of an id or a key is found. Absent: ids are taken as they are, and no key is known. */
export type PersonDirectory = Partial<Pick<Identity, 'personOfKey' | 'personsOf'>>;

export interface PersonLookup {
  ofPerson(personId: number, withTags: boolean): Promise<PersonMemberships>;
  /** @throws CodedError person_not_found */
  ofKey(key: RawKey, withTags: boolean): Promise<PersonMemberships>;
}

/** Answers "what is this person in, now"; segments as fresh as the member look-up, tags and persons as of now. */
export function createPersonLookup(needs: {
  members: Pick<MemberLookup, 'segmentsOf'>;
  tagsOf: (personId: number) => Promise<PersonTag[]>;
  directory: PersonDirectory;
}): PersonLookup {
  const { members, tagsOf, directory } = needs;

  async function present(personId: number, withTags: boolean): Promise<PersonMemberships> {
    if (!withTags) return { personId, segments: await members.segmentsOf(personId) };
    const [segments, tags] = await Promise.all([members.segmentsOf(personId), tagsOf(personId)]);
    return { personId, segments, tags };
  }

  return {
    async ofPerson(personId, withTags) {
      const found = await present(personId, withTags);
      // Who was merged into somebody else is in nothing any more: only then the map has to be asked.
      if (found.segments.length > 0 || (found.tags?.length ?? 0) > 0) return found;
      const now = (await directory.personsOf?.([personId]))?.get(personId) ?? personId;
      return now === personId ? found : present(now, withTags);
    },
    async ofKey(key, withTags) {
      const personId = await directory.personOfKey?.(key);
      if (personId === undefined) throw new CodedError('person_not_found');
      return present(personId, withTags);
    },
  };
}
