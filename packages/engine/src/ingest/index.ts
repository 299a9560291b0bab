/** Collection: endpoints, decoders, tracking plan, deduplication, sources, the ledger, outbox and inbox. */
export { createIngest, type Ingest } from './create-ingest.ts';
export type { AppendOutcome, InboxEvent, OutboxEvent } from './outcome.ts';
export type { IdentityPort, ProfilePort, WantedEvents } from './ports.ts';
export type {
  AttributesRecord,
  ConsentRecord,
  DecodedRecord,
  DetailRecord,
  EntityRecord,
  EventRecord,
  IdentityRecord,
  RelationRecord,
  Rejection,
} from './record.ts';
export type { NewSource, Sources } from './manage-sources.ts';
export type { PlanEditor } from './manage-plan.ts';
export { eventIdOf, OWN_SOURCE } from './event-id.ts';
