import { randomBytes } from 'node:crypto';
import type { ingestApi } from '@wutong/contract';
import { CodedError, type Platform } from '../platform/index.ts';
import {
  changeSource,
  expireKeys,
  insertKey,
  insertSource,
  selectKeys,
  selectSources,
  sourceOfKey,
  type SourceKeyRow,
  type SourceRow,
} from './source-store.ts';

/** What collection needs to know of a source. */
export interface SourceSettings {
  readonly sourceId: string;
  readonly mode: 'lenient' | 'strict';
  readonly loginKeyType: string;
  readonly anonymousKeyType: string;
  readonly maximumAgeDays: number;
}

export interface NewSource {
  readonly sourceId: string;
  readonly name: string;
  readonly mode?: 'lenient' | 'strict';
  readonly loginKeyType?: string;
  readonly anonymousKeyType?: string;
  readonly maximumAgeDays?: number;
}

export interface Sources {
  /** Makes a source and its first key. @throws CodedError source_exists */
  create(source: NewSource, actor: string): Promise<{ source: ingestApi.Source; key: string }>;
  list(): Promise<ingestApi.Source[]>;
  /** @throws CodedError source_not_found */
  read(sourceId: string): Promise<ingestApi.Source>;
  update(
    sourceId: string,
    change: Partial<Omit<NewSource, 'sourceId'>> & { disabled?: boolean | undefined },
    actor: string,
  ): Promise<ingestApi.Source>;
  /** Makes another key; the others end after the given hours, or stay when none are given. */
  rotateKey(
    sourceId: string,
    expireOthersInHours: number | undefined,
    actor: string,
  ): Promise<{ source: ingestApi.Source; key: string }>;
  /** @throws CodedError source_key_last */
  revokeKey(sourceId: string, keyId: string, actor: string): Promise<ingestApi.Source>;
  /** The enabled source behind a key; cached for seconds, so a revoked key works that much longer. */
  ofKey(key: string | undefined): Promise<SourceSettings | undefined>;
  /** Settings of a source by id, e.g. for replay and imports; the defaults when it is not declared. */
  settingsOf(sourceId: string): Promise<SourceSettings>;
}

const HOUR_MS = 3_600_000;
const DEFAULTS = {
  mode: 'lenient',
  loginKeyType: 'login_id',
  anonymousKeyType: 'device',
  maximumAgeDays: 730,
} as const;
// Real milliseconds. A new key must work almost at once, so a miss is remembered for less.
const CACHE_HIT_MS = 2_000;
const CACHE_MISS_MS = 500;
const CACHE_LIMIT = 10_000;

