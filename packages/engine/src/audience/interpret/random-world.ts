import fc from 'fast-check';
import { uuidOf } from './test-bank.ts';
import type { Fields, World, WorldChange, WorldDetail, WorldEvent, WorldRelation } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PEOPLE = 12;

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(arbitrary, { nil: null, freq: 3 });
// Numbers of events carry a fraction, because ingest stores all of them as Float64.
const amount = fc.integer({ min: -2, max: 12 }).map((each) => each + 0.25);
const city = fc.constantFrom('北京', '上海', 'Paris', '');
const category = fc.constantFrom('wealth', 'fund', 'loan');
const productId = fc.constantFrom('p1', 'p2', 'p3', 'p9');
const companyId = fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5', 'c6');
const channel = fc.constantFrom('app', 'web', 'branch');
const list = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });

/** Dates around now, and dates of birth with 29 February among them. */
const dateNear = (now: number): fc.Arbitrary<string> =>
  fc.integer({ min: -40, max: 40 }).map((days) => new Date(now + days * DAY_MS).toISOString().slice(0, 10));
const birthDate = fc.constantFrom(
  '2000-02-29',
  '1990-03-02',
  '1985-03-05',
  '1999-12-31',
  '1970-01-01',
  '2010-03-03',
);

/** Instants that meet the edges of windows and of days on purpose. */
const instantNear = (now: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc
      .constantFrom(0, 1, -1, 7 * DAY_MS, 7 * DAY_MS + 1, DAY_MS, 10 * HOUR_MS, 24 * HOUR_MS)
      .map((ms) => now - ms),
    fc.integer({ min: -2 * DAY_MS, max: 45 * DAY_MS }).map((ms) => now - ms),
    fc.integer({ min: 0, max: 60 }).map((hours) => now - hours * HOUR_MS),
  );

const NAMED_PROPERTIES: Readonly<Record<string, (now: number) => fc.Arbitrary<Fields>>> = {
  view_product: (now) =>
    fc.record({
      category: maybe(category),
      product_id: maybe(productId),
      seconds: maybe(amount),
      first: maybe(fc.boolean()),
      until: maybe(dateNear(now)),
      shown_at: maybe(instantNear(now)),
      labels: maybe(list),
    }),
  purchase: () =>
    fc.record({ category: maybe(category), product_id: maybe(productId), amount: maybe(amount) }),
  login: () => fc.record({ channel: maybe(channel) }),
  trade: () => fc.record({ channel: maybe(channel), amount: maybe(amount) }),
};

const person = fc.integer({ min: 1, max: PEOPLE });

/** Zones of people and of managers: on both sides of the bank's, and one that changes its clocks soon. */
export const zonesOfWorlds = ['America/New_York', 'Pacific/Kiritimati', 'Asia/Shanghai'] as const;

function event(now: number, index: number): fc.Arbitrary<WorldEvent> {
  return fc
    .constantFrom('view_product', 'purchase', 'login', 'trade')
    .chain((name) =>
      fc.record({
        event: fc.constant(name),
        personId: person,
        time: instantNear(now),
        source: fc.constantFrom('app', 'core'),
        properties: NAMED_PROPERTIES[name]!(now),
      }),
    )
    .map((each) => ({ ...each, keyNumber: each.personId, eventId: uuidOf(index) }));
}

function details(now: number): fc.Arbitrary<WorldDetail[]> {
  const holding = fc
    .record({
      personId: person,
      time: instantNear(now),
      fields: fc.record({
        product_id: maybe(productId),
        amount: maybe(amount),
        maturity_date: maybe(dateNear(now)),
      }),
    })
    .map((each) => ({ ...each, type: 'holding', ownerType: 'person', ownerId: String(each.personId) }));
  const balance = fc
    .record({ personId: person, time: instantNear(now), fields: fc.record({ aum: maybe(amount) }) })
    .map((each) => ({ ...each, type: 'balance', ownerType: 'person', ownerId: String(each.personId) }));
  const loan = fc
    .record({
      ownerId: companyId,
      time: instantNear(now),
      fields: fc.record({
        end_date: maybe(dateNear(now)),
        status: maybe(fc.constantFrom('normal', 'late')),
        amount: maybe(amount),
      }),
    })
    .map((each) => ({ ...each, personId: 0, type: 'loan', ownerType: 'company' }));
  return fc.array(fc.oneof(holding, holding, balance, loan), { maxLength: 60, size: 'max' }).map((rows) =>
    rows.map((row, index) => ({
      ...row,
      keyNumber: row.personId,
      // Several states of one balance: the newest one is the one with the highest version.
      detailId: row.type === 'balance' ? `b${row.personId}` : `d${index}`,
      version: index + 1,
    })),
  );
}

