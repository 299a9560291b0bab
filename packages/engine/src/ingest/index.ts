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
export { runImport, type ImportProgress, type ImportSummary } from './imports/run-import.ts';
export { createImports, type Imports } from './imports/create-imports.ts';
export { importRoutes } from './imports/import-routes.ts';
export type { ImportRooms } from './imports/load-batch.ts';
export { createIngestion, type Ingestion } from './tasks/create-ingestion.ts';
export type { SourceReadiness, TaskReadiness } from './tasks/report-readiness.ts';
export { createOutputs, type Outputs } from './outputs/create-outputs.ts';
export type { OutputPorts } from './outputs/output-needs.ts';
export { readRecordFile } from './imports/read-record-file.ts';
