import { Readable } from 'node:stream';
import { importsApi } from '@wutong/contract';
import { allows, CodedError, withStreamBody, type HttpServer, type Platform } from '../../platform/index.ts';
import type { Imports } from './create-imports.ts';
import { bytesOf, createKeptUploads } from './kept-uploads.ts';
import { previewFile, previewSpooled } from './preview/preview-file.ts';

/** Types of a body that is a file; the content says what it is, not the header. */
const FILE_TYPES = [
  'text/csv',
  'text/plain',
  'application/x-ndjson',
  'application/gzip',
  'application/octet-stream',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.apache.parquet',
];

function bodyOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new CodedError('invalid_request', { details: { contentTypes: FILE_TYPES } });
}

/** Endpoints of the file import. */
export function importRoutes(server: HttpServer, platform: Platform, imports: Imports): void {
  for (const type of FILE_TYPES) {
    if (server.fastify.hasContentTypeParser(type)) server.fastify.removeContentTypeParser(type);
    // The stream itself is the body: a file is loaded while it arrives and never held whole.
    server.fastify.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }
  const uploads = createKeptUploads(platform.ids);
  server.handle(importsApi.beginUpload, ({ body, user }) => uploads.begin(user.userId, body.bytes));
  server.handle(importsApi.sendUploadPiece, ({ params, query, user, request }) =>
    withStreamBody(bodyOf(request.body), (bytes) =>
      uploads.add(user.userId, params.uploadId, query.offset, bytes),
    ),
  );
  server.handle(importsApi.readUpload, async ({ params, user }) =>
    uploads.read(user.userId, params.uploadId),
  );
  server.handle(importsApi.createImport, ({ body }) => imports.create(body.mapping));
  server.handle(importsApi.sendImportFile, async ({ params, query, user, request }) => {
    const { file, uploadId } = query;
    if (uploadId === undefined) {
      return withStreamBody(bodyOf(request.body), (bytes) => imports.receive(params.importId, file, bytes));
    }
    const done = await uploads.use(user.userId, uploadId, (kept) =>
      imports.receive(params.importId, file, bytesOf(kept)),
    );
    // One that failed is still there for another try.
    await uploads.drop(user.userId, uploadId);
    return done;
  });
  server.handle(importsApi.previewImportFile, ({ query, user, request }) => {
    const { header, part, uploadId, ...given } = query;
    const choice = {
      ...given,
      whole: part === 'whole' || uploadId !== undefined,
      ...(header ? { hasHeader: header === 'yes' } : {}),
    };
    if (uploadId === undefined)
      return withStreamBody(bodyOf(request.body), (bytes) => previewFile(bytes, choice));
    return uploads.use(user.userId, uploadId, (kept) => previewSpooled(kept, choice));
  });
  server.handle(importsApi.listImports, ({ query }) => imports.list(query));
  server.handle(importsApi.readImport, ({ params }) => imports.read(params.importId));
  server.handle(importsApi.readImportMapping, async ({ params }) => ({
    mapping: await imports.mappingOf(params.importId),
  }));
  server.handle(importsApi.correctImportMapping, ({ params, body, user }) =>
    imports.correct(params.importId, body.mapping, user.userId),
  );
  server.handle(importsApi.readImportErrors, async ({ params, user, reply }) => {
    const open = allows(user.permissions, 'pii.open');
    await imports.read(params.importId);
    if (open) {
      await platform.database.transaction((transaction) =>
        platform.audit.record(transaction, {
          actor: user.name,
          action: 'pii.open',
          object: `rejected rows of import ${params.importId}`,
        }),
      );
    }
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="rejected.csv"');
    return Readable.from(imports.rejections(params.importId, open)) as unknown as string;
  });
}
