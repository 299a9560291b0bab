/** The ground that every room stands on: engines, time, ids, secrets, access, errors, HTTP, loops. */
export { createPlatform, type Platform, type PlatformOptions } from './platform.ts';
export type { Config } from './config-shape.ts';
export {
  anchoredClock,
  manualClock,
  realClock,
  virtualTime,
  type AnchoredClock,
  type Clock,
  type ClockAnchor,
  type ManualClock,
} from './clock.ts';
export { CodedError, isEngineUnavailable } from './errors.ts';
export { gatherQuestions } from './gather-questions.ts';
export { createIds, deterministicId, type Ids } from './ids.ts';
export { createSecrets, type Secrets } from './secrets.ts';
export { createLog, silentLog, type Log } from './log.ts';
export { openDatabase, type Database, type Transaction } from './postgres.ts';
export { openClickHouse, type ClickHouse } from './clickhouse.ts';
export {
  migrateClickHouse,
  migratePostgres,
  readMigrations,
  splitStatements,
  NewerSchemaError,
} from './migrate.ts';
export { nextOwner } from './hand-over.ts';
export { allows, createAccess, ROLES, type Access, type CallingUser, type Role } from './access.ts';
export type { UserEdit, UserManagement } from './manage-users.ts';
export { pageIsIntact, type Audit, type AuditEntry, type AuditRow } from './audit.ts';
export { SINGLE_USER_SETTING, type Settings } from './settings.ts';
export { createJobs, type Jobs, type LoopDefinition, type LoopState, type RunningLoop } from './jobs.ts';
export {
  createHttpServer,
  languageOf,
  readCookie,
  sendProblem,
  SESSION_COOKIE,
  type Call,
  type HttpServer,
} from './http/server.ts';
export { withStreamBody } from './http/stream-body.ts';
export { requireSeen, type PeopleOfInstitution, type SeenPeople } from './http/limit-people.ts';
export { cutTables, onlyRows } from './cut-tables.ts';
export { CLOCK_SETTING, platformRoutes } from './routes.ts';
export { watchReadiness, type Readiness } from './readiness.ts';
export {
  EngineError,
  findFreePort,
  SOURCE_DATABASE,
  READER_USER,
  startEngines,
  startSourceReader,
  type RunningEngines,
  type RunningSourceReader,
} from './engines/index.ts';
export {
  isForbiddenFunction,
  readStatement,
  StatementRefusal,
  FUNCTION,
  notAllowed,
  tableNotReadable,
  type StatementProblem,
  type Allowed,
  type ReadStatement,
} from './read-statement.ts';