function relations(now: number): fc.Arbitrary<WorldRelation[]> {
  const valid = fc.constantFrom(
    { validFrom: now - DAY_MS, validTo: now + DAY_MS },
    { validFrom: now - DAY_MS, validTo: now },
    { validFrom: now + 1, validTo: now + DAY_MS },
    { validFrom: now, validTo: now + 1 },
  );
  const ends = fc.oneof(
    fc.record({
      type: fc.constant('legal_representative'),
      fromType: fc.constant('person'),
      fromId: person.map(String),
      toType: fc.constant('company'),
      toId: fc.oneof({ weight: 6, arbitrary: companyId }, { weight: 1, arbitrary: fc.constant('c9') }),
    }),
    fc.record({
      type: fc.constant('managed_by'),
      fromType: fc.constant('person'),
      fromId: person.map(String),
      toType: fc.constant('manager'),
      toId: fc.constantFrom('m1', 'm2'),
    }),
    fc.record({
      type: fc.constant('parent'),
      fromType: fc.constant('company'),
      fromId: companyId,
      toType: fc.constant('company'),
      toId: companyId,
    }),
  );
  const identity = (each: WorldRelation): string =>
    [each.type, each.fromId, each.toId, each.validFrom].join(' ');
  return fc.uniqueArray(
    fc.tuple(ends, valid).map(([end, period]) => ({ ...end, ...period })),
    { maxLength: 25, selector: identity, size: 'max' },
  );
}

function changes(now: number): fc.Arbitrary<WorldChange[]> {
  return fc
    .array(
      fc.record({
        personId: person,
        ago: fc.integer({ min: 0, max: 20 * DAY_MS }),
        direction: fc.constantFrom('entered' as const, 'left' as const),
        cause: fc.constantFrom('computed', 'imported', 'merge'),
      }),
      { maxLength: 20, size: 'max' },
    )
    .map((rows) =>
      rows.map(({ ago, ...row }, index) => ({
        ...row,
        segmentId: 'imported',
        run: index + 1,
        at: now - ago,
      })),
    );
}

/** A random world at an instant. Some keys have moved to other people since their rows arrived. */
export function randomWorld(now: number): fc.Arbitrary<World> {
  const attributes = fc.record({
    age: maybe(fc.integer({ min: 0, max: 90 })),
    aum: maybe(amount),
    city: maybe(city),
    vip: maybe(fc.boolean()),
    birth_date: maybe(birthDate),
    opened_at: maybe(instantNear(now)),
    interests: list,
    time_zone: maybe(fc.constantFrom(...zonesOfWorlds, 'Mars/Base')),
  });
  return fc
    .record({
      attributes: fc.array(attributes, { minLength: PEOPLE, maxLength: PEOPLE }),
      // Worlds with few events mostly agree on nothing; one without any is worth a look now and then.
      events: fc
        .oneof(
          { weight: 1, arbitrary: fc.constant(0) },
          { weight: 12, arbitrary: fc.integer({ min: 50, max: 150 }) },
        )
        .chain((amountOfEvents) =>
          fc.tuple(...Array.from({ length: amountOfEvents }, (_, index) => event(now, index + 1))),
        ),
      details: details(now),
      relations: relations(now),
      changes: changes(now),
      products: fc.record({
        p1: fc.record({ kind: maybe(category), risk: maybe(amount) }),
        p2: fc.record({ kind: maybe(category), risk: maybe(amount) }),
      }),
      companySizes: fc.array(maybe(amount), { minLength: 6, maxLength: 6 }),
      branches: fc.tuple(maybe(city), maybe(city)),
      managerZones: fc.tuple(
        maybe(fc.constantFrom(...zonesOfWorlds)),
        maybe(fc.constantFrom(...zonesOfWorlds)),
      ),
      moved: fc.array(fc.tuple(person, person), { maxLength: 3 }),
      consents: fc.uniqueArray(
        fc.record({ personId: person, channel: fc.constantFrom('sms', 'push'), granted: fc.boolean() }),
        { maxLength: 20, selector: (each) => `${each.personId} ${each.channel}` },
      ),
      members: fc.uniqueArray(person, { maxLength: 8 }),
      level: fc.uniqueArray(fc.tuple(person, category), { maxLength: 8, selector: ([id]) => id }),
      score: fc.uniqueArray(fc.tuple(person, amount), { maxLength: 8, selector: ([id]) => id }),
    })
    .map((parts) => worldOf(parts, now));
}

function worldOf(
  parts: {
    attributes: Fields[];
    events: WorldEvent[];
    details: WorldDetail[];
    relations: WorldRelation[];
    changes: WorldChange[];
    products: Record<string, Fields>;
    companySizes: (number | null)[];
    branches: (string | null)[];
    managerZones: (string | null)[];
    moved: [number, number][];
    consents: { personId: number; channel: string; granted: boolean }[];
    members: number[];
    level: [number, string][];
    score: [number, number][];
  },
  now: number,
): World {
  const moved = new Map(parts.moved);
  // A person whose own key has moved away is no more.
  const people = new Map(
    parts.attributes
      .map((fields, index): [number, Fields] => [index + 1, fields])
      .filter(([id]) => (moved.get(id) ?? id) === id),
  );
  return {
    people,
    entities: new Map<string, Map<string, Fields>>([
      ['product', new Map(Object.entries(parts.products))],
      [
        'company',
        new Map(parts.companySizes.map((size, index) => [`c${index + 1}`, { size, city: 'Paris' }])),
      ],
      [
        'manager',
        new Map(
          parts.branches.map((branch, index) => [
            `m${index + 1}`,
            { branch, time_zone: parts.managerZones[index] ?? null },
          ]),
        ),
      ],
    ]),
    events: parts.events,
    details: parts.details,
    relations: parts.relations,
    consents: parts.consents.map((each) => ({ ...each, purpose: 'marketing' })),
    tags: new Map<string, Map<number, string | number>>([
      ['level', new Map(parts.level)],
      ['score', new Map(parts.score)],
    ]),
    members: new Map([['imported', new Set(parts.members)]]),
    changes: parts.changes,
    moved,
    now,
  };
}
