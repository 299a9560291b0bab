import type { Database, Transaction } from '../platform/index.ts';

export interface SourceRow {
  source_id: string;
  name: string;
  mode: 'lenient' | 'strict';
  login_key_type: string;
  anonymous_key_type: string;
  maximum_age_days: number;
  disabled: boolean;
  created_at: number;
}

export interface SourceKeyRow {
  key_id: string;
  source_id: string;
  masked: string;
  created_at: number;
  expires_at: number | null;
}

/** Makes a source; false when the id is taken. */
export async function insertSource(transaction: Transaction, row: SourceRow): Promise<boolean> {
  const inserted = await transaction.execute(
    `insert into ingest.source (source_id, name, mode, login_key_type, anonymous_key_type, maximum_age_days,
       disabled, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      row.source_id,
      row.name,
      row.mode,
      row.login_key_type,
      row.anonymous_key_type,
      row.maximum_age_days,
      row.disabled,
      row.created_at,
    ],
  );
  return inserted === 1;
}

/** Changes the fields that are given; undefined when there is no such source. */
export async function changeSource(
  transaction: Transaction,
  sourceId: string,
  change: Partial<Omit<SourceRow, 'source_id' | 'created_at'>>,
): Promise<SourceRow | undefined> {
  const rows = await transaction.query<SourceRow>(
    `update ingest.source set name = coalesce($2, name), mode = coalesce($3, mode),
       login_key_type = coalesce($4, login_key_type), anonymous_key_type = coalesce($5, anonymous_key_type),
       maximum_age_days = coalesce($6, maximum_age_days), disabled = coalesce($7, disabled)
     where source_id = $1 returning *`,
    [
      sourceId,
      change.name ?? null,
      change.mode ?? null,
      change.login_key_type ?? null,
      change.anonymous_key_type ?? null,
      change.maximum_age_days ?? null,
      change.disabled ?? null,
    ],
  );
  return rows[0];
}

export async function selectSources(database: Transaction, sourceId?: string): Promise<SourceRow[]> {
  return database.query<SourceRow>(
    'select * from ingest.source where $1::text is null or source_id = $1 order by source_id',
    [sourceId ?? null],
  );
}

/** Names of those of the sources that there are. */
export async function selectSourceNames(
  database: Transaction,
  sourceIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await database.query<{ source_id: string; name: string }>(
    'select source_id, name from ingest.source where source_id = any($1)',
    [sourceIds],
  );
  return new Map(rows.map((row) => [row.source_id, row.name]));
}

/** Keys that are valid at `now`, newest first. */
export async function selectKeys(
  database: Transaction,
  now: number,
  sourceId?: string,
): Promise<SourceKeyRow[]> {
  return database.query<SourceKeyRow>(
    `select key_id, source_id, masked, created_at, expires_at from ingest.source_key
     where ($2::text is null or source_id = $2) and (expires_at is null or expires_at > $1)
     order by created_at desc, key_id desc`,
    [now, sourceId ?? null],
  );
}

export async function insertKey(
  transaction: Transaction,
  row: SourceKeyRow & { fingerprint: string },
): Promise<void> {
  await transaction.execute(
    `insert into ingest.source_key (key_id, source_id, fingerprint, masked, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [row.key_id, row.source_id, row.fingerprint, row.masked, row.created_at, row.expires_at],
  );
}

/** Lets keys end at an instant, unless they end earlier already. */
export async function expireKeys(
  transaction: Transaction,
  sourceId: string,
  which: { only?: string; except?: string },
  expiresAt: number,
): Promise<number> {
  return transaction.execute(
    `update ingest.source_key set expires_at = least(coalesce(expires_at, $2), $2)
     where source_id = $1 and ($3::uuid is null or key_id = $3) and ($4::uuid is null or key_id <> $4)`,
    [sourceId, expiresAt, which.only ?? null, which.except ?? null],
  );
}

/** The enabled source behind a key that is valid at `now`. */
export async function sourceOfKey(
  database: Database,
  fingerprint: string,
  now: number,
): Promise<SourceRow | undefined> {
  const rows = await database.query<SourceRow>(
    `select source.* from ingest.source_key join ingest.source using (source_id)
     where fingerprint = $1 and (expires_at is null or expires_at > $2) and not disabled`,
    [fingerprint, now],
  );
  return rows[0];
}
