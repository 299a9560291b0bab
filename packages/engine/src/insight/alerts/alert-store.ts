import { alertInputSchema, type Alert, type AlertInput, type AlertTarget } from '@wutong/contract';
import type { Database, Secrets, Transaction } from '../../platform/index.ts';
import { shownAddress } from './show-address.ts';

type Reader = Pick<Database, 'query'>;

interface CheckRow {
  at: number;
  value: number | null;
  before: number | null;
  expected: number | null;
  low: number | null;
  high: number | null;
  raised: boolean;
  problem: string | null;
}

interface AlertRow {
  alert_id: string;
  owner: string;
  definition: object;
  targets: string;
  raised_since: number | null;
  created_at: number;
  updated_at: number;
  last_check: CheckRow | null;
}

/** What was found at one look; `at` in epoch ms. */
export interface Check {
  readonly at: number;
  readonly value: number | undefined;
  readonly before: number | undefined;
  readonly expected?: number;
  readonly low?: number;
  readonly high?: number;
  readonly raised: boolean;
  readonly problem: string | undefined;
}

function toCheck(row: CheckRow): NonNullable<Alert['lastCheck']> {
  return {
    at: new Date(row.at).toISOString(),
    ...(row.value === null ? {} : { value: row.value }),
    ...(row.before === null ? {} : { before: row.before }),
    ...(row.expected === null ? {} : { expected: row.expected }),
    ...(row.low === null ? {} : { low: row.low }),
    ...(row.high === null ? {} : { high: row.high }),
    raised: row.raised,
    ...(row.problem === null ? {} : { problem: row.problem }),
  };
}

