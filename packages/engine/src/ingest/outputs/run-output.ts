import { ClassesChangedError } from './classes-of-personal-data.ts';
import { DeliveryError, type OutputSecrets } from './destinations/output-destination.ts';
import type { Destinations } from './destinations/output-destinations.ts';
import { deliveryProblem } from './name-problem.ts';
import { nextRunAt } from './next-run.ts';
import { outputLog } from './output-log.ts';
import type { OutputNeeds } from './output-needs.ts';
import {
  closePortion,
  keepPlan,
  noteOutputFailure,
  rest,
  selectOutputs,
  type OutputRecord,
} from './output-store.ts';
import { isOwnerAllowed } from './right-to-output.ts';
import { ReceiverBrokenError, sendPortion, TurnLostError } from './send-portion.ts';
import type { OutputScope, Portion } from './subjects/output-subject.ts';
import type { OutputSubjects } from './subjects/output-subjects.ts';

export interface OutputParts {
  readonly needs: OutputNeeds;
  readonly subjects: OutputSubjects;
  readonly destinations: Destinations;
}

/** Portions of one output before the others have their turn. */
const PORTIONS_A_TURN = 20;
const FIRST_BACKOFF_MS = 1_000;
const MAXIMUM_BACKOFF_MS = 5 * 60_000;

/**
 * One turn of an output that is due: portion after portion until there is nothing left, each fixed before it is sent
 * and noted after. One process at a time: the lock goes with its connection, so a kill frees it.
 */
export async function takeTurn(parts: OutputParts, outputId: string): Promise<void> {
  const { database, clock, log } = parts.needs.platform;
  const connection = await database.connect();
  try {
    const [lock] = await connection.query<{ locked: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('output ' || $1, 0)) as locked`,
      [outputId],
    );
    if (!lock!.locked) return;
    for (let portions = 0; portions < PORTIONS_A_TURN; portions++) {
      const [row] = await selectOutputs(database, outputId);
      // Looked at again under the lock: another process may have had this turn.
      if (row?.state !== 'running' || row.next_at === null || row.next_at > clock.now()) return;
      // The owner may have lost the right since the last turn.
      if (portions === 0 && !(await isOwnerAllowed(parts.needs, row))) return await stopForOwner(parts, row);
      try {
        if (!(await sendNext(parts, row))) return;
      } catch (error) {
        if (error instanceof ClassesChangedError) continue;
        if (error instanceof TurnLostError) return;
        const sentence = error instanceof Error ? error.message : String(error);
        const retryAfter = error instanceof DeliveryError ? error.retryAfterMs : undefined;
        const backoff = Math.min(MAXIMUM_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(row.attempts, 20));
        const isBroken = error instanceof ReceiverBrokenError;
        // Tries of the same portion that fail alike are one line.
        if (row.attempts === 0 || isBroken) {
          await outputLog.write(database, outputId, {
            event: isBroken ? 'broken' : 'failed',
            at: clock.now(),
            code: deliveryProblem(row.destination.kind, sentence),
            text: sentence,
          });
        }
        await noteOutputFailure(database, outputId, {
          error: sentence,
          code: deliveryProblem(row.destination.kind, sentence),
          nextAt: clock.now() + Math.max(retryAfter ?? 0, backoff),
          stop: isBroken,
        });
        log.warn({ output: outputId, error: sentence }, 'an output could not be sent; it is tried again');
        return;
      }
    }
  } finally {
    connection.release(true);
  }
}

/** Nothing leaves on behalf of somebody who may not: it stops and says so, until it is started or handed over. */
async function stopForOwner({ needs }: OutputParts, { output_id: outputId }: OutputRecord): Promise<void> {
  const { database, clock, log } = needs.platform;
  const code = 'owner_lost_right';
  const text = 'its owner has no right to it any more';
  await database.transaction(async (transaction) => {
    await outputLog.write(transaction, outputId, { event: 'failed', at: clock.now(), code, text });
    await noteOutputFailure(transaction, outputId, { error: text, code, nextAt: clock.now(), stop: true });
  });
  log.warn({ output: outputId }, `an output was stopped: ${text}`);
}

/** Sends one portion; false when there was none. */
async function sendNext({ needs, subjects, destinations }: OutputParts, row: OutputRecord): Promise<boolean> {
  const { database, secrets, clock, config } = needs.platform;
  const subject = subjects[row.selection.subject];
  const destination = destinations[row.destination.kind];
  const scope: OutputScope = {
    outputId: row.output_id,
    selection: row.selection,
    open: row.open_personal_data,
    cursor: row.cursor,
  };
  const portion = row.plan ?? (await fixPortion());
  if (!portion) {
    const at = nextRunAt(row.schedule, clock.now(), config.timeZone);
    const cursor = subject.beginRun?.(row.cursor) ?? row.cursor;
    await rest(database, row.output_id, at === undefined ? 'finished' : { at, cursor });
    if (at === undefined)
      await outputLog.write(database, row.output_id, { event: 'finished', at: clock.now() });
    return false;
  }
  const sent = await sendPortion({
    needs,
    row,
    secrets: JSON.parse(secrets.decrypt(row.secrets_box)) as OutputSecrets,
    subject,
    destination,
    scope,
    portion,
  });
  await database.transaction(async (transaction) => {
    const cursor = await subject.settle(transaction, scope, portion.plan);
    const closed = await closePortion(transaction, row, { ...sent, cursor, now: clock.now() });
    if (!closed) throw new TurnLostError();
    if (sent.rows > 0)
      await outputLog.write(transaction, row.output_id, { event: 'sent', at: clock.now(), count: sent.rows });
  });
  return true;

  async function fixPortion(): Promise<Portion | undefined> {
    const plan = await subject.plan(scope, destination.isWhole);
    if (!plan) return undefined;
    const columns = (await subject.columns(scope)).map(({ name }) => name);
    const fixed = { plan, columns, rowsADelivery: destination.rowsADelivery(row.destination) };
    if (!(await keepPlan(database, row.output_id, row.cursor, fixed))) throw new TurnLostError();
    return fixed;
  }
}
