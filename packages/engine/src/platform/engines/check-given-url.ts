import { Client } from 'pg';
import { EngineError } from './engine-error.ts';

const WAIT_MS = 10_000;

/** Connects once, so that a wrong DATABASE_URL is one clear sentence at the start and not a puzzle later. */
export async function checkPostgresUrl(url: string): Promise<void> {
  const shown = withoutPassword(url, 'DATABASE_URL', ['postgres:', 'postgresql:']);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: WAIT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    throw unreachable('PostgreSQL', 'DATABASE_URL', shown, postgresReason(error), error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Asks one question as the URL's user in the URL's database: a ping alone answers without a password. */
export async function checkClickHouseUrl(url: string): Promise<void> {
  const shown = withoutPassword(url, 'CLICKHOUSE_URL', ['http:', 'https:']);
  const parts = new URL(url);
  const database = decodeURIComponent(parts.pathname.replace(/^\//, ''));
  const query = new URLSearchParams({ query: 'SELECT 1', ...(database ? { database } : {}) });
  try {
    const response = await fetch(`${parts.origin}/?${query.toString()}`, {
      headers: {
        Authorization: `Basic ${Buffer.from(
          `${decodeURIComponent(parts.username) || 'default'}:${decodeURIComponent(parts.password)}`,
        ).toString('base64')}`,
      },
      signal: AbortSignal.timeout(WAIT_MS),
    });
    const answer = (await response.text()).trim();
    if (!response.ok || answer !== '1') throw new ClickHouseRefusal(clickHouseReason(answer));
  } catch (error) {
    const reason = error instanceof ClickHouseRefusal ? error.message : networkReason(error);
    throw unreachable('ClickHouse', 'CLICKHOUSE_URL', shown, reason, error);
  }
}

class ClickHouseRefusal extends Error {}

function unreachable(engine: string, variable: string, shown: string, reason: string, cause: unknown) {
  return new EngineError(
    'engine_url_unreachable',
    `${engine} at ${shown} cannot be used: ${reason}. Correct ${variable}, or unset it to let wutong start ${engine} itself.`,
    { cause },
  );
}

function postgresReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === '28P01' || code === '28000') return 'it refuses this user or password';
  if (code === '3D000') return 'it has no such database';
  return networkReason(error);
}

function clickHouseReason(answer: string): string {
  if (/AUTHENTICATION_FAILED|REQUIRED_PASSWORD|There is no handle|Code: (516|194)\b/.test(answer)) {
    return 'it refuses this user or password';
  }
  if (/UNKNOWN_DATABASE|Code: 81\b/.test(answer)) return 'it has no such database';
  return `it answers, but not as ClickHouse does (${answer.slice(0, 200) || 'an empty answer'})`;
}

function networkReason(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no machine of that name';
  if (inner instanceof Error && /timeout/i.test(`${inner.name} ${inner.message}`)) {
    return `it does not answer within ${WAIT_MS / 1000} s`;
  }
  return inner instanceof Error ? inner.message || code || inner.name : String(inner);
}

/** Errors go to terminals and logs, passwords do not. */
function withoutPassword(url: string, variable: string, protocols: string[]): string {
  let parts: URL;
  try {
    parts = new URL(url);
  } catch (error) {
    throw new EngineError(
      'engine_url_unreachable',
      `${variable} is not a URL. Write it as ${protocols[0]}//user:password@host:port/database.`,
      { cause: error },
    );
  }
  if (!protocols.includes(parts.protocol)) {
    throw new EngineError(
      'engine_url_unreachable',
      `${variable} begins with ${parts.protocol}// where ${protocols.join(' or ')}// is needed.`,
    );
  }
  return `${parts.protocol}//${parts.username ? `${parts.username}@` : ''}${parts.host}${parts.pathname}`;
}
