import type { Identity } from '../identity/index.ts';
import type { Platform, RunningLoop, SeenPeople } from '../platform/index.ts';
import { applyOperations, modelFor } from './apply.ts';
import { catalogueOf, createModelStore } from './catalogue.ts';
import { checkFacts, type CheckedFact } from './check-facts.ts';
import { insertSuppressions, queuePurpose, readConsents, readSuppressions } from './consent-store.ts';
import { viewEntity, viewReferences } from './entity-view.ts';
import type { Profile } from './front-door.ts';
import { lendPeople } from './lend-people.ts';
import { loadPeople } from './load-people.ts';
import { createRegistry } from './meet-people.ts';
import { createMirror, lockFacts } from './mirror.ts';
import { moveLate, movePeople } from './move-people.ts';
import type { FactOperation, Rejection, Value } from './operation.ts';
import { createPeopleOfInstitution } from './people-of-institution.ts';
import { needsPlacing, saidToEnd } from './place-relations.ts';
import { pruneIncrements, readPeople } from './person-store.ts';
import { viewPerson } from './person-view.ts';
import { detailsOfPeople, openEntities, relatedEntities } from './read-related.ts';
import { refoldAttributes } from './refold.ts';
import { profileRoutes } from './routes.ts';
import { openValue } from './seal-value.ts';
import { createTableShaper } from './shape-tables.ts';
import { readTimeline } from './timeline.ts';
import { layLateFacts, writeFactRows } from './write-facts.ts';
import { layStagedFacts, writeStagedFacts } from './write-staged-facts.ts';

const IDLE_INTERVAL_MS = 100;
const PRUNE_INTERVAL_MS = 3_600_000;
/** A source may repeat a message this long after it was first received. */
const INCREMENT_MEMORY_MS = 35 * 86_400_000;

