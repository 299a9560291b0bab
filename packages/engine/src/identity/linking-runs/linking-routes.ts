import { Readable } from 'node:stream';
import { linkingApi } from '@wutong/contract';
import {
  CodedError,
  languageOf,
  withStreamBody,
  type HttpServer,
  type Platform,
} from '../../platform/index.ts';
import type { Linking } from './create-linking.ts';

const FILE_TYPES = [
  'text/csv',
  'application/gzip',
  'application/octet-stream',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
];

/** Endpoints of linking. */
export function linkingRoutes(server: HttpServer, platform: Platform, linking: Linking): void {
  for (const type of FILE_TYPES) {
    if (server.fastify.hasContentTypeParser(type)) continue;
    // The stream itself is the body: a file is kept while it arrives.
    server.fastify.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }
  server.handle(linkingApi.listRecordTables, async () => ({ items: await linking.tables() }));
  server.handle(linkingApi.keepRecordFile, ({ query, request, user }) => {
    const bytes = request.body;
    if (!(bytes instanceof Readable))
      throw new CodedError('invalid_request', { details: { contentTypes: FILE_TYPES } });
    return withStreamBody(bytes, (pieces) => linking.keepFile(pieces, query, user.name));
  });
  server.handle(linkingApi.deleteRecordFile, async ({ params, user }) => {
    await linking.deleteFile(params.tableId, user.name);
    return { deleted: true };
  });
  server.handle(linkingApi.previewLinking, ({ body }) => linking.preview(body));
  runRoutes(server, linking);
  server.handle(linkingApi.sampleLinkingPairs, async ({ params, query }) => ({
    items: await linking.pairs(params.runId, query, false),
  }));
  server.handle(linkingApi.openLinkingPairs, async ({ params, body, user }) => {
    const items = await linking.pairs(params.runId, body, true);
    await platform.database.transaction((transaction) =>
      platform.audit.record(transaction, {
        actor: user.name,
        action: 'pii.open',
        object: `pairs of linking run ${params.runId}`,
        detail: { purpose: body.purpose, pairs: items.length },
      }),
    );
    return { items };
  });
}

function runRoutes(server: HttpServer, linking: Linking): void {
  server.handle(linkingApi.startLinking, async ({ body, user, request }) => {
    const runId = await linking.start(body, user.name);
    return (await linking.read(runId, languageOf(request))).run;
  });
  server.handle(linkingApi.listLinkingRuns, async ({ query, request }) => {
    const before = query.cursor === undefined ? undefined : Number(query.cursor);
    if (before !== undefined && !Number.isSafeInteger(before))
      throw new CodedError('invalid_request', { details: { reason: 'cursor' } });
    const { items, last } = await linking.list({ before, limit: query.limit }, languageOf(request));
    return { items, ...(last === undefined ? {} : { nextCursor: String(last) }) };
  });
  server.handle(linkingApi.readLinkingRun, ({ params, request }) =>
    linking.read(params.runId, languageOf(request)),
  );
  server.handle(linkingApi.stopLinking, async ({ params, user, request }) => {
    await linking.stopRun(params.runId, user.name);
    return (await linking.read(params.runId, languageOf(request))).run;
  });
  server.handle(linkingApi.applyLinking, async ({ params, body, user, request }) => {
    await linking.apply(params.runId, body, user.name);
    return (await linking.read(params.runId, languageOf(request))).run;
  });
  server.handle(linkingApi.withdrawLinking, async ({ params, body, user, request }) => {
    await linking.withdraw(params.runId, body.reason, user.name);
    return (await linking.read(params.runId, languageOf(request))).run;
  });
}
