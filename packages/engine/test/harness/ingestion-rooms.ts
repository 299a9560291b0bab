import { createIdentity, type Identity } from '../../src/identity/index.ts';
import { createIngest, createIngestion, type Ingest, type Ingestion } from '../../src/ingest/index.ts';
import type { Platform } from '../../src/platform/index.ts';
import { createProfile, type Profile } from '../../src/profile/index.ts';

/** The rooms that an ingestion task writes to, and the tasks. */
export interface IngestionRooms {
  readonly identity: Identity;
  readonly profile: Profile;
  readonly ingest: Ingest;
  readonly ingestion: Ingestion;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createIngestionRooms(platform: Platform): IngestionRooms {
  const identity = createIdentity(platform);
  const profile = createProfile(platform, identity);
  const ingest = createIngest(platform, { identity, profile, wantedEvents: {} });
  const ingestion = createIngestion(platform, { identity, profile, ingest });
  return {
    identity,
    profile,
    ingest,
    ingestion,
    async start() {
      await identity.start();
      await profile.start();
      await ingest.start();
    },
    async stop() {
      await ingestion.stop();
      await ingest.stop();
      await profile.stop();
      await identity.stop();
    },
  };
}
