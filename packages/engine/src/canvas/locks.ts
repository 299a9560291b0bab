import type { Transaction } from '../platform/index.ts';

// Classes of advisory locks of this room; the second number says which. Any numbers that no other room uses.
const FLOW = 750_901;
const STRATEGY = 750_902;
const ENTRY = 750_903;

/**
 * Entering shares this lock, hearing events and following persons take it alone: an event taken from the
 * inbox has either come before somebody entered, or finds their enrolment; and a person who merges is
 * either known as the new one when entering, or has an enrolment to move.
 */
export async function lockFlow(transaction: Transaction, mode: 'shared' | 'alone'): Promise<void> {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await transaction.query(`select ${lock}($1, 0)`, [FLOW]);
}

/** Stepping and entering share it, changing the state takes it alone: after a pause nobody moves any more. */
export async function lockStrategy(
  transaction: Transaction,
  strategyId: string,
  mode: 'shared' | 'alone',
): Promise<void> {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await transaction.query(`select ${lock}($1, hashtext($2))`, [STRATEGY, strategyId]);
}

/** One at a time enters a strategy, so that the look at former entries holds until the new ones are written. */
export async function lockEntry(transaction: Transaction, strategyId: string): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock($1, hashtext($2))', [ENTRY, strategyId]);
}
