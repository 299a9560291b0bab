import { deterministicId } from '../../platform/index.ts';
import { ClassesChangedError, printOfClasses } from './classes-of-personal-data.ts';
import { DeliveryError, type Delivery, type SentPortion } from './destinations/output-destination.ts';
import type { Destination, OutputSecrets, PortionSender } from './destinations/output-destination.ts';
import { rowBytes, webhookBody } from './destinations/webhook.ts';
import type { OutputNeeds } from './output-needs.ts';
import { insertDead, keepDelivery, type OutputRecord } from './output-store.ts';
import type { OutputRow, OutputScope, OutputSubject, Portion } from './subjects/output-subject.ts';

/** What sending a portion needs to know. */
export interface Sending {
  readonly needs: OutputNeeds;
  readonly row: OutputRecord;
  readonly secrets: OutputSecrets;
  readonly subject: OutputSubject;
  readonly destination: Destination;
  readonly scope: OutputScope;
  readonly portion: Portion;
}

/** After so many dead deliveries in a row the receiver is broken, and the output stops itself. */
const MAXIMUM_DEAD_IN_A_ROW = 20;

/** The receiver took none of many deliveries: the output stops until somebody looks at it. */
export class ReceiverBrokenError extends Error {}

/** Another process has sent the portion meanwhile: the connection that held this turn was cut. */
export class TurnLostError extends Error {}

/**
 * Sends the rows of a portion. What goes in pieces is gone on with after the last piece that went through; a file is
 * begun anew. @throws DeliveryError to be tried again later, ReceiverBrokenError, ClassesChangedError, TurnLostError
 */
export async function sendPortion(sending: Sending): Promise<{ rows: number; sent: SentPortion }> {
  const { needs, row, secrets, subject, destination, scope, portion } = sending;
  let sender: PortionSender | undefined;
  let rows = 0;
  let dead = row.dead_in_a_row;
  const classes = await printOfClasses(needs);
  /** Rows were read before they leave, by minutes when the receiver is slow. */
  const checkClasses = async (): Promise<void> => {
    if (!scope.open && (await printOfClasses(needs)) !== classes) throw new ClassesChangedError();
  };
  try {
    const done = destination.isWhole ? 0 : row.rows_done;
    for await (const piece of pieces(skip(subject.rows(scope, portion.plan), done), {
      rows: portion.rowsADelivery ?? destination.rowsADelivery(row.destination),
      bytes: destination.bytesADelivery ?? Infinity,
    })) {
      const first = done + rows;
      rows += piece.length;
      // Both ends are in it: rows that grew meanwhile (a masked name, a merged person) may move the end.
      const deliveryId = deterministicId(
        'delivery',
        row.output_id,
        row.created_at,
        row.slice,
        first,
        piece.length,
      );
      sender ??= await destination.open({
        outputId: row.output_id,
        subject: row.selection.subject,
        slice: row.slice,
        columns: portion.columns,
        destination: row.destination,
        secrets,
        now: needs.platform.clock.now(),
      });
      await checkClasses();
      const isDead = await sendOrBury(sending, sender, { deliveryId, rows: piece }, first);
      dead = isDead ? dead + 1 : 0;
      if (!destination.isWhole) {
        const delivered = { outputId: row.output_id, slice: row.slice, rowsDone: done + rows, isDead };
        if (!(await keepDelivery(needs.platform.database, delivered))) throw new TurnLostError();
      }
      if (dead >= MAXIMUM_DEAD_IN_A_ROW)
        throw new ReceiverBrokenError(
          `${dead} deliveries in a row were given up; correct the receiver, then go on`,
        );
    }
    if (destination.isWhole) await checkClasses();
    return { rows: done + rows, sent: (await sender?.finish()) ?? { bytes: 0 } };
  } catch (error) {
    await sender?.abandon();
    throw error;
  }
}

/** Sends a delivery; one that is refused, or failed too often, is kept as dead. Whether it is dead. */
async function sendOrBury(
  { needs, row }: Sending,
  sender: PortionSender,
  delivery: Delivery,
  first: number,
): Promise<boolean> {
  try {
    await sender.send(delivery);
    return false;
  } catch (error) {
    if (!(error instanceof DeliveryError) || row.destination.kind !== 'webhook') throw error;
    // `attempts` are those of the delivery at which the last try stopped.
    const failures = first === row.rows_done ? row.attempts + 1 : 1;
    if (error.kind === 'failed' && failures < row.destination.attempts) throw error;
    const { platform } = needs;
    const { body } = webhookBody(
      { outputId: row.output_id, subject: row.selection.subject },
      delivery.deliveryId,
      delivery.rows,
    );
    await insertDead(platform.database, {
      dead_id: delivery.deliveryId,
      output_id: row.output_id,
      delivery_id: delivery.deliveryId,
      rows: delivery.rows.length,
      body_box: platform.secrets.encrypt(body),
      reason: error.message,
      at: platform.clock.now(),
    });
    return true;
  }
}

/** Blocks without the first rows. */
async function* skip(blocks: AsyncIterable<OutputRow[]>, rows: number): AsyncGenerator<OutputRow[]> {
  for await (const block of blocks) {
    if (rows < block.length) yield block.slice(rows);
    rows = Math.max(0, rows - block.length);
  }
}

/** Blocks cut into pieces of exactly so many rows, the last one apart; fewer where these have more bytes. */
async function* pieces(
  blocks: AsyncIterable<OutputRow[]>,
  limit: { rows: number; bytes: number },
): AsyncGenerator<OutputRow[]> {
  let piece: OutputRow[] = [];
  let bytes = 0;
  for await (const block of blocks) {
    for (const row of block) {
      const size = limit.bytes === Infinity ? 0 : rowBytes(row);
      if (piece.length > 0 && (piece.length === limit.rows || bytes + size > limit.bytes)) {
        yield piece;
        piece = [];
        bytes = 0;
      }
      piece.push(row);
      bytes += size;
    }
  }
  if (piece.length > 0) yield piece;
}
