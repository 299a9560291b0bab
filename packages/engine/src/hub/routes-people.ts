import { hubApi } from '@wutong/contract';
import { CodedError, sendProblem, type HttpServer } from '../platform/index.ts';
import { selectLink } from './feedback-store.ts';
import { selectSlotItems } from './internal-store.ts';
import type { RouteNeeds } from './route-needs.ts';

/** What people themselves reach: slots, short links, unsubscribe pages. No login; nothing personal in errors. */
export function routePeople(server: HttpServer, { platform, needs, feedback }: RouteNeeds): void {
  const { database, clock, secrets } = platform;

  server.handle(hubApi.readSlot, async ({ params, query, reply }) => {
    // Web pages of other origins show slots too; nothing is answered that the key's holder may not see.
    reply.header('access-control-allow-origin', '*');
    const personId = await needs.identity.findPerson({ type: query.type, value: query.value });
    if (personId === undefined) return { items: [] };
    const rows = await selectSlotItems(database, {
      personId,
      slot: params.slot,
      now: clock.now(),
      limit: query.limit,
    });
    return {
      items: rows.map((row) => {
        const texts = JSON.parse(secrets.decrypt(row.body)) as Record<string, string>;
        return {
          messageId: row.message_id,
          slot: row.slot,
          title: texts.title ?? '',
          body: texts.body ?? '',
          ...(texts.image ? { image: texts.image } : {}),
          ...(texts.link ? { link: texts.link } : {}),
          validUntil: new Date(row.valid_until).toISOString(),
        };
      }),
    };
  });

  server.handle(hubApi.followLink, async ({ params, request, reply }) => {
    // Messengers and scanners ask with HEAD to make previews: that is nobody's click.
    const target =
      request.method === 'HEAD'
        ? (await selectLink(database, params.token, 'click'))?.target
        : await feedback.click(params.token);
    if (target === undefined) throw new CodedError('link_not_found');
    reply.status(302).header('location', target);
    return '';
  });

  // RFC 8058: mail programs post a form, or anything, without cookies; browsers get a page with one button.
  void server.fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 65_536 }, (_request, _body, done) =>
      done(null, undefined),
    );
    scope.get<{ Params: { token: string } }>('/u/:token', async (request, reply) => {
      const link = await selectLink(database, request.params.token, 'unsubscribe');
      if (link === undefined) return sendProblem(request, reply, new CodedError('link_not_found'));
      return reply
        .type('text/html; charset=utf-8')
        .send(page('退订', '<form method="post"><button>确认退订 Unsubscribe</button></form>'));
    });
    scope.post<{ Params: { token: string } }>('/u/:token', async (request, reply) => {
      if (!(await feedback.unsubscribe(request.params.token))) {
        return sendProblem(request, reply, new CodedError('link_not_found'));
      }
      return reply
        .type('text/html; charset=utf-8')
        .send(page('已退订', '<p>您已退订，不会再收到此类邮件。 You are unsubscribed.</p>'));
    });
  });
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><body style="font-family:sans-serif;margin:20vh auto;max-width:24em;text-align:center">${body}</body></html>`;
}