function toAlert(row: AlertRow, secrets: Secrets): Alert {
  const notify = JSON.parse(secrets.decrypt(row.targets)) as AlertTarget[];
  return {
    ...alertInputSchema.parse({ ...row.definition, notify }),
    alertId: row.alert_id,
    owner: row.owner,
    raised: row.raised_since !== null,
    ...(row.raised_since === null ? {} : { raisedSince: new Date(row.raised_since).toISOString() }),
    ...(row.last_check === null ? {} : { lastCheck: toCheck(row.last_check) }),
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}

/** An alert as those see it whose it is not: addresses may hold keys, and are people's. */
export function shownTo(user: string, alert: Alert): Alert {
  if (alert.owner === user) return alert;
  return {
    ...alert,
    notify: alert.notify.map((target) =>
      target.kind === 'email'
        ? { ...target, address: shownAddress(target) }
        : { ...target, url: shownAddress(target) },
    ),
  };
}

const ALERTS = `select alert.*, (
    select to_jsonb(checked) from (
      select at, value, before, expected, low, high, raised, problem from insight.alert_check
       where alert_check.alert_id = alert.alert_id order by at desc limit 1
    ) as checked
  ) as last_check from insight.alert`;

/** Raised ones first. */
export async function selectAlerts(reader: Reader, secrets: Secrets): Promise<Alert[]> {
  const rows = await reader.query<AlertRow>(
    `${ALERTS} order by raised_since desc nulls last, name, alert_id limit 1000`,
  );
  return rows.map((row) => toAlert(row, secrets));
}

export async function selectAlert(
  reader: Reader,
  secrets: Secrets,
  alertId: string,
): Promise<Alert | undefined> {
  const rows = await reader.query<AlertRow>(`${ALERTS} where alert_id = $1`, [alertId]);
  return rows[0] && toAlert(rows[0], secrets);
}

/** The alert as it is, locked until the transaction ends. */
export async function lockAlert(
  transaction: Transaction,
  secrets: Secrets,
  alertId: string,
): Promise<Alert | undefined> {
  const rows = await transaction.query<AlertRow>(
    'select *, null as last_check from insight.alert where alert_id = $1 for update',
    [alertId],
  );
  return rows[0] && toAlert(rows[0], secrets);
}

/** The encrypted signing secret; undefined: none was needed yet. The row is locked, so that one is made once. */
export async function selectSecret(transaction: Transaction, alertId: string): Promise<string | undefined> {
  const rows = await transaction.query<{ signing_secret: string | null }>(
    'select signing_secret from insight.alert where alert_id = $1 for update',
    [alertId],
  );
  return rows[0]?.signing_secret ?? undefined;
}

export async function updateSecret(
  transaction: Transaction,
  alertId: string,
  encrypted: string,
): Promise<void> {
  await transaction.execute('update insight.alert set signing_secret = $2 where alert_id = $1', [
    alertId,
    encrypted,
  ]);
}

/** Makes or changes an alert of the owner; it is looked at at once. False when it is somebody else's. */
export async function writeAlert(
  transaction: Transaction,
  secrets: Secrets,
  alert: { alertId: string; owner: string; input: AlertInput; now: number },
): Promise<boolean> {
  const { alertId, owner, now } = alert;
  const { notify, ...input } = alert.input;
  const written = await transaction.execute(
    `insert into insight.alert (alert_id, name, owner, definition, enabled, every_ms, next_at, created_at, updated_at, targets)
     values ($1, $2, $3, $4::jsonb, $5, $6, $7, $7, $7, $8)
     on conflict (alert_id) do update set name = $2, definition = $4::jsonb, targets = $8, enabled = $5, every_ms = $6, next_at = $7,
       updated_at = $7, raised_since = case when $5 then alert.raised_since end
     where alert.owner = $3`,
    [
      alertId,
      input.name,
      owner,
      JSON.stringify(input),
      input.enabled,
      input.everyMinutes * 60_000,
      now,
      secrets.encrypt(JSON.stringify(notify)),
    ],
  );
  return written === 1;
}

/** Gives an alert another owner; it is looked at at once. */
export async function setAlertOwner(
  transaction: Transaction,
  alertId: string,
  owner: string,
  now: number,
): Promise<void> {
  await transaction.execute(
    'update insight.alert set owner = $2, next_at = $3, updated_at = $3 where alert_id = $1',
    [alertId, owner, now],
  );
}

export async function removeAlert(
  transaction: Transaction,
  alertId: string,
  owner: string,
): Promise<boolean> {
  return (
    (await transaction.execute('delete from insight.alert where alert_id = $1 and owner = $2', [
      alertId,
      owner,
    ])) === 1
  );
}

/** The alert that has been due longest, moved on to its next time; another process does not see it any more. */
export async function claimDueAlert(
  transaction: Transaction,
  secrets: Secrets,
  now: number,
): Promise<Alert | undefined> {
  const rows = await transaction.query<AlertRow>(
    `update insight.alert set next_at = $1 + every_ms where alert_id = (
       select alert_id from insight.alert where enabled and next_at <= $1
        order by next_at limit 1 for update skip locked)
     returning *, null as last_check`,
    [now],
  );
  return rows[0] && toAlert(rows[0], secrets);
}

/** Looks older than this are forgotten: an alert of every minute makes half a million a year. */
const KEPT_MS = 92 * 86_400_000;

/** Writes what a look found into the history and the alert's state. An alert deleted meanwhile stays deleted. */
export async function writeCheck(transaction: Transaction, alertId: string, check: Check): Promise<void> {
  await transaction.execute(
    `insert into insight.alert_check (alert_id, at, value, before, expected, low, high, raised, problem)
     select alert_id, $2, $3, $4, $5, $6, $7, $8, $9 from insight.alert where alert_id = $1
     on conflict (alert_id, at) do nothing`,
    [
      alertId,
      check.at,
      check.value ?? null,
      check.before ?? null,
      check.expected ?? null,
      check.low ?? null,
      check.high ?? null,
      check.raised,
      check.problem ?? null,
    ],
  );
  await transaction.execute('delete from insight.alert_check where alert_id = $1 and at < $2', [
    alertId,
    check.at - KEPT_MS,
  ]);
  // A number that could not be computed neither raises nor clears.
  if (check.problem !== undefined) return;
  await transaction.execute(
    `update insight.alert set raised_since = case when $2 then coalesce(raised_since, $3) end where alert_id = $1`,
    [alertId, check.raised, check.at],
  );
}

export async function selectChecks(
  reader: Reader,
  alertId: string,
  limit: number,
): Promise<NonNullable<Alert['lastCheck']>[]> {
  const rows = await reader.query<CheckRow>(
    `select at, value, before, expected, low, high, raised, problem
       from insight.alert_check where alert_id = $1 order by at desc limit $2`,
    [alertId, limit],
  );
  return rows.map(toCheck);
}
