import type { Transaction } from '../platform/index.ts';
import type { Enrolment } from './enrolment.ts';
import { lockForMove, moveEnrolments, writeEnrolments } from './enrolment-store.ts';
import { settleMoves, type Settlement } from './settle-moves.ts';
import { writeTravellers, type StepDependencies, type Traveller } from './step-strategy.ts';
import { reservedNodes } from './visit-store.ts';

const BATCH = 5_000;

/**
 * Applies what identity has found out about who is who, in the caller's transaction, which holds the flow
 * lock alone. Returns whether there may be more.
 */
export async function followPersons(of: StepDependencies, transaction: Transaction): Promise<boolean> {
  const changes = await of.needs.identity.takePersonChanges(transaction, 'canvas', BATCH);
  if (changes.length === 0) return false;
  // Later changes of a key replace earlier ones: they come in the order in which they were made.
  const personOfKey = new Map(changes.map((change) => [change.keyNumber, change.newPersonId]));
  const former = [...new Set(changes.map((change) => change.oldPersonId))];
  const enrolments = await lockForMove(transaction, former, [...new Set(personOfKey.values())]);
  const settlement = settleMoves(enrolments, personOfKey, of.platform.clock.now());
  await endAbsorbed(of, transaction, settlement.ended, enrolments);
  await writeEnrolments(transaction, await markAlready(of, transaction, settlement));
  // In two steps, by way of a number nobody has: two entries that change places must not meet on the way.
  const aside = settlement.moves.map((move) => ({ ...move, to: -move.entry }));
  await moveEnrolments(transaction, aside);
  await moveEnrolments(
    transaction,
    settlement.moves.map((move) => ({ ...move, from: -move.entry })),
  );
  return changes.length === BATCH;
}

async function endAbsorbed(
  of: StepDependencies,
  transaction: Transaction,
  endedOnes: readonly Enrolment[],
  before: readonly Enrolment[],
): Promise<void> {
  const known = new Map(before.map((enrolment) => [enrolment.entry, enrolment]));
  const travellers: Traveller[] = [];
  for (const enrolment of endedOnes) {
    const visit = {
      nodeId: enrolment.nodeId,
      arrivedAt: enrolment.arrivedAt,
      leftAt: enrolment.endedAt!,
      outcome: 'merged',
    };
    const program = await of.programs.of(transaction, enrolment.strategyId, enrolment.version);
    const step = { enrolment, visits: [visit] };
    travellers.push({ program, before: known.get(enrolment.entry)!, step, visits: [visit] });
  }
  await writeTravellers(of, transaction, travellers);
}

/** Those who go on do not get again what the absorbed entries have had. */
async function markAlready(
  of: StepDependencies,
  transaction: Transaction,
  settlement: Settlement,
): Promise<Enrolment[]> {
  const marked: Enrolment[] = [];
  for (const { enrolment, absorbed } of settlement.survivors) {
    const already = new Set(enrolment.already);
    for (const other of absorbed) {
      const program = await of.programs.of(transaction, other.strategyId, other.version);
      const sends = program.document.nodes
        .filter((node) => node.kind === 'send' || node.kind === 'task')
        .map((node) => node.id);
      const had = await reservedNodes(transaction, other.strategyId, other.version, sends, [other.entry]);
      for (const nodeId of had.get(other.entry) ?? []) already.add(nodeId);
    }
    marked.push({ ...enrolment, already: [...already] });
  }
  return marked;
}
