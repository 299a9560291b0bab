import { contentNeeds, hubNeeds } from './connect-rooms.ts';
import { createContent } from './content/index.ts';
import { createDecision } from './decision/index.ts';
import { createHub, HUB_CONSUMER, HUB_WANTED_EVENTS } from './hub/index.ts';
import { createIdentity, type Identity } from './identity/index.ts';
import { createIngest } from './ingest/index.ts';
import type { HttpServer, Platform } from './platform/index.ts';
import { createProfile } from './profile/index.ts';

/** All rooms of a process, wired. */
export interface Rooms {
  readonly identity: Identity;
  routes(server: HttpServer): void;
  /** Starts the loops, in the order of the rooms. */
  start(): Promise<void>;
  /** Stops them in reverse. */
  stop(): Promise<void>;
}

/** Builds the rooms in their order and hands each what it may use; the only place that sees all. */
export function composeRooms(platform: Platform): Rooms {
  const identity = createIdentity(platform);
  const profile = createProfile(platform, identity);
  const ingest = createIngest(platform, {
    identity,
    profile,
    wantedEvents: { [HUB_CONSUMER]: () => HUB_WANTED_EVENTS },
  });
  const content = createContent(platform, contentNeeds(profile));
  const decision = createDecision(platform, { identity, profile });
  const hub = createHub(platform, hubNeeds(platform, { identity, profile, content, decision, ingest }));

  const rooms = [identity, profile, ingest, decision, hub];
  return {
    identity,
    routes(server) {
      for (const room of [identity, profile, ingest, content, decision, hub]) room.routes(server);
    },
    async start() {
      for (const room of rooms) await room.start();
    },
    async stop() {
      for (const room of [...rooms].reverse()) await room.stop();
    },
  };
}
