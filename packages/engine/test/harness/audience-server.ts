import { createAudience, type Audience } from '../../src/audience/index.ts';
import { declareTestBank, testPlan } from '../../src/audience/interpret/test-bank.ts';
import { createIdentity, type Identity } from '../../src/identity/index.ts';
import { createHttpServer, type HttpServer, type Role } from '../../src/platform/index.ts';
import type { Profile } from '../../src/profile/index.ts';
import { createTestDatabases } from './databases.ts';
import { makeUser } from './make-user.ts';
import { createTestPlatform } from './platform.ts';

export interface Answered<Result> {
  readonly status: number;
  readonly body: Result;
}

/** The audience room behind its API, with users of roles and fifty people of the ages 1 to 50. */
export interface AudienceServer {
  readonly platform: ReturnType<typeof createTestPlatform>;
  readonly profile: Profile;
  readonly identity: Identity;
  readonly audience: Audience;
  /** Later rooms add their routes before the first call. */
  readonly server: HttpServer;
  /** User ids by name. */
  readonly ids: Readonly<Record<string, string>>;
  /** Calls `/api/v1` as one of the users. */
  call<Result>(
    name: string,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH',
    path: string,
    body?: object,
  ): Promise<Answered<Result>>;
  close(): Promise<void>;
}

/** Starts it on databases of its own. */
export async function startAudienceServer(users: Readonly<Record<string, Role>>): Promise<AudienceServer> {
  const databases = await createTestDatabases();
  const platform = createTestPlatform(databases);
  const profile = await declareTestBank(platform);
  const identity = createIdentity(platform);
  await identity.start();
  const plan = { list: async () => testPlan() };
  const audience = createAudience(platform, { profile, identity, ingest: { plan } });
  const server = createHttpServer({ access: platform.access, log: platform.log, ids: platform.ids });
  audience.routes(server);
  const ids: Record<string, string> = {};
  for (const [name, role] of Object.entries(users)) {
    ids[name] = await makeUser(platform, { name, role }, `token-of-${name}-1234`);
  }
  await platform.clickhouse.command(
    `INSERT INTO person (person_id, key_number, version, age, city) SELECT number, number, 1, number, '北京' FROM numbers(1, 50)`,
  );
  return {
    platform,
    profile,
    identity,
    audience,
    server,
    ids,
    async call<Result>(name: string, method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object) {
      const answer = await server.fastify.inject({
        method,
        url: `/api/v1${path}`,
        headers: { authorization: `Bearer token-of-${name}-1234` },
        ...(body ? { payload: body } : {}),
      });
      return { status: answer.statusCode, body: answer.json<Result>() };
    },
    async close() {
      await server.fastify.close();
      await identity.stop();
      await databases.drop();
    },
  };
}
