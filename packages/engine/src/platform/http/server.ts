import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  errorDefinitions,
  isOfWholeBank,
  type BodyOf,
  type Endpoint,
  type ErrorCode,
  type ParamsOf,
  type Problem,
  type QueryOf,
  type ResponseOf,
} from '@wutong/contract';
import { z } from 'zod';
import { allows, type Access, type CallingUser } from '../access.ts';
import { CodedError, isEngineUnavailable, isUnfitValue } from '../errors.ts';
import type { Ids } from '../ids.ts';
import type { Log } from '../log.ts';
import { fillPage } from './fill-page.ts';
import { requirePeople, type PeopleOfInstitution, type SeenPeople } from './limit-people.ts';

/** What a handler gets: parts already validated, and who calls. */
export interface Call<E> {
  readonly params: ParamsOf<E>;
  readonly query: QueryOf<E>;
  readonly body: BodyOf<E>;
  /** The caller; for `public` endpoints a nobody without permissions when not logged in. */
  readonly user: CallingUser;
  /** The people whom the caller reaches, for users of an institution; absent: all. */
  readonly seen?: SeenPeople | undefined;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The public HTTP server. Rooms add their endpoints with `handle`. */
export interface HttpServer {
  handle<E extends Endpoint>(endpoint: E, handler: (call: Call<E>) => Promise<ResponseOf<E>>): void;
  /** Raw access, for endpoints whose protocol is not ours (collection, short links, files). */
  readonly fastify: FastifyInstance;
  /** All endpoints handled so far; OpenAPI is generated from them. */
  readonly endpoints: readonly Endpoint[];
}

export const SESSION_COOKIE = 'wutong_session';
const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;

const NOBODY: CallingUser = {
  userId: '00000000-0000-0000-0000-000000000000',
  name: 'nobody',
  displayName: '',
  role: 'manager',
  permissions: new Set(),
  language: 'zh',
  institutionId: undefined,
};

/**
 * Makes the server with the common answers: problem documents, 404, security headers. With `peopleOfInstitution`,
 * users of an institution reach its people only, whatever they ask.
 */
export function createHttpServer(needs: {
  access: Access;
  log: Log;
  ids: Ids;
  peopleOfInstitution?: PeopleOfInstitution | undefined;
}): HttpServer {
  const fastify = Fastify({
    bodyLimit: 64 * 1024 * 1024,
    // Web clients may send a record in the address of an image; Node takes 16 KiB unless told.
    http: { maxHeaderSize: 64 * 1024 },
    // Ids of requests are made by us; what a client sends in a header is not trusted.
    genReqId: () => needs.ids.newId(),
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    // What goes wrong before a route is found, such as a broken escape in the address.
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request, reply, toCodedError(error, request, needs.log));
    },
  });
  const endpoints: Endpoint[] = [];

  fastify.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'same-origin');
    if (!reply.hasHeader('x-frame-options')) reply.header('x-frame-options', 'DENY');
  });
  fastify.setNotFoundHandler((request, reply) => sendProblem(request, reply, new CodedError('not_found')));
  fastify.setErrorHandler((error, request, reply) =>
    sendProblem(request, reply, toCodedError(error, request, needs.log)),
  );

  return {
    fastify,
    endpoints,
    handle(endpoint, handler) {
      endpoints.push(endpoint);
      fastify.route({
        method: endpoint.method,
        url: endpoint.path,
        bodyLimit: endpoint.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
        handler: async (request, reply) => {
          const user = await authorise(request, endpoint.permission, needs.access);
          const language = languageOf(request);
          const seen = seenBy(user, endpoint, needs.peopleOfInstitution);
          const call = {
            params: parsePart(endpoint.params, request.params, 'params', language),
            query: parsePart(endpoint.query, request.query, 'query', language),
            body: parsePart(endpoint.body, jsonBody(endpoint, request), 'body', language),
            user,
            seen,
            request,
            reply,
          } as Call<typeof endpoint>;
          const result = seen ? await answerSeen(endpoint, call, seen, handler) : await handler(call);
          return reply.header('cache-control', 'no-store').send(result);
        },
      });
    },
  };
}

/** What limits the people a caller reaches; undefined for those of the whole bank. @throws permission_denied */
function seenBy(
  user: CallingUser,
  endpoint: Endpoint,
  people: PeopleOfInstitution | undefined,
): SeenPeople | undefined {
  const { institutionId } = user;
  if (institutionId === undefined || !people) return undefined;
  // A task goes to the institution of its manager, who then serves the customer wherever the account is.
  if (endpoint.permission.startsWith('task.')) return undefined;
  if (isOfWholeBank(endpoint)) {
    throw new CodedError('permission_denied', {
      details: { permission: endpoint.permission, of: 'whole bank' },
    });
  }
  return {
    sees: (personIds) => people.sees(institutionId, personIds),
    cut: () => people.cut(institutionId),
  };
}

/** What is answered to a user of an institution: nobody from elsewhere, and full pages. */
async function answerSeen<E extends Endpoint>(
  endpoint: E,
  call: Call<E>,
  seen: SeenPeople,
  handler: (call: Call<E>) => Promise<ResponseOf<E>>,
): Promise<ResponseOf<E>> {
  const parts = [call.params, call.query, call.body];
  await requirePeople(parts, !endpoint.permission.endsWith('.read'), seen.sees);
  const place = endpoint.method === 'GET' ? 'query' : 'body';
  const asked = call[place] as { limit?: unknown } | undefined;
  return fillPage(await handler(call), asked?.limit, seen.sees, (page) =>
    handler({ ...call, [place]: { ...asked, ...page } }),
  );
}

