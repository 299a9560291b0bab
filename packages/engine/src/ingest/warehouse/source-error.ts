import { errorDefinitions, type ErrorCode } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';

const UNREACHABLE =
  /^(POSTGRESQL_CONNECTION_FAILURE|ALL_CONNECTION_TRIES_FAILED|NETWORK_ERROR|NO_REMOTE_SHARD_AVAILABLE|ALL_REPLICAS_ARE_STALE|DNS_ERROR|ATTEMPT_TO_READ_AFTER_EOF|RECEIVED_ERROR_FROM_REMOTE_IO_SERVER|S3_ERROR|POCO_EXCEPTION|UNEXPECTED_PACKET_FROM_SERVER)$/;
const LOGIN =
  /password authentication failed|no password supplied|no pg_hba\.conf entry|role "[^"]*" does not exist|permission denied|Access denied|command denied|Authentication failed|AUTHENTICATION_FAILED|REQUIRED_PASSWORD|Not enough privileges|InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|ACCESS_DENIED|HTTP response code: 40[13]/i;
const LOST =
  /broken_connection|server closed the connection|terminating connection|Lost connection|gone away|Broken pipe|Poco::Exception|Unexpected EOF|Connection (reset|refused)|Host not found|Cannot resolve/i;
const NO_TABLE = /pqxx::undefined_(table|column)|relation "[^"]*" does not exist|ERROR 1146|NoSuchKey/;
const NO_DATABASE = /database "[^"]*" does not exist|Unknown database|UNKNOWN_DATABASE|NoSuchBucket/i;
const UNREADABLE =
  /Cannot parse \w+ value '[^']*' as ((?:DateTime64|Decimal|DateTime|Date32|Date)(?:\([^()]*\))?):/s;
const QUERY_TYPES =
  /^(UNKNOWN_IDENTIFIER|UNKNOWN_FUNCTION|UNKNOWN_TABLE|UNKNOWN_TYPE|UNKNOWN_AGGREGATE_FUNCTION|TYPE_MISMATCH|NO_COMMON_TYPE|ILLEGAL_TYPE_OF_ARGUMENT|ILLEGAL_COLUMN|NOT_AN_AGGREGATE|ILLEGAL_AGGREGATION|AMBIGUOUS_\w+|NUMBER_OF_ARGUMENTS_DOESNT_MATCH|TOO_(FEW|MANY)_ARGUMENTS_FOR_FUNCTION|SYNTAX_ERROR|BAD_TYPE_OF_FIELD|MULTIPLE_EXPRESSIONS_FOR_ALIAS|CYCLIC_ALIASES|UNSUPPORTED_METHOD|INVALID_JOIN_ON_EXPRESSION|ARGUMENT_OUT_OF_BOUND)$/;

/**
 * What an error of the reader of sources means, in a code of ours. Of its text only names that the query itself gave
 * are kept: the rest may hold addresses, statements and values of rows.
 */
export function sourceError(error: unknown, context: 'source' | 'query'): CodedError {
  if (error instanceof CodedError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const type = (error as { type?: string }).type ?? /\(([A-Z][A-Z0-9_]{3,})\)/.exec(message)?.[1] ?? '';
  const coded = (code: ErrorCode, details: Record<string, unknown> = {}): CodedError =>
    new CodedError(code, { details, cause: error });
  if (/^(TIMEOUT_EXCEEDED|SOCKET_TIMEOUT|QUERY_WAS_CANCELLED\w*)$/.test(type) || isAbort(error))
    return coded('source_too_slow');
  if (/^(MEMORY_LIMIT_EXCEEDED|TOO_MANY_ROWS\w*|TOO_MANY_BYTES|NOT_ENOUGH_SPACE)$/.test(type))
    return coded('source_query_too_large');
  if (/\banalyst: Not enough privileges/.test(message))
    return coded('source_query_refused', { reason: 'it names something that may not be read' });
  if (type === '' && isLostConnection(error)) return coded('source_reader_unavailable');
  if (NO_DATABASE.test(message) && context === 'source')
    return coded('source_failed', { reason: 'the source has no such database or bucket' });
  if (NO_TABLE.test(message)) return coded('source_table_missing');
  if (LOGIN.test(message)) return coded('source_login_refused');
  if (/^(UNKNOWN_TABLE|FILE_DOESNT_EXIST|CANNOT_EXTRACT_TABLE_STRUCTURE)$/.test(type) && context === 'source')
    return coded('source_table_missing', { reason: type });
  if (UNREACHABLE.test(type) || LOST.test(message))
    return coded('source_unreachable', type ? { engine: type } : {});
  const unreadable = UNREADABLE.exec(message)?.[1];
  // The value is not told: it is one of a row.
  if (unreadable !== undefined) return coded('source_value_unreadable', { type: unreadable });
  if (QUERY_TYPES.test(type)) return coded('source_query_invalid', { reason: type, ...nameIn(message) });
  return coded('source_failed', { reason: type || 'unknown' });
}

/** A name that the query gave and the reader does not know. */
function nameIn(message: string): { name?: string } {
  const name =
    /(?:expression|function|table expression|table) identifier [`']([^`']{1,200})[`']|name [`']([^`']{1,200})[`'] does not exist|Table [`']?([\w.]{1,200})[`']? does not exist/i.exec(
      message,
    );
  const found = name?.[1] ?? name?.[2] ?? name?.[3];
  return found === undefined ? {} : { name: found };
}

const isAbort = (error: unknown): boolean =>
  error instanceof Error && /abort|Timeout error/i.test(`${error.name} ${error.message}`);

const isLostConnection = (error: unknown): boolean =>
  error instanceof Error &&
  /ECONNREFUSED|ECONNRESET|EPIPE|socket hang up|other side closed/i.test(
    `${(error as { code?: string }).code ?? ''} ${error.message}`,
  );

/** Whether trying again later may help. */
export function mayPass(code: string): boolean {
  return /^(source_unreachable|source_too_slow|source_failed|source_reader_unavailable|engine_unavailable|collection_\w+)$/.test(
    code,
  );
}

/** The sentence of a code and what its details say, for people; it has no values of rows in it. */
export function sentenceOf(error: CodedError): { code: ErrorCode; zh: string; en: string } {
  const { zh, en } = errorDefinitions[error.code];
  const { reason, name, columns } = error.details as { reason?: unknown; name?: unknown; columns?: unknown };
  const named = Array.isArray(columns) ? columns.join(', ') : undefined;
  const more = [reason, name, named].filter((part) => typeof part === 'string').join(' ');
  return { code: error.code, zh: more ? `${zh}（${more}）` : zh, en: more ? `${en} (${more})` : en };
}
