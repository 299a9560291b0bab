import type { AddressInfo } from 'node:net';
import { createIdentity, type Identity } from '../../src/identity/index.ts';
import { createIngest, type Ingest, type WantedEvents } from '../../src/ingest/index.ts';
import { createHttpServer, type HttpServer, type Platform } from '../../src/platform/index.ts';
import { createProfile, type Profile } from '../../src/profile/index.ts';

/** Identity, profile and ingest behind a real HTTP server on loopback. */
export interface IngestServer {
  readonly identity: Identity;
  readonly profile: Profile;
  readonly ingest: Ingest;
  readonly server: HttpServer;
  /** http://127.0.0.1:port */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startIngestServer(
  platform: Platform,
  options: {
    wantedEvents?: WantedEvents;
    port?: number;
    leaseMs?: number;
    /** Adds endpoints before the server listens. */
    routes?: (server: HttpServer, rooms: { identity: Identity; profile: Profile; ingest: Ingest }) => void;
  } = {},
): Promise<IngestServer> {
  const identity = createIdentity(platform);
  const profile = createProfile(platform, identity);
  const ingest = createIngest(platform, {
    identity,
    profile,
    wantedEvents: options.wantedEvents ?? {},
    ...(options.leaseMs ? { leaseMs: options.leaseMs } : {}),
  });
  const server = createHttpServer({ access: platform.access, log: platform.log, ids: platform.ids });
  ingest.routes(server);
  options.routes?.(server, { identity, profile, ingest });
  await identity.start();
  await profile.start();
  await ingest.start();
  await server.fastify.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  const { port } = server.fastify.server.address() as AddressInfo;
  return {
    identity,
    profile,
    ingest,
    server,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await server.fastify.close();
      await ingest.stop();
      await profile.stop();
      await identity.stop();
    },
  };
}
