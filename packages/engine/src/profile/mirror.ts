import type { Platform, Transaction } from '../platform/index.ts';
import type { Model, ModelStore } from './catalogue.ts';
import { readConsents } from './consent-store.ts';
import type { PeopleOfKeys } from './ends-of-relations.ts';
import {
  countWaiting,
  nextVersion,
  readSuppressionRows,
  takeChanges,
  takeFacts,
  takeLines,
} from './fact-store.ts';
import { insertRows } from './insert-rows.ts';
import { placeLinesOfPeople } from './lines-of-relations.ts';
import { pageIds } from './page-ids.ts';
import { readPeople } from './person-store.ts';
import { clickHouseTime, columnValue } from './seal-value.ts';
import type { TableShaper } from './shape-tables.ts';
import { writeFactRows } from './write-facts.ts';

const PEOPLE_A_ROUND = 10_000;
const FACTS_A_ROUND = 20_000;
/** Only one process may lay partial facts over stored rows, and relations into their lines. */
const FACTS_LOCK = 7_500_003;

/** Carries what PostgreSQL holds to ClickHouse, round by round; each is safe to repeat after a crash. */
export interface Mirror {
  /** One round over persons, consents and suppressions; true when there may be more. */
  people(): Promise<boolean>;
  /** One round over entities, relations and details, and over relations of persons whose keys moved; true when there may be more. */
  facts(): Promise<boolean>;
  /**
   * Brings ClickHouse up to what was committed before the call, waiting for other processes' rounds: all of it if it
   * is no more than a round, and else (an import is running) what changed of `personIds` themselves.
   */
  catchUp(personIds?: readonly number[]): Promise<void>;
}

/**
 * The queue's rows are deleted in the transaction that reads the state, and it commits only after ClickHouse has
 * the rows: a crash in between writes them again, with the same versions or newer ones.
 */
export function createMirror(
  platform: Platform,
  models: ModelStore,
  shaper: TableShaper,
  /** Puts what was written under persons of before where it belongs. */
  moveLate: (personIds: readonly number[]) => Promise<void>,
  people: PeopleOfKeys,
): Mirror {
  const { database, clickhouse } = platform;

  async function carryPeople(
    transaction: Transaction,
    changes: readonly { personId: number; what: string }[],
  ): Promise<void> {
    if (changes.length === 0) return;
    const model = await models.read(transaction);
    await shaper.ensure(model);
    const of = (kinds: string): number[] => [
      ...new Set(changes.filter(({ what }) => kinds.includes(what)).map(({ personId }) => personId)),
    ];
    await moveLate(of('pcs'));
    await mirrorPeople(platform, transaction, model, of('pm'));
    await mirrorConsents(platform, transaction, model, of('cm'), of('m'));
    await mirrorSuppressions(platform, transaction, of('sm'));
  }

  /** True when there may be more. Needs the lock of facts. */
  async function carryFacts(transaction: Transaction): Promise<boolean> {
    const facts = await takeFacts(transaction, FACTS_A_ROUND);
    const moved = await takeLines(transaction, PEOPLE_A_ROUND);
    if (facts.length === 0 && moved.length === 0) return false;
    const model = await models.read(transaction);
    await shaper.ensure(model);
    await writeFactRows({ clickhouse, people, model }, facts);
    if (moved.length > 0) {
      const rows = await placeLinesOfPeople({ clickhouse, people, model }, [...new Set(moved)]);
      await insertRows(clickhouse, ['relation'], rows);
    }
    return facts.length === FACTS_A_ROUND || moved.length === PEOPLE_A_ROUND;
  }

  return {
    people: () =>
      database.transaction(async (transaction) => {
        const changes = await takeChanges(transaction, PEOPLE_A_ROUND);
        await carryPeople(transaction, changes);
        return changes.length === PEOPLE_A_ROUND;
      }),
    facts: () =>
      database.transaction(async (transaction) => {
        const [lock] = await transaction.query<{ locked: boolean }>(
          'select pg_try_advisory_xact_lock($1) as locked',
          [FACTS_LOCK],
        );
        if (!lock!.locked) return false;
        return carryFacts(transaction);
      }),
    async catchUp(personIds) {
      const { changes, facts } = await countWaiting(database, PEOPLE_A_ROUND);
      const isFew = changes <= PEOPLE_A_ROUND;
      if (changes > 0 && (isFew || personIds)) {
        const whose = isFew ? undefined : personIds;
        await database.transaction(async (transaction) =>
          carryPeople(
            transaction,
            await takeChanges(transaction, PEOPLE_A_ROUND, { wait: true, personIds: whose }),
          ),
        );
      }
      if (facts === 0 || facts > PEOPLE_A_ROUND) return;
      await database.transaction(async (transaction) => {
        await lockFacts(transaction);
        await carryFacts(transaction);
      });
    },
  };
}

