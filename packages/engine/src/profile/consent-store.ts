import { contentApi } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import type {
  ConsentOperation,
  ConsentState,
  Rejection,
  SuppressionOrder,
  SuppressionState,
} from './operation.ts';
import type { Placed } from './apply-attributes.ts';
import { queueChanges } from './person-store.ts';

/** `*` stands for every channel there is. */
const channelsOf = (channel: string): readonly string[] =>
  channel === '*' ? contentApi.channels : [channel];

/** Records consents and withdrawals; the same one again changes nothing. Returns the positions taken. */
export async function applyConsents(
  transaction: Transaction,
  model: Model,
  operations: readonly Placed<ConsentOperation>[],
  reject: (rejection: Rejection) => void,
): Promise<Set<number>> {
  const taken = new Set<number>();
  const rows: (ConsentOperation & { version: number })[] = [];
  for (const { index, operation } of operations) {
    const purpose = model.purposes.get(operation.purpose);
    if (!purpose) {
      reject({ index, code: 'purpose_not_declared', detail: operation.purpose.slice(0, 50) });
      continue;
    }
    taken.add(index);
    const version = operation.purposeVersion ?? purpose.version;
    for (const channel of channelsOf(operation.channel)) rows.push({ ...operation, channel, version });
  }
  if (rows.length === 0) return taken;
  const inserted = await transaction.query<{ person_id: number }>(
    `insert into profile.consent
       (key_number, purpose, channel, at, granted, purpose_version, person_id, source_id, message_id, proof)
     select k, u, c, a, g, v, p, s, m, f::jsonb
     from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::boolean[], $6::int[], $7::bigint[],
                 $8::text[], $9::text[], $10::text[]) as r(k, u, c, a, g, v, p, s, m, f)
     on conflict do nothing
     returning person_id`,
    [
      rows.map((row) => row.keyNumber),
      rows.map((row) => row.purpose),
      rows.map((row) => row.channel),
      rows.map((row) => row.at),
      rows.map((row) => row.granted),
      rows.map((row) => row.version),
      rows.map((row) => row.personId),
      rows.map((row) => row.sourceId),
      rows.map((row) => row.messageId),
      rows.map((row) => JSON.stringify(row.proof ?? {})),
    ],
  );
  const personIds = [...new Set(inserted.map((row) => row.person_id))];
  if (personIds.length > 0) await queueChanges(transaction, personIds, 'c');
  return taken;
}

interface ConsentRow {
  readonly person_id: number;
  readonly purpose: string;
  readonly channel: string;
  readonly granted: boolean;
  readonly purpose_version: number;
  readonly at: number;
  readonly source_id: string;
  readonly proof: Record<string, unknown>;
}

function stateOf(model: Model, row: ConsentRow): ConsentState {
  const present = model.purposes.get(row.purpose)?.version ?? Infinity;
  return {
    purpose: row.purpose,
    purposeVersion: row.purpose_version,
    channel: row.channel,
    granted: row.granted,
    valid: row.granted && row.purpose_version >= present,
    at: row.at,
    sourceId: row.source_id,
    proof: row.proof,
  };
}

/** The newest word of each person on each purpose and channel; a withdrawal beats a grant of the same instant. */
export async function readConsents(
  transaction: Transaction,
  model: Model,
  personIds: readonly number[],
): Promise<Map<number, ConsentState[]>> {
  const rows = await transaction.query<ConsentRow>(
    `select distinct on (person_id, purpose, channel)
            person_id, purpose, channel, granted, purpose_version, at, source_id, proof
     from profile.consent where person_id = any($1::bigint[])
     order by person_id, purpose, channel, at desc, granted`,
    [personIds],
  );
  const states = new Map<number, ConsentState[]>();
  for (const row of rows) {
    const list = states.get(row.person_id);
    if (list) list.push(stateOf(model, row));
    else states.set(row.person_id, [stateOf(model, row)]);
  }
  return states;
}

