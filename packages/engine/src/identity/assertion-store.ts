import { hash } from 'node:crypto';
import type { Transaction } from '../platform/index.ts';
import type { AssertionKind, FoldAssertion } from './assertion.ts';
import { arrayOfArrays, plainArray } from './sql-array.ts';

/** A statement about keys, ready to be written. */
export interface Statement extends FoldAssertion {
  readonly sourceId: string;
  readonly messageId: string;
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  readonly retracts?: readonly string[] | undefined;
  readonly evidence?: object | undefined;
}

/**
 * Id of a statement: the same whoever makes it, when, and whatever numbers its keys have here. The
 * fingerprints are keyed hashes already, so a plain hash over them gives nothing away.
 */
export function assertionIdOf(kind: AssertionKind, fingerprints: readonly string[], extra = ''): string {
  const text = `${kind} ${inOrder(fingerprints)} ${extra}`;
  return uuidOf(hash('md5', text, 'hex'));
}

function inOrder(fingerprints: readonly string[]): string {
  if (fingerprints.length !== 2) return [...fingerprints].sort().join(' ');
  const [one, other] = fingerprints as [string, string];
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

export function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

export interface StoredTimes {
  readonly assertion_id: string;
  readonly first_at: number;
  readonly last_at: number;
  readonly inactive: boolean;
  /** Written by this very transaction: it may yet be rolled back. */
  readonly own: boolean | null;
}

/** What is known of statements: their times, and whether they count (not retracted, not held). */
export function readTimes(transaction: Transaction, assertionIds: Iterable<string>): Promise<StoredTimes[]> {
  return transaction.query<StoredTimes>(
    `select assertion_id, first_at, last_at, retracted or held as inactive,
            xmin = pg_current_xact_id_if_assigned()::xid as own
     from identity.assertion where assertion_id = any($1::uuid[])`,
    [plainArray(assertionIds)],
  );
}

/** Appends statements, or widens the times of those made before. */
export function writeStatements(
  transaction: Transaction,
  statements: readonly Statement[],
  recordedAt: number,
): Promise<void> {
  return insertStatements(
    transaction,
    { statements, mentions: mentionsOf(statements), recordedAt },
    {
      // In the order of the index, so that two processes with the same statements never wait in a circle.
      key: 'order by 1, 2 on conflict do nothing',
      statement: `order by assertion_id on conflict (assertion_id) do update
     set first_at = least(assertion.first_at, excluded.first_at),
         last_at = greatest(assertion.last_at, excluded.last_at)`,
    },
  );
}

/**
 * Appends statements that the log cannot hold, since each names a key that this transaction made: without asking
 * whether it does, which would be a third of the work. `cameWith`: statements that stand in the rows of such keys.
 */
export function appendStatements(
  transaction: Transaction,
  statements: readonly Statement[],
  recordedAt: number,
  cameWith: ReadonlyMap<number, string>,
): Promise<void> {
  const mentions = mentionsOf(statements).filter(
    ({ keyNumber, assertionId }) => cameWith.get(keyNumber) !== assertionId,
  );
  return insertStatements(transaction, { statements, mentions, recordedAt }, { key: '', statement: '' });
}

interface Mention {
  readonly keyNumber: number;
  readonly assertionId: string;
}

const mentionsOf = (statements: readonly Statement[]): Mention[] =>
  statements.flatMap(({ keyNumbers, assertionId }) =>
    [...new Set(keyNumbers)].map((keyNumber) => ({ keyNumber, assertionId })),
  );

async function insertStatements(
  transaction: Transaction,
  {
    statements,
    mentions,
    recordedAt,
  }: {
    readonly statements: readonly Statement[];
    readonly mentions: readonly Mention[];
    readonly recordedAt: number;
  },
  /** How the two inserts end: their order, and what becomes of rows that are there. */
  endings: { readonly key: string; readonly statement: string },
): Promise<void> {
  if (statements.length === 0) return;
  await transaction.execute(
    `with given as (
       select assertion_id, kind, key_numbers::bigint[] as key_numbers, first_at, last_at, source_id, message_id,
              actor, reason, retracts::uuid[] as retracts, evidence
       from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
                   $8::text[], $9::text[], $10::text[], $11::jsonb[])
         as given (assertion_id, kind, key_numbers, first_at, last_at, source_id, message_id,
                   actor, reason, retracts, evidence)
     ), indexed as (
       insert into identity.assertion_key (key_number, assertion_id)
       select * from unnest($13::bigint[], $14::uuid[]) ${endings.key}
     )
     insert into identity.assertion as assertion (assertion_id, kind, key_numbers, first_at, last_at,
       source_id, message_id, actor, reason, retracts, evidence, recorded_at)
     select given.*, $12 from given ${endings.statement}`,
    [
      plainArray(statements.map((each) => each.assertionId)),
      plainArray(statements.map((each) => each.kind)),
      arrayOfArrays(statements.map((each) => each.keyNumbers)),
      plainArray(statements.map((each) => each.firstAt)),
      plainArray(statements.map((each) => each.lastAt)),
      statements.map((each) => each.sourceId),
      statements.map((each) => each.messageId),
      rare(statements, (each) => each.actor),
      rare(statements, (each) => each.reason),
      rare(statements, (each) => each.retracts && plainArray(each.retracts)),
      rare(statements, (each) => each.evidence && JSON.stringify(each.evidence)),
      recordedAt,
      plainArray(mentions.map((each) => each.keyNumber)),
      plainArray(mentions.map((each) => each.assertionId)),
    ],
  );
}

/** A column that only decisions of people have; `unnest` fills the place of a missing array up with nulls. */
function rare(
  statements: readonly Statement[],
  valueOf: (statement: Statement) => string | undefined,
): (string | null)[] | null {
  const values = statements.map((each) => valueOf(each) ?? null);
  return values.every((value) => value === null) ? null : values;
}

/** Takes statements out of force: `held` until somebody decides, `retracted` for good. */
export async function deactivate(
  transaction: Transaction,
  assertionIds: readonly string[],
  how: 'held' | 'retracted',
): Promise<void> {
  await transaction.execute(
    `update identity.assertion set ${how === 'held' ? 'held' : 'retracted'} = true where assertion_id = any($1::uuid[])`,
    [plainArray(assertionIds)],
  );
}

/** Brings held statements into force. */
export async function release(transaction: Transaction, assertionIds: readonly string[]): Promise<void> {
  await transaction.execute(
    'update identity.assertion set held = false where assertion_id = any($1::uuid[])',
    [plainArray(assertionIds)],
  );
}

interface StatementRow {
  readonly assertion_id: string;
  readonly kind: AssertionKind;
  readonly key_numbers: string[];
  readonly first_at: number;
  readonly last_at: number;
}

const STATEMENT_COLUMNS = 'assertion_id, kind, key_numbers::text[] as key_numbers, first_at, last_at';

function foldAssertion(row: StatementRow): FoldAssertion {
  return {
    assertionId: row.assertion_id,
    kind: row.kind,
    keyNumbers: row.key_numbers.map(Number),
    firstAt: row.first_at,
    lastAt: row.last_at,
  };
}

/** Statements in force that name any of the keys. */
export async function readStatements(
  transaction: Transaction,
  keyNumbers: Iterable<number>,
): Promise<FoldAssertion[]> {
  const rows = await transaction.query<StatementRow>(
    `select ${STATEMENT_COLUMNS} from identity.assertion
     where not retracted and not held and assertion_id in (
       select assertion_id from identity.mention where key_number = any($1::bigint[]))`,
    [plainArray(keyNumbers)],
  );
  return rows.map(foldAssertion);
}

/** All decisions on whether keys are shared. */
export async function readDecisionStatements(transaction: Transaction): Promise<FoldAssertion[]> {
  const rows = await transaction.query<StatementRow>(
    `select ${STATEMENT_COLUMNS} from identity.assertion
     where kind in ('exempt', 'shared') and not retracted and not held`,
  );
  return rows.map(foldAssertion);
}

/**
 * Keys that hang together with the given ones: by statements in force, whether a guard stopped them or
 * not, and by being of one person now. Shared and blocked keys are reached but not passed through,
 * except when given themselves. At most `maximum` + 1 keys.
 */
export async function readClosure(
  transaction: Transaction,
  keyNumbers: Iterable<number>,
  maximum: number,
): Promise<number[]> {
  const rows = await transaction.query<{ key_number: number }>(
    `with recursive closure (key_number) as (
       select unnest($1::bigint[])
       union
       select neighbour.key_number
       from closure
       join identity.key as key on key.key_number = closure.key_number
       cross join lateral (
         select unnest(assertion.key_numbers)
         from identity.mention
         join identity.assertion as assertion on assertion.assertion_id = mention.assertion_id
         where mention.key_number = key.key_number and not assertion.retracted and not assertion.held
           and ((not key.shared and not key.blocked) or key.key_number = any($1::bigint[]))
         union all
         select member.key_number from identity.key as member where member.person_id = key.person_id
       ) as neighbour (key_number)
     )
     select key_number from closure limit $2`,
    [plainArray(keyNumbers), maximum + 1],
  );
  return rows.map((row) => row.key_number);
}

/** A statement as it is shown in a person's history. */
export interface AssertionRow extends StatementRow {
  readonly source_id: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly retracted: boolean;
  /** Epoch ms of the step that first wrote it. */
  readonly recorded_at: number;
  /** Statements that this one took back. */
  readonly retracts: string[] | null;
}

/** All statements that name any of the keys, retracted ones too, newest first. */
export function listAssertionsOf(
  transaction: Transaction,
  keyNumbers: Iterable<number>,
  limit: number,
): Promise<AssertionRow[]> {
  return transaction.query<AssertionRow>(
    `select ${STATEMENT_COLUMNS}, source_id, actor, reason, retracted, recorded_at,
       retracts::text[] as retracts from identity.assertion
     where assertion_id in (select assertion_id from identity.mention where key_number = any($1::bigint[]))
     order by greatest(first_at, last_at) desc, assertion_id limit $2`,
    [plainArray(keyNumbers), limit],
  );
}
