import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const FOLDERS = {
  console: fileURLToPath(new URL('../../console/dist/', import.meta.url)),
  sdk: fileURLToPath(new URL('../../sdk-web/dist/', import.meta.url)),
};

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'";

/**
 * Serves the built console under `/` (every unknown page address gets its index, as the console routes
 * by itself) and the browser SDK under `/sdk/`. Hashed assets may be cached for a year.
 */
export async function serveConsole(fastify: FastifyInstance): Promise<void> {
  if (existsSync(FOLDERS.sdk)) {
    await fastify.register(fastifyStatic, { root: FOLDERS.sdk, prefix: '/sdk/', decorateReply: false });
  }
  if (!existsSync(FOLDERS.console)) return;
  await fastify.register(fastifyStatic, {
    root: FOLDERS.console,
    prefix: '/',
    wildcard: false,
    index: false,
    immutable: true,
    maxAge: '365d',
  });
  fastify.get('/*', (request, reply) => {
    const path = request.url.split('?')[0]!;
    // A last segment with a dot is a file that does not exist, not a page.
    if (/^\/(api|sdk|v1|sa|r|healthz|readyz|metrics)(\/|$)/.test(path) || /\.[^/]*$/.test(path)) {
      return reply.callNotFound();
    }
    return reply
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .sendFile('index.html', { maxAge: 0, immutable: false });
  });
}