/** Everything a person ever said, newest first. */
export async function readConsentHistory(
  transaction: Transaction,
  model: Model,
  personId: number,
): Promise<ConsentState[]> {
  const rows = await transaction.query<ConsentRow>(
    `select person_id, purpose, channel, granted, purpose_version, at, source_id, proof
     from profile.consent where person_id = $1 order by at desc, purpose, channel limit 1000`,
    [personId],
  );
  return rows.map((row) => stateOf(model, row));
}

/** People who ever spoke about a purpose: their validity changes with its version. */
export async function queuePurpose(transaction: Transaction, purpose: string): Promise<void> {
  await transaction.execute(
    `insert into profile.change (person_id, what)
     select distinct person_id, 'c'::"char" from profile.consent where purpose = $1`,
    [purpose],
  );
}

interface SuppressionRow {
  readonly suppression_id: string;
  readonly person_id: number;
  readonly key_number: number;
  readonly scope: 'person' | 'address';
  readonly channel: string;
  readonly purpose: string;
  readonly reason: string;
  readonly at: number;
  readonly expires_at: number | null;
}

const suppressionOf = (row: SuppressionRow): SuppressionState => ({
  suppressionId: row.suppression_id,
  personId: row.person_id,
  keyNumber: row.key_number,
  scope: row.scope,
  channel: row.channel,
  purpose: row.purpose,
  reason: row.reason,
  at: row.at,
  expiresAt: row.expires_at ?? undefined,
});

/** Suppressions in force at an instant. */
export async function readSuppressions(
  transaction: Transaction,
  personIds: readonly number[],
  now: number,
): Promise<Map<number, SuppressionState[]>> {
  const rows = await transaction.query<SuppressionRow>(
    `select suppression_id, person_id, key_number, scope, channel, purpose, reason, at, expires_at
     from profile.suppression
     where person_id = any($1::bigint[]) and lifted_at is null and (expires_at is null or expires_at > $2)
     order by at desc, suppression_id`,
    [personIds, now],
  );
  const states = new Map<number, SuppressionState[]>();
  for (const row of rows) {
    const list = states.get(row.person_id);
    if (list) list.push(suppressionOf(row));
    else states.set(row.person_id, [suppressionOf(row)]);
  }
  return states;
}

/** Writes suppressions; the same message of the same source again is no second one. Returns the new ones. */
export async function insertSuppressions(
  transaction: Transaction,
  orders: readonly SuppressionOrder[],
  newId: () => string,
): Promise<SuppressionState[]> {
  const rows = await transaction.query<SuppressionRow>(
    `insert into profile.suppression
       (suppression_id, person_id, key_number, scope, channel, purpose, reason, at, expires_at, source_id, message_id)
     select * from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                          $8::bigint[], $9::bigint[], $10::text[], $11::text[])
     on conflict do nothing
     returning suppression_id, person_id, key_number, scope, channel, purpose, reason, at, expires_at`,
    [
      orders.map(() => newId()),
      orders.map((order) => order.personId),
      orders.map((order) => order.keyNumber),
      orders.map((order) => order.scope),
      orders.map((order) => order.channel),
      orders.map((order) => order.purpose),
      orders.map((order) => order.reason),
      orders.map((order) => order.at),
      orders.map((order) => order.expiresAt ?? null),
      orders.map((order) => order.sourceId),
      orders.map((order) => order.messageId),
    ],
  );
  const personIds = [...new Set(rows.map((row) => row.person_id))];
  if (personIds.length > 0) await queueChanges(transaction, personIds, 's');
  return rows.map(suppressionOf);
}

/** Lifts a suppression; the person it was about, or undefined when there is none in force with this id. */
export async function liftSuppression(
  transaction: Transaction,
  suppressionId: string,
  now: number,
  actor: string,
): Promise<number | undefined> {
  const rows = await transaction.query<{ person_id: number }>(
    `update profile.suppression
     set lifted_at = $2, lifted_by = $3, version = nextval('profile.version_number')
     where suppression_id = $1 and lifted_at is null returning person_id`,
    [suppressionId, now, actor],
  );
  if (rows[0]) await queueChanges(transaction, [rows[0].person_id], 's');
  return rows[0]?.person_id;
}
