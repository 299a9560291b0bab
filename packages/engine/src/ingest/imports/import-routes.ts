import { Readable } from 'node:stream';
import { importsApi } from '@wutong/contract';
import { allows, CodedError, type HttpServer, type Platform } from '../../platform/index.ts';
import type { Imports } from './create-imports.ts';
import { previewFile } from './preview/preview-file.ts';

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
  server.handle(importsApi.createImport, ({ body }) => imports.create(body.mapping));
  server.handle(importsApi.sendImportFile, ({ params, query, request }) => {
    return imports.receive(params.importId, query.file, bodyOf(request.body));
  });
  server.handle(importsApi.previewImportFile, ({ query, request }) => {
    const { header, part, ...choice } = query;
    return previewFile(bodyOf(request.body), {
      ...choice,
      whole: part === 'whole',
      ...(header ? { hasHeader: header === 'yes' } : {}),
    });
  });
  server.handle(importsApi.listImports, ({ query }) => imports.list(query));
  server.handle(importsApi.readImport, ({ params }) => imports.read(params.importId));
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
