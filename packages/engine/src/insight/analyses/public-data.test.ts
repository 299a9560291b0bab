import {
  analysisSchema,
  strategyDocumentSchema,
  type FunnelAnswer,
  type IntervalAnswer,
  type LifetimeValueAnswer,
  type RecencyAnswer,
  type RetentionAnswer,
} from '@wutong/contract';
import { parse } from 'csv-parse/sync';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import type { ManualClock, Platform } from '../../platform/index.ts';
import { createInsight } from '../index.ts';
import { insertEvents, testNeeds, type TestEvent } from '../insight-world.ts';
import { runAnalysis } from './run-analysis.ts';

const DATA = fileURLToPath(new URL('../../../../../../shared/data/', import.meta.url));
const DAY_MS = 86_400_000;

const isThere = existsSync(DATA);
if (!isThere) process.stderr.write('skipped: analyses on public data, ../shared/data is absent\n');

function readTable(name: string): Record<string, string>[] {
  return parse(gunzipSync(readFileSync(`${DATA}${name}.csv.gz`)), { columns: true }) as Record<
    string,
    string
  >[];
}

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

async function load(events: readonly TestEvent[]): Promise<void> {
  await platform.clickhouse.command('truncate table event');
  for (let from = 0; from < events.length; from += 50_000) {
    await insertEvents(platform, events.slice(from, from + 50_000));
  }
}

const needs = () => ({ platform, needs: testNeeds({}) });
const iso = (ms: number) => new Date(ms).toISOString();

describe.skipIf(!isThere)('BPI Challenge 2012: loan applications', () => {
  let events: TestEvent[];
  const period = { from: '2011-09-01T00:00:00Z', to: '2012-04-01T00:00:00Z' };
  const steps = ['A_SUBMITTED', 'A_ACCEPTED', 'A_APPROVED'].map((event) => ({ event }));

  beforeAll(async () => {
    events = readTable('bpi2012/bpi2012_events')
      .filter((row) => row['lifecycle'] === 'COMPLETE')
      .map((row) => ({
        person: Number(row['case_id']),
        event: row['activity']!,
        time: Date.parse(row['timestamp']!),
        properties: { amount: Number(row['amount_req']) },
      }));
    await load(events);
  });

  const timesOf = (name: string) => {
    const first = new Map<number, number>();
    for (const { person, event, time } of events) {
      if (event === name && time < (first.get(person) ?? Infinity)) first.set(person, time);
    }
    return first;
  };

  test('submitted 13,087, approved 2,246, and the durations of plain counting', async () => {
    const answer = (await runAnalysis(
      needs(),
      analysisSchema.parse({ kind: 'funnel', period, steps, windowMs: 366 * DAY_MS, timeToConvert: true }),
    )) as FunnelAnswer;
    const [submitted, accepted, approved] = steps.map((step) => timesOf(step.event));
    expect(answer.steps.map((step) => step.people)).toEqual([13_087, accepted!.size, 2_246]);
    const took = [...approved!]
      .map(([person, at]) => at - submitted!.get(person)!)
      .sort((one, other) => one - other);
    expect(answer.times!.whole.people).toBe(2_246);
    expect(answer.times!.whole.meanMs).toBeCloseTo(
      took.reduce((sum, each) => sum + each, 0) / took.length,
      3,
    );
    expect(Math.abs(answer.times!.whole.medianMs - took[took.length / 2]!)).toBeLessThan(5 * 60_000);
  });

  test('within ten days, and declined in between', async () => {
    const windowMs = 10 * DAY_MS;
    const asked = { kind: 'funnel', period, steps: [steps[0], steps[2]], windowMs };
    const answer = (await runAnalysis(needs(), analysisSchema.parse(asked))) as FunnelAnswer;
    const [submitted, approved] = [timesOf('A_SUBMITTED'), timesOf('A_APPROVED')];
    const quick = [...approved].filter(([person, at]) => at - submitted.get(person)! <= windowMs);
    expect(answer.steps[1]!.people).toBe(quick.length);
    const declined = (await runAnalysis(
      needs(),
      analysisSchema.parse({
        ...asked,
        steps: [{ event: 'A_SUBMITTED' }, { event: 'A_DECLINED' }],
        windowMs: 366 * DAY_MS,
      }),
    )) as FunnelAnswer;
    expect(declined.steps.map((step) => step.people)).toEqual([13_087, 7_635]);
  });
});

