import { CodedError, type Platform } from '../../platform/index.ts';
import { connectors, type Connector, type Settings, type Source } from './connectors/index.ts';
import { pathInside } from './folder-path.ts';
import { checkReach } from './reach-policy.ts';
import type { Reader } from './source-reader.ts';
import type { ConnectionRow } from './connection-store.ts';

/** Questions to a source's catalogue, and previews: real seconds. */
export const QUESTION_SECONDS = 30;

/**
 * What the reader answers to a question that a source has a part in, within the time for one. The engine looks at its
 * clock between blocks only: a source that takes a connection and says nothing is found out by ours, and the reader
 * that waits for it is let go. @throws CodedError source_too_slow
 */
export async function inTime<Answer>(reader: Reader, asked: Promise<Answer>): Promise<Answer> {
  let alarm: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    alarm = setTimeout(
      () => {
        reader.retire();
        reject(new CodedError('source_too_slow'));
      },
      QUESTION_SECONDS * 1_000 + 1_000,
    );
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(alarm);
  }
}

/** The connector of a kind. @throws CodedError connection_settings_invalid */
export function connectorOf(kind: string): Connector {
  const connector = connectors.get(kind);
  if (!connector) {
    throw new CodedError('connection_settings_invalid', {
      details: { field: 'kind', choices: [...connectors.keys()] },
    });
  }
  return connector;
}

/**
 * Checks what a connection is asked for against the fields of its kind and fills in what is not given.
 * @throws CodedError connection_settings_invalid
 */
export function checkSettings(
  connector: Connector,
  settings: Settings,
  secrets: Readonly<Record<string, string>>,
): Settings {
  const refuse = (field: string, reason: string): never => {
    throw new CodedError('connection_settings_invalid', { details: { field, reason } });
  };
  const known = new Map(connector.fields.map((field) => [field.name, field]));
  for (const name of Object.keys(settings)) {
    if ((known.get(name)?.type ?? 'secret') === 'secret') refuse(name, 'not a setting of this kind');
  }
  for (const name of Object.keys(secrets)) {
    if (known.get(name)?.type !== 'secret') refuse(name, 'not a secret of this kind');
  }
  const checked: Record<string, string | number | boolean> = {};
  for (const field of connector.fields) {
    if (field.type === 'secret') continue;
    const value = settings[field.name] ?? field.standard;
    if (value === undefined || value === '') {
      if (field.required) refuse(field.name, 'missing');
      continue;
    }
    const wanted = field.type === 'number' || field.type === 'boolean' ? field.type : 'string';
    if (typeof value !== wanted) refuse(field.name, `must be a ${wanted}`);
    if (field.type === 'choice' && !field.choices?.includes(String(value))) {
      refuse(field.name, `one of ${field.choices?.join(', ')}`);
    }
    if (typeof value === 'string' && value.includes('\u0000')) refuse(field.name, 'has a NUL character');
    checked[field.name] = value;
  }
  const port = checked['port'];
  if (port !== undefined && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536)) {
    refuse('port', 'a whole number from 1 to 65535');
  }
  return checked;
}

const QUESTION_SETTINGS = {
  max_execution_time: QUESTION_SECONDS,
  s3_max_redirects: 0,
  s3_retry_attempts: 1,
} as never;

/** Secrets of a connection by their names. */
export function openSecrets(platform: Platform, box: string | null): Record<string, string> {
  return box === null ? {} : (JSON.parse(platform.secrets.decrypt(box)) as Record<string, string>);
}

/**
 * Opens a connection for its connector: host and path are checked anew at each opening.
 * @throws CodedError connection_host_refused, connection_path_refused, source_unreachable
 */
export async function openSource(platform: Platform, reader: Reader, row: ConnectionRow): Promise<Source> {
  const connector = connectorOf(row.kind);
  const endpoint = connector.endpoint?.(row.settings);
  const path = connector.path?.(row.settings);
  const secrets = openSecrets(platform, row.secrets_box);
  return {
    settings: row.settings,
    secret: (name) => secrets[name] ?? '',
    address: endpoint ? await checkReach(platform, endpoint) : '',
    folder: reader.folder,
    path: path === undefined ? '' : await pathInside(reader.folder, path),
    query: (sql, values = {}) => inTime(reader, reader.composer.query(sql, { ...values }, QUESTION_SETTINGS)),
  };
}
