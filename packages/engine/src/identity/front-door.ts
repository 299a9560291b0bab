import type { RawKey, ResolveRecord, Resolution } from './resolution.ts';
import type { KeysOfType } from './resolve-keys.ts';
import type { IdentityTotals } from './count-totals.ts';
import type { Transaction, HttpServer } from '../platform/index.ts';
import type { identityApi } from '@wutong/contract';
import type { Linking } from './linking-runs/index.ts';

/** One key of a person; the value only comes out of `open()`. */
export interface PersonKey {
  readonly type: string;
  readonly keyNumber: number;
  readonly masked: string;
  /** Epoch ms UTC of the first record that carried it. */
  readonly firstSeenAt: number;
  /** Linked to too many persons to glue any. */
  readonly shared: boolean;
  open(): string;
}

/** A key that moved. `keyNumber === oldPersonId` says that the person `oldPersonId` is no more. */
export interface PersonChange {
  readonly sequence: number;
  readonly keyNumber: number;
  readonly oldPersonId: number;
  readonly newPersonId: number;
  /** Epoch ms UTC. */
  readonly at: number;
}

/** The room's front door. */
export interface Identity {
  /**
   * Persons of a batch, in the order of the records. Writes new keys and assertions in the caller's
   * transaction; on a conflict with another process it throws PostgreSQL's 40001, which
   * `database.transaction` answers by running the work again.
   */
  resolve(transaction: Transaction, records: readonly ResolveRecord[]): Promise<Resolution[]>;
  /**
   * Persons of many keys of one type that are mostly known, in their order, as files bring them; new ones are made.
   * Fails as `resolve` does.
   */
  resolveKeys(transaction: Transaction, keys: KeysOfType): Promise<Resolution[]>;
  /** Keys of persons, strongest type first; persons without keys are absent. */
  keysOf(personIds: readonly number[], transaction?: Transaction): Promise<Map<number, PersonKey[]>>;
  /** Newest key of a type of each person that has one, shared ones left out: the address to send to. */
  addressOf(
    personIds: readonly number[],
    keyType: string,
    transaction?: Transaction,
  ): Promise<Map<number, PersonKey>>;
  /** Persons that have a key with exactly this value, of any type. */
  findPeople(text: string): Promise<{ personId: number; matched: PersonKey }[]>;
  /** Present person of each whole key value, of one type or of any (the strongest first); unknown ones are absent. */
  peopleOfKeys(values: readonly string[], type?: string): Promise<Map<string, number>>;
  /** Present person of a key as a source sends it; undefined when it was never seen, is blocked or of no known type. */
  personOfKey(key: RawKey): Promise<number | undefined>;
  /** Present person of keys; unknown keys are absent. */
  personsOf(keyNumbers: readonly number[], transaction?: Transaction): Promise<Map<number, number>>;
  /**
   * Next changes for a consumer, in one order for all; they count as taken when the transaction commits.
   * A change is visible here from the moment its own transaction is committed and no older one is open.
   */
  takePersonChanges(transaction: Transaction, consumer: string, limit: number): Promise<PersonChange[]>;
  /** Counts of the map; `…Since` from this instant (epoch ms) on. Scans all keys. */
  totals(sinceMs: number): Promise<IdentityTotals>;
  /** Key types, strongest first. */
  keyTypes(): Promise<identityApi.KeyType[]>;
  /** Declares or changes a key type and folds the whole map anew; with `dryRun` only says what would change. */
  saveKeyType(
    type: identityApi.KeyType,
    options: { dryRun: boolean; actor: string },
  ): Promise<identityApi.MapChange>;
  /** Folds all assertions from nothing; with `repair`, writes what differs from the stored map. */
  refoldAll(options: { repair: boolean }): Promise<identityApi.MapChange>;
  /** Takes keys out of a person, for good. `key_not_of_person`, `unmerge_takes_all`, `person_not_found`. */
  unmerge(request: {
    personId: number;
    keyNumbers: readonly number[];
    actor: string;
    reason: string;
  }): Promise<{ personIds: number[]; retractedAssertions: number }>;
  /**
   * Decides a quarantined item; with `sharedKeyNumber` a refused link is refused because that key is several
   * persons'. `quarantine_item_not_found`, `quarantine_item_decided`, `key_not_of_item`.
   */
  decide(request: {
    itemId: string;
    accept: boolean;
    sharedKeyNumber?: number | undefined;
    actor: string;
    reason: string;
  }): Promise<{ state: identityApi.QuarantineItem['state']; personIds: number[] }>;
  /** Linking of record tables without common keys. */
  readonly linking: Linking;
  routes(server: HttpServer): void;
  /** Gives a fresh installation the key types of a bank; what `start` does first. */
  prepare(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}
