/** The hub: reaches people over suppliers, slots and task lists, and keeps the books of every attempt to. */
export { createHub } from './create-hub.ts';
export {
  HUB_CONSUMER,
  HUB_WANTED_EVENTS,
  type Address,
  type Hub,
  type HubNeeds,
  type OutboxFact,
  type StepBooks,
  type TallyLine,
} from './front-door.ts';
export type {
  AttemptState,
  Cascade,
  Channel,
  Lane,
  MessageState,
  Purpose,
  Reservation,
  ReservationOutcome,
  StepKey,
} from './reservation.ts';
