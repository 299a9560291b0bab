import { matchesEvent } from '@wutong/contract';
import { ended } from './advance.ts';
import type { Enrolment, Visit } from './enrolment.ts';
import type { EventWait, Program } from './program.ts';

/** An event of a person, as it is heard by their enrolments. */
export interface HeardEvent {
  readonly event: string;
  readonly eventId: string;
  /** Epoch ms. */
  readonly time: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What an event did to an enrolment; undefined when nothing. */
export interface Reaction {
  readonly enrolment: Enrolment;
  /** The node it stood at, when reaching the goal ended it there. */
  readonly visit?: Visit | undefined;
  readonly goalReached: boolean;
}

/**
 * Lets an enrolment hear an event. The goal counts from entry to the end of its window, also for the
 * holdout and for those who have left; it ends an active enrolment at once, even in the middle of a wait.
 * A wait hears what comes while somebody stands at it; a wait for facts of certain nodes also hears those
 * that come before, so that a click is not lost to another wait in between. Pure.
 */
export function hearEvent(
  program: Program,
  enrolment: Enrolment,
  event: HeardEvent,
  now: number,
): Reaction | undefined {
  const isGoal = reachesGoal(program, enrolment, event);
  if (isGoal) {
    const reached = { ...enrolment, goalAt: event.time };
    if (!enrolment.isActive || !program.document.goal!.exit) {
      const heard = hearWaits(program, reached, event, now);
      return { enrolment: heard ?? reached, goalReached: true };
    }
    const visit = {
      nodeId: enrolment.nodeId,
      arrivedAt: enrolment.arrivedAt,
      leftAt: now,
      outcome: 'goal',
    };
    return { enrolment: ended(reached, 'goal', now), visit, goalReached: true };
  }
  const heard = hearWaits(program, enrolment, event, now);
  return heard && { enrolment: heard, goalReached: false };
}

function reachesGoal(program: Program, enrolment: Enrolment, event: HeardEvent): boolean {
  const goal = program.document.goal;
  return (
    goal !== undefined &&
    enrolment.goalAt === undefined &&
    // The very event that brought somebody in is not yet the goal.
    event.time > enrolment.enteredAt &&
    event.time <= (enrolment.goalUntilAt ?? 0) &&
    matchesEvent(goal, event, enrolment.context)
  );
}

function hearWaits(
  program: Program,
  enrolment: Enrolment,
  event: HeardEvent,
  now: number,
): Enrolment | undefined {
  if (!enrolment.isActive) return undefined;
  const heard = program.eventWaits
    .filter(({ nodeId, wait }) => !enrolment.heard.includes(nodeId) && hears(wait, nodeId, enrolment, event))
    .map(({ nodeId }) => nodeId);
  if (heard.length === 0) return undefined;
  const isStandingThere = heard.includes(enrolment.nodeId);
  return {
    ...enrolment,
    heard: [...enrolment.heard, ...heard],
    dueAt: isStandingThere ? Math.min(now, enrolment.dueAt ?? now) : enrolment.dueAt,
  };
}

function hears(wait: EventWait, nodeId: string, enrolment: Enrolment, event: HeardEvent): boolean {
  if (!matchesEvent(wait, event, enrolment.context)) return false;
  if (wait.ofNodes && wait.ofNodes.length > 0) {
    return (
      Number(event.properties['entry']) === enrolment.entry &&
      event.properties['strategy_id'] === enrolment.strategyId &&
      wait.ofNodes.includes(String(event.properties['node_id']))
    );
  }
  return enrolment.nodeId === nodeId && event.time >= enrolment.arrivedAt;
}
