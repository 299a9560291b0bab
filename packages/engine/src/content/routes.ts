import { contentApi } from '@wutong/contract';
import { SINGLE_USER_SETTING, CodedError, type HttpServer, type Platform } from '../platform/index.ts';
import type { Content } from './front-door.ts';
import { presentVersion } from './present-version.ts';
import { selectItems, selectVersions } from './store.ts';

/** The content operations of the API. */
export function routeContent(server: HttpServer, platform: Platform, content: Content): void {
  const { database } = platform;

  server.handle(contentApi.listContent, async ({ query }) => {
    const rows = await selectItems(database, {
      search: query.search,
      channel: query.channel,
      after: query.cursor,
      limit: query.limit,
    });
    const last = rows.length === query.limit ? rows.at(-1) : undefined;
    return {
      items: rows.map((row) => ({
        ...presentVersion(row),
        ...(row.approved_version === null ? {} : { approvedVersion: row.approved_version }),
      })),
      ...(last ? { nextCursor: last.content_id } : {}),
    };
  });

  server.handle(contentApi.readContent, async ({ params }) => {
    const rows = await selectVersions(database, params.contentId);
    if (rows.length === 0)
      throw new CodedError('content_not_found', { details: { contentId: params.contentId } });
    return { contentId: params.contentId, name: rows[0]!.name, versions: rows.map(presentVersion) };
  });

  server.handle(contentApi.createContent, ({ body, user }) =>
    database.transaction((transaction) => content.create(transaction, { ...body, actor: user.name })),
  );

  server.handle(contentApi.approveContent, async ({ params, body, user }) => {
    const written = await content.version(params);
    if (
      written?.state === 'draft' &&
      written.createdBy === user.name &&
      (await platform.settings.get<boolean>(SINGLE_USER_SETTING)) !== true
    ) {
      throw new CodedError('content_same_person');
    }
    return database.transaction((transaction) =>
      content.approve(transaction, { ...params, hash: body.hash, actor: user.name }),
    );
  });

  server.handle(contentApi.previewContent, async ({ body }) => {
    let { variants, purpose } = body;
    if (variants === undefined) {
      const stored =
        body.contentId === undefined
          ? undefined
          : body.version === undefined
            ? await content.approvedVersion(body.contentId)
            : await content.version({ contentId: body.contentId, version: body.version });
      if (stored === undefined)
        throw new CodedError('content_not_found', { details: { contentId: body.contentId } });
      variants = stored.variants;
      purpose = stored.purpose;
    }
    return content.preview({ variants, purpose, personId: body.personId, context: body.context });
  });
}