export function createSources(platform: Platform): Sources {
  const { database, clock, ids, secrets, audit } = platform;
  const cache = new Map<string, { settings: SourceSettings | undefined; until: number }>();

  async function view(sourceId?: string): Promise<ingestApi.Source[]> {
    const rows = await selectSources(database, sourceId);
    const keys = await selectKeys(database, clock.now(), sourceId);
    return rows.map((row) =>
      toSource(
        row,
        keys.filter((key) => key.source_id === row.source_id),
      ),
    );
  }

  async function read(sourceId: string): Promise<ingestApi.Source> {
    const [source] = await view(sourceId);
    if (!source) throw new CodedError('source_not_found', { details: { sourceId } });
    return source;
  }

  function newKey(sourceId: string): { key: string; row: SourceKeyRow & { fingerprint: string } } {
    const key = `wk_${randomBytes(24).toString('base64url')}`;
    return {
      key,
      row: {
        key_id: ids.newId(),
        source_id: sourceId,
        fingerprint: secrets.fingerprint(`source key ${key}`),
        masked: `${key.slice(0, 7)}…`,
        created_at: clock.now(),
        expires_at: null,
      },
    };
  }

  return {
    async create(source, actor) {
      const settings = { ...DEFAULTS, ...source };
      const { key, row } = newKey(source.sourceId);
      await database.transaction(async (transaction) => {
        const made = await insertSource(transaction, {
          source_id: settings.sourceId,
          name: settings.name,
          mode: settings.mode,
          login_key_type: settings.loginKeyType,
          anonymous_key_type: settings.anonymousKeyType,
          maximum_age_days: settings.maximumAgeDays,
          disabled: false,
          created_at: clock.now(),
        });
        if (!made) throw new CodedError('source_exists', { details: { sourceId: source.sourceId } });
        await insertKey(transaction, row);
        await audit.record(transaction, { actor, action: 'source.create', object: source.sourceId });
      });
      return { source: await read(source.sourceId), key };
    },
    list: () => view(),
    read,
    async update(sourceId, change, actor) {
      await database.transaction(async (transaction) => {
        const changed = await changeSource(transaction, sourceId, {
          name: change.name,
          mode: change.mode,
          login_key_type: change.loginKeyType,
          anonymous_key_type: change.anonymousKeyType,
          maximum_age_days: change.maximumAgeDays,
          disabled: change.disabled,
        });
        if (!changed) throw new CodedError('source_not_found', { details: { sourceId } });
        await audit.record(transaction, { actor, action: 'source.update', object: sourceId, detail: change });
      });
      cache.clear();
      return read(sourceId);
    },
    async rotateKey(sourceId, expireOthersInHours, actor) {
      await read(sourceId);
      const { key, row } = newKey(sourceId);
      await database.transaction(async (transaction) => {
        await insertKey(transaction, row);
        if (expireOthersInHours !== undefined) {
          const end = clock.now() + expireOthersInHours * HOUR_MS;
          await expireKeys(transaction, sourceId, { except: row.key_id }, end);
        }
        await audit.record(transaction, { actor, action: 'source.rotate_key', object: sourceId });
      });
      return { source: await read(sourceId), key };
    },
    async revokeKey(sourceId, keyId, actor) {
      await database.transaction(async (transaction) => {
        const keys = await selectKeys(transaction, clock.now(), sourceId);
        if (keys.length === 1 && keys[0]!.key_id === keyId) throw new CodedError('source_key_last');
        await expireKeys(transaction, sourceId, { only: keyId }, clock.now());
        await audit.record(transaction, {
          actor,
          action: 'source.revoke_key',
          object: `${sourceId}/${keyId}`,
        });
      });
      cache.clear();
      return read(sourceId);
    },
    async ofKey(key) {
      if (key === undefined || key === '' || key.length > 500) return undefined;
      const known = cache.get(key);
      if (known && known.until > performance.now()) return known.settings;
      const row = await sourceOfKey(database, secrets.fingerprint(`source key ${key}`), clock.now());
      const settings = row && toSettings(row);
      if (cache.size >= CACHE_LIMIT) cache.clear();
      cache.set(key, { settings, until: performance.now() + (settings ? CACHE_HIT_MS : CACHE_MISS_MS) });
      return settings;
    },
    async settingsOf(sourceId) {
      const [row] = await selectSources(database, sourceId);
      return row ? toSettings(row) : { sourceId, ...DEFAULTS };
    },
  };
}

const toSettings = (row: SourceRow): SourceSettings => ({
  sourceId: row.source_id,
  mode: row.mode,
  loginKeyType: row.login_key_type,
  anonymousKeyType: row.anonymous_key_type,
  maximumAgeDays: row.maximum_age_days,
});

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

function toSource(row: SourceRow, keys: readonly SourceKeyRow[]): ingestApi.Source {
  return {
    ...toSettings(row),
    name: row.name,
    disabled: row.disabled,
    createdAt: iso(row.created_at),
    keys: keys.map((key) => ({
      keyId: key.key_id,
      masked: key.masked,
      createdAt: iso(key.created_at),
      ...(key.expires_at === null ? {} : { expiresAt: iso(key.expires_at) }),
    })),
  };
}
