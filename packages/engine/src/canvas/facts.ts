import type { OutboxEvent } from '../ingest/index.ts';
import type { Enrolment, Visit } from './enrolment.ts';

/** The person entered. `holdout`: set aside, to be measured only. */
export function enteredFact(
  enrolment: Pick<Enrolment, 'entry' | 'strategyId' | 'version' | 'personId' | 'holdout' | 'enteredAt'>,
): OutboxEvent {
  return {
    personId: enrolment.personId,
    event: '$strategy_entered',
    time: enrolment.enteredAt,
    messageId: `$strategy_entered:${enrolment.entry}`,
    properties: { ...partOf(enrolment), holdout: enrolment.holdout },
  };
}

/** The person left a node. */
export function passedFact(enrolment: Enrolment, visit: Visit): OutboxEvent {
  return {
    personId: enrolment.personId,
    event: '$node_passed',
    time: visit.leftAt,
    messageId: `$node_passed:${enrolment.entry}:${visit.nodeId}`,
    properties: {
      ...partOf(enrolment),
      node_id: visit.nodeId,
      outcome: visit.outcome,
      ...(visit.detail === undefined ? {} : { reason: visit.detail }),
    },
  };
}

/** The person did what the strategy is for, at the time of the event that says so. */
export function goalFact(enrolment: Enrolment, event: { event: string; eventId: string }): OutboxEvent {
  return {
    personId: enrolment.personId,
    event: '$goal_reached',
    time: enrolment.goalAt!,
    messageId: `$goal_reached:${enrolment.entry}`,
    properties: {
      ...partOf(enrolment),
      holdout: enrolment.holdout,
      goal_event: event.event,
      goal_event_id: event.eventId,
    },
  };
}

function partOf(enrolment: Pick<Enrolment, 'strategyId' | 'version' | 'entry'>): Record<string, unknown> {
  return {
    strategy_id: enrolment.strategyId,
    strategy_version: enrolment.version,
    entry: enrolment.entry,
  };
}
