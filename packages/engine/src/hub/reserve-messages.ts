import type { Channel as ContentChannel, ContentVersion } from '../content/index.ts';
import { CodedError, type Platform, type Transaction } from '../platform/index.ts';
import type { HubNeeds } from './front-door.ts';
import {
  LANE_NUMBERS,
  laneOf,
  type MessageState,
  type Reservation,
  type ReservationOutcome,
  type StepKey,
} from './reservation.ts';
import {
  ensureSteps,
  insertMessages,
  insertWaiting,
  selectReserved,
  type NewMessage,
} from './reserve-store.ts';
import { stateFact } from './state-facts.ts';

/** A message that is not called within this time of its due time is stale news. */
const DEFAULT_LIFE_MS = 48 * 3_600_000;

/**
 * Reserves messages: steps and contents are looked up, messages reserved before are given back as they are,
 * the gate judges the new ones in the same transaction, and rows, queue and facts are written set by set.
 */
export async function reserveMessages(
  platform: Platform,
  needs: HubNeeds,
  transaction: Transaction,
  reservations: readonly Reservation[],
): Promise<ReservationOutcome[]> {
  if (reservations.length === 0) return [];
  await checkContents(needs, reservations);
  const steps = await stepsOf(transaction, reservations);
  const existing = await existingOf(transaction, reservations, steps);

  const outcomes: (ReservationOutcome | undefined)[] = [];
  const places = new Map<string, number>();
  const fresh: number[] = [];
  for (const [place, reservation] of reservations.entries()) {
    const key = keyOf(reservation);
    const known = existing.get(key);
    if (known !== undefined) outcomes[place] = known;
    else if (!places.has(key)) {
      places.set(key, place);
      fresh.push(place);
    }
  }
  await insertFresh(platform, needs, transaction, { reservations, steps, fresh, outcomes });

  // A reservation repeated within the request has the outcome of its first occurrence.
  return reservations.map((reservation, place) => {
    const outcome = outcomes[place];
    if (outcome !== undefined) return outcome;
    return { ...outcomes[places.get(keyOf(reservation))!]!, existing: true };
  });
}

interface FreshWork {
  readonly reservations: readonly Reservation[];
  readonly steps: ReadonlyMap<string, { stepId: number; held: boolean }>;
  /** Places of the reservations that are new. */
  readonly fresh: readonly number[];
  readonly outcomes: (ReservationOutcome | undefined)[];
}

async function insertFresh(
  platform: Platform,
  needs: HubNeeds,
  transaction: Transaction,
  work: FreshWork,
): Promise<void> {
  const now = platform.clock.now();
  const chosen = work.fresh.map((place) => work.reservations[place]!);
  if (chosen.length === 0) return;
  const verdicts = await needs.decision.judge(transaction, chosen);

  const messages: NewMessage[] = [];
  const dueAts: number[] = [];
  for (const [index, reservation] of chosen.entries()) {
    const verdict = verdicts[index]!;
    const refused = verdict.kind === 'refuse';
    const wanted = Math.max(reservation.dueAt ?? now, now);
    const dueAt = verdict.kind === 'defer' ? verdict.until : wanted;
    const message: NewMessage = {
      messageId: platform.ids.newId(),
      personId: reservation.personId,
      stepId: work.steps.get(stepKeyOf(reservation))!.stepId,
      entry: reservation.entry,
      lane: LANE_NUMBERS[laneOf(reservation)],
      channel: reservation.channel,
      purpose: reservation.purpose,
      contentId: reservation.contentId,
      contentVersion: reservation.contentVersion,
      contentVariant: reservation.contentVariant ?? null,
      cascade: reservation.cascade === undefined ? null : JSON.stringify(reservation.cascade),
      policy: policyOf(reservation),
      context:
        reservation.context === undefined || Object.keys(reservation.context).length === 0
          ? null
          : platform.secrets.encrypt(JSON.stringify(reservation.context)),
      state: refused ? 'suppressed' : 'pending',
      reason: refused ? verdict.reason : null,
      reservedAt: now,
      expiresAt: reservation.expiresAt ?? dueAt + DEFAULT_LIFE_MS,
    };
    messages.push(message);
    dueAts.push(dueAt);
    work.outcomes[work.fresh[index]!] = {
      messageId: message.messageId,
      state: message.state,
      ...(refused ? { reason: verdict.reason } : { dueAt }),
      ...(verdict.kind === 'defer' ? { reason: verdict.reason } : {}),
      existing: false,
    };
  }

  const inserted = await insertMessages(transaction, messages);
  if (inserted.size < messages.length) {
    // Somebody else reserved one of them at this instant; counted contacts would be counted twice.
    // Serialisation failure: the transaction is run again and finds the message.
    throw Object.assign(new Error('reserved elsewhere at the same time'), { code: '40001' });
  }
  await insertWaiting(
    transaction,
    messages
      .map((message, index) => ({
        messageId: message.messageId,
        channel: message.channel,
        lane: message.lane,
        dueAt: dueAts[index]!,
        held: work.steps.get(stepKeyOf(chosen[index]!))!.held,
      }))
      .filter((_, index) => messages[index]!.state === 'pending'),
  );
  await needs.ingest.enqueue(
    transaction,
    messages.map((message, index) =>
      stateFact(
        { ...message, ...stepPart(chosen[index]!), supplierId: null },
        message.state === 'pending' ? 'reserved' : 'suppressed',
        now,
      ),
    ),
  );
}

