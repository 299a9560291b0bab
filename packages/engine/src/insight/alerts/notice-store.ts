import type { AlertNotice, AlertTarget, noticeStates, OperatorNotice } from '@wutong/contract';
import type { Database, Secrets, Transaction } from '../../platform/index.ts';
import type { Notice, NoticeMessage } from './compose-notice.ts';
import { shownAddress } from './show-address.ts';

type Reader = Pick<Database, 'query'>;
type NoticeState = (typeof noticeStates)[number];

/** A claimed notice, opened. */
export interface DueNotice extends Notice {
  readonly attempts: number;
}

interface NoticeRow {
  notice_id: string;
  /** Null: to operators. */
  alert_id: string | null;
  kind: AlertNotice['kind'];
  channel: AlertNotice['channel'];
  address: string;
  shown_address: string;
  message: NoticeMessage;
  state: NoticeState;
  attempts: number;
  next_at: number | null;
  last_error: string | null;
  created_at: number;
  sent_at: number | null;
}

const addressOf = (target: AlertTarget): string => (target.kind === 'email' ? target.address : target.url);

/** Writes what is to be told, due at once. */
export async function insertNotices(
  transaction: Transaction,
  secrets: Secrets,
  notices: readonly Notice[],
): Promise<void> {
  for (const notice of notices) {
    await transaction.execute(
      `insert into insight.alert_notice (notice_id, alert_id, kind, channel, address, shown_address, message, state,
         attempts, next_at, created_at)
       values ($1, $2, $3, $4, $5, $6, $7::jsonb, 'waiting', 0, $8, $8)`,
      [
        notice.noticeId,
        notice.alertId ?? null,
        notice.kind,
        notice.target.kind,
        secrets.encrypt(addressOf(notice.target)),
        shownAddress(notice.target),
        JSON.stringify(notice.message),
        notice.createdAt,
      ],
    );
  }
}

/** How long a notice waits for an older one that another process is telling. */
const WAIT_MS = 1_000;

/**
 * The notice that is due longest, locked until the transaction ends; other processes pass it by. A target hears of an
 * alert in order: an older notice that still waits is told first, at once when the newer one is due for the first time.
 */
export async function claimDueNotice(
  transaction: Transaction,
  secrets: Secrets,
  now: number,
): Promise<DueNotice | undefined> {
  for (;;) {
    const [row] = await transaction.query<NoticeRow>(
      `select * from insight.alert_notice where next_at <= $1 order by next_at, notice_id limit 1
       for update skip locked`,
      [now],
    );
    if (!row) return undefined;
    const before = await olderOf(transaction, secrets, row);
    if (!before) return openNotice(row, secrets);
    const isFirst = row.next_at === row.created_at;
    const [older] = isFirst
      ? await transaction.query<NoticeRow>(
          'select * from insight.alert_notice where notice_id = $1 for update skip locked',
          [before.notice_id],
        )
      : [];
    const nextAt = older ? now : Math.max(before.next_at ?? 0, now + WAIT_MS);
    await transaction.execute('update insight.alert_notice set next_at = $2 where notice_id = $1', [
      row.notice_id,
      nextAt + 1,
    ]);
    if (older) return openNotice(older, secrets);
  }
}

/** The oldest notice of the same alert to the same target that is still to be told. */
async function olderOf(
  transaction: Transaction,
  secrets: Secrets,
  row: NoticeRow,
): Promise<NoticeRow | undefined> {
  const rows = await transaction.query<NoticeRow>(
    `select * from insight.alert_notice where alert_id is not distinct from $1 and notice_id < $2 and state = 'waiting'
       and channel = $3 and shown_address = $4 order by notice_id limit 100`,
    [row.alert_id, row.notice_id, row.channel, row.shown_address],
  );
  const address = secrets.decrypt(row.address);
  return rows.find((each) => secrets.decrypt(each.address) === address);
}

function openNotice(row: NoticeRow, secrets: Secrets): DueNotice {
  const address = secrets.decrypt(row.address);
  return {
    noticeId: row.notice_id,
    alertId: row.alert_id ?? undefined,
    kind: row.kind,
    target: row.channel === 'email' ? { kind: 'email', address } : { kind: 'webhook', url: address },
    message: row.message,
    createdAt: row.created_at,
    attempts: row.attempts,
  };
}

/** What an attempt came to. `nextAt` null: nothing is left to do. */
export async function writeAttempt(
  transaction: Transaction,
  noticeId: string,
  attempt: { state: NoticeState; nextAt: number | null; error: string | null; at: number },
): Promise<void> {
  await transaction.execute(
    `update insight.alert_notice set state = $2, attempts = attempts + 1, next_at = $3, last_error = $4,
       sent_at = case when $2 = 'sent' then $5::bigint end
     where notice_id = $1`,
    [noticeId, attempt.state, attempt.nextAt, attempt.error, attempt.at],
  );
}

/** Newest first; ids grow with time, so that the cursor is the last id of the page before. */
export async function selectNotices(
  reader: Reader,
  search: {
    alertId?: string | undefined;
    state?: NoticeState | undefined;
    /** Not of these alerts. */
    without: readonly string[];
    cursor?: string | undefined;
    limit: number;
  },
): Promise<{ items: AlertNotice[]; nextCursor?: string }> {
  const rows = await reader.query<NoticeRow & { alert_id: string; alert_name: string }>(
    `select notice.*, alert.name as alert_name from insight.alert_notice as notice join insight.alert using (alert_id)
      where ($1::uuid is null or notice.alert_id = $1) and ($2::text is null or notice.state = $2)
        and ($3::uuid is null or notice.notice_id < $3) and notice.alert_id <> all($5::uuid[])
      order by notice.notice_id desc limit $4`,
    [search.alertId ?? null, search.state ?? null, search.cursor ?? null, search.limit + 1, search.without],
  );
  const items = rows
    .slice(0, search.limit)
    .map((row) => ({ ...toNotice(row), alertId: row.alert_id, alertName: row.alert_name }));
  return { items, ...(rows.length > search.limit ? { nextCursor: items.at(-1)!.noticeId } : {}) };
}

/** What operators were told, newest first. */
export async function selectOperatorNotices(reader: Reader, limit: number): Promise<OperatorNotice[]> {
  const rows = await reader.query<NoticeRow>(
    'select * from insight.alert_notice where alert_id is null order by notice_id desc limit $1',
    [limit],
  );
  return rows.map(toNotice);
}

/** Those of alerts go with their alert; these are kept for a quarter. */
const OPERATOR_NOTICES_KEPT_MS = 92 * 86_400_000;

export async function deleteOldOperatorNotices(transaction: Transaction, now: number): Promise<void> {
  await transaction.execute('delete from insight.alert_notice where alert_id is null and created_at < $1', [
    now - OPERATOR_NOTICES_KEPT_MS,
  ]);
}

function toNotice(row: NoticeRow): OperatorNotice {
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    noticeId: row.notice_id,
    kind: row.kind,
    channel: row.channel,
    target: row.shown_address,
    state: row.state,
    attempts: row.attempts,
    createdAt: iso(row.created_at),
    ...(row.sent_at === null ? {} : { sentAt: iso(row.sent_at) }),
    ...(row.next_at === null ? {} : { nextAttemptAt: iso(row.next_at) }),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
  };
}
