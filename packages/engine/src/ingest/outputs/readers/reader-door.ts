import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StatementRefusal } from '../../../platform/index.ts';
import { introduce, isOwn } from './introduce-client.ts';
import type { Readers } from './manage-readers.ts';
import type { ReaderOptions } from './reader-server.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;
const STANDARD_FORMAT = 'TabSeparated';
/** Formats of results; those that write files or need a schema of the server's disk are not here. */
const FORMATS =
  /^(TabSeparated\w*|TSV\w*|CSV\w*|JSON|JSONCompact\w*|JSONEachRow|JSONColumns|JSONStrings\w*|NDJSON|Values|Vertical|Pretty\w*|Markdown|Null|Native|RowBinary\w*|Arrow|ArrowStream|Parquet|ORC|Avro|XML)$/;
const FORMAT_CLAUSE = /\bFORMAT\s+(\w+)\s*;?\s*$/i;

/**
 * The readers' door at `/clickhouse`: ClickHouse's own HTTP interface as far as reading goes, so that its clients work
 * (`curl`, Grafana, DBeaver, `clickhouse-connect`). Behind it stand three walls: the reader's password, a statement
 * that is one SELECT over the views by the engine's own parser, and a ClickHouse user that may read nothing else.
 */
export function serveReaders(fastify: FastifyInstance, readers: Readers): void {
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
    // JDBC takes the path of its URL for a database, and asks at the root.
    for (const url of ['/clickhouse', '/clickhouse/', '/']) {
      scope.route({
        method: url === '/' ? ['POST'] : ['GET', 'POST'],
        url,
        bodyLimit: BODY_LIMIT_BYTES,
        handler: (request, reply) => answer(readers, request, reply),
      });
    }
    scope.get('/clickhouse/ping', (_request, reply) => reply.type('text/plain').send('Ok.\n'));
    done();
  });
}

async function answer(readers: Readers, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { user, password } = credentialsOf(request);
  if (!(await readers.admits(user, password))) {
    return refuse(reply, 403, 516, `${clean(user)}: Authentication failed`, 'AUTHENTICATION_FAILED');
  }
  const query = request.query as Record<string, string | undefined>;
  const named = query.database ?? headerOf(request, 'x-clickhouse-database');
  if (!isOwn(named, readers.server.database)) {
    return refuse(reply, 404, 81, `Database ${clean(named ?? '')} does not exist`, 'UNKNOWN_DATABASE');
  }
  const body = typeof request.body === 'string' ? request.body : '';
  const written = [query.query, body].filter((part) => part !== undefined && part !== '').join('\n');
  const clause = FORMAT_CLAUSE.exec(written)?.[1];
  const format =
    clause ?? query.default_format ?? headerOf(request, 'x-clickhouse-format') ?? STANDARD_FORMAT;
  if (!FORMATS.test(format))
    return refuse(reply, 400, 73, `Unknown format ${clean(format)}`, 'UNKNOWN_FORMAT');
  const sql = (clause ? written.replace(FORMAT_CLAUSE, '') : written).replace(/;\s*$/, '');
  if (sql.trim() === '') return reply.type('text/plain').send('Ok.\n');
  try {
    const introduced = introduce(sql, readers.server.database);
    if (introduced === 'nothing') return await reply.type('text/plain').send('');
    // What was declared personal a moment ago is masked from now on, not when the views are next looked after.
    await readers.keepViews();
    const { rows, headers } = await readers.server.query(introduced.sql, format, optionsOf(query));
    return await reply
      .headers(headers)
      .header('cache-control', 'no-store')
      .header('x-clickhouse-format', format)
      .type('application/octet-stream')
      .send(rows);
  } catch (error) {
    if (error instanceof StatementRefusal) {
      const [code, name] = error.kind === 'syntax' ? [62, 'SYNTAX_ERROR'] : [497, 'ACCESS_DENIED'];
      return refuse(reply, error.kind === 'syntax' ? 400 : 403, code, error.reason, name);
    }
    const { code, type, message } = error as Error & { code?: string; type?: string };
    if (type === undefined) throw error;
    return refuse(reply, type === 'ACCESS_DENIED' ? 403 : 500, Number(code), message, type);
  }
}

const MOST_ROWS = 1e12;

function optionsOf(query: Readonly<Record<string, string | undefined>>): ReaderOptions {
  const rows = /^\d{1,12}$/.test(query.max_result_rows ?? '') ? Number(query.max_result_rows) : 0;
  return {
    compress: query.compress === '1',
    ...(rows > 0 && rows < MOST_ROWS ? { maximumRows: rows } : {}),
  };
}

/** As ClickHouse says it, so that its clients understand. */
function refuse(
  reply: FastifyReply,
  status: number,
  code: number,
  message: string,
  name: string,
): FastifyReply {
  return reply
    .status(status)
    .header('x-clickhouse-exception-code', String(code))
    .type('text/plain')
    .send(`Code: ${code}. DB::Exception: ${message}. (${name})\n`);
}

function credentialsOf(request: FastifyRequest): { user: string; password: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic) {
    const [user = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    return { user, password: rest.join(':') };
  }
  return {
    user: headerOf(request, 'x-clickhouse-user') ?? '',
    password: headerOf(request, 'x-clickhouse-key') ?? '',
  };
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** A client's word in an answer: short, and nothing but plain characters. */
const clean = (text: string): string => text.slice(0, 80).replaceAll(/[^\w.-]/g, '?');