/** The room of the portrait; reads the map of keys from identity. */
export function createProfile(platform: Platform, identity: Identity): Profile {
  const { database, clickhouse, secrets, clock } = platform;
  const models = createModelStore();
  const shaper = createTableShaper(clickhouse);
  const moveLater = async (personIds: readonly number[]): Promise<void> =>
    registry.forget(await moveLate(platform, models, identity, personIds));
  const mirror = createMirror(platform, models, shaper, moveLater, identity);
  const registry = createRegistry();
  const loops: RunningLoop[] = [];

  const currentModel = async () => {
    const model = await models.read(database);
    await shaper.ensure(model);
    return model;
  };

  const withLockedFacts = (run: () => Promise<void>): Promise<void> =>
    database.transaction(async (transaction) => {
      await lockFacts(transaction);
      await run();
    });

  async function writeFacts(operations: readonly FactOperation[]) {
    const rejections: Rejection[] = [];
    const model = await database.transaction((transaction) => modelFor(models, transaction, operations));
    await shaper.ensure(model);
    const placed = operations.map((operation, index) => ({ index, operation }));
    const needs = { secrets, timeZone: platform.config.timeZone };
    const checked = checkFacts(model, placed, needs, (rejection) => rejections.push(rejection));
    const facts = checked.map((each) => each.operation);
    const placing = { clickhouse, people: identity, model };
    // States that are whole and plain relations need no lock, which all imports share.
    const isFree = (fact: CheckedFact): boolean =>
      fact.kind === 'relation' ? !needsPlacing(model, fact) : Boolean(fact.whole);
    const bound = facts.filter((fact) => !isFree(fact));
    if (bound.every((fact) => fact.kind === 'relation')) {
      const free = facts.filter(isFree);
      await writeFactRows(placing, free);
      await withLockedFacts(async () => {
        await layLateFacts(clickhouse, model, facts);
        const plain = free.filter((fact) => fact.kind === 'relation');
        if (plain.length > 0) await writeFactRows(placing, await saidToEnd(placing, plain));
        await writeFactRows(placing, bound);
      });
    } else await withLockedFacts(() => writeFactRows(placing, facts));
    return { applied: checked.length, rejections };
  }

  /** What views read from: for users of an institution, rows of its people only. */
  const platformFor = async (seen: SeenPeople | undefined): Promise<Platform> =>
    seen ? { ...platform, clickhouse: await seen.cut() } : platform;

  const profile: Profile = {
    catalogue: async () => catalogueOf(await currentModel()),
    async declare(declarations) {
      const model = await database.transaction(async (transaction) => {
        const before = await models.read(transaction);
        const after = await models.declare(transaction, declarations);
        await refoldAttributes(transaction, before, after);
        for (const purpose of after.purposes.values()) {
          const version = before.purposes.get(purpose.purpose)?.version;
          if (version !== undefined && version !== purpose.version)
            await queuePurpose(transaction, purpose.purpose);
        }
        return after;
      });
      await shaper.ensure(model);
      return model.version;
    },
    apply: (transaction, operations) => applyOperations(platform, models, transaction, operations),
    loadPeople: (transaction, people) => loadPeople(platform, models, transaction, people),
    writeFacts,
    async writeStagedFacts(facts) {
      await writeStagedFacts(clickhouse, facts);
      await withLockedFacts(() => layStagedFacts(clickhouse, facts));
    },
    async attributesOf(personIds, transaction = database) {
      const people = await readPeople(transaction, personIds);
      return new Map(
        people.map((person) => {
          const values: Record<string, Value> = {};
          for (const name in person.attributes) values[name] = openValue(person.attributes[name]!, secrets);
          return [person.personId, values];
        }),
      );
    },
    peopleOfInstitution: createPeopleOfInstitution({
      clickhouse,
      clock: platform.clock,
      attributesOf: (personIds) => profile.attributesOf(personIds),
    }),
    consentsOf: async (transaction, personIds) =>
      readConsents(transaction, await models.read(transaction), personIds),
    suppressionsOf: (transaction, personIds, now) => readSuppressions(transaction, personIds, now),
    suppress: async (transaction, orders) =>
      (await insertSuppressions(transaction, orders, () => platform.ids.newId())).length,
    relatedTo: async (personIds, relationType, now) =>
      relatedEntities(platform, identity, await currentModel(), personIds, relationType, now),
    entitiesOf: async (type, ids) => openEntities(platform, await currentModel(), type, ids),
    detailsOf: async (personIds, detailType) =>
      detailsOfPeople(platform, identity, await currentModel(), personIds, detailType),
    personView: async (personId, options) =>
      viewPerson(
        await platformFor(options?.seen),
        identity,
        await currentModel(),
        personId,
        options?.open ?? false,
      ),
    entityView: async (type, id, seen) =>
      viewEntity(await platformFor(seen), identity, await currentModel(), type, id),
    entityReferences: async (type, id, seen) =>
      viewReferences(await platformFor(seen), identity, await currentModel(), type, id),
    timeline: (query) => readTimeline(platform, identity, query),
    meet: (transaction, personIds) => registry.meet(transaction, personIds),
    lender: lendPeople(platform, currentModel),
    async mirror() {
      while (await movePeople(platform, models, identity, registry.forget));
      while (await mirror.people());
      while (await mirror.facts());
    },
    catchUp: (personIds) => mirror.catchUp(personIds),
    routes: (server) => profileRoutes(server, { platform, identity, profile, model: currentModel }),
    async start() {
      const loop = (name: string, run: () => Promise<boolean>, intervalMs = IDLE_INTERVAL_MS): void =>
        void loops.push(platform.jobs.loop({ name: `profile.${name}`, intervalMs, run }));
      loop('move', () => movePeople(platform, models, identity, registry.forget));
      loop('mirror-people', () => mirror.people());
      loop('mirror-facts', () => mirror.facts());
      loop('prune', () => prune(), PRUNE_INTERVAL_MS);
    },
    async stop() {
      for (const loop of loops.splice(0).reverse()) await loop.stop();
    },
  };

  async function prune(): Promise<boolean> {
    await pruneIncrements(database, clock.now() - INCREMENT_MEMORY_MS);
    return false;
  }

  return profile;
}