describe.skipIf(!isThere)('CDNOW: purchases', () => {
  let rows: { person: number; time: number; value: number }[];
  const to = Date.UTC(1998, 6, 1);
  const scope = { period: { from: '1997-01-01T00:00:00Z', to: iso(to) }, timeZone: 'UTC' };

  beforeAll(async () => {
    rows = readTable('cdnow/cdnow_master').map((row) => {
      const date = row['date']!.replaceAll('-', '');
      return {
        person: Number(row['customer_id']),
        time: Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8))),
        value: Number(row['dollar_value']),
      };
    });
    await load(
      rows.map(({ person, time, value }) => ({ person, time, event: 'purchase', properties: { value } })),
    );
  });

  test('RFM: the scores of plain sorting', async () => {
    const answer = (await runAnalysis(
      needs(),
      analysisSchema.parse({
        kind: 'recency',
        ...scope,
        event: { event: 'purchase' },
        valueProperty: 'value',
      }),
    )) as RecencyAnswer;
    const people = new Map<number, { last: number; count: number; value: number }>();
    for (const { person, time, value } of rows) {
      const known = people.get(person) ?? { last: 0, count: 0, value: 0 };
      people.set(person, {
        last: Math.max(known.last, time),
        count: known.count + 1,
        value: known.value + Math.round(value * 100),
      });
    }
    const lines = [...people.values()];
    const scorer = (key: 'last' | 'count' | 'value') => {
      const sorted = lines.map((line) => line[key]).sort((one, other) => one - other);
      const below = new Map<number, number>();
      for (const [index, value] of sorted.entries()) if (!below.has(value)) below.set(value, index);
      return (value: number) => Math.floor((below.get(value)! * 5) / lines.length) + 1;
    };
    const [recency, frequency] = [scorer('last'), scorer('count')];
    expect(answer.people).toBe(23_570);
    for (const score of [1, 2, 3, 4, 5]) {
      const counted = (key: 'recency' | 'frequency') =>
        answer.cells.filter((cell) => cell[key] === score).reduce((sum, cell) => sum + cell.people, 0);
      expect(counted('recency')).toBe(lines.filter((line) => recency(line.last) === score).length);
      expect(counted('frequency')).toBe(lines.filter((line) => frequency(line.count) === score).length);
    }
    const spent = answer.cells.reduce((sum, cell) => sum + cell.people * cell.meanValue, 0);
    expect(spent).toBeCloseTo(
      rows.reduce((sum, row) => sum + row.value, 0),
      2,
    );
  });

  test('retention by month: the table of plain counting', async () => {
    const answer = (await runAnalysis(
      needs(),
      analysisSchema.parse({
        kind: 'retention',
        ...scope,
        start: { event: 'purchase' },
        returning: { event: 'purchase' },
        unit: 'month',
        periods: 12,
      }),
    )) as RetentionAnswer;
    const monthOf = (time: number) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth();
    const months = new Map<number, Set<number>>();
    for (const { person, time } of rows)
      months.set(person, (months.get(person) ?? new Set()).add(monthOf(time)));
    const table = new Map<number, number[]>();
    for (const bought of months.values()) {
      const cohort = Math.min(...bought);
      const line = table.get(cohort) ?? Array.from({ length: 13 }, () => 0);
      for (const month of bought) if (month - cohort <= 12) line[month - cohort]!++;
      table.set(cohort, line);
    }
    expect(answer.cohorts.map((cohort) => cohort.returned)).toEqual(
      [...table].sort((one, other) => one[0] - other[0]).map(([, line]) => line),
    );
    expect(answer.cohorts.reduce((sum, cohort) => sum + cohort.people, 0)).toBe(23_570);
  });

  test('value of the cohorts per person and time between purchases: those of plain counting', async () => {
    const asked = { ...scope, period: { from: '1997-01-01T00:00:00Z', to: '1997-04-01T00:00:00Z' } };
    const value = (await runAnalysis(
      needs(),
      analysisSchema.parse({
        kind: 'lifetime_value',
        ...asked,
        start: { event: 'purchase' },
        value: { event: 'purchase' },
        valueProperty: 'value',
        unit: 'month',
        periods: 12,
      }),
    )) as LifetimeValueAnswer;
    const people = new Map<number, typeof rows>();
    for (const row of rows) people.set(row.person, [...(people.get(row.person) ?? []), row]);
    const monthOf = (time: number) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth();
    const cohorts = new Map<number, { people: number; spent: number[] }>();
    for (const bought of people.values()) {
      const start = Math.min(...bought.map((row) => monthOf(row.time)));
      const cohort = cohorts.get(start) ?? { people: 0, spent: Array.from({ length: 13 }, () => 0) };
      cohort.people++;
      for (const { time, value: spent } of bought) {
        for (let month = monthOf(time) - start; month <= 12; month++) cohort.spent[month]! += spent;
      }
      cohorts.set(start, cohort);
    }
    for (const [index, line] of value.cohorts.entries()) {
      const cohort = [...cohorts].sort((one, other) => one[0] - other[0])[index]![1];
      expect(line.people).toBe(cohort.people);
      for (const [month, perPerson] of line.cumulative.entries()) {
        expect(perPerson, `${line.from} ${month}`).toBeCloseTo(cohort.spent[month]! / cohort.people, 6);
      }
    }

    const interval = (await runAnalysis(
      needs(),
      analysisSchema.parse({
        kind: 'interval',
        ...scope,
        first: { event: 'purchase' },
        next: { event: 'purchase' },
        maximumMs: 600 * DAY_MS,
      }),
    )) as IntervalAnswer;
    const gaps = [...people.values()].flatMap((bought) => {
      const times = bought.map((row) => row.time).sort((one, other) => one - other);
      return times.slice(1).map((time, index) => time - times[index]!);
    });
    expect(interval.pairs).toBe(gaps.length);
    expect(interval.meanMs).toBeCloseTo(gaps.reduce((sum, each) => sum + each, 0) / gaps.length, 0);
  });
});

