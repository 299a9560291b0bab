import type { Platform } from '../platform/index.ts';
import type { KeyCache } from './key-cache.ts';
import type { RulesHolder } from './rules-store.ts';

/** What the steps of resolving need. */
export interface ResolveNeeds {
  readonly platform: Pick<Platform, 'secrets' | 'clock'>;
  readonly cache: KeyCache;
  readonly rules: RulesHolder;
}
