import type { Identity } from '../identity/index.ts';
import type { Profile } from '../profile/index.ts';

/** What ingest asks of `identity`: the person of each record, in one batch. */
export type IdentityPort = Pick<Identity, 'resolve'>;

/**
 * What ingest asks of `profile` in the transaction that finishes a batch: to apply changes of the model, and
 * to take people into the population who are known by events only. The rest is for rows of imports that are replayed.
 */
export type ProfilePort = Pick<Profile, 'apply' | 'meet' | 'writeFacts' | 'catalogue' | 'mirror'>;

/** By consumer of the inbox: the names of the events it wants to read; asked at every batch. */
export type WantedEvents = Readonly<Record<string, () => ReadonlySet<string>>>;