// Published rates: visits 10.6 % without mail, 18.3 % and 15.1 % with; purchases 0.573 %, 1.253 % and 0.883 %.
describe.skipIf(!isThere).each([
  ['Mens E-Mail', { visit: [0.183, 0.106, 0.0034], conversion: [0.0125, 0.0057, 0.0009] }],
  ['Womens E-Mail', { visit: [0.151, 0.106, 0.0032], conversion: [0.0088, 0.0057, 0.0008] }],
] as const)('Hillstrom: a randomised test of %s', (segment, published) => {
  const at = Date.UTC(2026, 0, 1);
  const of = { strategy_id: 'mail' };
  let rows: { person: number; isTreated: boolean; visit: boolean; conversion: boolean }[];

  beforeAll(async () => {
    rows = readTable('hillstrom/hillstrom')
      .map((row, person) => ({ ...row, person }) as Record<string, string> & { person: number })
      .filter((row) => row['segment'] === segment || row['segment'] === 'No E-Mail')
      .map((row) => ({
        person: row.person,
        isTreated: row['segment'] === segment,
        visit: row['visit'] === '1',
        conversion: row['conversion'] === '1',
      }));
    await load(
      rows.map(({ person, isTreated }) => ({
        person,
        event: '$strategy_entered',
        time: at,
        properties: { ...of, holdout: !isTreated },
      })),
    );
  });

  test.each(['visit', 'conversion'] as const)('the published effect on %s', async (goal) => {
    await platform.clickhouse.command(
      "alter table event delete where event = '$goal_reached'",
      {},
      {
        mutations_sync: '1',
      },
    );
    await insertEvents(
      platform,
      rows
        .filter((row) => row[goal])
        .map(({ person }) => ({ person, event: '$goal_reached', time: at + DAY_MS, properties: of })),
    );
    const document = strategyDocumentSchema.parse({ format: 1, nodes: [], edges: [] });
    const counts = { state: 'running', entered: 0, running: 0, converted: 0 };
    const strategy = { strategyId: 'mail', title: 'mail', ...counts, versions: [{ version: 1, document }] };
    const insight = createInsight(platform, testNeeds({ strategies: [strategy] }));
    const { goal: reached } = await insight.summary('mail');
    const [treated, none, error] = published[goal];
    const digits = goal === 'visit' ? 3 : 4;
    expect(reached.treated.rate).toBeCloseTo(treated, digits);
    expect(reached.holdout.rate).toBeCloseTo(none, digits);
    const rate = (isTreated: boolean) => {
      const group = rows.filter((row) => row.isTreated === isTreated);
      return group.filter((row) => row[goal]).length / group.length;
    };
    expect(reached.difference).toBeCloseTo(rate(true) - rate(false), 12);
    expect((reached.high - reached.low) / 2 / 1.959964).toBeCloseTo(error, 4);
    expect(reached.p).toBeLessThan(0.001);
  });
});
