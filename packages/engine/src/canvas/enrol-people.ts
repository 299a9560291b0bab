import { SHARE_TOTAL } from '@wutong/contract';
import { assign } from '../decision/index.ts';
import type { Transaction } from '../platform/index.ts';
import { insertEnrolments, newestEntries, type NewEnrolment, type NewestEntry } from './entering-store.ts';
import { enteredFact } from './facts.ts';
import { mayEnter } from './may-enter.ts';
import type { CanvasNeeds } from './needs.ts';
import { ARRIVED, NumberChanges, WHOLE, WHOLE_OUTCOMES, writeNumbers } from './number-store.ts';
import type { Program } from './program.ts';

/** Somebody who wants to enter, named by a key. */
export interface Candidate {
  readonly keyNumber: number;
  /** Properties of the event or call, for templates and `sameAs`. */
  readonly context: Readonly<Record<string, unknown>>;
  /** The same request enters once, whatever the rules of re-entry say. */
  readonly requestId?: string | undefined;
  /** Epoch ms of the event that brings the person in; default now. The goal counts from it. */
  readonly at?: number | undefined;
}

export type EntryOutcome =
  | { readonly kind: 'entered'; readonly entry: number }
  | { readonly kind: 'inside' | 'may_not_reenter' | 'unknown_person' };

/**
 * Lets people enter the strategy's program in the caller's transaction, which holds the flow lock (shared or
 * alone) and the entry lock. Outcomes stand in the order of the candidates; of several candidates who are the
 * same person the first counts. The draws of a former entry are kept, so that a person stays in the holdout
 * or variant they were in.
 */
export async function enrolPeople(
  needs: Pick<CanvasNeeds, 'identity' | 'ingest'>,
  transaction: Transaction,
  program: Program,
  candidates: readonly Candidate[],
  time: { now: number; slot: number },
): Promise<EntryOutcome[]> {
  if (candidates.length === 0) return [];
  const persons = await needs.identity.personsOf(
    candidates.map((candidate) => candidate.keyNumber),
    transaction,
  );
  const former = await newestEntries(transaction, program.strategyId, [...new Set(persons.values())]);
  const entering = new Map<number, NewEnrolment>();
  const judged = candidates.map((candidate) => {
    const personId = persons.get(candidate.keyNumber);
    if (personId === undefined) return { kind: 'unknown_person' as const };
    if (entering.has(personId)) return { kind: 'inside' as const };
    const may = mayEnter(former.get(personId), program.entry.reentry, time.now);
    if (may !== 'enter') return { kind: may };
    entering.set(personId, newEnrolment(program, personId, candidate, former.get(personId), time.now));
    return { kind: 'enter' as const, personId };
  });
  const entries = await insertEntering(needs, transaction, program, [...entering.values()], time);
  return judged.map((each) =>
    each.kind === 'enter' ? { kind: 'entered', entry: entries.get(each.personId)! } : { kind: each.kind },
  );
}

function newEnrolment(
  program: Program,
  personId: number,
  candidate: Candidate,
  former: NewestEntry | undefined,
  now: number,
): NewEnrolment {
  return {
    personId,
    // A person id is the smallest key number of the person, so it is the key that the entry hangs on.
    keyNumber: personId,
    holdout: former?.holdout ?? isHoldout(program, personId),
    variants: former?.variants ?? {},
    context: candidate.context,
    requestId: candidate.requestId,
    enteredAt: candidate.at ?? now,
  };
}

/** Whether the person is drawn into the holdout; the same answer in every process and for ever. */
export function isHoldout(program: Program, personId: number): boolean {
  if (!program.holdout || program.holdout.share === 0) return false;
  const key = program.holdout.key ?? `${program.strategyId}:${program.holdout.id}`;
  const share = Math.min(program.holdout.share, SHARE_TOTAL);
  return assign(key, String(personId), [{ label: 'holdout', share }]) !== undefined;
}

async function insertEntering(
  needs: Pick<CanvasNeeds, 'ingest'>,
  transaction: Transaction,
  program: Program,
  people: readonly NewEnrolment[],
  time: { now: number; slot: number },
): Promise<Map<number, number>> {
  if (people.length === 0) return new Map();
  const into = {
    strategyId: program.strategyId,
    version: program.version,
    nodeId: program.entry.id,
    now: time.now,
    goalWithinMs: program.document.goal?.withinMs,
  };
  const entries = await insertEnrolments(transaction, into, people);
  const changes = new NumberChanges();
  const holdouts = people.filter((each) => each.holdout).length;
  changes.add(program, program.entry.id, ARRIVED, people.length);
  changes.add(program, WHOLE, WHOLE_OUTCOMES.entered, people.length);
  if (holdouts > 0) changes.add(program, WHOLE, WHOLE_OUTCOMES.enteredHoldout, holdouts);
  await writeNumbers(transaction, changes, time.slot);
  await needs.ingest.enqueue(
    transaction,
    people.map((each) =>
      enteredFact({
        entry: entries.get(each.personId)!,
        strategyId: program.strategyId,
        version: program.version,
        personId: each.personId,
        holdout: each.holdout,
        enteredAt: each.enteredAt,
      }),
    ),
  );
  return entries;
}
