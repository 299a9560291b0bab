import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { Platform, Transaction } from '../platform/index.ts';
import { claimDue, lockListening, writeEnrolments } from './enrolment-store.ts';
import { newestEntries } from './entering-store.ts';
import type { Enrolment } from './enrolment.ts';

const PEOPLE = 60_000;
let databases: TestDatabases;
let platform: Platform;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  await platform.database.execute(
    `insert into canvas.enrolment (strategy_id, version, node_id, arrived_at, due_at, anchor_at, entered_at,
        goal_until_at, is_active, person_id, key_number, holdout)
     select 'large', 1, 'wait', 1, 1 + number % 100, 1, 1, 1000, true, number, number, false
       from generate_series(1, $1) as number`,
    [PEOPLE],
  );
  await platform.database.execute('analyze canvas.enrolment');
});

afterAll(async () => {
  await platform.close();
  await databases.drop();
});

/** Plans of the statements on the enrolments that some work sends, in order. */
async function plansOf(work: (transaction: Transaction) => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  await platform.database.transaction(async (transaction) => {
    const explain = async (text: string, values?: readonly unknown[]): Promise<void> => {
      const rows = await transaction.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    };
    await work({
      query: async <Row>(text: string, values?: readonly unknown[]) => {
        if (!text.includes('canvas.enrolment')) return transaction.query<Row>(text, values);
        await explain(text, values);
        return [];
      },
      execute: async (text, values) => {
        await explain(text, values);
        return 0;
      },
    });
  });
  return plans;
}

const someone = (number: number): Enrolment => ({
  entry: number,
  strategyId: 'large',
  version: 1,
  personId: number,
  keyNumber: number,
  isActive: true,
  nodeId: 'wait',
  arrivedAt: 1,
  dueAt: 1,
  anchorAt: 1,
  heard: [],
  holdout: false,
  variants: {},
  context: {},
  already: [],
  enteredAt: 1,
  endedAt: undefined,
  endReason: undefined,
  goalUntilAt: 1_000,
  goalAt: undefined,
});

describe('statements on the hot path read by index, however many people are inside', () => {
  it('claiming who is due', async () => {
    const [plan] = await plansOf((transaction) => claimDue(transaction, 'large', 50, 5_000));
    expect(plan).toContain('enrolment_due');
    expect(plan).not.toContain('Seq Scan');
  });

  it('writing a batch back', async () => {
    const batch = Array.from({ length: 5_000 }, (_, index) => someone(index + 1));
    const [plan] = await plansOf((transaction) => writeEnrolments(transaction, batch));
    expect(plan).toContain('Nested Loop');
    expect(plan).toContain('Index Scan');
    expect(plan).not.toContain('Seq Scan');
  });

  it('hearing events and looking at former entries', async () => {
    const people = Array.from({ length: 500 }, (_, index) => index * 7);
    const plans = await plansOf(async (transaction) => {
      await lockListening(transaction, people, 1);
      await newestEntries(transaction, 'large', people);
    });
    expect(plans).toHaveLength(2);
    for (const plan of plans) {
      expect(plan).toContain('enrolment_person');
      expect(plan).not.toContain('Seq Scan');
    }
  });
});
