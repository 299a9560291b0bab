import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, CollectRequest, Format } from './formats/format.ts';
import { formats } from './formats/index.ts';
import { receiveRequest, refuseLargeRequest, type ReceiveNeeds } from './receive-request.ts';

/** Largest body as sent; what it may grow to when inflated is the decoder's limit. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/**
 * The collection endpoints of all formats, on the raw server: bodies stay bytes whatever their declared
 * type, browsers of any origin may send, and answers are in the words of each client.
 */
export function serveCollection(fastify: FastifyInstance, needs: ReceiveNeeds): void {
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    // What is sent says what it is; a type that is none would be refused before anybody looked.
    scope.addHook('onRequest', (request, _reply, next) => {
      const type = request.headers['content-type'];
      if (type !== undefined && !MEDIA_TYPE.test(type)) delete request.headers['content-type'];
      next();
    });
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    for (const format of formats) serveFormat(scope, format, needs);
    done();
  });
}

function serveFormat(fastify: FastifyInstance, format: Format, needs: ReceiveNeeds): void {
  for (const { method, path } of withSlashes(format.routes)) {
    fastify.route({
      method,
      url: path,
      bodyLimit: BODY_LIMIT_BYTES,
      errorHandler(error, request, reply) {
        if ((error as { code?: string }).code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return void reply.send(error);
        refuseLargeRequest(needs, format, toCollect(request), BODY_LIMIT_BYTES)
          .then((answer) => send(reply, request, answer))
          .catch((failure: Error) => reply.send(failure));
      },
      handler: async (request, reply) =>
        send(reply, request, await receiveRequest(needs, format, toCollect(request))),
    });
  }
  for (const path of new Set(withSlashes(format.routes).map((route) => route.path))) {
    fastify.options(path, async (request, reply) => answerPreflight(request, reply));
  }
}

/** An address written with a slash behind it is the same one; Segment's Java client always writes it. */
function withSlashes(routes: Format['routes']): Format['routes'] {
  return routes.flatMap((route) => [route, { ...route, path: `${route.path}/` }]);
}

function toCollect(request: FastifyRequest): CollectRequest {
  const question = request.url.indexOf('?');
  return {
    method: request.method,
    path: (question < 0 ? request.url : request.url.slice(0, question)).replace(/\/$/, ''),
    query: new URLSearchParams(question < 0 ? '' : request.url.slice(question + 1)),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

function send(reply: FastifyReply, request: FastifyRequest, answer: Answer): FastifyReply {
  if (answer.hangUp) {
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }
  allowOrigin(request, reply);
  return reply
    .status(answer.status)
    .headers({ 'cache-control': 'no-store', ...answer.headers })
    .type(answer.type)
    .send(answer.body);
}

/** Collection carries no cookies of ours, so any page may send to it. */
function allowOrigin(request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'origin',
  });
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  allowOrigin(request, reply);
  return reply
    .status(204)
    .headers({
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'content-type',
      'access-control-max-age': '86400',
    })
    .send();
}
