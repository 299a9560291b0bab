import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Transaction } from './postgres.ts';

/** What was done, by whom, to what. No secrets; personal data only masked. */
export interface AuditEntry {
  readonly actor: string;
  /** Dotted verb, e.g. `strategy.publish`. */
  readonly action: string;
  readonly object: string;
  readonly detail?: Record<string, unknown>;
}

export interface AuditRow {
  sequence: number;
  at: number;
  actor: string;
  action: string;
  object: string;
  detail: Record<string, unknown>;
  previous_hash: Buffer;
  hash: Buffer;
}

/** An entry, and what the entry before it said of the same thing: of the same object and family (`route.`). */
export interface ListedAuditRow extends AuditRow {
  formerly: Record<string, unknown> | null;
}

/** The tamper-evident log of what people did. */
export interface Audit {
  /** Appends within the transaction of the act itself: both happen or neither. */
  record(transaction: Transaction, entry: AuditEntry): Promise<void>;
  /** Newest first, from below `before`. */
  list(
    transaction: Transaction,
    page: { before?: number; limit: number; action?: string },
  ): Promise<ListedAuditRow[]>;
  /** Walks the chain; the sequence of the first row that does not fit, or undefined. */
  findBreak(transaction: Transaction): Promise<number | undefined>;
}

// One writer at a time keeps the chain linear; held until the end of the transaction.
const CHAIN_LOCK = 7_500_001;

/** Keys sorted, so that jsonb's own order of keys does not matter. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value as Record<string, unknown>)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`);
    return `{${pairs.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

function hashOf(row: Omit<AuditRow, 'hash'>): Buffer {
  return createHash('sha256')
    .update(row.previous_hash)
    .update(canonical([row.sequence, row.at, row.actor, row.action, row.object, row.detail]))
    .digest();
}

/** Whether each row's hash covers its content, and neighbours (newest first) are linked. */
export function pageIsIntact(rows: readonly AuditRow[]): boolean {
  return rows.every((row, index) => {
    const older = rows[index + 1];
    const linked =
      older === undefined || older.sequence !== row.sequence - 1 || row.previous_hash.equals(older.hash);
    return linked && hashOf(row).equals(row.hash);
  });
}

/** The audit in PostgreSQL. */
export function createAudit(clock: Clock): Audit {
  return {
    async record(transaction, entry) {
      await transaction.execute('select pg_advisory_xact_lock($1)', [CHAIN_LOCK]);
      const [last] = await transaction.query<{ sequence: number; hash: Buffer }>(
        'select sequence, hash from platform.audit order by sequence desc limit 1',
      );
      const row = {
        sequence: (last?.sequence ?? 0) + 1,
        at: clock.now(),
        actor: entry.actor,
        action: entry.action,
        object: entry.object,
        detail: JSON.parse(JSON.stringify(entry.detail ?? {})) as Record<string, unknown>,
        previous_hash: last?.hash ?? Buffer.alloc(32),
      };
      await transaction.execute(
        `insert into platform.audit (sequence, at, actor, action, object, detail, previous_hash, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          row.sequence,
          row.at,
          row.actor,
          row.action,
          row.object,
          JSON.stringify(row.detail),
          row.previous_hash,
          hashOf(row),
        ],
      );
    },
    list: (transaction, page) =>
      transaction.query<ListedAuditRow>(
        `select entry.*, (
           select before.detail from platform.audit before
           where before.object = entry.object and before.sequence < entry.sequence
             and split_part(before.action, '.', 1) = split_part(entry.action, '.', 1)
           order by before.sequence desc limit 1) as formerly
         from platform.audit entry
         where ($1::bigint is null or sequence < $1) and ($2::text is null or action = $2)
         order by sequence desc limit $3`,
        [page.before ?? null, page.action ?? null, page.limit],
      ),
    async findBreak(transaction) {
      let expectedSequence = 1;
      let previous: Buffer = Buffer.alloc(32);
      for (;;) {
        const rows = await transaction.query<AuditRow>(
          'select * from platform.audit where sequence >= $1 order by sequence limit 1000',
          [expectedSequence],
        );
        if (rows.length === 0) return undefined;
        for (const row of rows) {
          const fits =
            row.sequence === expectedSequence &&
            row.previous_hash.equals(previous) &&
            hashOf(row).equals(row.hash);
          if (!fits) return expectedSequence;
          previous = row.hash;
          expectedSequence++;
        }
      }
    },
  };
}
