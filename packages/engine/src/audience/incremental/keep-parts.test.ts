import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatCondition, parseEql, type EqlDocument } from '@wutong/contract';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import { presentPerson } from '../../identity/index.ts';
import type { ManualClock, Platform } from '../../platform/index.ts';
import { bindDocument } from '../bind/bind-document.ts';
import type { BoundQuery } from '../bind/bound.ts';
import type { EqlCatalogue } from '../catalogue.ts';
import { shareStatement } from '../compile/compile.ts';
import { COUNTING_RULES } from '../interpret/counting-rules.ts';
import { randomCondition } from '../interpret/random-expression.ts';
import { declareTestBank, testCatalogue, uuidOf } from '../interpret/test-bank.ts';
import { comparedSql, reckonedSql } from './count-digits.ts';
import { keepParts } from './keep-parts.ts';
import { keptMembers } from './kept-members.ts';
import { keptRuleOf, type KeptRule } from './kept-part.ts';
import { movedStretches } from './window-moves.ts';

const HOUR_MS = 3_600_000;
/** In every run the same lives; with WUTONG_TEST_FAULTS=long many, and other ones each time. */
const RUN =
  process.env['WUTONG_TEST_FAULTS'] === 'long'
    ? { numRuns: 100 }
    : { numRuns: 3, seed: 20_260_302, endOnFailure: true };

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let catalogue: EqlCatalogue;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  catalogue = await testCatalogue(await declareTestBank(platform));
  await platform.clickhouse.command(
    'INSERT INTO person (person_id, key_number, version, age) SELECT number + 1, number + 1, 1, number * 7 FROM numbers(12)',
  );
}, 60_000);
afterAll(async () => databases.drop());

function bound(document: EqlDocument, now: number): BoundQuery {
  const outcome = bindDocument(document, {
    catalogue,
    time: { now, timeZone: 'Asia/Shanghai', tradingCalendar: { open: new Set(), closed: new Set() } },
    parameters: {},
    seal: (value) => value,
    positionOf: () => undefined,
  });
  if (outcome.problem) throw new Error(outcome.problem.en);
  return outcome.query;
}

/** Events that arrive at `now`, some of them late, some of them ahead of time. */
const arrivals = fc.array(
  fc.record({
    person: fc.integer({ min: 1, max: 12 }),
    event: fc.constantFrom('view_product', 'purchase', 'login', 'trade'),
    agoMs: fc.oneof(
      fc.integer({ min: -HOUR_MS, max: 12 * 24 * HOUR_MS }),
      fc.constantFrom(0, 1, 24 * HOUR_MS),
    ),
    category: fc.constantFrom('wealth', 'fund'),
  }),
  { maxLength: 25 },
);
/** Rounds of a life: time goes on by so many hours, then events arrive. */
const rounds = fc.array(fc.record({ hours: fc.integer({ min: 0, max: 60 }), arrivals }), {
  minLength: 2,
  maxLength: 5,
});

let eventNumber = 0;
async function arrive(
  now: number,
  rows: readonly { person: number; event: string; agoMs: number; category: string }[],
): Promise<void> {
  const time = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
  await platform.clickhouse.insert(
    'event',
    rows.map((row) => ({
      person_id: row.person,
      key_number: row.person,
      time: time(now - row.agoMs),
      received_at: time(now),
      event: row.event,
      event_id: uuidOf(eventNumber++),
      source_id: 'app',
      batch_id: uuidOf(0),
      properties: { category: row.category, amount: 1.5, channel: 'app' },
    })),
  );
}

const keepable = randomCondition.filter(
  (where) => keptRuleOf(bound({ kind: 'population', of: 'person', where }, TEST_START_MS)) !== undefined,
);

/** Members of the rules, brought up to date, and computed in full. */
async function bothWays(queries: readonly BoundQuery[], now: number): Promise<[number[][], number[][]]> {
  const rules = queries.map((query) => keptRuleOf(query) as KeptRule);
  const parts = new Map(rules.flatMap((rule) => rule.parts.map((part) => [part.name, part])));
  const current = await keepParts(platform, [...parts.values()], now, {});
  const { row, bitmaps, parameters } = keptMembers(
    current,
    rules.map((rule) => rule.tree),
  );
  const [kept] = await platform.clickhouse.query<{ members: number[][] }>(
    `SELECT [${bitmaps.map((bitmap) => `arraySort(bitmapToArray(${bitmap}))`).join(', ')}] AS members FROM (${row})`,
    parameters,
  );
  const statement = shareStatement({ kind: 'person' }, { presentPerson, now });
  const members = queries.map((query) => `arraySort(groupArrayIf(frame_key, ${statement.condition(query)}))`);
  const [full] = await platform.clickhouse.query<{ members: number[][] }>(
    `SELECT [${members.join(', ')}] AS members FROM (${statement.rows()})`,
    statement.parameters.values,
  );
  return [kept!.members, full!.members];
}

