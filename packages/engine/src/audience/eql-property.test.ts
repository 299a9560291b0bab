import { formatCondition, formatValue, type EqlDocument, type Value } from '@wutong/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../test/harness/platform.ts';
import { presentPerson } from '../identity/index.ts';
import type { Platform } from '../platform/index.ts';
import { bindDocument } from './bind/bind-document.ts';
import type { BindingEnvironment } from './bind/binder.ts';
import type { BoundQuery, BoundValue } from './bind/bound.ts';
import { compileMembers } from './compile/compile-members.ts';
import { shareStatement } from './compile/compile.ts';
import { interpretPopulation, interpretValues } from './interpret/interpret.ts';
import { randomCompanyCondition, randomCondition, randomValue } from './interpret/random-expression.ts';
import { randomWorld, zonesOfWorlds } from './interpret/random-world.ts';
import { declareTestBank, loadWorld, testCatalogue } from './interpret/test-bank.ts';
import type { Plain, World } from './interpret/world.ts';

const NOW = TEST_START_MS;
/** In every run the same worlds and expressions; with WUTONG_TEST_FAULTS=long many, and other ones each time. */
const RUN =
  process.env['WUTONG_TEST_FAULTS'] === 'long'
    ? { numRuns: 100 }
    : { numRuns: 3, seed: 20_260_302, endOnFailure: true };
const EXPRESSIONS = 30;

let databases: TestDatabases;
let platform: Platform;
let environment: BindingEnvironment;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  const profile = await declareTestBank(platform);
  environment = {
    catalogue: await testCatalogue(profile),
    time: {
      now: NOW,
      timeZone: 'Asia/Shanghai',
      zonesInUse: new Map<string, readonly string[]>([
        ['person', [...zonesOfWorlds, 'Mars/Base']],
        ['managed_by', zonesOfWorlds],
      ]),
      tradingCalendar: { closed: new Set(['2026-02-16', '2026-02-17']), open: new Set(['2026-02-28']) },
    },
    parameters: { viewer: 'm1' },
    seal: (value) => value,
    positionOf: () => undefined,
  };
}, 60_000);
afterAll(async () => databases.drop());

function bound(document: EqlDocument): BoundQuery {
  const outcome = bindDocument(document, environment);
  if (outcome.problem) throw new Error(`${outcome.problem.en} ${JSON.stringify(document)}`);
  return outcome.query;
}

/** In one order, whatever it is. */
function sorted(keys: Iterable<number | string>): (number | string)[] {
  return [...keys].sort((left, right) => (String(left) < String(right) ? -1 : 1));
}

type Population = Extract<BoundQuery, { kind: 'population' }>;

/** Keys for each of several populations, all computed by one statement with shared scans. */
async function compiledPopulations(queries: readonly Population[]): Promise<Set<number | string>[]> {
  const statement = shareStatement(queries[0]!.subject, { presentPerson, now: NOW });
  const conditions = queries.map((query) => statement.condition(query));
  const columns = conditions.map((condition, index) => `groupArrayIf(frame_key, ${condition}) AS c${index}`);
  const rows = await platform.clickhouse.query<Record<string, (number | string)[]>>(
    `SELECT ${columns.join(', ')} FROM (${statement.rows()})`,
    statement.parameters.values,
  );
  return queries.map((_, index) => new Set(rows[0]?.[`c${index}`] ?? []));
}

/** The same people, as segments are computed: each condition where its rows are, bitmaps put together. */
async function computedMembers(queries: readonly Population[]): Promise<Set<number | string>[]> {
  const statement = compileMembers(queries, { presentPerson, now: NOW });
  const parameters = statement.parameters.values;
  const absent = statement.absentSql
    ? await platform.clickhouse.query<{ part: number }>(statement.absentSql, parameters)
    : [];
  const { row, bitmaps } = statement.toSql(new Set(absent.map(({ part }) => part)));
  const columns = bitmaps.map((bitmap, index) => `bitmapToArray(${bitmap}) AS c${index}`);
  const [found] = await platform.clickhouse.query<Record<string, number[]>>(
    `SELECT ${columns.join(', ')} FROM (${row})`,
    parameters,
  );
  return queries.map((_, index) => new Set(found![`c${index}`]));
}

/** A world with the imported segment's bitmap, which needs SQL of its own. */
async function load(world: World): Promise<void> {
  await loadWorld(platform, world);
  await platform.clickhouse.command('TRUNCATE TABLE segment_membership');
  await platform.clickhouse.command(
    `INSERT INTO segment_membership SELECT 'imported', 3, groupBitmapState(toUInt64(person))
     FROM (SELECT arrayJoin({people:Array(UInt64)}) AS person)`,
    { people: [...(world.members.get('imported') ?? [])] },
  );
}