async function checkContents(needs: HubNeeds, reservations: readonly Reservation[]): Promise<void> {
  const seen = new Map<string, ContentVersion>();
  for (const { contentId, contentVersion, channel, isTest } of reservations) {
    const key = `${contentId} ${contentVersion}`;
    const version = seen.get(key) ?? (await needs.content.version({ contentId, version: contentVersion }));
    if (version === undefined)
      throw new CodedError('content_not_found', { details: { contentId, contentVersion } });
    seen.set(key, version);
    if (version.state !== 'approved' && isTest !== true) {
      throw new CodedError('content_not_approved', { details: { contentId, contentVersion } });
    }
    if (version.variants[channel as ContentChannel] === undefined) {
      throw new CodedError('content_channel_missing', { details: { contentId, contentVersion, channel } });
    }
  }
}

async function stepsOf(
  transaction: Transaction,
  reservations: readonly Reservation[],
): Promise<Map<string, { stepId: number; held: boolean }>> {
  const keys = new Map(reservations.map((reservation) => [stepKeyOf(reservation), stepPart(reservation)]));
  const rows = await ensureSteps(transaction, [...keys.values()]);
  return new Map(
    rows.map((row) => [
      stepKeyOf({ strategyId: row.strategy_id, strategyVersion: row.strategy_version, nodeId: row.node_id }),
      { stepId: row.step_id, held: row.held },
    ]),
  );
}

async function existingOf(
  transaction: Transaction,
  reservations: readonly Reservation[],
  steps: ReadonlyMap<string, { stepId: number }>,
): Promise<Map<string, ReservationOutcome>> {
  const names = new Map([...steps].map(([name, step]) => [step.stepId, name]));
  const rows = await selectReserved(
    transaction,
    reservations.map((reservation) => ({
      stepId: steps.get(stepKeyOf(reservation))!.stepId,
      personId: reservation.personId,
      entry: reservation.entry,
    })),
  );
  return new Map(
    rows.map((row) => [
      `${names.get(row.step_id)!}\u001f${row.person_id}\u001f${row.entry}`,
      {
        messageId: row.message_id,
        state: row.state as MessageState,
        ...(row.reason === null ? {} : { reason: row.reason }),
        existing: true,
      },
    ]),
  );
}

function stepPart({ strategyId, strategyVersion, nodeId }: StepKey): StepKey {
  return { strategyId, strategyVersion, nodeId };
}

function stepKeyOf(step: StepKey): string {
  return `${step.strategyId}\u001f${step.strategyVersion}\u001f${step.nodeId}`;
}

function keyOf(reservation: Reservation): string {
  return `${stepKeyOf(reservation)}\u001f${reservation.personId}\u001f${reservation.entry}`;
}

function policyOf(reservation: Reservation): string | null {
  if (reservation.policy === undefined && reservation.isTest !== true) return null;
  return JSON.stringify({ ...reservation.policy, ...(reservation.isTest ? { isTest: true } : {}) });
}
