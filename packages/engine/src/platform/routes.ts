import { createHash } from 'node:crypto';
import { platformApi } from '@wutong/contract';
import { pageIsIntact } from './audit.ts';
import type { AnchoredClock } from './clock.ts';
import { CodedError } from './errors.ts';
import { openApiDocument } from './http/openapi.ts';
import { errorsPage, referencePage } from './http/reference-page.ts';
import { readCookie, SESSION_COOKIE, type HttpServer } from './http/server.ts';
import type { CallingUser } from './access.ts';
import type { Platform } from './platform.ts';
import { SINGLE_USER_SETTING } from './settings.ts';

/** Name of the setting that holds the demo clock's anchor. */
export const CLOCK_SETTING = 'clock.anchor';

const iso = (ms: number): string => new Date(ms).toISOString();

function shownUser(user: CallingUser) {
  return {
    userId: user.userId,
    name: user.name,
    displayName: user.displayName,
    role: user.role,
    permissions: [...user.permissions],
    language: user.language,
    institutionId: user.institutionId,
  };
}

/** Login, session, users, clock, health, audit and the API's own documentation. */
export function platformRoutes(
  platform: Platform,
  server: HttpServer,
  more: {
    version: string;
    demoClock: AnchoredClock | undefined;
    unreachable: () => readonly string[];
    isInstitution: (institutionId: string) => Promise<boolean>;
  },
): void {
  const { access, audit, clock, config, database, settings, users } = platform;

  server.handle(platformApi.logIn, async ({ body, request, reply }) => {
    const session = await access.logIn(body.name, body.password, request.ip);
    const secure = request.protocol === 'https' || config.publicUrl.startsWith('https:') ? '; Secure' : '';
    reply.header(
      'set-cookie',
      `${SESSION_COOKIE}=${session.secret}; Path=/; HttpOnly; SameSite=Lax; Expires=${new Date(session.expiresAt).toUTCString()}${secure}`,
    );
    return { user: shownUser(session.user) };
  });
  server.handle(platformApi.readSession, async ({ user }) => ({
    user: shownUser(user),
    bank: {
      name: config.bankName,
      timeZone: config.timeZone,
      demo: more.demoClock !== undefined,
      approvesOwn: (await settings.get<boolean>(SINGLE_USER_SETTING)) === true,
    },
  }));
  server.handle(platformApi.logOut, async ({ request, reply }) => {
    const secret = readCookie(request.headers.cookie, SESSION_COOKIE);
    if (secret) await access.logOut(secret);
    reply.header('set-cookie', `${SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`);
    return { loggedOut: true };
  });

  server.handle(platformApi.listUsers, async () => ({
    items: (await users.list()).map((row) => ({
      userId: row.user_id,
      name: row.name,
      displayName: row.display_name,
      role: row.role,
      institutionId: row.institution_id ?? undefined,
      disabled: row.disabled,
    })),
  }));
  server.handle(platformApi.listColleagues, async () => ({
    items: (await users.list()).map((row) => ({
      userId: row.user_id,
      name: row.name,
      displayName: row.display_name,
      role: row.role,
      disabled: row.disabled,
    })),
  }));
  /** A user of an institution that does not exist would see nothing and nobody would know why. */
  async function checkInstitution(institutionId: string | null | undefined): Promise<void> {
    if (institutionId === null || institutionId === undefined) return;
    if (await more.isInstitution(institutionId)) return;
    throw new CodedError('invalid_request', {
      details: {
        problems: [
          { path: 'body.institutionId', message: `没有这个机构 · no such institution: ${institutionId}` },
        ],
      },
    });
  }

  server.handle(platformApi.createUser, async ({ body, user }) => {
    await checkInstitution(body.institutionId);
    const userId = await access.createUser(body);
    await database.transaction((transaction) =>
      audit.record(transaction, {
        actor: user.name,
        action: 'user.create',
        object: body.name,
        detail: { role: body.role },
      }),
    );
    return { userId };
  });

  server.handle(platformApi.editUser, async ({ params, body, user }) => {
    await checkInstitution(body.institutionId);
    await users.edit(user.name, params.userId, body);
    return { userId: params.userId };
  });
  server.handle(platformApi.changePassword, async ({ body, user, request }) => {
    await users.changePassword(user, body, readCookie(request.headers.cookie, SESSION_COOKIE), request.ip);
    return { changed: true };
  });
  server.handle(platformApi.listTokens, async () => ({
    items: (await users.tokens()).map((row) => ({
      tokenId: row.token_id,
      userId: row.user_id,
      userName: row.user_name,
      name: row.name,
      createdAt: iso(row.created_at),
    })),
  }));
  server.handle(platformApi.createToken, ({ body, user }) =>
    users.createToken(user.name, body.userId, body.name),
  );
  server.handle(platformApi.revokeToken, async ({ params, user }) => {
    await users.revokeToken(user.name, params.tokenId);
    return { revoked: true };
  });

  const shownClock = () => ({
    now: iso(clock.now()),
    rate: clock.rate,
    caughtUp: clock.rate === 1,
  });
  server.handle(platformApi.readClock, async () => ({
    ...shownClock(),
    anchorVirtualMs: more.demoClock?.anchor.virtualMs ?? clock.now(),
    anchorRealMs: more.demoClock?.anchor.realMs ?? clock.now(),
    anchorRate: more.demoClock?.anchor.rate ?? 1,
  }));
  server.handle(platformApi.setClock, async ({ body }) => {
    const demoClock = more.demoClock;
    if (!demoClock)
      throw new CodedError('conflict', { details: { reason: 'this installation lives in real time' } });
    const anchor = demoClock.setRate(body.rate);
    await settings.set(database, CLOCK_SETTING, anchor);
    return shownClock();
  });

  server.handle(platformApi.listAudit, async ({ query }) => {
    const rows = await audit.list(database, {
      before: query.cursor,
      limit: query.limit,
      action: query.action,
    });
    return {
      items: rows.map((row) => ({
        sequence: row.sequence,
        at: iso(row.at),
        actor: row.actor,
        action: row.action,
        object: row.object,
        detail: row.detail,
        ...(row.formerly ? { formerly: row.formerly } : {}),
      })),
      nextCursor: rows.length === query.limit ? rows.at(-1)?.sequence : undefined,
      intact: pageIsIntact(rows),
    };
  });

  server.handle(platformApi.readHealth, async () => {
    const down = more.unreachable();
    return {
      postgres: down.includes('postgres') ? ('down' as const) : ('ok' as const),
      clickhouse: down.includes('clickhouse') ? ('down' as const) : ('ok' as const),
      version: more.version,
      rooms: platform.jobs.states().map((state) => ({
        room: state.name,
        state: state.failing > 0 ? ('degraded' as const) : ('ok' as const),
        detail: state.failing > 0 ? state.lastError : undefined,
      })),
    };
  });

  routeReference(server, more.version);
}

/**
 * The API's own documentation. It is large and the same for everybody, so each text is made once, when it is
 * first asked for (all rooms have their endpoints by then), and a browser that has it is told so.
 */
function routeReference(server: HttpServer, version: string): void {
  const documents: [path: string, type: string, make: () => string][] = [
    [
      '/api/openapi.json',
      'application/json; charset=utf-8',
      () => JSON.stringify(openApiDocument(server.endpoints, version)),
    ],
    ['/api/docs', 'text/html; charset=utf-8', () => referencePage(server.endpoints, version)],
    ['/api/docs/errors', 'text/html; charset=utf-8', errorsPage],
  ];
  for (const [path, type, make] of documents) {
    let made: { body: Buffer; tag: string } | undefined;
    server.fastify.get(path, async (request, reply) => {
      if (!made) {
        const body = Buffer.from(make());
        made = { body, tag: `"${createHash('sha256').update(body).digest('base64url')}"` };
      }
      reply.header('etag', made.tag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === made.tag) return reply.status(304).send();
      return reply.type(type).send(made.body);
    });
  }
}