/** The JSON body of a request. Types that a raw route reads as a stream are refused where JSON is expected. */
function jsonBody(endpoint: Endpoint, request: FastifyRequest): unknown {
  if (endpoint.body && request.body instanceof Readable) {
    request.body.resume();
    throw new CodedError('invalid_request', {
      details: { reason: `the body must be application/json, not ${request.headers['content-type']}` },
    });
  }
  return request.body ?? {};
}

/** The caller of a request, or a coded refusal. */
async function authorise(request: FastifyRequest, permission: string, access: Access): Promise<CallingUser> {
  const session = readCookie(request.headers.cookie, SESSION_COOKIE);
  const header = request.headers.authorization ?? '';
  const token = /^Bearer (\S{8,500})$/.exec(header)?.[1];
  const user = session || token ? await access.userOf({ session, token }) : undefined;
  if (permission === 'public') return user ?? NOBODY;
  if (!user) throw new CodedError('not_logged_in');
  if (session && !token) refuseForeignOrigin(request);
  if (permission !== 'session' && !allows(user.permissions, permission)) {
    throw new CodedError('permission_denied', { details: { permission } });
  }
  return user;
}

/** A browser's cross-site request carries the cookie too: writes must come from our own pages. */
function refuseForeignOrigin(request: FastifyRequest): void {
  if (request.method === 'GET') return;
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  const isForeign =
    origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.headers.host);
  if (isForeign || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
    throw new CodedError('permission_denied', { details: { reason: 'cross-site request' } });
  }
}

/** Value of one cookie of a Cookie header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** Sentences about what is wrong with a value: a refinement's own (see sentence.ts), or the library's. */
const WORDS_OF_PROBLEMS = {
  zh: wordsIn('zh', z.locales.zhCN().localeError),
  en: wordsIn('en', z.locales.en().localeError),
};

function wordsIn(language: 'zh' | 'en', words: z.core.$ZodErrorMap): z.core.$ZodErrorMap {
  return (issue) => {
    const own = issue.code === 'custom' ? (issue.params?.[language] as unknown) : undefined;
    return typeof own === 'string' ? own : words(issue);
  };
}

function parsePart(
  schema: z.ZodType | undefined,
  value: unknown,
  part: string,
  language: 'zh' | 'en',
): unknown {
  if (!schema) return undefined;
  if (hasNul(value)) {
    // PostgreSQL's text cannot hold it, and no field of ours means it.
    throw new CodedError('invalid_request', {
      details: { problems: [{ path: part, message: NUL_REFUSED[language] }] },
    });
  }
  const parsed = schema.safeParse(value, { error: WORDS_OF_PROBLEMS[language] });
  if (parsed.success) return parsed.data;
  throw new CodedError('invalid_request', {
    details: {
      problems: parsed.error.issues.slice(0, 50).map((issue) => ({
        path: [part, ...issue.path].join('.'),
        message: issue.message,
      })),
    },
  });
}

const NUL_REFUSED = { zh: '包含字符 U+0000', en: 'contains the character U+0000' };

const DEEPEST_BODY = 200;

/** Whether any text within holds U+0000. @throws CodedError invalid_request when it is nested too deep */
function hasNul(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return false;
  if (depth > DEEPEST_BODY) {
    throw new CodedError('invalid_request', { details: { reason: `nested deeper than ${DEEPEST_BODY}` } });
  }
  return Object.entries(value).some(([name, each]) => name.includes('\u0000') || hasNul(each, depth + 1));
}

function toCodedError(error: unknown, request: FastifyRequest, log: Log): CodedError {
  if (error instanceof CodedError) return error;
  const fastifyCode = (error as { code?: string }).code ?? '';
  const status = (error as { statusCode?: number }).statusCode;
  if (fastifyCode === 'FST_ERR_CTP_BODY_TOO_LARGE') return new CodedError('body_too_large');
  if (status === 400 || status === 415) {
    return new CodedError('invalid_request', { details: { reason: (error as Error).message } });
  }
  if (isEngineUnavailable(error)) return new CodedError('engine_unavailable', { cause: error });
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (isUnfitValue(error)) {
    log.warn({ request: request.id, route: request.routeOptions.url, error: shown }, 'a value does not fit');
    return new CodedError('invalid_request', { details: { request: request.id }, cause: error });
  }
  log.error(
    { request: request.id, method: request.method, route: request.routeOptions.url, error: shown },
    'request failed',
  );
  return new CodedError('internal_error', { details: { request: request.id }, cause: error });
}

/** Language a caller wants: Chinese unless Accept-Language puts English first. */
export function languageOf(request: FastifyRequest): 'zh' | 'en' {
  return /^\s*en/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'zh';
}

/** Sends an RFC 9457 problem document. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: CodedError): FastifyReply {
  const definition = errorDefinitions[error.code as ErrorCode];
  const { problems, ...details } = error.details as { problems?: Problem['problems'] } & Record<
    string,
    unknown
  >;
  const problem: Problem = {
    type: `/api/docs/errors#${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: definition.status,
    code: error.code,
    detail: definition[languageOf(request)],
    ...(problems ? { problems } : {}),
    ...(Object.keys(details).length > 0 ? { details } : {}),
  };
  if (definition.status === 503) reply.header('retry-after', '2');
  return reply.status(definition.status).type('application/problem+json').send(JSON.stringify(problem));
}