/** Waits for every other holder of the lock of partial facts; released at the end of the transaction. */
export async function lockFacts(transaction: Transaction): Promise<void> {
  await transaction.execute('select pg_advisory_xact_lock($1)', [FACTS_LOCK]);
}

async function mirrorPeople(
  { clickhouse }: Platform,
  transaction: Transaction,
  model: Model,
  personIds: readonly number[],
): Promise<void> {
  if (personIds.length === 0) return;
  // Taken before the state is read: whoever changes it later also queues it, and gets a greater version.
  const vanishedVersion = await nextVersion(transaction);
  const people = await readPeople(transaction, personIds);
  const present = new Set(people.map((person) => person.personId));
  const rows: object[] = people.map((person) => {
    const row: Record<string, unknown> = {
      person_id: person.personId,
      key_number: person.personId,
      version: person.version,
      deleted: 0,
    };
    for (const name in person.attributes) {
      const field = model.attributes.get(name);
      if (field) row[name] = columnValue(person.attributes[name]!, field);
    }
    return row;
  });
  for (const personId of personIds) {
    if (!present.has(personId)) {
      rows.push({ person_id: personId, key_number: personId, version: vanishedVersion, deleted: 1 });
    }
  }
  await clickhouse.insert('person', rows);
}

async function mirrorConsents(
  { clickhouse }: Platform,
  transaction: Transaction,
  model: Model,
  personIds: readonly number[],
  movedIds: readonly number[],
): Promise<void> {
  if (personIds.length === 0) return;
  const clearedVersion = await nextVersion(transaction);
  const version = await nextVersion(transaction);
  const states = await readConsents(transaction, model, personIds);
  for (const ids of pageIds(movedIds)) {
    await clickhouse.command(
      `insert into consent (person_id, key_number, purpose, channel, granted, at, version, deleted)
       select person_id, key_number, purpose, channel, 0, at, {version:UInt64}, 1
       from consent final where person_id in {ids:Array(UInt64)}`,
      { version: clearedVersion, ids },
    );
  }
  const rows = [...states].flatMap(([personId, list]) =>
    list.map((state) => ({
      person_id: personId,
      key_number: personId,
      purpose: state.purpose,
      channel: state.channel,
      granted: state.valid ? 1 : 0,
      at: clickHouseTime(state.at),
      version,
      deleted: 0,
    })),
  );
  await clickhouse.insert('consent', rows);
}

async function mirrorSuppressions(
  { clickhouse }: Platform,
  transaction: Transaction,
  personIds: readonly number[],
): Promise<void> {
  if (personIds.length === 0) return;
  const version = await nextVersion(transaction);
  const rows = await readSuppressionRows(transaction, personIds);
  await clickhouse.insert(
    'suppression',
    rows.map(({ lifted_at: liftedAt, ...row }) => ({
      ...row,
      at: clickHouseTime(row.at),
      expires_at: row.expires_at === null ? null : clickHouseTime(row.expires_at),
      version,
      deleted: liftedAt === null ? 0 : 1,
    })),
  );
}
