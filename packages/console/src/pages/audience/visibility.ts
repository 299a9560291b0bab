import type { Sharing } from '../../api/vocabulary.ts';

/** Who sees a segment or tag. */
export type Visibility = 'everybody' | 'named' | 'own';

export function visibilityOf({ shared, sharedWith, sharedWithUsers }: Sharing): Visibility {
  if (!shared) return 'own';
  return sharedWith.length + sharedWithUsers.length > 0 ? 'named' : 'everybody';
}
