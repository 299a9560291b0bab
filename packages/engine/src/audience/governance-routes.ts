import { audienceApi } from '@wutong/contract';
import { allows, CodedError, type HttpServer } from '../platform/index.ts';
import { askerOf } from './eql-routes.ts';
import { idsOf } from './definition-filter.ts';
import { createGovernance } from './govern.ts';
import { selectFacets } from './page-definitions.ts';
import type { RouteNeeds } from './route-needs.ts';

/** Lineage, impact, use, duplicates, and archiving in bulk. */
export function governanceRoutes(server: HttpServer, needs: RouteNeeds): void {
  const { platform, reader, segments, tags } = needs;
  const governance = createGovernance(platform, reader, { segments, tags });

  server.handle(audienceApi.readLineage, ({ query, user }) => {
    const { kind, id } = query;
    const focus = kind !== undefined && id !== undefined ? { kind, id } : undefined;
    return governance.lineage(focus, query.data === 'true', user?.language ?? 'zh', askerOf(user));
  });

  server.handle(audienceApi.readImpact, ({ body, user }) => {
    const { kind, id, text, document } = body;
    const rule =
      text === undefined && document === undefined
        ? undefined
        : { ...(text === undefined ? {} : { text }), ...(document === undefined ? {} : { document }) };
    return governance.impact({ kind, id }, rule, askerOf(user));
  });

  server.handle(audienceApi.readAudienceUse, ({ query, user }) =>
    governance.use({ ...query, ids: idsOf(query.ids) }, askerOf(user)),
  );

  server.handle(audienceApi.readAudienceFacets, async ({ query, user }) => {
    const rows = await selectFacets(platform.database, query.kind, query.archived === 'true', askerOf(user));
    const of = (facet: (typeof rows)[number]['facet']): { value: string; count: number }[] =>
      rows.flatMap((row) => (row.facet === facet ? [{ value: row.value, count: row.count }] : []));
    return { folders: of('folder'), owners: of('owner'), kinds: of('kind') };
  });

  server.handle(audienceApi.readDuplicates, ({ user }) => governance.duplicates(askerOf(user)));

  server.handle(audienceApi.archiveMany, ({ body, user }) => {
    if (body.items.some((item) => item.kind === 'tag') && !allows(user.permissions, 'tag.write')) {
      throw new CodedError('permission_denied', { details: { permission: 'tag.write' } });
    }
    return governance.archiveMany(body.items, body.archived, askerOf(user));
  });
}
