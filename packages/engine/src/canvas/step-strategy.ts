import { ended, advance, type Answer, type Moment, type Step } from './advance.ts';
import { answerBranches, answerSends, type Asking } from './answer-questions.ts';
import { claimDue, claimInside, writeEnrolments } from './enrolment-store.ts';
import type { Enrolment, Visit } from './enrolment.ts';
import { passedFact } from './facts.ts';
import type { Programs } from './load-program.ts';
import { lockStrategy } from './locks.ts';
import type { CanvasNeeds } from './needs.ts';
import { NumberChanges, writeNumbers } from './number-store.ts';
import type { Program } from './program.ts';
import { insertVisits, type PersonVisit } from './visit-store.ts';
import type { Platform, Transaction } from '../platform/index.ts';

// 27,000 row-advances/s were measured in batches of 5,000; larger ones hold locks longer for little more.
export const STEP_BATCH = 5_000;

export interface StepDependencies {
  readonly platform: Pick<Platform, 'database' | 'clock' | 'config'>;
  readonly needs: CanvasNeeds;
  readonly programs: Programs;
  /** Of this process, for live numbers. */
  readonly slot: number;
}

/** A person on the way through this batch. */
export interface Traveller {
  readonly program: Program;
  readonly before: Enrolment;
  step: Step;
  readonly visits: Visit[];
}

/**
 * Moves one batch of a strategy in one transaction: claim who is due, walk each as far as possible, answer
 * the questions of all at once and walk on, until everybody waits or has ended; then write. Returns how many
 * were claimed. A rolled-back batch leaves no trace and is claimed again.
 */
export async function stepStrategy(of: StepDependencies, strategyId: string): Promise<number> {
  return of.platform.database.transaction(async (transaction) => {
    await lockStrategy(transaction, strategyId, 'shared');
    const state = await stateOf(transaction, strategyId);
    if (state === 'stopped') return endInside(of, transaction, strategyId);
    if (state !== 'running') return 0;
    const moment = { now: of.platform.clock.now(), bankZone: of.platform.config.timeZone };
    const claimed = await claimDue(transaction, strategyId, moment.now, STEP_BATCH);
    const travellers = await setOut(of, transaction, claimed, moment);
    await walkOn(of, transaction, travellers, moment);
    await writeTravellers(of, transaction, travellers);
    return claimed.length;
  });
}

async function stateOf(transaction: Transaction, strategyId: string): Promise<string | undefined> {
  const rows = await transaction.query<{ state: string }>(
    'select state from canvas.strategy where strategy_id = $1',
    [strategyId],
  );
  return rows[0]?.state;
}

async function setOut(
  of: StepDependencies,
  transaction: Transaction,
  claimed: readonly Enrolment[],
  moment: Moment,
): Promise<Traveller[]> {
  const travellers: Traveller[] = [];
  for (const before of claimed) {
    const program = await of.programs.of(transaction, before.strategyId, before.version);
    const step = advance(program, before, moment);
    travellers.push({ program, before, step, visits: [...step.visits] });
  }
  return travellers;
}

/** Answers until nobody asks. Each round answers one question of everybody who asks, in sets. */
async function walkOn(
  of: StepDependencies,
  transaction: Transaction,
  travellers: readonly Traveller[],
  moment: Moment,
): Promise<void> {
  let asking = travellers.filter((traveller) => traveller.step.question);
  while (asking.length > 0) {
    const answers = await answerAll(of, transaction, asking, moment);
    for (const [index, traveller] of asking.entries()) {
      const step = advance(traveller.program, traveller.step.enrolment, moment, answers[index]);
      traveller.step = step;
      traveller.visits.push(...step.visits);
    }
    asking = asking.filter((traveller) => traveller.step.question);
  }
}

async function answerAll(
  of: StepDependencies,
  transaction: Transaction,
  travellers: readonly Traveller[],
  moment: Moment,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const asking: Asking[] = travellers.map((traveller, index) => ({
    index,
    program: traveller.program,
    enrolment: traveller.step.enrolment,
    question: traveller.step.question!,
  }));
  await answerBranches(of.needs, asking, moment, answers);
  await answerSends(of.needs, transaction, asking, moment, answers);
  return answers;
}

/** A stopped strategy lets everybody go, in batches. */
async function endInside(
  of: StepDependencies,
  transaction: Transaction,
  strategyId: string,
): Promise<number> {
  const now = of.platform.clock.now();
  const claimed = await claimInside(transaction, strategyId, STEP_BATCH);
  const travellers: Traveller[] = [];
  for (const before of claimed) {
    const visit: Visit = {
      nodeId: before.nodeId,
      arrivedAt: before.arrivedAt,
      leftAt: now,
      outcome: 'stopped',
    };
    const program = await of.programs.of(transaction, before.strategyId, before.version);
    const step = { enrolment: ended(before, 'stopped', now), visits: [visit] };
    travellers.push({ program, before, step, visits: [visit] });
  }
  await writeTravellers(of, transaction, travellers);
  return claimed.length;
}

/** One statement a table, whatever the number of travellers. */
export async function writeTravellers(
  of: Pick<StepDependencies, 'needs' | 'slot'>,
  transaction: Transaction,
  travellers: readonly Traveller[],
): Promise<void> {
  const visits: PersonVisit[] = [];
  const changes = new NumberChanges();
  for (const traveller of travellers) {
    const enrolment = traveller.step.enrolment;
    for (const visit of traveller.visits) visits.push({ enrolment, visit });
    changes.addMoves(traveller.before, enrolment, traveller.visits);
  }
  await writeEnrolments(
    transaction,
    travellers.map((traveller) => traveller.step.enrolment),
  );
  await insertVisits(transaction, visits);
  if (visits.length > 0) {
    await of.needs.ingest.enqueue(
      transaction,
      visits.map(({ enrolment, visit }) => passedFact(enrolment, visit)),
    );
  }
  await writeNumbers(transaction, changes, of.slot);
}
