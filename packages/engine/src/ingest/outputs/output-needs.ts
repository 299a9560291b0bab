import type { Catalogue } from '@wutong/contract';
import type { CallingUser, Platform } from '../../platform/index.ts';
import type { Identity } from '../../identity/index.ts';
import type { Profile } from '../../profile/index.ts';

/** One person entering or leaving a segment. */
export interface SegmentChange {
  readonly run: number;
  readonly personId: number;
  /** Epoch ms UTC. */
  readonly at: number;
  readonly direction: 'entered' | 'left';
  readonly cause: string;
}

/** What outputs ask of later rooms; composed in connect-rooms.ts. */
export interface OutputPorts {
  /** The last committed change of a segment. @throws CodedError when there is none that the asker may see */
  segmentWatermark(segmentId: string, asker?: CallingUser): Promise<{ run: number; personId: number }>;
  /** Committed changes after a position, in order of run and person. */
  segmentChanges(
    segmentId: string,
    after: { run: number; personId: number },
    limit: number,
  ): Promise<SegmentChange[]>;
  /** Ids of the tags in use that the asker may see. */
  tagIds(asker?: CallingUser): Promise<ReadonlySet<string>>;
  /** For each question, whether the asker may see everything that its EQL names. */
  mayAsk(
    questions: readonly (readonly { readonly text: string }[])[],
    asker: CallingUser,
  ): Promise<boolean[]>;
  /** Ids of the segments and tags that everybody may see. */
  openToAll(): Promise<{ readonly segmentIds: readonly string[]; readonly tagIds: readonly string[] }>;
  /** Present values of tags by person and tag. */
  tagValues(
    personIds: readonly number[],
    tagIds: readonly string[],
  ): Promise<ReadonlyMap<number, ReadonlyMap<string, string | number | readonly string[]>>>;
}

export interface OutputNeeds {
  readonly platform: Platform;
  readonly identity: Pick<Identity, 'keysOf'>;
  readonly profile: Pick<Profile, 'attributesOf'> & { catalogue(): Promise<Catalogue> };
  readonly ports: OutputPorts;
}
