import type {
  Catalogue,
  DetailTypeInput,
  EntityTypeInput,
  FieldInput,
  profileApi,
  PurposeDeclaration,
  RelationTypeInput,
} from '@wutong/contract';
import type { RecordLender } from '../identity/index.ts';
import type { HttpServer, PeopleOfInstitution, SeenPeople, Transaction } from '../platform/index.ts';
import type { LoadedPeople } from './loaded-people.ts';
import type { StagedFacts } from './write-staged-facts.ts';
import type {
  ApplyOutcome,
  ConsentState,
  FactOperation,
  Operation,
  Rejection,
  SuppressionOrder,
  SuppressionState,
  Value,
} from './operation.ts';

/** Declarations to make or to extend; what is already declared alike is left alone. */
export interface Declarations {
  readonly attributes?: readonly FieldInput[];
  readonly entityTypes?: readonly EntityTypeInput[];
  readonly relationTypes?: readonly RelationTypeInput[];
  readonly detailTypes?: readonly DetailTypeInput[];
  readonly purposes?: readonly PurposeDeclaration[];
}

/** An entity that a person is related to, e.g. the manager of a customer. */
export interface RelatedEntity {
  readonly relationType: string;
  readonly type: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, Value>>;
}

export interface TimelineQuery {
  readonly personId: number;
  readonly cursor?: string;
  readonly limit: number;
  /** Only events with these names. */
  readonly events?: readonly string[];
  /** Epoch ms UTC, inclusive and exclusive. */
  readonly from?: number;
  readonly to?: number;
}

export interface TimelinePage {
  readonly items: {
    event: string;
    eventId: string;
    time: string;
    sourceId: string;
    keyNumber: number;
    properties: Record<string, unknown>;
  }[];
  readonly nextCursor?: string;
}

/**
 * The portrait: attributes of persons, entities, relations, details, consents and suppressions.
 *
 * In ClickHouse: `person` and `consent` and `suppression` hold present persons (no override needed);
 * `relation` and `detail_*` carry key numbers and the person at arrival, like `event`. All are
 * ReplacingMergeTree(version, deleted): read them with FINAL. Columns of declared fields are in `catalogue()`.
 */
export interface Profile {
  /** Everything about people and entities that EQL may name; every column named exists in ClickHouse. */
  catalogue(): Promise<Catalogue>;
  /**
   * Declares types and fields; returns the catalogue's version. A field never changes its value type.
   * @throws CodedError declaration_conflict, reserved_name, too_many_fields, type_not_declared
   */
  declare(declarations: Declarations): Promise<number>;

  /**
   * Applies operations in the caller's transaction: persons' attributes and consents exactly, at once;
   * entities, relations and details as durable rows that reach ClickHouse within a second.
   * A value that fits no declaration declares itself (`learnt`); one that contradicts it is rejected alone.
   * Any number of operations, up to 20,000 at a time; six statements, whatever the number.
   */
  apply(transaction: Transaction, operations: readonly Operation[]): Promise<ApplyOutcome>;
  /** The same as `apply` with attributes that were checked and coerced before; for bulk loads. */
  loadPeople(
    transaction: Transaction,
    people: LoadedPeople,
  ): Promise<{ readonly rejections: readonly Rejection[] }>;
  /**
   * Writes entities, relations and details straight to ClickHouse; durable when it resolves, and the same
   * operations may be written again. For bulk loads that can repeat a batch; others use `apply`.
   */
  writeFacts(operations: readonly FactOperation[]): Promise<ApplyOutcome>;
  /** Copies facts that lie in ClickHouse already, checked and coerced, into their tables; may be repeated. */
  writeStagedFacts(facts: StagedFacts): Promise<void>;

  /** Attributes of persons, opened (not masked): for rendering and decisions, never for showing. */
  attributesOf(
    personIds: readonly number[],
    transaction?: Transaction,
  ): Promise<Map<number, Record<string, Value>>>;
  /** Those of the people whose institution is this one or below it. */
  peopleOfInstitution: PeopleOfInstitution;
  /** Present consents, read in the caller's transaction. */
  consentsOf(transaction: Transaction, personIds: readonly number[]): Promise<Map<number, ConsentState[]>>;
  /** Suppressions in force at `now` (epoch ms). */
  suppressionsOf(
    transaction: Transaction,
    personIds: readonly number[],
    now: number,
  ): Promise<Map<number, SuppressionState[]>>;
  /** Suppresses persons or addresses; the same message again changes nothing. Returns how many were new. */
  suppress(transaction: Transaction, orders: readonly SuppressionOrder[]): Promise<number>;

  /** Entities at the far end of a relation, valid at `now`, e.g. `relatedTo(ids, 'managed_by', now)`. */
  relatedTo(
    personIds: readonly number[],
    relationType: string,
    now: number,
  ): Promise<Map<number, RelatedEntity[]>>;
  /** Fields of entities by id, opened. */
  entitiesOf(type: string, ids: readonly string[]): Promise<Map<string, Record<string, Value>>>;
  /** Newest details of persons, opened, newest first, at most 50 a person. */
  detailsOf(
    personIds: readonly number[],
    detailType: string,
  ): Promise<Map<number, { detailId: string; time: number; fields: Record<string, Value> }[]>>;

  /**
   * The 360° view; personal values masked unless `open`.
   * @throws CodedError person_not_found
   */
  personView(
    personId: number,
    options?: { open?: boolean; seen?: SeenPeople },
  ): Promise<profileApi.PersonView>;
  /** @throws CodedError entity_not_found, type_not_declared */
  entityView(type: string, id: string, seen?: SeenPeople): Promise<profileApi.EntityView>;
  /** Details that name an entity in a field, such as the holdings of a product. Throws type_not_declared. */
  entityReferences(type: string, id: string, seen?: SeenPeople): Promise<profileApi.ShownReference[]>;
  timeline(query: TimelineQuery): Promise<TimelinePage>;

  /**
   * Makes sure that persons stand in the population (`person` in ClickHouse), attributes or none. To be called with
   * the persons of every batch: known ones cost nothing.
   */
  meet(transaction: Transaction, personIds: readonly number[]): Promise<void>;
  /** Lends people and what sources say of them to linking. */
  readonly lender: RecordLender;
  /** Brings ClickHouse up to all that was committed before the call: for tests and the end of an import. */
  mirror(): Promise<void>;
  /**
   * Brings ClickHouse up to what was acknowledged before the call, for whoever asks what is true now: all that waits if
   * it is little, and during an import what changed of `personIds`. Two glances at empty queues mostly.
   */
  catchUp(personIds?: readonly number[]): Promise<void>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}
