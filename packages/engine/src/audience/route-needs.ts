import type { Platform } from '../platform/index.ts';
import type { Profile } from '../profile/index.ts';
import type { Audience } from './front-door.ts';
import type { PersonLookup } from './look-up-person.ts';
import type { ManageSharing } from './manage-sharing.ts';
import type { Segments } from './manage-segments.ts';
import type { RequireSources } from './require-sources.ts';
import type { ShowSources } from './show-sources.ts';
import type { Tags } from './manage-tags.ts';
import type { CatalogueReader } from './read-catalogue.ts';

/** What the handlers need. */
export interface RouteNeeds {
  readonly platform: Platform;
  readonly audience: Audience;
  readonly reader: CatalogueReader;
  readonly segments: Segments;
  readonly tags: Tags;
  readonly sharing: ManageSharing;
  readonly personLookup: PersonLookup;
  readonly profile: Pick<Profile, 'attributesOf'>;
  readonly showSources: ShowSources;
  readonly requireSources: RequireSources;
}