const zip = (texts: readonly string[], members: readonly number[][]): [string, number[]][] =>
  texts.map((text, index) => [text, members[index]!]);

it('keeps members that equal a full computation, whatever arrives and however time goes on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(keepable, { minLength: 1, maxLength: 5, size: 'max' }),
      rounds,
      async (conditions, life) => {
        await platform.clickhouse.command('TRUNCATE TABLE event');
        await platform.database.execute('delete from audience.kept_state');
        let now = TEST_START_MS;
        for (const round of life) {
          now += round.hours * HOUR_MS;
          await arrive(now, round.arrivals);
          const queries = [
            ...COUNTING_RULES.map((text) => bound(parseEql(text).document!, now)),
            ...conditions.map((where) => bound({ kind: 'population', of: 'person', where }, now)),
          ];
          const [kept, full] = await bothWays(queries, now);
          const texts = [...COUNTING_RULES, ...conditions.map(formatCondition)];
          expect(zip(texts, kept)).toEqual(zip(texts, full));
        }
      },
    ),
    RUN,
  );
}, 600_000);

it('knows which stretches of time two windows differ by', () => {
  expect(movedStretches({ fromMs: 10, toMs: 20 }, { fromMs: 12, toMs: 25 })).toEqual([
    { fromMs: 10, toMs: 12, entered: false },
    { fromMs: 20, toMs: 25, entered: true },
  ]);
  expect(movedStretches(undefined, undefined)).toEqual([]);
  expect(movedStretches({ fromMs: 10, toMs: 20 }, { fromMs: 8, toMs: 20 })).toEqual([
    { fromMs: 8, toMs: 10, entered: true },
  ]);
  // A window narrower than the way it moved: what lies between was in neither.
  expect(movedStretches({ fromMs: 10, toMs: 12 }, { fromMs: 20, toMs: 22 })).toEqual([
    { fromMs: 10, toMs: 12, entered: false },
    { fromMs: 20, toMs: 22, entered: true },
  ]);
});

it('compares and reckons with counts in binary digits as with numbers', async () => {
  const { clickhouse } = platform;
  // Person n has counted n; digits that nobody has are there too.
  const digits = [0, 1, 2, 3, 4, 5].map((digit) => `d[${digit + 1}]`);
  const slices = (count: string): string =>
    `[${[0, 1, 2, 3, 4, 5].map((digit) => `groupBitmapStateIf(number, bitTest(${count}, ${digit}))`).join(', ')}]`;
  const operators = ['<', '<=', '=', '!=', '>=', '>'] as const;
  const cases = [-1, 0, 0.5, 1, 2, 2.5, 7, 8, 11, 12, 13, 40, 100].flatMap((value) =>
    operators.map((operator) => ({ operator, value })),
  );
  const compared = cases.map(({ operator, value }) => comparedSql(digits, operator, value, 'everybody'));
  const [row] = await clickhouse.query<{ found: number[][] }>(
    `SELECT [${compared.map((sql) => `arraySort(bitmapToArray(${sql}))`).join(', ')}] AS found FROM (
       SELECT ${slices('number')} AS d, groupBitmapState(number) AS everybody FROM numbers(13))`,
  );
  const people = Array.from({ length: 13 }, (_, person) => person);
  const holds = (count: number, operator: (typeof operators)[number], value: number): boolean =>
    ({
      '<': count < value,
      '<=': count <= value,
      '=': count === value,
      '!=': count !== value,
      '>=': count >= value,
      '>': count > value,
    })[operator];
  expect(row!.found).toEqual(
    cases.map(({ operator, value }) => people.filter((count) => holds(count, operator, value))),
  );
  const [reckoned] = await clickhouse.query<{ found: number[][] }>(
    `SELECT arrayMap(digit -> arraySort(bitmapToArray(digit)), ${reckonedSql('a', '[b, b, a]', '[b, c]')}) AS found FROM (
       SELECT ${slices('number')} AS a, ${slices('number % 3')} AS b, ${slices('number % 2')} AS c FROM numbers(8))`,
  );
  const counts = people.slice(0, 8).map((person) => 2 * person + (person % 3) - (person % 2));
  const found = people
    .slice(0, 8)
    .map((person) =>
      reckoned!.found.reduce((sum, digit, place) => sum + (digit.includes(person) ? 2 ** place : 0), 0),
    );
  expect(found).toEqual(counts);
});
