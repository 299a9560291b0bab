import { matchesEvent } from '@wutong/contract';
import type { InboxEvent } from '../ingest/index.ts';
import type { Transaction } from '../platform/index.ts';
import { enrolPeople, type Candidate } from './enrol-people.ts';
import type { Enrolment, Visit } from './enrolment.ts';
import { lockListening } from './enrolment-store.ts';
import { goalFact } from './facts.ts';
import { followPersons } from './follow-persons.ts';
import { hearEvent } from './hear-event.ts';
import { lockEntry, lockFlow } from './locks.ts';
import { NumberChanges, WHOLE, WHOLE_OUTCOMES, writeNumbers } from './number-store.ts';
import type { Program } from './program.ts';
import { writeTravellers, type StepDependencies, type Traveller } from './step-strategy.ts';

export const CONSUMER = 'canvas';
const EVENT_BATCH = 5_000;
// An event that arrives later than this is history, not an occasion: it brings nobody in.
const STALE_EVENT_MS = 86_400_000;

/**
 * Takes the next events from the inbox, in one transaction: follow persons that changed, bring in those whom
 * an event brings in, let everybody hear. Returns whether there may be more.
 */
export async function takeEvents(of: StepDependencies): Promise<boolean> {
  return of.platform.database.transaction(async (transaction) => {
    await lockFlow(transaction, 'alone');
    const moreChanges = await followPersons(of, transaction);
    if (moreChanges) return true;
    const events = await of.needs.ingest.takeInbox(transaction, CONSUMER, EVENT_BATCH);
    if (events.length === 0) return false;
    await enterByEvents(of, transaction, events);
    await hearEvents(of, transaction, await withPresentPersons(of, transaction, events));
    return events.length === EVENT_BATCH;
  });
}

/** An inbox row has the person at arrival, who may have become another since. */
async function withPresentPersons(
  of: StepDependencies,
  transaction: Transaction,
  events: readonly InboxEvent[],
): Promise<InboxEvent[]> {
  const keyOf = (event: InboxEvent): number => event.keyNumber || event.personId;
  const keys = [...new Set(events.map(keyOf))];
  const persons = await of.needs.identity.personsOf(keys, transaction);
  return events.map((event) => ({ ...event, personId: persons.get(keyOf(event)) ?? event.personId }));
}

async function enterByEvents(
  of: StepDependencies,
  transaction: Transaction,
  events: readonly InboxEvent[],
): Promise<void> {
  const now = of.platform.clock.now();
  for (const { program, entriesFromAt } of await runningPrograms(of, transaction)) {
    const source = program.entry.source;
    if (source.type !== 'event') continue;
    const candidates = events
      .filter((event) => event.time >= Math.max(entriesFromAt, now - STALE_EVENT_MS))
      .filter((event) => matchesEvent(source, event))
      .map((event): Candidate => ({
        keyNumber: event.keyNumber || event.personId,
        context: event.properties,
        requestId: `event:${event.eventId}`,
        at: Math.min(event.time, now),
      }));
    if (candidates.length === 0) continue;
    await lockEntry(transaction, program.strategyId);
    await enrolPeople(of.needs, transaction, program, candidates, { now, slot: of.slot });
  }
}

/** Strategies that run, and from when on they take people in. A paused one takes nobody in. */
export async function runningPrograms(
  of: Pick<StepDependencies, 'programs'>,
  transaction: Pick<Transaction, 'query'>,
): Promise<{ program: Program; entriesFromAt: number }[]> {
  const rows = await transaction.query<{
    strategy_id: string;
    published_version: number;
    entries_from_at: number;
  }>(
    `select strategy_id, published_version, entries_from_at from canvas.strategy
      where state = 'running' order by strategy_id`,
  );
  const running: { program: Program; entriesFromAt: number }[] = [];
  for (const row of rows) {
    const program = await of.programs.of(transaction, row.strategy_id, row.published_version);
    running.push({ program, entriesFromAt: row.entries_from_at });
  }
  return running;
}

async function hearEvents(
  of: StepDependencies,
  transaction: Transaction,
  events: readonly InboxEvent[],
): Promise<void> {
  const personIds = [...new Set(events.map((event) => event.personId))];
  const earliest = events.reduce((least, event) => Math.min(least, event.time), Infinity);
  const present = new Map<number, Hearing[]>();
  for (const enrolment of await lockListening(transaction, personIds, earliest)) {
    const program = await of.programs.of(transaction, enrolment.strategyId, enrolment.version);
    const hearings = present.get(enrolment.personId) ?? [];
    hearings.push({ program, before: enrolment, now: enrolment, visits: [], goalEvent: undefined });
    present.set(enrolment.personId, hearings);
  }
  const now = of.platform.clock.now();
  for (const event of events) {
    for (const hearing of present.get(event.personId) ?? []) letHear(hearing, event, now);
  }
  const changed = [...present.values()].flat().filter((hearing) => hearing.now !== hearing.before);
  await writeHearings(of, transaction, changed);
}

interface Hearing {
  readonly program: Program;
  readonly before: Enrolment;
  now: Enrolment;
  readonly visits: Visit[];
  goalEvent: InboxEvent | undefined;
}

function letHear(hearing: Hearing, event: InboxEvent, now: number): void {
  const reaction = hearEvent(hearing.program, hearing.now, event, now);
  if (!reaction) return;
  hearing.now = reaction.enrolment;
  if (reaction.visit) hearing.visits.push(reaction.visit);
  if (reaction.goalReached) hearing.goalEvent = event;
}

async function writeHearings(
  of: StepDependencies,
  transaction: Transaction,
  hearings: readonly Hearing[],
): Promise<void> {
  if (hearings.length === 0) return;
  const travellers: Traveller[] = hearings.map((hearing) => ({
    program: hearing.program,
    before: hearing.before,
    step: { enrolment: hearing.now, visits: hearing.visits },
    visits: hearing.visits,
  }));
  await writeTravellers(of, transaction, travellers);
  const reached = hearings.filter((hearing) => hearing.goalEvent !== undefined);
  if (reached.length === 0) return;
  const changes = new NumberChanges();
  for (const { now } of reached) {
    changes.add(now, WHOLE, now.holdout ? WHOLE_OUTCOMES.goalHoldout : WHOLE_OUTCOMES.goal);
  }
  await writeNumbers(transaction, changes, of.slot);
  await of.needs.ingest.enqueue(
    transaction,
    reached.map((hearing) => goalFact(hearing.now, hearing.goalEvent!)),
  );
  await withdrawMessages(
    of,
    transaction,
    reached.map((hearing) => hearing.now),
  );
}

/** What waits to be sent to people who have left by the goal is not sent any more. */
async function withdrawMessages(
  of: StepDependencies,
  transaction: Transaction,
  enrolments: readonly Enrolment[],
): Promise<void> {
  const byStrategy = new Map<string, number[]>();
  for (const enrolment of enrolments) {
    if (enrolment.isActive) continue;
    const people = byStrategy.get(enrolment.strategyId) ?? [];
    people.push(enrolment.personId);
    byStrategy.set(enrolment.strategyId, people);
  }
  for (const [strategyId, personIds] of byStrategy) {
    await of.needs.hub.withdraw(transaction, { strategyId, personIds }, 'goal_reached');
  }
}