it('compiles conditions about people to what they mean', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomWorld(NOW),
      fc.array(randomCondition, { minLength: EXPRESSIONS, maxLength: EXPRESSIONS }),
      async (world, conditions) => {
        await load(world);
        const queries = conditions.map(
          (where) => bound({ kind: 'population', of: 'person', where }) as Population,
        );
        const compiled = await compiledPopulations(queries);
        const computed = await computedMembers(queries);
        queries.forEach((query, index) => {
          const meant = sorted(interpretPopulation(world, query));
          expect(sorted(compiled[index]!), formatCondition(conditions[index]!)).toEqual(meant);
          expect(sorted(computed[index]!), `computed: ${formatCondition(conditions[index]!)}`).toEqual(meant);
        });
      },
    ),
    RUN,
  );
}, 600_000);

/** Whether people are compared with one another, so that the zones of others count too. */
const compares = (node: object): boolean => /"kind":"(percentile|rank)"/.test(JSON.stringify(node));

it('compiles conditions in the time zone of each person to what they mean there', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomWorld(NOW),
      fc.constantFrom('person', 'managed_by'),
      fc.array(randomCondition, { minLength: EXPRESSIONS, maxLength: EXPRESSIONS }),
      async (world, timeZoneOf, conditions) => {
        await load(world);
        const queries = conditions.map(
          (where) => bound({ kind: 'population', of: 'person', where, timeZoneOf }) as Population,
        );
        const compiled = await compiledPopulations(queries);
        const zone = (bound({ kind: 'value', value: zonePath(timeZoneOf) }) as { value: BoundValue }).value;
        const zoneOf = interpretValues(world, zone);
        queries.forEach((query, index) => {
          const where = conditions[index]!;
          const text = formatCondition(where);
          expect(sorted(compiled[index]!), text).toEqual(sorted(interpretPopulation(world, query)));
          if (compares(where)) return;
          for (const person of world.people.keys()) {
            const own = zoneOf.get(person);
            const timeZone = zonesOfWorlds.find((each) => each === own) ?? 'Asia/Shanghai';
            const there = bound({ kind: 'population', of: 'person', where, timeZone }) as Population;
            const isMeant = interpretPopulation(world, there).has(person);
            expect(compiled[index]!.has(person), `${text} of ${person} in ${timeZone}`).toBe(isMeant);
          }
        });
      },
    ),
    RUN,
  );
}, 600_000);

const zonePath = (of: string): Value => ({
  kind: 'attribute',
  path: of === 'person' ? ['time_zone'] : [of, 'time_zone'],
});

it('compiles conditions about companies to what they mean', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomWorld(NOW),
      fc.array(randomCompanyCondition, { minLength: 1, maxLength: 6, size: 'max' }),
      async (world, conditions) => {
        await load(world);
        for (const where of conditions) {
          const query = bound({ kind: 'population', of: 'company', where }) as Population;
          const [compiled] = await compiledPopulations([query]);
          expect(sorted(compiled!), formatCondition(where)).toEqual(
            sorted(interpretPopulation(world, query)),
          );
        }
      },
    ),
    RUN,
  );
}, 600_000);

it('computes values as they are meant', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomWorld(NOW),
      fc.array(randomValue, { minLength: EXPRESSIONS, maxLength: EXPRESSIONS }),
      async (world, values) => {
        await load(world);
        const nodes = values.map((value) => (bound({ kind: 'value', value }) as { value: BoundValue }).value);
        const statement = shareStatement({ kind: 'person' }, { presentPerson, now: NOW });
        const columns = nodes.map((node, index) => `${statement.value(node)} AS c${index}`);
        const rows = await platform.clickhouse.query<Record<string, Plain>>(
          `SELECT frame_key, ${columns.join(', ')} FROM (${statement.rows()})`,
          statement.parameters.values,
        );
        nodes.forEach((node, index) => {
          const meant = interpretValues(world, node);
          for (const row of rows) {
            const person = row['frame_key'] as number;
            expectSame(row[`c${index}`] ?? null, meant.get(person) ?? null, formatValue(values[index]!));
          }
        });
      },
    ),
    RUN,
  );
}, 600_000);

/** Numbers agree up to the order of summation; distributions come as objects. */
function expectSame(compiled: Plain | Record<string, number>, meant: Plain, text: string): void {
  if (typeof meant === 'number' && typeof compiled === 'number') {
    expect(compiled, text).toBeCloseTo(meant, 6);
    return;
  }
  if (meant instanceof Map) {
    const held = compiled as Record<string, number>;
    expect(sorted(Object.keys(held)), text).toEqual(sorted(meant.keys() as Iterable<string>));
    for (const [key, share] of meant) expect(held[key], text).toBeCloseTo(share as number, 6);
    return;
  }
  expect(compiled, text).toEqual(meant);
}
